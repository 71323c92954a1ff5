using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Agents;
using Orchestrator.Cli;
using Orchestrator.Client;
using Orchestrator.Families;
using Orchestrator.Profiles;
using Orchestrator.Runs;

namespace Orchestrator.Verbs;

/// <summary>Hand out work and get it back: <c>start</c>, <c>wait</c>, <c>show</c>, <c>runs</c>, <c>resume</c>, <c>tail</c>.</summary>
static class RunVerbs
{
    public static Command Start() => Verb.Do("start", "Give a prompt (standard input) to an agent; prints only the run's id.", StartRun,
    [
        .. PromptSource.Symbols(),
        Verb.Text("--project", "Registered project, else a folder; without it the current folder.", "NAME|DIR", "-p"),
        Verb.Text("--profile", "Which agent, model and permissions; unset: chosen by project, rules and phase.", "NAME"),
        Verb.Text("--phase", "plan, manage, code (the default), ui or review.", "PHASE"),
        Verb.Text("--kind", "Kind of work, for the rules that choose a profile.", "KIND"),
        Verb.Texts("--label", "A label of the work, for those rules; may be repeated.", "LABEL"),
        Verb.Text("--title", "A name for people.", "TEXT"),
        Verb.Text("--retry", "What follows a failure by itself: never, unstarted, provider or full; unset: as the profile says.", "MODE"),
        Verb.Text("--output-schema", "File with the JSON Schema of the result, instead of {goal_met, summary, …}.", "FILE"),
        Verb.Flag("--no-schema", "Demand no structured result."),
        Verb.Flag("--worktree", "In a worktree of its own."),
        Verb.Flag("--no-worktree", "In the folder as it is."),
        Verb.Text("--idempotency-key", "The same key again starts nothing and prints the same id.", "KEY"),
        Verb.Flag("--watch", "Show it in a tmux pane (agentctl panes). Without tmux it runs all the same."),
        Verb.Flag("--wait", "Stay until the end, with progress; exit code as of 'wait'."),
        .. SeedOptions.OfStart(),
    ]);

    public static Command Wait() => Verb.Do("wait", "Wait for the end of a run and print it, or for that of several.", WaitForRuns,
        Verb.Words("run", "Ids of the runs; any unique beginning of each."),
        Verb.Text("--run-id", "The same as a positional run.", "ID"),
        Verb.Flag("--all", "Of several: until all have ended (without it, too)."),
        Verb.Flag("--any", "Of several: until the first has ended."),
        Verb.Flag("--until-asked", "Also until one of them asks something; then exit code 3."),
        Verb.Text("--timeout", "Longest wait in seconds; 0 for none.", "SECONDS"),
        Verb.Text("--interval", "How often the daemon looks, in seconds: a hint.", "SECONDS"),
        GatewayRunVerbs.Chain());

    public static Command Show() => Verb.Do("show", "Show a run.", [AgentOrc.Format], ShowRun, Verb.Id("run"));

    public static Command Runs() => Verb.Do("runs",
        "Runs, newest first, tab separated: id, status, project, profile, goal_met, exit, parent, title, health while it has not ended or "
            + "when its process vanished.",
        [AgentOrc.Format], ListRuns,
        Verb.Text("--limit", "At most so many (30).", "N"));

    public static Command Resume() => Verb.Do("resume",
        "Go on with a run's conversation; the new prompt comes on standard input.", ResumeRun,
    [
        .. PromptSource.Symbols(),
        Verb.Text("--parent-run-id", "The run to go on with.", "ID", "--run-id"),
        Verb.Maybe("run", "The same, positional."),
        Verb.Text("--profile", "Another profile than before.", "NAME"),
        Verb.Text("--title", "A name for people, of this run.", "TEXT"),
        Verb.Text("--output-schema", "File with the JSON Schema of the result, instead of the one before.", "FILE"),
        Verb.Text("--idempotency-key", "The same key again starts nothing and prints the same id.", "KEY"),
        Verb.Flag("--watch", "Show it in a tmux pane (agentctl panes). Without tmux it runs all the same."),
        Verb.Flag("--wait", "Stay until the end, with progress; exit code as of 'wait'."),
        .. SeedOptions.OfResume(),
    ]);

    public static Command Tail() => Verb.Do("tail",
        "One line per ended run: the last ones, with --follow also those to come.", TailRuns,
        Verb.Text("--limit", "How many of the past (10).", "N"),
        Verb.Flag("--follow", "Go on until interrupted; survives a restart of the daemon.", "-f"));

    static int StartRun(Invocation call)
    {
        SeedOptions.CheckStart(call);
        JsonElement? schema = call.Flag("--no-schema") ? null : SchemaFile(call) ?? JsonElement.Parse(StructuredResult.Schema);
        Func<string?> project = () => PlaceFolder(call, call.Text("--project"));
        var prompt = PromptSource.Read(call, project);
        var (name, workdir) = Place(call, call.Text("--project"));
        var profile = call.Text("--profile") ?? ProfileOfTemplate(call);
        var isolation = call.Flag("--worktree") ? "worktree" : call.Flag("--no-worktree") ? "none" : null;
        return PrintId(call, call.Api().Runs.Start(new StartRun.Request(
            null, name, workdir, call.Text("--title"), isolation, prompt, profile,
            // What is handed out by this command is code unless somebody says otherwise.
            call.Text("--phase") ?? (profile is null ? Phases.Code : null), call.Text("--kind"), Labels(call),
            schema, call.Text("--idempotency-key"), call.Text("--model"), SeedOptions.Sandbox(call),
            call.Text("--retry"))));
    }

