namespace Orchestrator.Cli;

/// <summary>
/// Holds on to a daemon that goes away (an upgrade, a restart): tries again for a minute after it was missed first, at first
/// quickly, then every two seconds. Not after its last answer: a question that it holds for long may have been asked a minute ago.
/// </summary>
/// <param name="clock">Measures the absence.</param>
/// <param name="remark">Told once when it goes and once when it is back.</param>
/// <param name="stop">Ends the waiting.</param>
/// <param name="longest">How long it may be away; a minute unless the caller has less.</param>
sealed class Patience(TimeProvider clock, Action<string> remark, CancellationToken stop, TimeSpan? longest = null)
{
    /// <summary>How long a daemon may be away.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    readonly TimeSpan limit = longest ?? Limit;

    long? missed;
    TimeSpan pause = FirstPause;
    bool told;

    static TimeSpan FirstPause => TimeSpan.FromMilliseconds(100);

    /// <summary>The daemon answered: it is not missed any more.</summary>
    public void Answered()
    {
        missed = null;
        pause = FirstPause;
        if (told) remark("The daemon is back.");
        told = false;
    }

    /// <summary>Waits before the next try; throws when the minute is over, and at once when the fault is no absence.</summary>
    public void OnFailure(Fault fault)
    {
        missed ??= clock.GetTimestamp();
        if (fault.Code != FaultCode.Unavailable || clock.GetElapsedTime(missed.Value) > limit) throw fault;
        if (!told) remark($"The daemon does not answer; trying again for {limit.TotalSeconds:0} s.");
        told = true;
        stop.WaitHandle.WaitOne(pause);
        stop.ThrowIfCancellationRequested();
        pause = pause * 2 < TimeSpan.FromSeconds(2) ? pause * 2 : TimeSpan.FromSeconds(2);
    }
}
