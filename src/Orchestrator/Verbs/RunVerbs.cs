using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Agents;
using Orchestrator.Cli;
using Orchestrator.Client;
using Orchestrator.Profiles;
using Orchestrator.Runs;

namespace Orchestrator.Verbs;

/// <summary>Hand out work and get it back: <c>start</c>, <c>wait</c>, <c>show</c>, <c>runs</c>, <c>resume</c>, <c>tail</c>.</summary>
static class RunVerbs
{
    public static Command Start() => Verb.Do("start", "Give a prompt (standard input) to an agent; prints only the run's id.", StartRun,
        Verb.Text("--project", "Registered project, else a folder; without it the current folder.", "NAME|DIR", "-p"),
        Verb.Text("--profile", "Which agent, model and permissions; unset: chosen by project, rules and phase.", "NAME"),
        Verb.Text("--phase", "plan, manage, code (the default), ui or review.", "PHASE"),
        Verb.Text("--kind", "Kind of work, for the rules that choose a profile.", "KIND"),
        Verb.Texts("--label", "A label of the work, for those rules; may be repeated.", "LABEL"),
        Verb.Text("--title", "A name for people.", "TEXT"),
        Verb.Text("--prompt", "The prompt itself.", "TEXT"),
        Verb.Text("--prompt-file", "File with the prompt; - for standard input.", "FILE"),
        Verb.Text("--output-schema", "File with the JSON Schema of the result, instead of {goal_met, summary, …}.", "FILE"),
        Verb.Flag("--no-schema", "Demand no structured result."),
        Verb.Flag("--worktree", "In a worktree of its own."),
        Verb.Flag("--no-worktree", "In the folder as it is."),
        Verb.Text("--idempotency-key", "The same key again starts nothing and prints the same id.", "KEY"),
        Verb.Flag("--watch", "Show it in a tmux pane (agentctl panes). Without tmux it runs all the same."),
        Verb.Flag("--wait", "Stay until the end, with progress; exit code as of 'wait'."));

    public static Command Wait() => Verb.Do("wait", "Wait for the end of a run and print it.", WaitForRun,
    [
        .. Verb.Id("run"),
        Verb.Text("--timeout", "Longest wait in seconds; 0 for none.", "SECONDS"),
        Verb.Text("--interval", "How often the daemon looks, in seconds: a hint.", "SECONDS"),
        GatewayRunVerbs.Chain(),
    ]);

    public static Command Show() => Verb.Do("show", "Show a run.",
        call => call.Output.Document(Flat(call.Api().Runs.Show(call.Id("run"))["run"])), Verb.Id("run"));

    public static Command List() => Verb.Do("runs",
        "Runs, newest first, tab separated: id, status, project, profile, goal_met, exit, parent, title.", ListRuns,
        Verb.Text("--limit", "At most so many (30).", "N"));

    public static Command Resume() => Verb.Do("resume",
        "Go on with a run's conversation; the new prompt comes on standard input.", ResumeRun,
        Verb.Text("--parent-run-id", "The run to go on with.", "ID", "--run-id"),
        Verb.Maybe("run", "The same, positional."),
        Verb.Text("--profile", "Another profile than before.", "NAME"),
        Verb.Text("--prompt", "The prompt itself.", "TEXT"),
        Verb.Text("--prompt-file", "File with the prompt; - for standard input.", "FILE"),
        Verb.Text("--idempotency-key", "The same key again starts nothing and prints the same id.", "KEY"),
        Verb.Flag("--watch", "Show it in a tmux pane (agentctl panes). Without tmux it runs all the same."),
        Verb.Flag("--wait", "Stay until the end, with progress; exit code as of 'wait'."));

    public static Command Tail() => Verb.Do("tail",
        "One line per ended run: the last ones, with --follow also those to come.", TailRuns,
        Verb.Text("--limit", "How many of the past (10).", "N"),
        Verb.Flag("--follow", "Go on until interrupted; survives a restart of the daemon.", "-f"));

    static int StartRun(Invocation call)
    {
        if (call.Flag("--worktree") && call.Flag("--no-worktree"))
            throw Invocation.Usage("--worktree and --no-worktree exclude each other.");
        var prompt = Prompt(call);
        var (project, workdir) = Place(call, call.Text("--project"));
        var isolation = call.Flag("--worktree") ? "worktree" : call.Flag("--no-worktree") ? "none" : null;
        return PrintId(call, call.Api().Runs.Start(new StartRun.Request(
            null, project, workdir, call.Text("--title"), isolation, prompt, call.Text("--profile"),
            // What is handed out by this command is code unless somebody says otherwise.
            call.Text("--phase") ?? (call.Text("--profile") is null ? Phases.Code : null), call.Text("--kind"), Labels(call),
            call.Flag("--no-schema") ? null : Schema(call), call.Text("--idempotency-key"))));
    }

