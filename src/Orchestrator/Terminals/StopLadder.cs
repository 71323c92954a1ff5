namespace Orchestrator.Terminals;

/// <summary>How long each rung is given. Zero skips the rung, except the kill.</summary>
/// <param name="AfterAsking">From the wish in the agent's own protocol to SIGINT.</param>
/// <param name="AfterInterrupt">From SIGINT to SIGTERM.</param>
/// <param name="AfterTerminate">From SIGTERM to SIGKILL.</param>
/// <param name="AfterKill">How long killed processes are awaited, and the patience of the sweep.</param>
sealed record StopTimes(TimeSpan AfterAsking, TimeSpan AfterInterrupt, TimeSpan AfterTerminate, TimeSpan AfterKill)
{
    /// <summary>The agents known end within 2 s of SIGINT.</summary>
    public static StopTimes Default { get; } =
        new(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(4));
}

/// <summary>The rungs, in order.</summary>
enum StopAction
{
    /// <summary>The agent was asked in its own protocol.</summary>
    Ask,
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

/// <summary>Ends a run's processes, politely first. After a crash it may be climbed again from the bottom.</summary>
sealed class StopLadder(StopTimes times, TimeProvider clock)
{
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>What is still in the group when the agent itself has ended, as a command started with &amp; that ignores SIGINT.</summary>
    static readonly TimeSpan ForStragglers = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Climbs until everything of the run is gone. <paramref name="kill"/> skips the waiting: SIGKILL at once.
    /// A killed holder leaves no exit code. <paramref name="asked"/>: the agent was told to stop in its own protocol, and gets time for it.
    /// </summary>
    public async Task<StopReport> Climb(string runId, ProcessIdentity? holder, bool asked, Action<StopStep> onStep, CancellationToken kill)
    {
        var begun = clock.GetTimestamp();
        StopAction? last = null;
        if (asked && times.AfterAsking > TimeSpan.Zero && !kill.IsCancellationRequested && GroupOf(runId, holder) is not null)
        {
            last = StopAction.Ask;
            onStep(new(StopAction.Ask, "The agent was asked to stop in its own protocol."));
            await GroupGone(runId, holder, times.AfterAsking, kill);
        }

        var rungs = new[]
        {
            (Action: StopAction.Interrupt, Signal: Native.SignalInterrupt, Name: "SIGINT", Wait: times.AfterInterrupt),
            (Action: StopAction.Terminate, Signal: Native.SignalTerminate, Name: "SIGTERM", Wait: times.AfterTerminate),
            (Action: StopAction.Kill, Signal: Native.SignalKill, Name: "SIGKILL", Wait: times.AfterKill),
        };
        foreach (var rung in rungs)
        {
            var isKill = rung.Action == StopAction.Kill;
            if (!isKill && (kill.IsCancellationRequested || rung.Wait <= TimeSpan.Zero))
                continue;
            if (GroupOf(runId, holder) is not { } group)
                break;
            last = rung.Action;
            onStep(new(rung.Action, $"{rung.Name} to process group {group}."));
            // A group that has just become empty refuses the signal; the next look sees it.
            _ = Native.Kill(-group, rung.Signal);
            await GroupGone(runId, holder, rung.Wait, isKill ? CancellationToken.None : kill);
        }
        var left = Leftovers.Find(runId);
        if (left.Count > 0)
        {
            last = StopAction.Sweep;
            onStep(new(StopAction.Sweep, $"Ending what left the group: {Names(left)}."));
        }
        left = await Leftovers.Sweep(runId, kill.IsCancellationRequested ? times.AfterKill / 2 : times.AfterKill, clock);
        return new(last, left, clock.GetElapsedTime(begun));
    }

    /// <summary>Processes as a person reads them: command and pid.</summary>
    public static string Names(IEnumerable<LeftProcess> processes) =>
        string.Join(", ", processes.Select(process => $"{process.Command} (pid {process.Identity.Pid})"));

    /// <summary>
    /// The run's group while anything is in it. The number alone is no proof once the holder is dead, it may be somebody
    /// else's by then: a marked process in that group is.
    /// </summary>
    static int? GroupOf(string runId, ProcessIdentity? holder)
    {
        if (holder is not { } leader)
            return null;
        if (leader.IsAlive)
            return leader.Pid;
        return Leftovers.Find(runId).Any(process => process.GroupId == leader.Pid) ? leader.Pid : null;
    }

    async Task GroupGone(string runId, ProcessIdentity? holder, TimeSpan limit, CancellationToken kill)
    {
        var begun = clock.GetTimestamp();
        var headless = false;
        while (GroupOf(runId, holder) is not null && clock.GetElapsedTime(begun) < limit && !kill.IsCancellationRequested)
        {
            if (!headless && holder is { IsAlive: false })
            {
                headless = true;
                var shorter = clock.GetElapsedTime(begun) + ForStragglers;
                limit = shorter < limit ? shorter : limit;
            }
            await Task.Delay(Pause, clock, CancellationToken.None);
        }
    }
}
