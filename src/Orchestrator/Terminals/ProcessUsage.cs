using System.Buffers.Text;
using System.Text;

namespace Orchestrator.Terminals;

/// <summary>What a process of a run has used since it began.</summary>
/// <param name="Identity">Which process.</param>
/// <param name="Cpu">CPU time, with that of its children that have ended.</param>
/// <param name="Bytes">Bytes read and written, by files and pipes.</param>
readonly record struct UsedBy(ProcessIdentity Identity, TimeSpan Cpu, long Bytes);

/// <summary>What the processes of runs use, by what the kernel counts.</summary>
static class ProcessUsage
{
    // USER_HZ: what /proc counts in on every Linux there is.
    const long TicksPerSecond = 100;

    /// <summary>False where it cannot be read (macOS): then nobody knows, and nothing may be concluded from it.</summary>
    public static bool Available => OperatingSystem.IsLinux();

    /// <summary>
    /// The processes of every run by its id: those that carry its marker, and what they started without it. One pass over all processes.
    /// </summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<UsedBy>> OfRuns()
    {
        var runs = new Dictionary<int, string>();
        var parents = new Dictionary<int, int>();
        var used = new Dictionary<int, UsedBy>();
        foreach (var (run, pid, _) in MarkedProcesses.All())
            runs[pid] = run;
        Span<byte> text = stackalloc byte[1024];
        foreach (var pid in ProcessTable.Pids())
        {
            if (Read($"/proc/{pid}/stat", text) is not (> 0 and var length) || Parse(text[..length]) is not { } stat)
                continue;
            parents[pid] = stat.Parent;
            used[pid] = new UsedBy(new ProcessIdentity(pid, stat.StartTime, ProcStat.BootId),
                TimeSpan.FromTicks(stat.CpuTicks * (TimeSpan.TicksPerSecond / TicksPerSecond)), 0);
        }

        var found = new Dictionary<string, List<UsedBy>>();
        foreach (var (pid, one) in used)
        {
            if (Owner(pid, runs, parents) is not { } run)
                continue;
            if (!found.TryGetValue(run, out var list))
                found[run] = list = [];
            list.Add(one with { Bytes = BytesOf(pid, text) });
        }

        return found.ToDictionary(pair => pair.Key, pair => (IReadOnlyList<UsedBy>)pair.Value);
    }

    // A chain of parents longer than this is none that a run makes.
    const int Deepest = 64;

    static string? Owner(int pid, Dictionary<int, string> runs, Dictionary<int, int> parents)
    {
        for (var depth = 0; pid > 1 && depth < Deepest; depth++)
        {
            if (runs.TryGetValue(pid, out var run))
                return run;
            if (!parents.TryGetValue(pid, out pid))
                return null;
        }

        return null;
    }

    /// <summary>Parent, CPU ticks and start time of a process.</summary>
    public readonly record struct StatLine(int Parent, long CpuTicks, long StartTime);

    // 4711 (a name) with ) in it) S 1 4711 4711 0 -1 4194560 310 0 0 0 12 3 40 8 20 0 1 0 881234 2560000 ... (proc_pid_stat(5): fields
    // 14 to 17 are user and system time, its own and that of children it waited for; 22 is the start)
    /// <summary>Reads a line of /proc/pid/stat; null when it is none, or of a process that has ended.</summary>
    public static StatLine? Parse(ReadOnlySpan<byte> line)
    {
        var name = line.LastIndexOf((byte)')');
        if (name < 0 || name + 2 >= line.Length || line[name + 2] is (byte)'Z' or (byte)'X')
            return null;
        var rest = line[(name + 2)..];
        int parent = 0, field = 3;
        long ticks = 0;
        while (true)
        {
            if (field is 4 or (>= 14 and <= 17) or 22)
            {
                if (!Utf8Parser.TryParse(rest, out long number, out _))
                    return null;
                if (field == 22)
                    return new StatLine(parent, ticks, number);
                if (field == 4)
                    parent = (int)number;
                else
                    ticks += number;
            }

            var space = rest.IndexOf((byte)' ');
            if (space < 0)
                return null;
            rest = rest[(space + 1)..];
            field++;
        }
    }

    // rchar: 2012
    // wchar: 0
    // syscr: 7 …
    static long BytesOf(int pid, Span<byte> buffer)
    {
        if (Read($"/proc/{pid}/io", buffer) is not (> 0 and var length))
            return 0;
        var total = 0L;
        foreach (var line in Encoding.ASCII.GetString(buffer[..length]).Split('\n').Take(2))
            total += long.TryParse(line.AsSpan(line.IndexOf(' ', StringComparison.Ordinal) + 1), out var bytes) ? bytes : 0;
        return total;
    }

    static int Read(string path, Span<byte> buffer)
    {
        var file = Native.OpenToRead(path);
        if (file < 0)
            return 0;
        var length = Native.Read(file, buffer);
        _ = Native.Close(file);
        return length;
    }
}

/// <summary>What happened among a run's processes from one look to the next. Pure.</summary>
/// <param name="Busy">They did something that counts.</param>
/// <param name="Busiest">The process that used most; null when none did.</param>
readonly record struct UsageChange(bool Busy, ProcessIdentity? Busiest)
{
    /// <summary>Part of one core that a program uses which only waits: timers, keep-alives, a poll now and then.</summary>
    const double IdleShare = 0.02;

    /// <summary>Bytes a second that such a program moves.</summary>
    const long IdleBytes = 16 * 1024;

    public static UsageChange Between(IReadOnlyList<UsedBy> before, IReadOnlyList<UsedBy> after, TimeSpan elapsed)
    {
        var known = before.ToDictionary(one => one.Identity);
        var (cpu, bytes, most, isNew) = (TimeSpan.Zero, 0L, TimeSpan.Zero, false);
        ProcessIdentity? busiest = null;
        foreach (var one in after)
        {
            isNew |= !known.ContainsKey(one.Identity);
            var was = known.GetValueOrDefault(one.Identity);
            var spent = one.Cpu - was.Cpu;
            cpu += spent;
            bytes += Math.Max(0, one.Bytes - was.Bytes);
            if (spent > most)
                (most, busiest) = (spent, one.Identity);
        }

        var busy = isNew || cpu > elapsed * IdleShare || bytes > IdleBytes * Math.Max(1, elapsed.TotalSeconds);
        return new UsageChange(busy, busy ? busiest : null);
    }
}
