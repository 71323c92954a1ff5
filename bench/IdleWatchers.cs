namespace Orchestrator.Bench;

/// <summary>A thousand watchers for whom nothing happens: what each costs the daemon in memory.</summary>
static class IdleWatchers
{
    const int Watchers = 1000;

    public static async Task Measure(Report report)
    {
        await using var daemon = await BenchDaemon.Start("");
        // What the first ones cost once and for all is not theirs.
        var first = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Open(daemon)));
        var before = daemon.MemoryMb();
        var watching = await Task.WhenAll(Enumerable.Range(0, Watchers).Select(_ => Open(daemon)));
        report.Figure("memory per idle watcher", (daemon.MemoryMb() - before) / Watchers, "MB", 0.15);
        foreach (var one in first.Concat(watching))
            one.Dispose();
    }

    static async Task<StreamReader> Open(BenchDaemon daemon)
    {
        var stream = new StreamReader(await daemon.Http.GetStreamAsync("/stream?after=latest&types=nothing.here"));
        await stream.ReadLineAsync();
        return stream;
    }
}
