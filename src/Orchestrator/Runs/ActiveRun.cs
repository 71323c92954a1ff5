namespace Orchestrator.Runs;

/// <summary>A run this daemon is busy with: only a bell, so that its owner looks at its row again. All facts are in the store.</summary>
sealed class ActiveRun(string id) : IDisposable
{
    readonly Bell bell = new();

    public string Id => id;

    /// <summary>The run's row may have changed.</summary>
    public void Ring() => bell.Ring();

    /// <summary>True when the bell rang, false when the time was over.</summary>
    public Task<bool> Wait(TimeSpan atMost, CancellationToken shutdown) => bell.Wait(atMost, shutdown);

    public void Dispose() => bell.Dispose();
}
