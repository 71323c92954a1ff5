using System.Globalization;
using Orchestrator.Events;
using Orchestrator.Http;
using Orchestrator.Store;

namespace Orchestrator.Deliveries;

/// <summary>Deliveries, newest first; one of them; the wait for its end; and calling it off.</summary>
static class ListDeliveries
{
    const int WaitLimit = 300;

    public static void Map(Routes routes, DeliveryStore deliveries, EventFeed feed, TimeProvider clock, CancellationToken shutdown)
    {
        var store = deliveries.Store;
        routes.Get("/deliveries", nameof(ListDeliveries), call =>
        {
            var run = call.Query("run_id") is { } given ? store.Read(db => Prefixes.Resolve(db, "runs", "run", given)) : null;
            var query = new DeliveryQuery(States(call.Query("state")), run, call.Query("project"),
                call.Number("cursor", long.MaxValue, 0, long.MaxValue), call.Limit());
            var found = store.Read(db => DeliveryRows.List(db, query));
            return Task.FromResult(Reply.Ok(json =>
            {
                json.Member("deliveries", found, DeliveryJson.Default.IReadOnlyListDelivery);
                json.WriteString("next_cursor",
                    found.Count < query.Limit ? null : found[^1].CreatedNo.ToString(CultureInfo.InvariantCulture));
            }));
        }, doc: () => RouteDoc.Of("What was and is to be delivered, newest first.")
            .Asks("state", "Only those in one of these states, separated by commas.").Asks("run_id", "Only those of this run.")
            .Asks("project", "Only those of this project.").Pages()
            .Gives("deliveries", DeliveryJson.Default.IReadOnlyListDelivery).GivesNextCursor());
        routes.Get("/deliveries/{id}", "ShowDelivery", call => Task.FromResult(Show(store.Read(db =>
                DeliveryRows.Resolve(db, call.Part("id"))), null)),
            doc: () => RouteDoc.Of("One delivery.").Gives("delivery", DeliveryJson.Default.Delivery));
        routes.Get("/deliveries/{id}/wait", "WaitDelivery", async call =>
        {
            var limit = call.Seconds("timeout_s", 30, WaitLimit);
            var id = store.Read(db => DeliveryRows.Resolve(db, call.Part("id"))).Id;
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(call.Gone, shutdown);
            var delivery = await call.Unless(() => Wait(store, feed, id, limit, clock, stop.Token), shutdown);
            return Show(delivery, !DeliveryLifecycle.IsFinal(delivery.State));
        }, doc: () => RouteDoc.Of("Holds the request until the delivery has landed or ended otherwise, or the time is up.")
            .Asks("timeout_s", "Longest wait in seconds; 30 without it, 300 at most. 0 only looks.", Shape.Number)
            .Gives("delivery", DeliveryJson.Default.Delivery).Gives("timed_out", Shape.Flag));
        routes.Post("/deliveries/{id}/cancel", "CancelDelivery", async call =>
        {
            var request = await call.Body(DeliveryJson.Default.CancelRequest);
            Texts.Line("reason", request.Reason, 2000);
            var id = store.Read(db => DeliveryRows.Resolve(db, call.Part("id"))).Id;
            return Show(await store.Write(transaction => deliveries.Cancel(transaction, id, call.Principal.Name,
                request.Reason)), null);
        }, doc: () => RouteDoc.Of("Calls a delivery off, before its branch is moved. Repeating it is no error.")
            .Takes(DeliveryJson.Default.CancelRequest).Refuses(FaultCode.Conflict).Gives("delivery", DeliveryJson.Default.Delivery));
    }

    /// <summary>POST /deliveries/{id}/cancel.</summary>
    public sealed record CancelRequest(string? Reason);

    static async Task<Delivery> Wait(Database store, EventFeed feed, string id, TimeSpan limit, TimeProvider clock, CancellationToken gone)
    {
        var start = clock.GetTimestamp();
        // The cursor is taken before the row is read: an end that comes in between is seen by one of the two.
        var cursor = feed.Latest;
        var delivery = store.Read(db => DeliveryRows.Get(db, id));
        while (!DeliveryLifecycle.IsFinal(delivery.State) && limit - clock.GetElapsedTime(start) is { Ticks: > 0 } left)
        {
            await feed.WaitBeyond(cursor, left, clock, gone);
            var page = feed.TryRead(cursor, new EventFilter { Types = ["delivery.*"] }, new PageSize(EventFeed.Kept, long.MaxValue));
            cursor = page?.Scanned ?? feed.Latest;
            if (page is null || page.Events.Count > 0)
                delivery = store.Read(db => DeliveryRows.Get(db, id));
        }

        return delivery;
    }

    static Reply Show(Delivery delivery, bool? timedOut) => Reply.Ok(json =>
    {
        json.Member("delivery", delivery, DeliveryJson.Default.Delivery);
        if (timedOut is { } over)
            json.WriteBoolean("timed_out", over);
    });

    static IReadOnlyList<string> States(string? list)
    {
        var words = list?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        var unknown = words.FirstOrDefault(word => DeliveryLifecycle.Parse(word) is null);
        return unknown is null ? words : throw Fault.Invalid("state",
            $"'{Texts.Short(unknown)}' is none of {string.Join(", ", Enum.GetValues<DeliveryState>().Select(DeliveryLifecycle.Word))}.");
    }
}
