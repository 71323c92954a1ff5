namespace Orchestrator.Terminals;

/// <summary>How long each rung is given. Zero skips the rung's signal, except the kill.</summary>
/// <param name="AfterInterrupt">From SIGINT to SIGTERM.</param>
/// <param name="AfterTerminate">From SIGTERM to SIGKILL.</param>
/// <param name="AfterKill">How long killed processes are awaited, and the patience of the sweep.</param>
sealed record StopTimes(TimeSpan AfterInterrupt, TimeSpan AfterTerminate, TimeSpan AfterKill)
{
    public static StopTimes Default { get; } = new(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(2));
}

/// <summary>The rungs, in order.</summary>
enum StopAction
{
    /// <summary>SIGINT to the group.</summary>
    Interrupt,
    /// <summary>SIGTERM to the group.</summary>
    Terminate,
    /// <summary>SIGKILL to the group.</summary>
    Kill,
    /// <summary>Whatever carries the run's marker and left the group.</summary>
    Sweep,
}

/// <summary>One rung that was climbed.</summary>
/// <param name="Action">Which.</param>
/// <param name="Text">What was done to which process, for a person.</param>
readonly record struct StopStep(StopAction Action, string Text);

/// <summary>How a stop went.</summary>
/// <param name="Last">The last rung that was needed; null when nothing was running.</param>
/// <param name="Left">Processes nobody could end; empty normally.</param>
/// <param name="Took">From the first signal until everything was gone.</param>
sealed record StopReport(StopAction? Last, IReadOnlyList<LeftProcess> Left, TimeSpan Took);

/// <summary>Ends a run's processes, politely first.</summary>
sealed class StopLadder(StopTimes times, TimeProvider clock)
{
    /// <summary>Climbs until everything of the run is gone. <paramref name="kill"/> skips the waiting: SIGKILL at once.</summary>
    public Task<StopReport> Climb(string runId, ProcessIdentity? holder, Action<StopStep> onStep, CancellationToken kill) =>
        throw new NotImplementedException($"{times} {clock}");
}
