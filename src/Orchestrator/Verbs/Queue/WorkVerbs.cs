using System.CommandLine;
using System.Text.Json.Nodes;
using Orchestrator.Cli;
using Orchestrator.Client;
using Orchestrator.Items;

namespace Orchestrator.Verbs;

/// <summary>Work on items: <c>exec</c>, <c>exec-next</c>, <c>check</c>, <c>claim</c>.</summary>
static class WorkVerbs
{
    public static Command Exec() => Verb.Do("exec", "Begin work on an item: prepares its folders, or starts a run where its project runs "
        + "by itself.", Execute,
    [
        .. Verb.Id("item"),
        Verb.Flag("--mock", "Only pretend the work."),
        Verb.Text("--mode", "external (folders for a worker), mock or automatic (a run).", "MODE"),
        Verb.Text("--profile", "Profile of the run.", "NAME"),
        Verb.Text("--idempotency-key", "The same key again begins nothing and prints the same.", "KEY"),
    ]);

    public static Command ExecNext() => Verb.Do("exec-next", "Start the next items of the queue as runs, the most urgent first.", Next,
        Verb.Maybe("count", "How many (1)."),
        Verb.Text("--project", "Only items of this project.", "NAME"),
        Verb.Text("--mode", "automatic (runs, the default), external or mock.", "MODE"));

    public static Command Check() => Verb.Do("check",
        "How far work is: exit 0 completed, 8 running, 3 blocked or waiting, 1 failed.", CheckOne,
        Verb.Word("agent", "What 'exec' printed as Agent, or a run, or an item."));

    public static Command Claim() => Verb.Do("claim", "Take the next item as an outside worker, for a time.", call =>
    {
        var answer = call.Api().Items.Claim(new ClaimItem.Request(call.Need("--agent"), null, ItemVerbs.List(call, "--can"),
            call.Text("--project"), call.Seconds("--lease")?.TotalSeconds, call.Text("--idempotency-key")));
        return call.Output.Document(answer);
    }, Verb.Text("--agent", "The worker's name.", "NAME"),
        Verb.Text("--lease", "How long it keeps the item without a sign of life, in seconds (300).", "SECONDS"),
        Verb.Text("--can", "What it can do, separated by commas: items labelled needs:X want X.", "A,B"),
        Verb.Text("--project", "Only items of this project.", "NAME"),
        Verb.Text("--idempotency-key", "The same key again takes nothing more.", "KEY"));

    static int Execute(Invocation call)
    {
        if (call.Flag("--mock") && call.Text("--mode") is not (null or RunItem.Mock))
            throw Invocation.Usage("--mock is the mode mock: give one of --mock and --mode.");
        var answer = call.Api().Items.Execute(call.Id("item"), new RunItem.Request(call.Flag("--mock") ? RunItem.Mock : call.Text("--mode"),
            null, call.Text("--profile"), call.Text("--idempotency-key")));
        if (call.Output.WantsJson)
            return call.Output.Document(answer);
        var agent = answer.Text("agentId");
        call.Output.Line($"Agent: {agent}");
        call.Output.Line($"Workspace: {answer.Text("workspaceDir")}");
        if (answer.Text("artifactsDir") is { } artifacts)
            call.Output.Line($"Artifacts: {artifacts}");
        call.Output.Line($"Label: {answer.Text("label")}");
        call.Output.Line($"Check: agentctl check {agent}");
        return ExitCodes.Ok;
    }

    static int Next(Invocation call)
    {
        var answer = call.Api().Items.ExecuteNext(new RunItem.NextRequest(call.Number("count", 1, 100) ?? 1, call.Text("--project"),
            call.Text("--mode"), null));
        if (call.Output.WantsJson)
            return call.Output.Document(answer);
        foreach (var one in answer.Entries("started"))
            call.Output.Line($"{one.Text("itemId")}  {SafeText.Line(one.Text("title") ?? "")}  agentctl check {one.Text("agentId")}");
        if (answer.Text("message") is { } message)
            call.Output.Line(SafeText.Line(message));
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
