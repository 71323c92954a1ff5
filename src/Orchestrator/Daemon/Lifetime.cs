using System.Text.Json.Nodes;
using Orchestrator.Cli;

namespace Orchestrator.Daemon;

/// <summary>When this daemon started, which version it is, and how it is told to stop.</summary>
sealed class Lifetime(TimeProvider clock) : IDisposable
{
    readonly CancellationTokenSource draining = new();
    readonly CancellationTokenSource shutdown = new();
    int signals;

    public static string Version => OwnVersion.Text;

    public TimeProvider Clock => clock;

    public DateTimeOffset StartedAt { get; } = clock.GetUtcNow();

    /// <summary>Ends when the daemon begins to stop: from then on no run starts, and those that run are left to their holders.</summary>
    public CancellationToken Draining => draining.Token;

    /// <summary>Ends, at the same moment or just after, when those who wait for something are to be sent away.</summary>
    public CancellationToken Shutdown => shutdown.Token;

    /// <summary>Starts nothing more; whoever asked still gets an answer.</summary>
    public void Drain() => draining.Cancel();

    public void Stop()
    {
        draining.Cancel();
        shutdown.Cancel();
    }

    /// <summary>A signal to stop has come; false when it is not the first one, which means: at once.</summary>
    public bool HearSignal() => Interlocked.Increment(ref signals) == 1;

    public void Dispose()
    {
        draining.Dispose();
        shutdown.Dispose();
    }

    /// <summary>Tells clients on this machine where the daemon answers.</summary>
    public static void Announce(DaemonSettings settings, string url)
    {
        var path = Path.Combine(settings.DataFolder, DataFolder.DaemonFile);
        var text = new JsonObject { ["url"] = url, ["pid"] = Environment.ProcessId, ["version"] = Version }.ToJsonString();
        File.WriteAllText(path + ".tmp", text);
        File.Move(path + ".tmp", path, overwrite: true);
    }
}
