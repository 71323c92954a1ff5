using System.CommandLine;
using Orchestrator.Cli;

namespace Orchestrator.Verbs;

/// <summary><c>session …</c> and <c>message …</c>: the gateway's routes as commands; answers are printed as they come.</summary>
static class GatewayVerbs
{
    public static Command Session() => Verb.Group("session", "Conversations with agents.",
        Verb.Do("create", "Make a session.", CreateSession,
            Verb.Text("--title", "A name for people.", "TEXT"),
            Verb.Text("--project", "Registered project it works in.", "NAME"),
            Verb.Text("--workdir", "Folder it works in as it is, instead of a project.", "DIR"),
            Verb.Text("--profile", "Profile of its runs.", "NAME")),
        Verb.Do("list", "List sessions, newest first.", ListSessions, Paging()),
        Verb.Do("show", "Show a session.", call => Show(call, $"/sessions/{Segment(call.Id("session"))}"), Verb.Id("session")),
        Verb.Do("archive", "Close an idle session: nothing starts in it any more.",
            call => call.Output.Document(call.Daemon.Post($"/sessions/{Segment(call.Id("session"))}/archive",
                AnswerJson.Body(("reason", call.Text("--reason"))))),
            [.. Verb.Id("session"), Verb.Text("--reason", "Why, for the record.", "TEXT")]));

    public static Command Message() => Verb.Group("message", "Messages of a session.",
        Verb.Do("send", "Send a message; one of role user starts a run.", SendMessage,
        [
            .. Verb.Id("session"),
            Verb.Text("--text", "The message; - reads it from standard input.", "TEXT"),
            Verb.Text("--role", "user (starts a run), assistant or system (stored only).", "ROLE"),
            Verb.Text("--profile", "Profile of this run only.", "NAME"),
            Verb.Text("--mode", "When the session is busy: queue, collect, interrupt or steer.", "MODE"),
            Verb.Text("--idempotency-key", "The same key again returns the first answer.", "KEY"),
            Verb.Flag("--wait", "Wait for the run and print it; exit code as of 'wait'."),
        ]),
        Verb.Do("list", "List the messages of a session.",
            call => Show(call, $"/sessions/{Segment(call.Id("session"))}/messages{PageQuery(call, ("delivery", call.Text("--delivery")))}"),
            [.. Verb.Id("session"), Verb.Text("--delivery", "Only those that have come so far, like stored.", "STATE"), .. Paging()]),
        Verb.Do("edit", "Change a message that no agent has yet.",
            call => call.Output.Document(call.Daemon.Patch($"/messages/{Segment(call.Id("message"))}",
                AnswerJson.Body(("text", call.Need("--text") is "-" ? call.ReadPrompt(null) : call.Need("--text"))))),
            [.. Verb.Id("message"), Verb.Text("--text", "The new text; - reads it from standard input.", "TEXT")]),
        Verb.Do("remove", "Take back a message that no agent has yet.",
            call => call.Output.Document(call.Daemon.Delete($"/messages/{Segment(call.Id("message"))}")), Verb.Id("message")));

    /// <summary>Options of every list.</summary>
    public static Symbol[] Paging() =>
    [
        Verb.Text("--limit", "At most so many entries (1 to 500).", "N"),
        Verb.Text("--cursor", "Go on after this cursor of the page before.", "CURSOR"),
    ];

    /// <summary>Query of a list with further members.</summary>
    public static string PageQuery(Invocation call, params ReadOnlySpan<(string, string?)> members) => DaemonClient.Query(
        [.. members, ("limit", call.Number("--limit", 1, 500)?.ToString()), ("cursor", call.Text("--cursor"))]);

    /// <summary>Prints the answer of a route.</summary>
    public static int Show(Invocation call, string path) => call.Output.Document(call.Daemon.Get(path));

    static int CreateSession(Invocation call)
    {
        var workdir = call.Text("--workdir") is { } folder ? ProjectVerbs.ExistingFolder(call, folder) : null;
        return call.Output.Document(call.Daemon.Post("/sessions", AnswerJson.Body(
            ("title", call.Text("--title")), ("project", call.Text("--project")), ("workdir", workdir),
            ("profile", call.Text("--profile")))));
    }

    static int ListSessions(Invocation call) => Show(call, "/sessions" + PageQuery(call));

    static int SendMessage(Invocation call)
    {
        var session = call.Id("session");
        var text = call.Need("--text") is "-" ? call.ReadPrompt(null) : Invocation.CheckText(call.Need("--text"), "The message");
        var answer = call.Daemon.Post($"/sessions/{Segment(session)}/messages", AnswerJson.Body(
            ("role", call.Text("--role") ?? "user"), ("text", text), ("profile", call.Text("--profile")), ("mode", call.Text("--mode")),
            ("idempotency_key", call.Text("--idempotency-key"))));
        if (!call.Flag("--wait") || answer.Text("run.id") is not { } run) return call.Output.Document(answer);
        var outcome = RunWait.For(call, run, null, null);
        answer["run"] = outcome.Run.DeepClone();
        var printed = call.Output.Document(answer);
        return printed == ExitCodes.Ok ? outcome.ExitCode : printed;
    }

    static string Segment(string text) => DaemonClient.Segment(text);
}
