using System.Globalization;

namespace Orchestrator.Terminals;

/// <summary>
/// A control group (version 2) per run, where this user may make one: nothing can leave it by accident, so nothing of a run is
/// overlooked. Where none can be made runs go without; the marker in the environment still finds them.
/// </summary>
static class Cgroup
{
    static readonly Lazy<(string? Base, string Reason)> Place = new(Look);

    /// <summary>True when a group can be made here.</summary>
    public static bool Available => Place.Value.Base is not null;

    /// <summary>Where groups are made, or why none can be; for doctor.</summary>
    public static string Reason => Place.Value.Reason;

    /// <summary>Makes the run's group. False where there is none to be had.</summary>
    public static bool Make(string runId)
    {
        if (Of(runId) is not { } path)
            return false;
        try
        {
            return Directory.CreateDirectory(path).Exists;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>
    /// Moves the holder and what it has started so far into the run's group; all that they start later is in it by itself. A run
    /// that has ended meanwhile, or a daemon that dies here, leaves the run to its marker.
    /// </summary>
    public static void Adopt(string runId, int holder)
    {
        // Twice: what was started while the first look moved its parent.
        for (var look = 0; look < 2; look++)
        {
            var members = Members(runId);
            var pending = new Stack<int>([holder]);
            while (pending.TryPop(out var pid))
            {
                if (!members.Contains(pid))
                    Move(runId, pid);
                foreach (var child in ReadLines($"/proc/{pid}/task/{pid}/children").SelectMany(line => line.Split(' ')))
                    if (int.TryParse(child, CultureInfo.InvariantCulture, out var number))
                        pending.Push(number);
            }
        }
    }

    static void Move(string runId, int pid)
    {
        try
        {
            using var file = new FileStream(
                Path.Combine(Of(runId)!, "cgroup.procs"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 0);
            file.Write(System.Text.Encoding.ASCII.GetBytes(pid.ToString(CultureInfo.InvariantCulture)));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // It has ended, or the group is removed already.
        }
    }

    /// <summary>Pids in the run's group and below it.</summary>
    public static IReadOnlyList<int> Members(string runId)
    {
        if (Of(runId) is not { } path || !Directory.Exists(path))
            return [];
        var pids = new List<int>();
        foreach (var folder in Tree(path))
            foreach (var line in ReadLines(Path.Combine(folder, "cgroup.procs")))
                // 0 stands for a process of another pid namespace.
                if (int.TryParse(line, CultureInfo.InvariantCulture, out var pid) && pid > 0)
                    pids.Add(pid);
        return pids;
    }

    /// <summary>Kills everything in it at once, whatever forks meanwhile (Linux 5.14 and later; else nothing).</summary>
    public static void Kill(string runId)
    {
        if (Of(runId) is not { } path)
            return;
        try
        {
            using var file = new FileStream(Path.Combine(path, "cgroup.kill"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 0);
            file.Write("1"u8);
        }
        catch (Exception absent) when (absent is IOException or UnauthorizedAccessException)
        {
            // No such group or an old kernel: the sweep signals each process anyway.
        }
    }

    /// <summary>Removes it when it is empty; true when it is not there any more.</summary>
    public static bool Remove(string runId) => Of(runId) is not { } path || RemoveTree(path);

    /// <summary>Removes empty groups of runs that ended while no daemon ran.</summary>
    public static void Tidy()
    {
        if (Place.Value.Base is not { } place)
            return;
        foreach (var path in Directory.EnumerateDirectories(place, "agentctl-*"))
            RemoveTree(path);
    }

    static string? Of(string runId) => Place.Value.Base is { } place ? Path.Combine(place, $"agentctl-{runId}") : null;

    static bool RemoveTree(string path)
    {
        try
        {
            if (Directory.Exists(path))
                foreach (var folder in Tree(path).Reverse())
                    Directory.Delete(folder);
            return true;
        }
        catch (Exception busy) when (busy is IOException or UnauthorizedAccessException)
        {
            return !Directory.Exists(path);
        }
    }

    static IEnumerable<string> Tree(string path) =>
        [path, .. Directory.EnumerateDirectories(path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    static string[] ReadLines(string file)
    {
        try
        {
            return File.ReadAllLines(file);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return []; // Removed meanwhile.
        }
    }

    static (string? Base, string Reason) Look()
    {
        if (!OperatingSystem.IsLinux())
            return (null, "Control groups exist on Linux only.");
        if (Mount(ReadLines("/proc/self/mountinfo")) is not { } mount)
            return (null, "No version 2 control group file system is mounted.");
        var own = ReadLines("/proc/self/cgroup").FirstOrDefault(line => line.StartsWith("0::/", StringComparison.Ordinal));
        if (own is null)
            return (null, "This process is in no version 2 control group.");
        var place = Path.Join(mount, own[3..]).TrimEnd('/');
        var probe = Path.Combine(place, $"agentctl-probe-{Environment.ProcessId}");
        try
        {
            // Moving a process down needs the right to write where it comes from.
            using (new FileStream(Path.Combine(place, "cgroup.procs"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 0))
                Directory.CreateDirectory(probe);
            Directory.Delete(probe);
            return (place, $"Each run gets a control group below {place}.");
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return (null, $"No control group may be made below {place} (a delegated one is needed: Delegate=yes in the unit).");
        }
    }

    // 36 25 0:31 / /sys/fs/cgroup/unified rw,relatime shared:9 - cgroup2 cgroup2 rw
    static string? Mount(string[] mounts)
    {
        var line = mounts.FirstOrDefault(mount => mount.Contains(" - cgroup2 ", StringComparison.Ordinal));
        return line?.Split(' ') is { Length: > 5 } fields ? fields[4] : null;
    }
}
