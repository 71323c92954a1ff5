namespace Orchestrator.Bench;

/// <summary>Every benchmark by name, in the order in which they run.</summary>
static class Benchmarks
{
    public static IReadOnlyList<(string Name, Func<Report, Task> Measure)> All { get; } =
    [
        ("holder", HolderCost.Measure),
        ("start", StartLatency.Measure),
        ("worktree", WorktreeReady.Measure),
        ("runs", RunsPerSecond.Measure),
        ("family", FamilyRuns.Measure),
        ("answer", AnswerLatency.Measure),
        ("ingest", OutputIngest.Measure),
        ("messages", MessagesPerSecond.Measure),
        ("watchers", WatcherLatency.Measure),
        ("idle", IdleWatchers.Measure),
        ("million", MillionEvents.Measure),
        ("next", NextOfManyItems.Measure),
        ("queue", QueueRates.Measure),
        ("plan", PlanRates.Measure),
        ("board", BoardInBrowser.Measure),
        ("cli", CliLatency.Measure),
        ("codex", RealAgents.Measure),
    ];
}
