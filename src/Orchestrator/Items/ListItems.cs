using System.Globalization;
using System.Text.Json.Nodes;
using Orchestrator.Events;
using Orchestrator.Gates;
using Orchestrator.Http;
using Orchestrator.Store;

namespace Orchestrator.Items;

/// <summary>Items in the order in which they were made, by status or project; one of them; and how many there are.</summary>
static class ListItems
{
    public static void Map(Routes routes, ItemStore items, EventLog events)
    {
        routes.Get("/items", nameof(ListItems), call =>
        {
            var limit = call.Limit();
            var query = Query(call) with { After = call.Number("cursor", 0, 0, long.MaxValue), Limit = limit };
            var found = items.Store.Read(db => ItemRows.List(db, query));
            return Task.FromResult(Reply.Ok(json =>
            {
                json.Member("items", found, ItemJson.Default.IReadOnlyListItem);
                json.WriteString("next_cursor", found.Count < limit ? null : found[^1].Number.ToString(CultureInfo.InvariantCulture));
            }));
        }, doc: () => Asks(RouteDoc.Of("Work items in the order in which they were made.")).Asks("parent", "Only the steps of this one.")
            .Pages().Gives("items", ItemJson.Default.IReadOnlyListItem).GivesNextCursor());
        routes.Get("/api/queue", "QueueList", call =>
        {
            var query = Query(call) with { Limit = call.Number("limit", long.MaxValue, 1, long.MaxValue) };
            var found = items.Store.Read(db => ItemRows.List(db, query)).Select(item => new QueueItem(item)).ToList();
            return Task.FromResult(Reply.Ok(json =>
            {
                json.Member("items", found, QueueJson.Default.IReadOnlyListQueueItem);
                json.WriteNumber("count", found.Count);
            }));
        }, doc: () => Asks(RouteDoc.Of("All work items, unless a limit is given.")).Asks("limit", "At most so many.", Shape.Whole)
            .Gives("items", QueueJson.Default.IReadOnlyListQueueItem).Gives("count", Shape.Whole));
        routes.Get("/items/stats", "ItemStats", _ => Task.FromResult(Stats(items.Store, "by_status", "active_agents")),
            doc: () => RouteDoc.Of("How many items there are, by status, and how many agents have one.")
                .Gives("total", Shape.Whole).Gives("by_status", Counted()).Gives("active_agents", Shape.Whole));
        routes.Get("/api/queue/stats", "QueueStats", _ => Task.FromResult(Stats(items.Store, "byStatus", "activeAgents")),
            doc: () => RouteDoc.Of("How many items there are, by status, and how many agents have one.")
                .Gives("total", Shape.Whole).Gives("byStatus", Counted()).Gives("activeAgents", Shape.Whole));
        routes.Get("/items/{id}", "ShowItem", call => Task.FromResult(Show(items, call, seed: false)),
            doc: () => RouteDoc.Of("One work item.").GivesItem(seed: false));
        routes.Get("/api/queue/{id}", "QueueShow", call => Task.FromResult(Show(items, call, seed: true)),
            doc: () => RouteDoc.Of("One work item.").GivesItem(seed: true));
        routes.Get("/items/{id}/events", "ListItemEvents", call => Task.FromResult(History(call, items, events)),
            doc: () => RouteDoc.Of("An item's history: who or what moved it, oldest first, with the events of its runs' ends.")
                .Pages().Gives("events", Shape.List(Shape.Named(Event.Schema))).Gives("next_cursor", Shape.Text));
        routes.Get("/items/{id}/checks", "ListItemChecks", call =>
        {
            var found = items.Store.Read(db => CheckRows.OfItem(db, ItemRows.Resolve(db, call.Part("id")).Id, call.Limit()));
            return Task.FromResult(Reply.Ok(json => json.Member("checks", found, CheckJson.Default.IReadOnlyListCheck)));
        }, doc: () => RouteDoc.Of("The daemon's checks of an item's work, by whomever it was done, newest first, with their evidence.")
            .Asks("limit", "Most checks, 1 to 500; 100 without it.", Shape.Whole).Gives("checks", CheckJson.Default.IReadOnlyListCheck));
    }

    static RouteDoc Asks(RouteDoc doc) => doc.Asks("status", "Only those in one of these statuses, separated by commas.")
        .Asks("project", "Only those of this project.");

    static Reply Show(ItemStore items, Call call, bool seed) =>
        ItemWire.One(items.Store.Read(db => ItemRows.Resolve(db, call.Part("id"))), seed);

    static ItemQuery Query(Call call) =>
        new(Statuses(call.Query("status")), call.Query("project", "projectId"), call.Query("parent"), 0, 0);

    static IReadOnlyList<string> Statuses(string? list)
    {
        var words = list?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        foreach (var word in words)
            if (ItemLifecycle.Parse(word) is null)
                throw Fault.Invalid("status", $"'{Texts.Short(word)}' is none of {string.Join(", ", ItemLifecycle.Words)}.");
        return words;
    }

    static Reply Stats(Database store, string byStatus, string activeAgents)
    {
        var (counts, agents) = store.Read(db => (ItemRows.Counts(db),
            db.Number("select count(*) from items where status = 'in_flight' and steps = 0") ?? 0));
        return Reply.Ok(new JsonObject
        {
            ["total"] = counts.Values.Sum(),
            [byStatus] = new JsonObject(ItemLifecycle.Words.Select(word =>
                KeyValuePair.Create<string, JsonNode?>(word, counts.GetValueOrDefault(word)))),
            [activeAgents] = agents,
        });
    }

    static JsonObject Counted() => Shape.Members([.. ItemLifecycle.Words.Select(word => (word, Shape.Whole))]);

    static Reply History(Call call, ItemStore items, EventLog log)
    {
        var id = items.Store.Read(db => ItemRows.Resolve(db, call.Part("id"))).Id;
        var page = log.After(ListEvents.Cursor(call.Query("cursor", "after"), log), new EventFilter { ItemId = id },
            new PageSize(call.Limit(), 8 * 1024 * 1024));
        return Reply.Ok(json =>
        {
            json.WriteStartArray("events");
            foreach (var found in page.Events)
                json.WriteRawValue(found.Frame.Span, skipInputValidation: true);
            json.WriteEndArray();
            json.WriteString("next_cursor", page.Scanned.ToString(CultureInfo.InvariantCulture));
        });
    }
}
