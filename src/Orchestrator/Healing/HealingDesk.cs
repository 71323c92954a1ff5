using Orchestrator.Runs;
using Orchestrator.Workspaces;

namespace Orchestrator.Healing;

/// <summary>Healing put together: who looks whether runs get on, and who does something about those that do not.</summary>
sealed class HealingDesk
{
    /// <param name="runs">The runs.</param>
    /// <param name="facts">Where their folders are.</param>
    /// <param name="git">Tells whether their files change.</param>
    /// <param name="snapshots">Takes their work before they are stopped; there once the daemon is put together.</param>
    /// <param name="every">How often it looks; null for as often as usual.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="log">Where failures are told.</param>
    public HealingDesk(RunStore runs, DaemonFacts facts, Git git, Func<RunSnapshots> snapshots, Func<TimeSpan?> every, TimeProvider clock,
        ILogger log)
    {
        var healer = new Healer(runs, snapshots, clock);
        runs.AfterEnd(healer.Ended);
        Watch = new HealthWatch(runs, facts, healer, new WorkFingerprint(git), every, clock, log);
    }

    /// <summary>Looks at what runs do.</summary>
    public HealthWatch Watch { get; }
}
