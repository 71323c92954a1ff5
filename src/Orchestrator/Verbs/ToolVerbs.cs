using System.CommandLine;
using System.Text.Json.Nodes;
using Orchestrator.Cli;

namespace Orchestrator.Verbs;

/// <summary><c>tool …</c>: what agents call themselves. Ids default to the run's own environment.</summary>
static class ToolVerbs
{
    public static Command Tool() => Verb.Group("tool", "For agents: spawn sessions, speak to them and to the parent, wait.",
        Verb.Do("session-spawn", "Give a task to a child session; never blocks.", Spawn,
        [
            Verb.Text("--parent-run-id", "The run that spawns it (AGENTCTL_RUN_ID).", "ID"),
            Verb.Text("--parent-session-id", "Instead of a run: the session that spawns it.", "ID"),
            Verb.Text("--task", "What the child is to do; - reads it from standard input.", "TEXT"),
            Verb.Text("--profile", "Profile of the child; the parent's own without it.", "NAME"),
            Verb.Text("--title", "A name for people.", "TEXT"),
            Key(),
        ]),
        Verb.Do("session-send", "Send a message to a session; the answer to its question, when it waits on one.", Send,
        [
            .. Verb.Id("session"),
            Verb.Text("--text", "The message; - reads it from standard input.", "TEXT"),
            Verb.Text("--from-run-id", "The run that sends it (AGENTCTL_RUN_ID).", "ID"),
            Verb.Text("--profile", "Profile of the run it starts.", "NAME"),
            Verb.Text("--mode", "When the session is busy: queue, collect, interrupt or steer.", "MODE"),
            Key(),
        ]),
        Verb.Do("session-reply-parent", "Ask the parent session, or report to it, without knowing its id.", ReplyParent,
        [
            .. Verb.Id("run"),
            Verb.Text("--text", "The question or report; - reads it from standard input.", "TEXT"),
            Verb.Text("--request-kind", "approval_request, permission_request, question or status.", "KIND"),
            Verb.Texts("--option", "An answer to choose from; may be repeated.", "TEXT"),
            Verb.Text("--risk", "low, medium or high.", "RISK"),
            Verb.Text("--expires-in", "Seconds after which nobody need answer any more.", "SECONDS"),
            Verb.Text("--on-expiry", "What then happens: deny, park or continue.", "WHAT"),
            Verb.Flag("--wait", "Wait for the answer and print the request with it; exit code 0, or 1 when it was denied or expired."),
            Key(),
        ]),
        Verb.Do("session-wait", "Wait for the end of a run and print {run, timed_out}.", GatewayRunVerbs.Wait,
            GatewayRunVerbs.WaitSymbols()),
        Verb.Do("report-outcome", "Say what came of this run: the goal is met or not, and a summary.", Report,
        [
            .. Verb.Id("run"),
            Verb.Text("--goal-met", "true or false.", "BOOL"),
            Verb.Text("--summary", "What was done; - reads it from standard input.", "TEXT"),
            Verb.Text("--followup-prompt", "What to ask next when the goal is not met.", "TEXT"),
            Verb.Text("--notes", "Anything else worth knowing.", "TEXT"),
        ]));

    static Option Key() => Verb.Text("--idempotency-key", "The same key again returns the first answer.", "KEY");

    static string? OwnRun(Invocation call) => call.Around.Variable("AGENTCTL_RUN_ID");

    static string Run(Invocation call, string? given) =>
        DaemonClient.Segment(given ?? OwnRun(call) ?? throw Invocation.Usage("Which run? Give its id, or set AGENTCTL_RUN_ID."));

    static string Text(Invocation call, string name) =>
        call.Need(name) is "-" ? call.ReadPrompt(null) : Invocation.CheckText(call.Need(name), name);

    static int Spawn(Invocation call)
    {
        var session = call.Text("--parent-session-id");
        if (session is not null && call.Text("--parent-run-id") is not null)
            throw Invocation.Usage("--parent-run-id and --parent-session-id exclude each other.");
        var path = session is null
            ? $"/runs/{Run(call, call.Text("--parent-run-id"))}/spawn"
            : $"/sessions/{DaemonClient.Segment(session)}/spawn";
        return call.Output.Document(call.Daemon.Post(path, AnswerJson.Body(("task", Text(call, "--task")),
            ("title", call.Text("--title")), ("profile", call.Text("--profile")), ("idempotency_key", call.Text("--idempotency-key")))));
    }

    static int Send(Invocation call)
    {
        var session = call.MaybeId("session") ?? call.Around.Variable("AGENTCTL_SESSION_ID") ?? call.Id("session");
        return call.Output.Document(call.Daemon.Post($"/sessions/{DaemonClient.Segment(session)}/send", AnswerJson.Body(
            ("text", Text(call, "--text")), ("from_run_id", call.Text("--from-run-id") ?? OwnRun(call)),
            ("profile", call.Text("--profile")), ("mode", call.Text("--mode")), ("idempotency_key", call.Text("--idempotency-key")))));
    }

    static int ReplyParent(Invocation call)
    {
        var body = AnswerJson.Body(("text", Text(call, "--text")), ("request_kind", call.Need("--request-kind")),
            ("risk", call.Text("--risk")), ("on_expiry", call.Text("--on-expiry")), ("idempotency_key", call.Text("--idempotency-key")));
        if (call.Texts("--option") is { Length: > 0 } options) body["options"] = new JsonArray([.. options.Select(o => (JsonNode)o)]);
        if (call.Seconds("--expires-in") is { } expiry) body["expires_in_s"] = expiry.TotalSeconds;
        var path = $"/runs/{Run(call, call.MaybeId("run"))}/reply-parent";
        if (!call.Flag("--wait")) return call.Output.Document(call.Daemon.Post(path, body));
        // A key of its own: the question is asked once, however often the daemon goes away over it.
        body["idempotency_key"] ??= $"wait-{Ids.New()}";
        return AnswerWait.For(call, path, body);
    }

    static int Report(Invocation call)
    {
        if (call.Need("--goal-met") is not ("true" or "false")) throw Invocation.Usage("--goal-met is true or false.");
        var body = AnswerJson.Body(("summary", Text(call, "--summary")), ("followup_prompt", call.Text("--followup-prompt")),
            ("notes", call.Text("--notes")));
        body["goal_met"] = call.Need("--goal-met") == "true";
        return call.Output.Document(call.Daemon.Post($"/runs/{Run(call, call.MaybeId("run"))}/outcome", body));
    }
}
