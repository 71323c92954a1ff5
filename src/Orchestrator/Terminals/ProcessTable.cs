using System.Globalization;
using System.Text;

namespace Orchestrator.Terminals;

/// <summary>The processes of this machine, as cheaply as they can be read: no exception for those that may not be.</summary>
static class ProcessTable
{
    const int LargestEnvironment = 4 << 20;

    /// <summary>All pids there are.</summary>
    public static IEnumerable<int> Pids()
    {
        if (OperatingSystem.IsMacOS())
            return PidsOnApple();
        return from folder in Directory.EnumerateDirectories("/proc")
               let name = Path.GetFileName(folder)
               where char.IsAsciiDigit(name[0])
               select int.Parse(name, CultureInfo.InvariantCulture);
    }

    /// <summary>The pid given out last, from "0.20 0.18 0.12 1/80 11206"; 0 where the system does not tell.</summary>
    public static int LastPid()
    {
        if (OperatingSystem.IsMacOS())
            return 0;
        var words = File.ReadAllText("/proc/loadavg").Split(' ');
        return int.Parse(words[^1], CultureInfo.InvariantCulture);
    }

    /// <summary>
    /// True when the environment the process was started with has this entry ("NAME=value\0"). Those of other users cannot be read.
    /// </summary>
    public static bool HasVariable(int pid, ReadOnlySpan<byte> entry, ref byte[] buffer)
    {
        var length = OperatingSystem.IsMacOS() ? ArgumentsOnApple(pid, buffer) : ReadAll($"/proc/{pid}/environ", ref buffer);
        ReadOnlySpan<byte> text = buffer.AsSpan(0, length);
        for (var from = 0; ;)
        {
            var at = text[from..].IndexOf(entry);
            if (at < 0)
                return false;
            from += at;
            if (from == 0 || text[from - 1] == 0)
                return true;
            from++;
        }
    }

    /// <summary>Program and arguments; empty when they may not be read.</summary>
    public static IReadOnlyList<string> CommandOf(int pid)
    {
        var buffer = new byte[8192];
        if (OperatingSystem.IsMacOS())
            return AppleCommand(buffer.AsSpan(0, ArgumentsOnApple(pid, buffer)));
        var file = Native.OpenToRead($"/proc/{pid}/cmdline");
        if (file < 0)
            return [];
        var length = Math.Max(0, Native.Read(file, buffer));
        _ = Native.Close(file);
        return Encoding.UTF8.GetString(buffer, 0, length).TrimEnd('\0') is { Length: > 0 } text ? text.Split('\0') : [];
    }

    static int ReadAll(string path, ref byte[] buffer)
    {
        var file = Native.OpenToRead(path);
        if (file < 0)
            return 0;
        var length = 0;
        while (true)
        {
            if (length == buffer.Length)
            {
                if (length >= LargestEnvironment)
                    break;
                Array.Resize(ref buffer, length * 2);
            }
            var got = Native.Read(file, buffer.AsSpan(length));
            if (got <= 0)
                break;
            length += got;
        }
        _ = Native.Close(file);
        return length;
    }

    /// <summary>Untested.</summary>
    static unsafe int[] PidsOnApple()
    {
        var pids = new int[16384];
        fixed (int* at = pids)
        {
            var count = Native.ListPidsOnApple(at, pids.Length * sizeof(int));
            return pids[..Math.Clamp(count, 0, pids.Length)];
        }
    }

    /// <summary>Untested. KERN_PROCARGS2: a count, the program, then arguments and environment, each ended by a null.</summary>
    static unsafe int ArgumentsOnApple(int pid, byte[] buffer)
    {
        var name = stackalloc int[3] { 1, 49, pid };
        var length = (nuint)buffer.Length;
        fixed (byte* at = buffer)
            return Native.SystemControl(name, 3, at, &length, null, 0) == 0 ? (int)length : 0;
    }

    static string[] AppleCommand(ReadOnlySpan<byte> text)
    {
        if (text.Length < 5)
            return [];
        var count = BitConverter.ToInt32(text);
        var words = Encoding.UTF8.GetString(text[4..]).Split('\0', StringSplitOptions.RemoveEmptyEntries);
        return words.Skip(1).Take(count).ToArray();
    }
}
