namespace Orchestrator.Terminals;

/// <summary>
/// Holds a run's processes still and lets them go on: the whole group of its holder, by the two signals no program can refuse or miss. What
/// left the group goes on. Nothing is lost: a call to a provider that waited too long is made again by the agent.
/// </summary>
sealed class HeldStill(ProcessIdentity? holder)
{
    bool still;

    /// <summary>Does it when it is not so already.</summary>
    public void Set(bool wanted)
    {
        if (wanted != still)
            Force(wanted);
    }

    /// <summary>Does it whatever an earlier daemon did.</summary>
    public void Force(bool wanted)
    {
        still = wanted;
        if (holder is { IsAlive: true } leader)
            _ = Native.Kill(-leader.Pid, wanted ? Native.SignalStop : Native.SignalContinue);
    }
}
