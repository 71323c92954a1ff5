using Orchestrator.Events;

namespace Orchestrator.Healing;

/// <summary>What is told of runs that do not get on, and of what is done about them.</summary>
static class HealingEvents
{
    /// <summary>The verdict of a running run changed.</summary>
    public const string Health = "run.health";

    /// <summary>A step was taken.</summary>
    public const string Step = "run.healing";

    public static readonly IReadOnlyList<EventKind> Kinds =
    [
        new(Health, "Whether a running run gets on was judged anew from evidence: working, waiting, quiet, stalled or dead.",
            """
            {"verdict":"waiting","waiting_for":"tool","before":"working","since":"2026-01-31T09:30:00Z",
            "reasons":["no output for 6 min","its tool `dotnet test` runs for 6 min, and may for 10 min"]}
            """.ReplaceLineEndings("")),
        new(Step, "Something is done about a run that does nothing: notice, ask, interrupt, restart, escalate or person. What follows its "
            + "end is told under the run that follows, or under its session.",
            """
            {"step":"restart","run_id":"5f0c9d3e1a7b2c48","why":"no output for 15 min","text":"Are you at work?",
            "next_run_id":"9c3e1a7b2c485f0d","request_id":"0d9c3e1a7b2c485f"}
            """.ReplaceLineEndings("")),
    ];
}
