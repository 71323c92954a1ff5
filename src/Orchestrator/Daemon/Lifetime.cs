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

    /// <summary>Who told it to stop: a token's name, or <c>daemon</c> for a signal.</summary>
    public string StoppedBy { get; private set; } = "daemon";

    public void Stop(string actor = "daemon")
    {
        StoppedBy = shutdown.IsCancellationRequested ? StoppedBy : actor;
        shutdown.Cancel();
    }

    public void Dispose() => shutdown.Dispose();

    /// <summary>Tells clients on this machine where the daemon answers.</summary>
    public static void Announce(DaemonSettings settings, string url, string? socket)
    {
        var path = Path.Combine(settings.DataFolder, Cli.DataFolder.DaemonFile);
        var text = new JsonObject { ["url"] = url, ["pid"] = Environment.ProcessId, ["version"] = Version, ["socket"] = socket }
            .ToJsonString();
        File.WriteAllText(path + ".tmp", text);
        File.Move(path + ".tmp", path, overwrite: true);
    }
}