    /// <summary>A template and a profile of one name belong together: a review must not be done by a profile that may write.</summary>
    static string? ProfileOfTemplate(Invocation call) =>
        call.Text("--template") is { } template
        && call.Api().Daemon.Configuration(null).Entries("profiles").Any(profile => profile.Text("name") == template)
            ? template
            : null;

    /// <summary>The folder of the project that is meant; null for one that is not known yet.</summary>
    static string? PlaceFolder(Invocation call, string? said)
    {
        var (name, workdir) = Place(call, said);
        return workdir ?? call.Api().Projects.Show(name!).Text("project.path");
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

    static JsonElement? SchemaFile(Invocation call)
    {
        if (call.Text("--output-schema") is not { } file) return null;
        try
        {
            var text = File.ReadAllText(Path.GetFullPath(file, call.Around.Folder));
            return SchemaCheck.Flaw(text) is { } flaw
                ? throw Invocation.Usage($"--output-schema {file}: {flaw}",
                    "It is a JSON Schema, like {\"type\":\"object\",\"properties\":{…}}.")
                : JsonElement.Parse(text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Invocation.Usage($"--output-schema: {e.Message}");
        }
    }

    static int ResumeRun(Invocation call)
    {
        SeedOptions.CheckResume(call);
        var (option, word) = (call.Text("--parent-run-id"), call.Text("run"));
        var run = option ?? word ?? throw Invocation.Usage("Which run? Give --parent-run-id.");
        var schema = SchemaFile(call);
        var prompt = PromptSource.Read(call, () => ProjectOf(call, run));
        return PrintId(call, call.Api().Runs.Resume(run, new ResumeRun.Request(prompt, call.Text("--profile"),
            call.Text("--idempotency-key"), call.Text("--title"), call.Text("--model"), SeedOptions.Sandbox(call), schema)));
    }

    static string? ProjectOf(Invocation call, string run)
    {
        var session = call.Api().Sessions.Show(call.Api().Runs.Show(run).Text("run.session_id") ?? "")["session"];
        return session.Text("project") is { } name ? call.Api().Projects.Show(name).Text("project.path") : session.Text("workdir");
    }

    /// <summary>Prints only the id, or what --format and --field ask for, and stays when asked to.</summary>
    static int PrintId(Invocation call, JsonNode answer)
    {
        var id = answer.Text("run.id") ?? throw new Fault(FaultCode.Unavailable, "The daemon's answer holds no run.");
        var printed = ExitCodes.Ok;
        if (call.Output.WantsJson) printed = call.Output.Document(answer);
        else call.Output.Line(id);
        if (answer.Text("note") is { } note) call.Output.Remark(note);
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

    static int WaitForRuns(Invocation call)
    {
        string[] ids = [.. call.Texts("run"), .. call.Text("--run-id") is { } option ? new[] { option } : []];
        if (ids.Distinct().ToArray() is not { Length: > 0 } runs) throw Invocation.Usage("Which run? Give its id.");
        if (runs.Length > WaitRun.MostRuns) throw Invocation.Usage($"One wait takes {WaitRun.MostRuns} runs at most.");
        if (call.Flag("--any") && call.Flag("--all")) throw Invocation.Usage("--any and --all exclude each other.");
        var limit = call.Seconds("--timeout") is { Ticks: > 0 } seconds ? seconds : (TimeSpan?)null;
        var interval = call.Seconds("--interval");
        if (runs.Length == 1 && !call.Flag("--until-asked"))
        {
            var outcome = RunWait.For(call, runs[0], limit, interval, call.Flag("--chain"));
            var run = Flat(outcome.Run);
            if (outcome.TimedOut) run["timed_out"] = true;
            return Print(call, run, outcome.ExitCode);
        }
        var all = RunsWait.For(call, runs, new RunsWait.Wish(call.Flag("--any"), call.Flag("--until-asked"), limit));
        return Print(call, all.Document(Flat), all.ExitCode);
    }

    static int Print(Invocation call, JsonObject document, int code)
    {
        var printed = call.Output.Document(document);
        return printed == ExitCodes.Ok ? code : printed;
    }

    static int ShowRun(Invocation call)
    {
        var run = call.Api().Runs.Show(call.Id("run"))["run"];
        if (call.Format != AgentOrc.Format) return call.Output.Document(Flat(run));
        var session = call.Api().Sessions.Show(run.Text("session_id") ?? "")["session"];
        var project = session.Text("project") is { } name ? call.Api().Projects.Show(name)["project"] : null;
        return call.Output.Document(AgentOrc.Meta(run!, session, project));
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

    /// <summary>The last runs, one a line.</summary>
    public static int ListRuns(Invocation call)
    {
        var answer = call.Api().Runs.List(null, null, null, null, new Page(call.Number("--limit", 1, 500) ?? 30));
        if (call.Output.WantsJson) return call.Output.Document(answer);
        var lines = new RunLines(call);
        foreach (var run in answer.Entries("runs")) call.Output.Line(lines.Row(run, call.Format == AgentOrc.Format));
        return ExitCodes.Ok;
    }

    static int TailRuns(Invocation call)
    {
        // The cursor is taken before the list: a run that ends in between is in both and printed once.
        var cursor = call.Api().Events.List(null, null, null, null, new Page(1, "latest")).Text("next_cursor");
        var printed = new HashSet<string>();
        var lines = new RunLines(call);
        var past = call.Api().Runs.List(null, null, null, null, new Page(call.Number("--limit", 1, 500) ?? 10)).Entries("runs");
        foreach (var run in past.Where(run => ExitCodes.OfRun(run.Text("status")) is not null).Reverse())
        {
            printed.Add(run.Text("id") ?? "");
            call.Output.Line(lines.End(run));
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
                call.Output.Line(lines.End(run));
            return true;
        });
        return ExitCodes.Ok;
    }
}