    static string[]? Labels(Invocation call) => call.Texts("--label") is { Length: > 0 } labels ? labels : null;

    /// <summary>Where to work: a registered name wins over a folder of that name, as the first orchestrators did it.</summary>
    static (string? Project, string? Workdir) Place(Invocation call, string? said)
    {
        if (said is not null && !said.Contains('/') && said is not ("." or ".."))
        {
            try
            {
                call.Api().Projects.Show(said);
                return (said, null);
            }
            catch (Fault fault) when (fault.Code == FaultCode.NotFound)
            {
                if (!Directory.Exists(Path.GetFullPath(said, call.Around.Folder)))
                    throw Invocation.Usage($"'{said}' is neither a registered project nor a folder.", "agentctl project list shows them.");
            }
        }
        var folder = ProjectVerbs.ExistingFolder(call, said ?? ".");
        var known = call.Api().Projects.List().Entries("projects").FirstOrDefault(project => project.Text("path") == folder);
        return known is null ? (null, folder) : (known.Text("name"), null);
    }

    static JsonElement Schema(Invocation call)
    {
        if (call.Text("--output-schema") is not { } file) return JsonElement.Parse(StructuredResult.Schema);
        try
        {
            return JsonElement.Parse(File.ReadAllBytes(Path.GetFullPath(file, call.Around.Folder)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw Invocation.Usage($"--output-schema: {e.Message}");
        }
    }

    static string Prompt(Invocation call)
    {
        if (call.Text("--prompt") is not { } prompt) return call.ReadPrompt(call.Text("--prompt-file"));
        if (call.Text("--prompt-file") is not null) throw Invocation.Usage("--prompt and --prompt-file exclude each other.");
        if (string.IsNullOrWhiteSpace(prompt)) throw Invocation.Usage("The prompt is empty.");
        return Invocation.CheckText(prompt, "The prompt");
    }

    static int ResumeRun(Invocation call)
    {
        var (option, word) = (call.Text("--parent-run-id"), call.Text("run"));
        var run = option ?? word ?? throw Invocation.Usage("Which run? Give --parent-run-id.");
        return PrintId(call, call.Api().Runs.Resume(run,
            new ResumeRun.Request(Prompt(call), call.Text("--profile"), call.Text("--idempotency-key"))));
    }

    /// <summary>Prints only the id, or what --format and --field ask for, and stays when asked to.</summary>
    static int PrintId(Invocation call, JsonNode answer)
    {
        var id = answer.Text("run.id") ?? throw new Fault(FaultCode.Unavailable, "The daemon's answer holds no run.");
        var printed = ExitCodes.Ok;
        if (call.Output.WantsJson) printed = call.Output.Document(answer);
        else call.Output.Line(id);
        if (call.Flag("--watch")) Watch(call, answer["run"]!);
        return printed != ExitCodes.Ok || !call.Flag("--wait") ? printed : RunWait.For(call, id, null, null).ExitCode;
    }

    /// <summary>Opens a pane; whatever becomes of that, the run goes on and the command has done its work.</summary>
    static void Watch(Invocation call, JsonNode run)
    {
        try
        {
            var session = call.Api().Sessions.Show(run.Text("session_id") ?? "")["session"];
            var (id, project) = (run.Text("id") ?? "", session.Text("project"));
            if (PaneBoard.Of(call, project).Open(id, $"{id[..8]} {run.Text("profile")} {session.Text("title") ?? project}") is { } trouble)
                call.Output.Remark(trouble.ToString());
        }
        catch (Fault fault)
        {
            call.Output.Remark($"No pane was opened: {fault.Message}");
        }
    }

    static int WaitForRun(Invocation call)
    {
        var limit = call.Seconds("--timeout");
        var outcome = RunWait.For(call, call.Id("run"), limit == TimeSpan.Zero ? null : limit, call.Seconds("--interval"),
            call.Flag("--chain"));
        var run = Flat(outcome.Run);
        if (outcome.TimedOut) run["timed_out"] = true;
        var printed = call.Output.Document(run);
        return printed == ExitCodes.Ok ? outcome.ExitCode : printed;
    }

    /// <summary>The bare run with its id and its result's two main members repeated at the top, where older scripts look.</summary>
    static JsonObject Flat(JsonNode? run)
    {
        var flat = run?.DeepClone() as JsonObject ?? throw new Fault(FaultCode.Unavailable, "The daemon's answer holds no run.");
        flat["run_id"] = flat["id"]?.DeepClone();
        flat["goal_met"] = (flat["result"] as JsonObject)?["goal_met"]?.DeepClone();
        flat["summary"] = (flat["result"] as JsonObject)?["summary"]?.DeepClone();
        return flat;
    }

    static int ListRuns(Invocation call)
    {
        var answer = call.Api().Runs.List(null, null, null, null, new Page(call.Number("--limit", 1, 500) ?? 30));
        if (call.Output.WantsJson) return call.Output.Document(answer);
        var sessions = new Dictionary<string, JsonNode?>();
        foreach (var run in answer.Entries("runs")) call.Output.Line(Row(run, SessionOf(call, run, sessions)));
        return ExitCodes.Ok;
    }

    // 3f6c0a9be1d2c4f7	succeeded	demo	spark	true	0	-	Add the missing test
    static string Row(JsonNode run, JsonNode? session) => string.Join('\t',
        run.Cell("id"), run.Cell("status"), session.Cell("project"), run.Cell("profile"), run.Cell("result.goal_met"),
        run.Cell("exit_code"), run.Cell("parent_run_id"), Title(run, session));

    /// <summary>Project and title are the session's.</summary>
    static JsonNode? SessionOf(Invocation call, JsonNode run, Dictionary<string, JsonNode?> known)
    {
        var id = run.Text("session_id") ?? "";
        if (!known.TryGetValue(id, out var session) && id.Length > 0)
            known[id] = session = call.Api().Sessions.Show(id)["session"];
        return session;
    }

    /// <summary>The session's title, else how the prompt begins.</summary>
    static string Title(JsonNode run, JsonNode? session)
    {
        if (session.Cell("title") is not "-" and var title) return title;
        var prompt = run.Cell("prompt");
        return prompt.Length <= 60 ? prompt : prompt[..59] + "…";
    }

    static int TailRuns(Invocation call)
    {
        // The cursor is taken before the list: a run that ends in between is in both and printed once.
        var cursor = call.Api().Events.List(null, null, null, null, new Page(1, "latest")).Text("next_cursor");
        var printed = new HashSet<string>();
        var sessions = new Dictionary<string, JsonNode?>();
        var past = call.Api().Runs.List(null, null, null, null, new Page(call.Number("--limit", 1, 500) ?? 10)).Entries("runs");
        foreach (var run in past.Where(run => ExitCodes.OfRun(run.Text("status")) is not null).Reverse())
        {
            printed.Add(run.Text("id") ?? "");
            call.Output.Line(EndLine(run, SessionOf(call, run, sessions)));
        }
        if (!call.Flag("--follow")) return ExitCodes.Ok;
        using var stop = new CancellationTokenSource();
        using var signals = CommandLine.OnInterrupt(stop.Cancel);
        var api = call.Api(stop.Token);
        new EventFollower(api.Events, call.Around, call.Output.Remark, stop.Token).Follow(null, null, cursor, entry =>
        {
            var type = entry.Text("event_type") ?? "";
            var ended = type.StartsWith("run.", StringComparison.Ordinal) && ExitCodes.OfRun(type[4..]) is not null;
            if (ended && entry.Text("run_id") is { } id && printed.Add(id) && api.Runs.Show(id)["run"] is { } run)
                call.Output.Line(EndLine(run, SessionOf(call, run, sessions)));
            return true;
        });
        return ExitCodes.Ok;
    }

    // ✓ 3f6c0a9be1d2c4f7 demo spark goal_met=true exit=0 Added the missing test
    static string EndLine(JsonNode run, JsonNode? session)
    {
        var met = run.Cell("result.goal_met");
        var succeeded = run.Text("status") == "succeeded";
        var mark = succeeded && met == "true" ? "✓" : succeeded ? "!" : "✗";
        var words = run.Text("result.summary") ?? run.Text("error.message") ?? run.Text("last_message") ?? "";
        return string.Join(' ', mark, run.Cell("id"), run.Cell("status"), session.Cell("project"), run.Cell("profile"),
            $"goal_met={met}", $"exit={run.Cell("exit_code")}", Output.Printable(words));
    }
}
