namespace Orchestrator.Runs;

/// <summary>
/// How soon to look at a run's files again. Where the system tells of what is written, nobody looks in between; elsewhere often while the
/// run is young or talks, seldom while it is silent.
/// </summary>
sealed class Pace(TimeProvider clock)
{
    static readonly TimeSpan Young = TimeSpan.FromMilliseconds(2);
    static readonly TimeSpan Talking = TimeSpan.FromMilliseconds(10);
    static readonly TimeSpan Silent = TimeSpan.FromMilliseconds(250);
    const int YoungLooks = 40;
    const double MostAtOnce = 16;

    TimeSpan current = Young;
    int looks;
    double atOnce = MostAtOnce;
    long counted = clock.GetTimestamp();

    /// <summary>
    /// Whether the run is looked at as soon as it writes. One that prints without a pause would be stored line by line: it is looked at
    /// so a few times, and then as often as any that talks.
    /// </summary>
    public bool AtOnce
    {
        get
        {
            var passed = clock.GetElapsedTime(counted);
            counted = clock.GetTimestamp();
            atOnce = Math.Min(MostAtOnce, atOnce + (passed / Talking));
            return atOnce >= 1;
        }
    }

    /// <summary>
    /// Whether this look includes the process itself. A run that ends in order leaves its exit file; only one that vanished is found
    /// this way, and for it a few looks more do not matter.
    /// </summary>
    public bool LooksAtProcess => looks % 8 == 0 || looks >= YoungLooks || current == Silent;

    /// <summary>Something has just happened to the run, such as an answer: it is likely to talk soon.</summary>
    public void Stirred() => current = Talking;

    /// <summary>
    /// The pause before the next look, given whether the last one found anything and whether we are told when there is something. Else it
    /// grows so slowly that a look comes later by a twentieth of the silence at most: where every word is answered, as by app-server, later
    /// looks would make the whole run as much longer.
    /// </summary>
    public TimeSpan Next(bool found, bool told = false)
    {
        if (found)
            atOnce--;
        if (told && !found)
            return current = Silent;
        if (looks++ < YoungLooks)
            return Young;
        current = found || current < Talking ? Talking : TimeSpan.FromTicks(Math.Min(Silent.Ticks, current.Ticks * 21 / 20));
        return current;
    }
}
