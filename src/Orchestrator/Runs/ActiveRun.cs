namespace Orchestrator.Runs;

/// <summary>A run this daemon is busy with: only a bell, so that its owner looks at its row again. All facts are in the store.</summary>
sealed class ActiveRun(string id) : IDisposable
{
    readonly SemaphoreSlim bell = new(0, 1);

    public string Id => id;

    /// <summary>The run's row may have changed.</summary>
    public void Ring()
    {
        try
        {
            bell.Release();
        }
        catch (SemaphoreFullException)
        {
            // It rings already; one look serves both.
        }
    }

    /// <summary>True when the bell rang, false when the time was over.</summary>
    public async Task<bool> Wait(TimeSpan atMost, CancellationToken shutdown) => await bell.WaitAsync(atMost, shutdown);

    public void Dispose() => bell.Dispose();
}
