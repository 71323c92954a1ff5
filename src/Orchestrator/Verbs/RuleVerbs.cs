using System.CommandLine;
using Orchestrator.Cli;
using Orchestrator.Client;
using Orchestrator.Requests;

namespace Orchestrator.Verbs;

/// <summary><c>request rules …</c>: what becomes of requests before anybody is asked.</summary>
static class RuleVerbs
{
    /// <summary>Longest text that fits into a question to the daemon, in bytes as it is sent.</summary>
    const int MostAsked = 6000;

    public static Command Rules() => Verb.Group("rules", "Rules that answer requests before anybody is asked.",
        Verb.Do("list", "List the rules: of config.yaml, of a project's file, and those people made.",
            call => call.Output.Document(call.Api().Rules.List(call.Text("--project"), call.Text("--run-id"))),
            Verb.Text("--project", "With those of this project's file.", "NAME"),
            Verb.Text("--run-id", "With those for this run alone.", "ID")),
        Verb.Do("add", "Make a rule, after trying it on past requests.", Add,
        [
            Verb.Word("action", "allow, deny, ask or answer."),
            Verb.Maybe("command", "A pattern for one simple command: 'git status*'."),
            Verb.Text("--exact", "Exactly this command, or this input of another tool.", "TEXT"),
            .. About("Files from the workspace down: 'docs/**'."),
            Verb.Text("--run-id", "Only this run.", "ID"),
            Verb.Text("--question", "With answer or ask: a whole question, with * for any letters.", "TEXT"),
            Verb.Text("--reply", "With answer: what answers it.", "TEXT"),
            Verb.Text("--note", "Why; an agent that is denied hears it.", "TEXT"),
            Verb.Flag("--dry-run", "Only try it on past requests."),
            Verb.Flag("--force", "Make it although past answers contradict it."),
        ]),
        Verb.Do("remove", "End a rule somebody made.", call => call.Output.Document(call.Api().Rules.Remove(call.Id("rule"))),
            Verb.Id("rule")),
        Verb.Do("test", "Say which rule hits a command, a file, a tool or a question, and why.", Test,
        [
            Verb.Maybe("command", "The whole command line."),
            .. About("A file; relative to the workspace."),
            Verb.Text("--input", "The input of another tool.", "TEXT"),
            Verb.Text("--question", "A question of an agent, instead of all the others.", "TEXT"),
            Verb.Text("--folder", "Where it would happen.", "DIR"),
            Verb.Text("--workspace", "The workspace; unset: this folder.", "DIR"),
            Verb.Text("--run-id", "As if this run asked.", "ID"),
        ]));

    static Symbol[] About(string path) =>
    [
        Verb.Text("--path", path, "PATH"),
        Verb.Text("--tool", "The agent's own name of a tool.", "NAME"),
        Verb.Text("--kind", "approval_request or permission_request.", "KIND"),
        Verb.Text("--profile", "Only runs of this profile.", "NAME"),
        Verb.Text("--project", "Only runs in this project.", "NAME"),
    ];

    static int Add(Invocation call) => call.Output.Document(call.Api().Rules.Add(new AddRule.Request(
        call.Need("action"), call.Text("command"), call.Text("--exact"), call.Text("--path"), call.Text("--tool"), call.Text("--kind"),
        call.Text("--profile"), call.Text("--project"), call.Text("--run-id"), call.Text("--question"), call.Text("--reply"),
        call.Text("--note"),
        call.Flag("--force") ? true : null, call.Flag("--dry-run") ? true : null, null)));

    static int Test(Invocation call)
    {
        var run = call.Text("--run-id");
        var asked = new AskedQuery(call.Text("command"), call.Text("--path"), call.Text("--tool"), call.Text("--input"),
            call.Text("--folder"), call.Text("--workspace") ?? (run is null ? call.Around.Folder : null), call.Text("--kind"),
            call.Text("--project"), call.Text("--profile"), run, call.Text("--question"));
        foreach (var text in new[] { asked.Command, asked.Input, asked.Question })
            if (text is not null && Uri.EscapeDataString(text).Length > MostAsked)
                throw Invocation.Usage($"That is too long to be tested this way (over {MostAsked} bytes).",
                    $"A command longer than {ShellCommand.Longest} characters is allowed by no rule.");
        return call.Output.Document(call.Api().Rules.Test(asked));
    }
}
