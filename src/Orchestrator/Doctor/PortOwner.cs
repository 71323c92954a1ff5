using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Orchestrator.Doctor;

/// <summary>A process that listens on a port.</summary>
/// <param name="Program">Its program's name, cut by the kernel after 15 letters.</param>
sealed record PortHolder(string Program, string Pid)
{
    public override string ToString() => $"{Program} (process {Pid})";
}

/// <summary>Finds who listens on a port of this machine.</summary>
static class PortOwner
{
    /// <summary>Program and pid, or "another program" when they may not be seen; null when the port is free.</summary>
    public static string? Of(int port)
    {
        if (IsFree(port)) return null;
        return Holder(port)?.ToString() ?? "another program";
    }

    /// <summary>Who listens on it, on whatever address; null when nobody does or it may not be seen.</summary>
    public static PortHolder? Holder(int port) => Inodes(port).Select(Process).FirstOrDefault(process => process is not null);

    static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    //   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
    //    0: 0100007F:223D 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 41523 1 …   (0A: listening)
    static IEnumerable<string> Inodes(int port)
    {
        var ending = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        return from table in (string[])["/proc/net/tcp", "/proc/net/tcp6"]
               where File.Exists(table)
               from line in File.ReadLines(table)
               let fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
               where fields.Length > 9 && fields[3] == "0A" && fields[1].EndsWith(ending, StringComparison.Ordinal)
               select fields[9];
    }

    static PortHolder? Process(string inode)
    {
        foreach (var process in Directory.EnumerateDirectories("/proc"))
        {
            if (!char.IsAsciiDigit(Path.GetFileName(process)[0])) continue;
            try
            {
                var holds = Directory.EnumerateFiles(Path.Combine(process, "fd"))
                    .Any(file => File.ResolveLinkTarget(file, returnFinalTarget: false)?.Name == $"socket:[{inode}]");
                if (holds) return new(File.ReadAllText(Path.Combine(process, "comm")).Trim(), Path.GetFileName(process));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Another user's process, or one that has just ended.
            }
        }
        return null;
    }
}
