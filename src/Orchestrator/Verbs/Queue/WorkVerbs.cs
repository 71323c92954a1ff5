using System.CommandLine;
using System.Text.Json.Nodes;
using Orchestrator.Cli;
using Orchestrator.Client;
using Orchestrator.Items;

namespace Orchestrator.Verbs;

/// <summary>Work on items: <c>exec</c>, <c>exec-next</c>, <c>exec-project</c>, <c>check</c>, <c>claim</c>.</summary>
static class WorkVerbs
{
    static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    public static Command Exec() => Verb.Do("exec", "Begin work on an item: prepares its folders, or starts a run where its project runs "
        + "by itself.", Execute,
    [
        .. Verb.Id("item"),
        Verb.Flag("--mock", "Only pretend the work."),
        Verb.Text("--mode", "external (folders for a worker), mock or automatic (a run).", "MODE"),
        Verb.Text("--profile", "Profile of the run.", "NAME"),
        NoWait(),
        Verb.Text("--idempotency-key", "The same key again begins nothing and prints the same.", "KEY"),
    ]);

    public static Command ExecNext() => Verb.Do("exec-next", "Start the next items of the queue as runs, the most urgent first.", Next,
        Verb.Maybe("count", "How many (1)."),
        Verb.Text("--project", "Only items of this project.", "NAME"),
        Verb.Text("--mode", "automatic (runs, the default), external or mock.", "MODE"), NoWait());

    public static Command ExecProject() => Verb.Do("exec-project", "Ready every item of a project and let them start by themselves, as "
        + "many at once as it may have.", Project, Verb.Word("name", "The project's name."));

    public static Command Check() => Verb.Do("check",
        "How far work is: exit 0 completed, 8 running, 3 blocked or waiting, 1 failed.", CheckOne,
        Verb.Word("agent", "What 'exec' printed as Agent, or a run, or an item."));

    public static Command Claim() => Verb.Do("claim", "Take the next item as an outside worker, for a time; 'exec' takes one and prepares "
        + "a worktree for it.", call =>
    {
        var answer = call.Api().Items.Claim(new ClaimItem.Request(call.Need("--agent"), null, ItemVerbs.List(call, "--can"),
            call.Text("--project"), call.Seconds("--lease")?.TotalSeconds, call.Text("--idempotency-key")));
        return call.Output.Document(answer);
    }, Verb.Text("--agent", "The worker's name.", "NAME"),
        Verb.Text("--lease", "How long it keeps the item without a sign of life, in seconds (300).", "SECONDS"),
        Verb.Text("--can", "What it can do, separated by commas: items labelled needs:X want X.", "A,B"),
        Verb.Text("--project", "Only items of this project.", "NAME"),
        Verb.Text("--idempotency-key", "The same key again takes nothing more.", "KEY"));

    static Option<string> NoWait() =>
        Verb.Flag("--no-wait", "Do not wait for the project's setup commands in the worktree; 'check' says how far they are.");

    static int Execute(Invocation call)
    {
        if (call.Flag("--mock") && call.Text("--mode") is not (null or RunItem.Mock))
            throw Invocation.Usage("--mock is the mode mock: give one of --mock and --mode.");
        var answer = call.Api().Items.Execute(call.Id("item"), new RunItem.Request(call.Flag("--mock") ? RunItem.Mock : call.Text("--mode"),
            null, call.Text("--profile"), call.Text("--idempotency-key")));
        var agent = answer.Text("agentId")!;
        if (call.Output.WantsJson)
            return call.Output.Document(answer) is var printed and not ExitCodes.Ok ? printed : Begun(call, [answer]);
        call.Output.Line($"Agent: {agent}");
        call.Output.Line($"Workspace: {answer.Text("workspaceDir")}");
        if (answer.Text("artifactsDir") is { } artifacts)
            call.Output.Line($"Artifacts: {artifacts}");
        call.Output.Line($"Label: {answer.Text("label")}");
        call.Output.Line($"Check: agentctl check {agent}");
        return Begun(call, [answer]);
    }

