namespace Orchestrator.Runs;

/// <summary>
/// A run this daemon is busy with: only a bell, so that its owner looks at its row or its files again. All facts are in the store and in
/// the run folder.
/// </summary>
sealed class ActiveRun(string id) : IDisposable
{
    readonly Bell bell = new();
    int asked;

    public string Id => id;

    /// <summary>The run's row may have changed.</summary>
    public void Ring()
    {
        Interlocked.Exchange(ref asked, 1);
        bell.Ring();
    }

    /// <summary>The run's files have changed.</summary>
    public void Written() => bell.Ring();

    /// <summary>True when the row may have changed; false when the time was over or files have changed.</summary>
    public async Task<bool> Wait(TimeSpan atMost, CancellationToken shutdown)
    {
        await bell.Wait(atMost, shutdown);
        return Interlocked.Exchange(ref asked, 0) == 1;
    }

    public void Dispose() => bell.Dispose();
}
