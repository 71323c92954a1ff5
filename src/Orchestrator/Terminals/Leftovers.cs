using System.Buffers;
using System.Globalization;
using System.Text;

namespace Orchestrator.Terminals;

/// <summary>A process that belongs to a run.</summary>
/// <param name="Identity">Which process.</param>
/// <param name="GroupId">Its process group.</param>
/// <param name="Command">Program and arguments as far as they help a person, at most 200 characters.</param>
/// <param name="IsHolder">True for the run's own holder.</param>
readonly record struct LeftProcess(ProcessIdentity Identity, int GroupId, string Command, bool IsHolder);

/// <summary>
/// Finds and ends what a run started and did not end itself. Agents put their commands into sessions of their own, so the
/// process group is not enough: the run's marker in the environment is inherited by everything, save by who clears it.
/// </summary>
static class Leftovers
{
    /// <summary>The variable that marks a run's processes.</summary>
    public const string Marker = "AGENTCTL_RUN_ID";

    const int CommandCharacters = 200;
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>Living processes that carry the run's marker or are in its control group, without this process.</summary>
    public static IReadOnlyList<LeftProcess> Find(string runId, int? firstPid = null)
    {
        var marker = Encoding.UTF8.GetBytes($"{Marker}={runId}\0");
        var members = Cgroup.Members(runId);
        var found = new List<LeftProcess>();
        var buffer = ArrayPool<byte>.Shared.Rent(256 << 10);
        try
        {
            var least = firstPid is { } first && first <= ProcessTable.LastPid() ? first : 0;
            foreach (var pid in members.Union(ProcessTable.Pids()))
            {
                if (pid == Environment.ProcessId || pid < least)
                    continue;
                if (!members.Contains(pid) && !ProcessTable.HasVariable(pid, marker, ref buffer))
                    continue;
                if (ProcStat.Of(pid) is { IsZombie: false } stat)
                    found.Add(Describe(pid, stat));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        return found;
    }

    /// <summary>Ends them: SIGTERM, and after half the patience SIGKILL. Returns those that are still there after all of it.</summary>
    public static async Task<IReadOnlyList<LeftProcess>> Sweep(
        string runId, TimeSpan patience, TimeProvider clock, int? firstPid = null)
    {
        var begun = clock.GetTimestamp();
        var asked = new HashSet<ProcessIdentity>();
        while (true)
        {
            var left = Find(runId, firstPid);
            if (left.Count == 0)
            {
                Cgroup.Remove(runId);
                return left;
            }
            var waited = clock.GetElapsedTime(begun);
            var kill = waited >= patience / 2;
            if (waited >= patience)
                return left;
            if (kill)
                Cgroup.Kill(runId);
            // A holder that is only writing its last line ends by itself; SIGTERM would not hurry it.
            foreach (var process in left.Where(process => kill || (!process.IsHolder && asked.Add(process.Identity))))
                Native.Signal(process.Identity, kill ? Native.SignalKill : Native.SignalTerminate);
            await Task.Delay(Pause, clock, CancellationToken.None);
        }
    }

    static LeftProcess Describe(int pid, ProcStat stat)
    {
        var words = ProcessTable.CommandOf(pid);
        // /bin/sh -c <script> agentctl-hold ...
        var isHolder = words.Count > 3 && words[1] == "-c" && words[3] == Holder.Name;
        var command = isHolder ? Holder.Name : string.Join(' ', words);
        if (command.Length == 0)
            command = $"process {pid.ToString(CultureInfo.InvariantCulture)}";
        if (command.Length > CommandCharacters)
            command = command[..(CommandCharacters - 1)] + "…";
        return new(new(pid, stat.StartTime, ProcStat.BootId), stat.GroupId, command, isHolder);
    }
}