    /// <summary>
    /// Waits until the daemon has set up the worktrees: whoever called may begin then. One that fails holds up none of the others.
    /// </summary>
    static int Begun(Invocation call, IEnumerable<JsonNode> begun)
    {
        var setting = begun.Where(one => one.Text("setup") == SetUpWork.Running).Select(one => one.Text("agentId")!).ToList();
        if (setting.Count == 0 || call.Flag("--no-wait"))
            return ExitCodes.Ok;
        call.Output.Remark($"The project's setup commands run in the worktree{(setting.Count > 1 ? "s" : "")} ...");
        using var stop = new CancellationTokenSource();
        using var signals = CommandLine.OnInterrupt(stop.Cancel);
        var (items, patience) = (call.Api(stop.Token).Items, new Patience(call.Around.Clock, call.Output.Remark, stop.Token));
        var code = ExitCodes.Ok;
        foreach (var agent in setting)
            if (SetUp(items, agent, patience, stop.Token) is { } why)
            {
                call.Output.Remark($"That of {agent} did not come to its end: {SafeText.Line(why)}");
                code = ExitCodes.PersonMustDecide;
            }
        return code;
    }

    /// <summary>Null when it is set up; else why it did not come to that.</summary>
    static string? SetUp(ItemCalls items, string agent, Patience patience, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                var check = items.Check(agent)["check"]!;
                patience.Answered();
                if (check.Text("setup") is not { } far)
                    return check.Text("report") ?? "the item was given back.";
                if (far == SetUpWork.Over)
                    return null;
                stop.WaitHandle.WaitOne(Look);
                stop.ThrowIfCancellationRequested();
            }
            catch (Fault fault)
            {
                patience.OnFailure(fault);
            }
        }
    }

    static int Next(Invocation call)
    {
        var answer = call.Api().Items.ExecuteNext(new RunItem.NextRequest(call.Number("count", 1, 100) ?? 1, call.Text("--project"),
            call.Text("--mode"), null));
        var started = answer.Entries("started").ToList();
        if (call.Output.WantsJson)
            return call.Output.Document(answer) is var printed and not ExitCodes.Ok ? printed : Begun(call, started);
        foreach (var one in started)
        {
            call.Output.Line($"{one.Text("itemId")}  {SafeText.Line(one.Text("title") ?? "")}  agentctl check {one.Text("agentId")}");
            // Folders prepared for the caller; a run has its own.
            if (one.Text("artifactsDir") is not null)
                call.Output.Line($"  Workspace: {one.Text("workspaceDir")}");
        }
        if (answer.Text("message") is { } message)
            call.Output.Line(SafeText.Line(message));
        return Begun(call, started);
    }

    /// <summary>What does not start at once must not wait for somebody to come again, so the project runs by itself from then on.</summary>
    static int Project(Invocation call)
    {
        var (items, name) = (call.Api().Items, call.Need("name"));
        // First what refuses a name that nobody has: the other one would make a project of it.
        var answer = items.ReadyProject(name);
        answer["project"] = items.SetProject(new QueueProjects.Request(answer.Text("project.name"), null, null, true, null))["project"]!
            .DeepClone();
        if (call.Output.WantsJson)
            return call.Output.Document(answer);
        var most = answer["project"]!["max_parallel"]?.ToString();
        call.Output.Line(SafeText.Line($"{answer["readied"]!.AsArray().Count} readied; ready items of {answer.Text("project.name")} start "
            + $"by themselves{(most is null ? "" : $", {most} at once")}."));
        call.Output.Remark($"agentctl project create {answer.Text("project.name")} --auto-run false ends that.");
        return ExitCodes.Ok;
    }

    static int CheckOne(Invocation call)
    {
        var check = call.Api().Items.Check(call.Need("agent"))["check"];
        var state = check.Text("state");
        var code = state switch
        {
            "completed" => ExitCodes.Ok,
            "running" => ExitCodes.StillRunning,
            "blocked" or "waiting" => ExitCodes.PersonMustDecide,
            _ => ExitCodes.Failed,
        };
        if (call.Output.WantsJson)
            return call.Output.Document(check) is var printed and not ExitCodes.Ok ? printed : code;
        var title = SafeText.Line(check.Text("item.title") ?? "");
        call.Output.Line($"{state}: {title} ({check.Text("item.id")}, {check.Text("item.status")})");
        if (check.Text("health.verdict") is { } verdict)
            call.Output.Line(SafeText.Line($"  run {check.Text("run_id")} is {HealthLine.Of(check!["health"], verdict)}"));
        foreach (var artifact in check.Entries("artifacts"))
            call.Output.Line($"  {artifact.Cell("name")}  {artifact.Cell("size")} bytes");
        foreach (var cause in check!["item"].Entries("causes"))
            call.Output.Line($"  {cause.Cell("kind")}: {SafeText.Line(cause.Text("text") ?? "")}");
        if (check.Text("report") is { Length: > 0 } report)
            foreach (var line in SafeText.Lines(report))
                call.Output.Line(line);
        return code;
    }
}
