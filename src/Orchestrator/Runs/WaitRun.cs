using Orchestrator.Events;
using Orchestrator.Http;

namespace Orchestrator.Runs;

/// <summary>Holds the request until the run ends or the time is up. Leaving does not touch the run.</summary>
static class WaitRun
{
    public static void Map(Routes routes, RunStore runs, EventFeed feed, TimeProvider clock, CancellationToken shutdown) =>
        routes.Get("/runs/{id}/wait", nameof(WaitRun), async call =>
        {
            var limit = TimeSpan.FromSeconds(Math.Min(300, Seconds(call)));
            // Only a hint in the seed; an event wakes us at once. It is checked all the same.
            call.Number("interval_ms", 0, 0, long.MaxValue);
            var run = runs.Store.Read(db => RunRows.Resolve(db, call.Part("id")));
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(call.Gone, shutdown);
            try
            {
                run = await Wait(runs, feed, run.Id, limit, clock, stop.Token);
            }
            catch (OperationCanceledException) when (shutdown.IsCancellationRequested && !call.Gone.IsCancellationRequested)
            {
                // Otherwise everyone who waits would hold up the stop, and then lose the connection without a word.
                throw new Fault(FaultCode.Unavailable, "The daemon is stopping; the run goes on.", "Ask again when it is back.");
            }

            return Reply.Ok(json =>
            {
                json.Member("run", run, RunJson.Default.Run);
                json.WriteBoolean("timed_out", !RunLifecycle.IsFinal(run.Status));
            });
        }, ownRun: RunAccess.RunInReach, doc: Doc);

    /// <summary>The run once it has ended, or as it is when the time is up.</summary>
    public static async Task<Run> Wait(RunStore runs, EventFeed feed, string runId, TimeSpan limit, TimeProvider clock,
        CancellationToken gone)
    {
        var start = clock.GetTimestamp();
        var mine = new EventFilter { RunId = runId };
        // The cursor is taken before the row is read: an end that comes in between is seen by one of the two.
        var cursor = feed.Latest;
        var run = runs.Store.Read(db => RunRows.Get(db, runId));
        while (!RunLifecycle.IsFinal(run.Status) && limit - clock.GetElapsedTime(start) is { Ticks: > 0 } left)
        {
            await feed.WaitBeyond(cursor, left, clock, gone);
            var page = feed.TryRead(cursor, mine, new PageSize(EventFeed.Kept, long.MaxValue));
            cursor = page?.Scanned ?? feed.Latest;
            if (page is null || page.Events.Any(e => RunEvents.IsEnd(e.Type)))
                run = runs.Store.Read(db => RunRows.Get(db, runId));
        }

        // A status that is not final may have changed since: the answer shows the latest.
        return RunLifecycle.IsFinal(run.Status) ? run : runs.Store.Read(db => RunRows.Get(db, runId));
    }

    // timeout_s may have a fraction: "0.5".
    static double Seconds(Call call)
    {
        var text = call.Query("timeout_s");
        if (text is null)
            return 30;
        return double.TryParse(text, System.Globalization.NumberStyles.AllowDecimalPoint,
            System.Globalization.CultureInfo.InvariantCulture, out var seconds) && seconds >= 0
            ? seconds
            : throw Fault.Invalid("timeout_s", "must be a number of seconds, 0 or more.");
    }

    static RouteDoc Doc() => RouteDoc.Of("Holds the request until the run ends or the time is up. Leaving does not touch the run.")
        .Asks("timeout_s", "Longest wait in seconds; 30 without it, 300 at most. 0 only looks.", Shape.Number)
        .Asks("interval_ms", "How often to look: a hint for older clients, an end is told at once.", Shape.Whole)
        .Gives("run", RunJson.Default.Run).Gives("timed_out", Shape.Flag);
}
