using System.CommandLine;
using Orchestrator.Cli;
using Orchestrator.Client;
using Orchestrator.Runs;
using Orchestrator.Sessions;

namespace Orchestrator.Verbs;

/// <summary><c>session …</c> and <c>message …</c>: answers are printed as they come.</summary>
static class GatewayVerbs
{
    public static Command Session() => Verb.Group("session", "Conversations with agents.",
        Verb.Do("create", "Make a session.", CreateSession,
            Verb.Text("--title", "A name for people.", "TEXT"),
            Verb.Text("--project", "Registered project it works in.", "NAME"),
            Verb.Text("--workdir", "Folder it works in as it is, instead of a project.", "DIR"),
            Verb.Text("--profile", "Profile of its runs.", "NAME")),
        Verb.Do("list", "List sessions, newest first.",
            call => call.Output.Document(call.Api().Sessions.List(null, PageOf(call))), Paging()),
        Verb.Do("show", "Show a session.", call => call.Output.Document(call.Api().Sessions.Show(call.Id("session"))), Verb.Id("session")),
        Verb.Do("archive", "Close an idle session: nothing starts in it any more.",
            call => call.Output.Document(call.Api().Sessions.Archive(call.Id("session"), new(call.Text("--reason")))),
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
            call => call.Output.Document(call.Api().Sessions.Messages(call.Id("session"), call.Text("--delivery"), PageOf(call))),
            [.. Verb.Id("session"), Verb.Text("--delivery", "Only those that have come so far, like stored.", "STATE"), .. Paging()]),
        Verb.Do("edit", "Change a message that no agent has yet, or have it told now.", EditMessage,
        [
            .. Verb.Id("message"),
            Verb.Text("--text", "The new text; - reads it from standard input.", "TEXT"),
            Verb.Text("--mode", "Tell it now: steer (into the turn that runs) or interrupt (instead of it).", "MODE"),
        ]),
        Verb.Do("remove", "Take back a message that no agent has yet.",
            call => call.Output.Document(call.Api().Messages.Remove(call.Id("message"))), Verb.Id("message")));

    /// <summary>Options of every list.</summary>
    public static Symbol[] Paging() =>
    [
        Verb.Text("--limit", "At most so many entries (1 to 500).", "N"),
        Verb.Text("--cursor", "Go on after this cursor of the page before.", "CURSOR"),
    ];

    /// <summary>The page those options ask for.</summary>
    public static Page PageOf(Invocation call) => new(call.Number("--limit", 1, 500), call.Text("--cursor"));

    static int CreateSession(Invocation call)
    {
        var workdir = call.Text("--workdir") is { } folder ? ProjectVerbs.ExistingFolder(call, folder) : null;
        return call.Output.Document(call.Api().Sessions.Create(new CreateSession.Request(
            call.Text("--title"), call.Text("--project"), call.Text("--profile"), workdir, null, null, null)));
    }

    static int EditMessage(Invocation call)
    {
        var mode = call.Text("--mode");
        var given = mode is null ? call.Need("--text") : call.Text("--text");
        return call.Output.Document(call.Api().Messages.Edit(call.Id("message"), new(given is "-" ? call.ReadPrompt(null) : given, mode)));
    }

    static int SendMessage(Invocation call)
    {
        var session = call.Id("session");
        var text = call.Need("--text") is "-" ? call.ReadPrompt(null) : Invocation.CheckText(call.Need("--text"), "The message");
        var answer = call.Api().Sessions.PostMessage(session, new PostMessage.Request(
            call.Text("--role") ?? "user", text, call.Text("--profile"), call.Text("--mode"), call.Text("--idempotency-key")));
        if (!call.Flag("--wait") || answer.Text("run.id") is not { } run) return call.Output.Document(answer);
        var outcome = RunWait.For(call, run, null, null);
        answer["run"] = outcome.Run.DeepClone();
        var printed = call.Output.Document(answer);
        return printed == ExitCodes.Ok ? outcome.ExitCode : printed;
    }
}
