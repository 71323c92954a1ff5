namespace Orchestrator.Tests.Support;

/// <summary>One daemon for all tests of a class that do not restart it.</summary>
public sealed class SharedDaemon : IAsyncLifetime
{
    /// <summary>The daemon, running.</summary>
    internal TestDaemon Daemon { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Daemon = await TestDaemon.Start();

    public ValueTask DisposeAsync() => Daemon.DisposeAsync();
}
