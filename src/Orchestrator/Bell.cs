namespace Orchestrator;

/// <summary>Wakes the one that waits. It carries nothing: what is to be done stands in the store, so one look serves many rings.</summary>
sealed class Bell : IDisposable
{
    readonly SemaphoreSlim rung = new(0, 1);

    /// <summary>Wakes it now, or the next time it waits. Harmless when nobody is there any more.</summary>
    public void Ring()
    {
        try
        {
            rung.Release();
        }
        catch (Exception e) when (e is SemaphoreFullException or ObjectDisposedException)
        {
            // It rings already, or its owner has gone.
        }
    }

    /// <summary>True when it rang, false when the time was over.</summary>
    public Task<bool> Wait(TimeSpan atMost, CancellationToken stop) => rung.WaitAsync(atMost, stop);

    public void Dispose() => rung.Dispose();
}
