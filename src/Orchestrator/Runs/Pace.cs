namespace Orchestrator.Runs;

/// <summary>How soon to look at a run's files again: often while it is young or talks, seldom while it is silent.</summary>
sealed class Pace
{
    static readonly TimeSpan Young = TimeSpan.FromMilliseconds(2);
    static readonly TimeSpan Talking = TimeSpan.FromMilliseconds(10);
    static readonly TimeSpan Silent = TimeSpan.FromMilliseconds(250);
    const int YoungLooks = 40;

    TimeSpan current = Young;
    int looks;

    /// <summary>The pause before the next look, given whether the last one found anything.</summary>
    public TimeSpan Next(bool found)
    {
        if (looks++ < YoungLooks)
            return Young;
        current = found || current < Talking ? Talking : TimeSpan.FromTicks(Math.Min(Silent.Ticks, current.Ticks * 5 / 4));
        return current;
    }
}
