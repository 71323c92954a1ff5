namespace Orchestrator.Events;

/// <summary>
/// Serves one watcher from its cursor on: read after it, write all, flush once, wait for more, repeat. History and live are the same
/// loop, so there is no seam between them. A slow watcher makes only itself wait: it holds one small page.
/// </summary>
sealed class EventTail(EventLog log, EventFeed feed, TimeProvider clock)
{
    /// <summary>A comment (SSE) or ping (WebSocket) when nothing was sent for so long.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    static readonly PageSize Page = new(500, 128 * 1024);

    /// <summary>Runs until <paramref name="stop"/>.</summary>
    public async Task Serve(IWatcher watcher, EventFilter filter, long cursor, CancellationToken stop)
    {
        if (await ResetIfNeeded(watcher, cursor, stop) is { } restart)
            cursor = restart;
        var sent = clock.GetTimestamp();
        while (true)
        {
            stop.ThrowIfCancellationRequested();
            var page = log.After(cursor, filter, Page);
            cursor = page.Scanned;
            if (page.Events.Count > 0)
                await watcher.Send(page.Events, stop);
            else if (clock.GetElapsedTime(sent) >= Heartbeat)
                await watcher.Beat(stop);
            else
            {
                // Events of others wake us as well; the heartbeat's time goes on over them.
                await feed.WaitBeyond(cursor, Heartbeat - clock.GetElapsedTime(sent), clock, stop);
                continue;
            }

            sent = clock.GetTimestamp();
        }
    }

    // Too old (pruned) or ahead (another store): said aloud, never skipped in silence.
    async Task<long?> ResetIfNeeded(IWatcher watcher, long cursor, CancellationToken stop)
    {
        var (floor, latest) = (log.Floor(), log.Latest);
        if (cursor >= floor && cursor <= latest)
            return null;
        var (reason, goOn) = cursor < floor ? ("pruned", floor) : ("ahead", latest);
        await watcher.Reset($$"""{"reason":"{{reason}}","oldest":"{{floor}}","latest":"{{latest}}"}""", goOn, stop);
        return goOn;
    }
}
