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

    /// <summary>
    /// Whether this look includes the process itself. A run that ends in order leaves its exit file; only one that vanished is found
    /// this way, and for it a few looks more do not matter.
    /// </summary>
    public bool LooksAtProcess => looks % 8 == 0 || looks >= YoungLooks;

    /// <summary>Something has just happened to the run, such as an answer: it is likely to talk soon.</summary>
    public void Stirred() => current = Talking;

    /// <summary>
    /// The pause before the next look, given whether the last one found anything. It grows so slowly that a look comes later by a twentieth
    /// of the silence at most: where every word is answered, as by app-server, later looks would make the whole run as much longer.
    /// </summary>
    public TimeSpan Next(bool found)
    {
        if (looks++ < YoungLooks)
            return Young;
        current = found || current < Talking ? Talking : TimeSpan.FromTicks(Math.Min(Silent.Ticks, current.Ticks * 21 / 20));
        return current;
    }
}
