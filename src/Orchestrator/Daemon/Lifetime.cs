using System.Reflection;
using System.Text.Json.Nodes;

namespace Orchestrator.Daemon;

/// <summary>When this daemon started, which version it is, and how it is told to stop.</summary>
sealed class Lifetime(TimeProvider clock) : IDisposable
{
    readonly CancellationTokenSource shutdown = new();

    public static string Version { get; } = Assembly.GetExecutingAssembly().GetName().Version?.ToString(3) ?? "0";

    public TimeProvider Clock => clock;

    public DateTimeOffset StartedAt { get; } = clock.GetUtcNow();

    /// <summary>Ends when the daemon is told to stop; the runs go on without it.</summary>
    public CancellationToken Shutdown => shutdown.Token;

    public void Stop() => shutdown.Cancel();

    public void Dispose() => shutdown.Dispose();

    /// <summary>Tells clients on this machine where the daemon answers.</summary>
    public static void Announce(DaemonSettings settings, string url)
    {
        var path = Path.Combine(settings.DataFolder, Cli.DataFolder.DaemonFile);
        var text = new JsonObject { ["url"] = url, ["pid"] = Environment.ProcessId, ["version"] = Version }.ToJsonString();
        File.WriteAllText(path + ".tmp", text);
        File.Move(path + ".tmp", path, overwrite: true);
    }
}
