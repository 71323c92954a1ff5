namespace Orchestrator.Terminals;

/// <summary>
/// Who a process is: a pid alone is reused, so the start time and the boot belong to it.
/// </summary>
/// <param name="Pid">Process id.</param>
/// <param name="StartTime">
/// Linux: clock ticks since boot (field 22 of /proc/pid/stat). macOS: Unix seconds. 0 when it was gone before it could be read.
/// </param>
/// <param name="BootId">The boot the pid belongs to.</param>
readonly record struct ProcessIdentity(int Pid, long StartTime, string BootId)
{
    /// <summary>The living process with this pid; null when there is none or it is a zombie.</summary>
    public static ProcessIdentity? Of(int pid) =>
        ProcStat.Of(pid) is { IsZombie: false } stat ? new(pid, stat.StartTime, ProcStat.BootId) : null;

    /// <summary>True while this very process runs. A zombie is dead.</summary>
    public bool IsAlive =>
        BootId == ProcStat.BootId && ProcStat.Of(Pid) is { IsZombie: false } stat && stat.StartTime == StartTime;
}
