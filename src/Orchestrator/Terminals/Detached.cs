using System.Collections;

namespace Orchestrator.Terminals;

/// <summary>Starts a program that is to outlive us: a session of its own, nothing of our terminal, its output in a log.</summary>
static class Detached
{
    /// <summary>Starts it and returns at once.</summary>
    /// <param name="argv">Program (absolute path) and arguments.</param>
    /// <param name="folder">Absolute folder it runs in.</param>
    /// <param name="log">File that gets its output, appended; made with mode 0600 when missing.</param>
    /// <param name="more">Variables added to ours.</param>
    /// <exception cref="SpawnFailure">No process could be made, or the log not be opened.</exception>
    public static ProcessIdentity Start(IReadOnlyList<string> argv, string folder, string log,
        IEnumerable<KeyValuePair<string, string>> more)
    {
        var output = OpenLog(log);
        try
        {
            var pid = Spawn.Start(new SpawnOrder
            {
                Program = argv[0],
                Argv = argv,
                Environment = Inherited().Where(own => more.All(other => other.Key != own.Key)).Concat(more),
                Folder = folder,
                Stdout = output,
                Stderr = output,
            });
            return new(pid, ProcStat.Of(pid)?.StartTime ?? 0, ProcStat.BootId);
        }
        finally
        {
            _ = Native.Close(output);
        }
    }

    static int OpenLog(string log)
    {
        const UnixFileMode own = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var make = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write, UnixCreateMode = own };
        new FileStream(log, make).Dispose();
        var descriptor = Native.OpenToAppend(log);
        return descriptor >= 0 ? descriptor : throw new SpawnFailure($"{log} cannot be written: {Native.LastError}.");
    }

    /// <summary>Ours without AGENTCTL_*: a daemon started from within a run is no part of that run.</summary>
    static IEnumerable<KeyValuePair<string, string>> Inherited() =>
        from entry in Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
        where !((string)entry.Key).StartsWith("AGENTCTL_", StringComparison.Ordinal)
        select KeyValuePair.Create((string)entry.Key, (string?)entry.Value ?? "");
}
