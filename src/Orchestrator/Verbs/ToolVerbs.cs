using System.CommandLine;
using Orchestrator.Cli;
using Orchestrator.Client;
using Orchestrator.Families;
using Orchestrator.Runs;

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
        Verb.Do("session-wait", "Wait for the end of a run and print {run, timed_out}.", Wait,
        [
            .. GatewayRunVerbs.WaitSymbols(),
            Verb.Flag("--until-asked", "End also when the run asks you something: prints {run, timed_out, requests}, exit code 3."),
        ]),
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
        given ?? OwnRun(call) ?? throw Invocation.Usage("Which run? Give its id, or set AGENTCTL_RUN_ID.");

    static string Text(Invocation call, string name) =>
        call.Need(name) is "-" ? call.ReadPrompt(null) : Invocation.CheckText(call.Need(name), name);

    static int Spawn(Invocation call)
    {
        var session = call.Text("--parent-session-id");
        if (session is not null && call.Text("--parent-run-id") is not null)
            throw Invocation.Usage("--parent-run-id and --parent-session-id exclude each other.");
        var order = new SpawnSession.Request(Text(call, "--task"), call.Text("--title"), call.Text("--profile"),
            call.Text("--idempotency-key"));
        return call.Output.Document(session is null
            ? call.Api().Runs.Spawn(Run(call, call.Text("--parent-run-id")), order)
            : call.Api().Sessions.Spawn(session, order));
    }

    static int Send(Invocation call)
    {
        var session = call.MaybeId("session") ?? call.Around.Variable("AGENTCTL_SESSION_ID") ?? call.Id("session");
        return call.Output.Document(call.Api().Sessions.Send(session, new SendToSession.Request(
            Text(call, "--text"), call.Text("--from-run-id") ?? OwnRun(call), call.Text("--profile"), call.Text("--mode"),
            call.Text("--idempotency-key"))));
    }

    static int ReplyParent(Invocation call)
    {
        var question = new ReplyParent.Request(Text(call, "--text"), call.Need("--request-kind"),
            call.Texts("--option") is { Length: > 0 } options ? options : null, null, call.Text("--risk"),
            call.Seconds("--expires-in")?.TotalSeconds, call.Text("--on-expiry"), call.Text("--idempotency-key"));
        var run = Run(call, call.MaybeId("run"));
        if (!call.Flag("--wait")) return call.Output.Document(call.Api().Runs.ReplyParent(run, question));
        // A key of its own: the question is asked once, however often the daemon goes away over it.
        return AnswerWait.For(call, run, question with { IdempotencyKey = question.IdempotencyKey ?? $"wait-{Ids.New()}" });
    }

    static int Wait(Invocation call) => call.Flag("--until-asked")
        ? ChildWait.For(call, call.Id("run"), call.Seconds("--timeout") ?? TimeSpan.FromSeconds(30))
        : GatewayRunVerbs.Wait(call);

    static int Report(Invocation call)
    {
        if (call.Need("--goal-met") is not ("true" or "false")) throw Invocation.Usage("--goal-met is true or false.");
        return call.Output.Document(call.Api().Runs.ReportOutcome(Run(call, call.MaybeId("run")), new ReportOutcome.Request(
            call.Need("--goal-met") == "true", Text(call, "--summary"), call.Text("--followup-prompt"), call.Text("--notes"))));
    }
}
