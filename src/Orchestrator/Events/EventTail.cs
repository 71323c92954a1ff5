namespace Orchestrator.Events;

/// <summary>
/// Serves one watcher from its cursor on: read after it, write all, flush once, wait for more, repeat. History and live are the same
/// loop, so there is no seam between them. A slow watcher makes only itself wait: it holds one small page.
/// </summary>
sealed class EventTail(EventLog log, EventFeed feed, TimeProvider clock)
{
    /// <summary>A comment (SSE) or ping (WebSocket) when nothing was sent for so long.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    /// <summary>A watcher that has not taken a page within this is cut; it finds its place again by its cursor.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>What a send that is under way when the stream ends may still take.</summary>
    static readonly TimeSpan LastMoment = TimeSpan.FromSeconds(1);

    // Small: it is all that a watcher who does not read makes us hold.
    static readonly PageSize Page = new(500, 64 * 1024);

    /// <summary>Runs until <paramref name="stop"/>; returns when the watcher takes nothing any more.</summary>
    public async Task Serve(IWatcher watcher, EventFilter filter, long cursor, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
        await using var hurry = stop.UnsafeRegister(static open => ((CancellationTokenSource)open!).CancelAfter(LastMoment), limit);
        try
        {
            await Serve(watcher, filter, cursor, limit, stop);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            // Too slow: whoever watches faster is not to pay for it.
        }
    }

    async Task Serve(IWatcher watcher, EventFilter filter, long cursor, CancellationTokenSource limit, CancellationToken stop)
    {
        if (await ResetIfNeeded(watcher, cursor, limit.Token) is { } restart)
            cursor = restart;
        var sent = clock.GetTimestamp();
        while (true)
        {
            stop.ThrowIfCancellationRequested();
            var page = log.After(cursor, filter, Page);
            cursor = page.Scanned;
            limit.CancelAfter(Patience);
            if (page.Events.Count > 0)
                await watcher.Send(page.Events, limit.Token);
            else if (clock.GetElapsedTime(sent) >= Heartbeat)
                await watcher.Beat(limit.Token);
            else
            {
                limit.CancelAfter(Timeout.InfiniteTimeSpan);
                // Events of others wake us as well; the heartbeat's time goes on over them.
                await feed.WaitBeyond(cursor, Heartbeat - clock.GetElapsedTime(sent), clock, stop);
                continue;
            }

            sent = clock.GetTimestamp();
        }
    }

    // Too old (pruned) or ahead (another store): said aloud, never skipped in silence.
    async Task<long?> ResetIfNeeded(IWatcher watcher, long cursor, CancellationToken limit)
    {
        var (floor, latest) = (log.Floor(), log.Latest);
        if (cursor >= floor && cursor <= latest)
            return null;
        var (reason, goOn) = cursor < floor ? ("pruned", floor) : ("ahead", latest);
        await watcher.Reset($$"""{"reason":"{{reason}}","oldest":"{{floor}}","latest":"{{latest}}"}""", goOn, limit);
        return goOn;
    }
}
