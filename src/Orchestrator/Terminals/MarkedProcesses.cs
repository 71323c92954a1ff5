using System.Text;

namespace Orchestrator.Terminals;

/// <summary>Every living process that carries a run's marker, whichever run it is.</summary>
static class MarkedProcesses
{
    /// <summary>Run id and process; empty on macOS, where environments of others are not read.</summary>
    public static IReadOnlyList<(string RunId, int Pid, string Command)> All()
    {
        var found = new List<(string, int, string)>();
        if (OperatingSystem.IsMacOS()) return found;
        var marker = Encoding.UTF8.GetBytes($"{Leftovers.Marker}=");
        var buffer = new byte[64 << 10];
        foreach (var pid in ProcessTable.Pids())
        {
            if (pid == Environment.ProcessId || !ProcessTable.HasVariable(pid, marker, ref buffer)) continue;
            if (RunOf(pid) is { } run && ProcessIdentity.Of(pid) is not null)
                found.Add((run, pid, string.Join(' ', ProcessTable.CommandOf(pid).Take(4))));
        }
        return found;
    }

    static string? RunOf(int pid)
    {
        try
        {
            const string beginning = Leftovers.Marker + "=";
            return File.ReadAllText($"/proc/{pid}/environ").Split('\0')
                .FirstOrDefault(entry => entry.StartsWith(beginning, StringComparison.Ordinal))?[beginning.Length..];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // It ended meanwhile.
        }
    }
}
