using System.Buffers.Text;
using System.Runtime.InteropServices;

namespace Orchestrator.Terminals;

/// <summary>What the kernel says of a process.</summary>
/// <param name="IsZombie">It has ended and waits for its parent to notice.</param>
/// <param name="GroupId">Process group.</param>
/// <param name="StartTime">In the unit of <see cref="ProcessIdentity.StartTime"/>.</param>
readonly record struct ProcStat(bool IsZombie, int GroupId, long StartTime)
{
    /// <summary>The process now; null when there is none.</summary>
    public static ProcStat? Of(int pid)
    {
        if (pid <= 0)
            return null;
        if (OperatingSystem.IsMacOS())
            return OnApple(pid);
        var file = Native.OpenToRead($"/proc/{pid}/stat");
        if (file < 0)
            return null;
        Span<byte> text = stackalloc byte[1024];
        var length = Native.Read(file, text);
        _ = Native.Close(file);
        return length > 0 ? Parse(text[..length]) : null;
    }

    // 4711 (a name) with ) in it) S 1 4711 4711 0 -1 4194560 310 0 0 0 1 0 0 0 20 0 1 0 881234 2560000 ... (proc_pid_stat(5))
    /// <summary>Reads a line of /proc/pid/stat; null when it is none.</summary>
    public static ProcStat? Parse(ReadOnlySpan<byte> line)
    {
        var name = line.LastIndexOf((byte)')');
        if (name < 0 || name + 2 >= line.Length)
            return null;
        var rest = line[(name + 2)..];
        var state = rest[0];
        int group = 0, field = 3;
        while (true)
        {
            if (field == 5 && !Utf8Parser.TryParse(rest, out group, out _))
                return null;
            if (field == 22)
                return Utf8Parser.TryParse(rest, out long start, out _) ? new(state is (byte)'Z' or (byte)'X', group, start) : null;
            var space = rest.IndexOf((byte)' ');
            if (space < 0)
                return null;
            rest = rest[(space + 1)..];
            field++;
        }
    }

    /// <summary>Untested. struct proc_bsdinfo of libproc.h: status at 4, group at 100, start seconds at 120.</summary>
    static unsafe ProcStat? OnApple(int pid)
    {
        const int size = 136, zombie = 5;
        var info = stackalloc byte[size];
        if (Native.ProcessInfoOnApple(pid, 3, 0, info, size) < size)
            return null;
        return new(*(uint*)(info + 4) == zombie, *(int*)(info + 100), *(long*)(info + 120));
    }

    /// <summary>The id of this boot.</summary>
    public static string BootId { get; } = ReadBootId();

    static unsafe string ReadBootId()
    {
        if (!OperatingSystem.IsMacOS())
            return File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        var text = stackalloc byte[64];
        nuint length = 64;
        return Native.SystemControlByName("kern.bootsessionuuid", text, &length, null, 0) == 0
            ? Marshal.PtrToStringUTF8((nint)text) ?? ""
            : "";
    }
}
