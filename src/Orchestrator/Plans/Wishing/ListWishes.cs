using System.Globalization;
using Orchestrator.Events;
using Orchestrator.Http;
using Orchestrator.Items;
using Orchestrator.Store;

namespace Orchestrator.Plans;

/// <summary>Wishes, the newest first; one of them; and the wait until it is a plan or has failed.</summary>
static class ListWishes
{
    const int WaitLimit = 300;

    public static void Map(Routes routes, Database store, EventFeed feed, TimeProvider clock, CancellationToken shutdown)
    {
        routes.Get("/wishes", nameof(ListWishes), call =>
        {
            var (status, limit) = (Intake.Word("status", call.Query("status"), WishLifecycle.Words), call.Limit());
            var found = store.Read(db => WishStore.List(db, status, call.Number("cursor", long.MaxValue, 0, long.MaxValue), limit));
            return Task.FromResult(Reply.Ok(json =>
            {
                json.Member("wishes", found, PlansJson.Default.IReadOnlyListWish);
                json.WriteString("next_cursor", found.Count < limit ? null : found[^1].Number.ToString(CultureInfo.InvariantCulture));
            }));
        }, doc: () => RouteDoc.Of("Wishes, the newest first.").Asks("status", "Only those in this status.").Pages()
            .Gives("wishes", PlansJson.Default.IReadOnlyListWish).GivesNextCursor());
        routes.Get("/wishes/{id}", "ShowWish", call =>
        {
            var wish = store.Read(db => WishStore.Resolve(db, call.Part("id")));
            return Task.FromResult(Reply.Ok(json => json.Member("wish", wish, PlansJson.Default.Wish)));
        }, doc: () => RouteDoc.Of("A wish: which run plans it, which plan it became, or what is wrong.")
            .Gives("wish", PlansJson.Default.Wish));
        routes.Get("/wishes/{id}/wait", "WaitWish", async call =>
        {
            var limit = call.Seconds("timeout_s", 30, WaitLimit);
            var id = store.Read(db => WishStore.Resolve(db, call.Part("id"))).Id;
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(call.Gone, shutdown);
            var wish = await call.Unless(() => Wait(store, feed, id, limit, clock, stop.Token), shutdown);
            return Reply.Ok(json =>
            {
                json.Member("wish", wish, PlansJson.Default.Wish);
                json.WriteBoolean("timed_out", wish.State == WishStatus.Planning);
            });
        }, doc: () => RouteDoc.Of("Holds the request until a wish is a plan, or has failed, or the time is up.")
            .Asks("timeout_s", "Longest wait in seconds; 30 without it, 300 at most. 0 only looks.", Shape.Number)
            .Gives("wish", PlansJson.Default.Wish).Gives("timed_out", Shape.Flag));
    }

    static async Task<Wish> Wait(Database store, EventFeed feed, string id, TimeSpan limit, TimeProvider clock, CancellationToken gone)
    {
        var start = clock.GetTimestamp();
        // The cursor is taken before the row is read: what comes in between is seen by one of the two.
        var cursor = feed.Latest;
        var wish = store.Read(db => WishStore.Get(db, id));
        while (wish.State == WishStatus.Planning && limit - clock.GetElapsedTime(start) is { Ticks: > 0 } left)
        {
            await feed.WaitBeyond(cursor, left, clock, gone);
            var page = feed.TryRead(cursor, new EventFilter { Types = ["plan.*"] }, new PageSize(EventFeed.Kept, long.MaxValue));
            cursor = page?.Scanned ?? feed.Latest;
            if (page is null || page.Events.Count > 0)
                wish = store.Read(db => WishStore.Get(db, id));
        }

        return wish;
    }
}
