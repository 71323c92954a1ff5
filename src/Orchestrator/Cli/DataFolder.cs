namespace Orchestrator.Cli;

/// <summary>Where the daemon keeps everything, and the two small files in it a client may read.</summary>
static class DataFolder
{
    /// <summary>Written by the daemon when it listens: {"url", "pid", "version", "socket"}.</summary>
    public const string DaemonFile = "daemon.json";

    /// <summary>The local token, mode 0600.</summary>
    public const string TokenFile = "token";

    /// <summary>What the daemon started by <c>daemon start</c> printed.</summary>
    public const string LogFile = "daemon.log";

    /// <summary>
    /// Flag, then AGENTD_DATA, then the XDG data folder (the same on macOS: one place to look, on every platform).
    /// </summary>
    /// <param name="flag">The value of <c>--data</c>, or null.</param>
    /// <param name="variable">Looks up an environment variable.</param>
    /// <param name="folder">Working folder, for relative values.</param>
    public static string Resolve(string? flag, Func<string, string?> variable, string folder)
    {
        if ((flag ?? variable("AGENTD_DATA")) is { } said)
            return Path.GetFullPath(said, folder);
        // The XDG specification: a relative path in this variable is invalid and must be ignored.
        var data = variable("XDG_DATA_HOME") is { } xdg && Path.IsPathRooted(xdg)
            ? xdg
            : Path.Combine(variable("HOME") ?? "/", ".local", "share");
        return Path.Combine(data, "agent-orchestrator");
    }
}
