using System.Text.RegularExpressions;

namespace Orchestrator.Terminals;

/// <summary>What is to be held.</summary>
sealed record HoldOrder
{
    /// <summary>The run; its id must also be in <see cref="Environment"/> as AGENTCTL_RUN_ID, or nothing that escapes is found.</summary>
    public required string RunId { get; init; }

    /// <summary>Grows with every attempt to start; a revoked one never starts.</summary>
    public required int Fence { get; init; }

    /// <summary>Created before, with what the agent reads on standard input.</summary>
    public required RunFolder Folder { get; init; }

    /// <summary>Program (absolute path) and arguments.</summary>
    public required IReadOnlyList<string> Argv { get; init; }

    /// <summary>Absolute folder the agent starts in.</summary>
    public required string WorkingFolder { get; init; }

    /// <summary>
    /// The agent's whole environment; the shell adds PWD. Names a shell cannot hold (not letters, digits and _) are left out,
    /// as some shells drop them anyway; IFS and OLDPWD are the shell's own.
    /// </summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }
}

/// <summary>The operating system refused to start a process; the message is for a person.</summary>
sealed class SpawnFailure(string message) : Exception(message);

/// <summary>Starts the shell script that holds one run (hold.sh).</summary>
static partial class Holder
{
    /// <summary>The name the holder goes by in process lists.</summary>
    public const string Name = "agentctl-hold";

    const string Shell = "/bin/sh";

    static readonly string Script = ReadScript();

    /// <summary>Starts a holder in a session of its own and returns at once; the agent starts a moment later.</summary>
    /// <exception cref="SpawnFailure">No process could be made.</exception>
    public static ProcessIdentity Start(HoldOrder order)
    {
        if (order.Argv.Count == 0 || !Path.IsPathRooted(order.Argv[0]))
            throw new SpawnFailure("The program of a run must be an absolute path.");
        var pid = Spawn.Start(new SpawnOrder
        {
            Program = Shell,
            Argv =
            [
                Shell, "-c", Script, Name, $"{order.Fence}", order.Folder.Path, order.WorkingFolder,
                ProcStat.BootId, .. order.Argv,
            ],
            Environment = order.Environment.Where(pair => ShellName.IsMatch(pair.Key) && pair.Key is not ("IFS" or "OLDPWD")),
        });
        // Beside the start: the kernel takes some 10 ms to move a process, several times what all the rest takes.
        if (Cgroup.Make(order.RunId))
            _ = Task.Run(() => Cgroup.Adopt(order.RunId, pid));
        // Not ProcessIdentity.Of: a holder that has ended already is a zombie and still has its start time.
        return new(pid, ProcStat.Of(pid)?.StartTime ?? 0, ProcStat.BootId);
    }

    /// <summary>Clears away a holder of ours that has ended. Never blocks; foreign pids are left alone.</summary>
    public static void Reap(int pid)
    {
        if (pid > 0)
            _ = Native.WaitPid(pid, out _, Native.NoHang);
    }

    static string ReadScript()
    {
        using var resource = typeof(Holder).Assembly.GetManifestResourceStream("Terminals/hold.sh")
            ?? throw new InvalidOperationException("hold.sh is not embedded.");
        using var reader = new StreamReader(resource);
        // Comments and blank lines would only be parsed again for every run.
        return string.Join('\n', reader.ReadToEnd().Split('\n').Where(line => line.Length > 0 && !line.StartsWith('#')));
    }

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*$")]
    private static partial Regex ShellName { get; }
}
