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

    /// <summary>Works now, whenever it rings, and at the latest after a while, until shutdown. Who works tells its own failures.</summary>
    /// <param name="every">From one turn to the next when nobody rings.</param>
    /// <param name="turn">One turn; what it decides is stored before it ends, and the rest is decided by the next one.</param>
    /// <param name="shutdown">The daemon stops.</param>
    public async Task Serve(TimeSpan every, Func<CancellationToken, Task> turn, CancellationToken shutdown)
    {
        try
        {
            while (!shutdown.IsCancellationRequested)
            {
                await turn(shutdown);
                await Wait(every, shutdown);
            }
        }
        catch (OperationCanceledException)
        {
            // The daemon stops.
        }
    }

    public void Dispose() => rung.Dispose();
}
