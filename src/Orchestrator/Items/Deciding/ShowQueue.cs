using System.Text.Json;
using Orchestrator.Http;
using Orchestrator.Store;

namespace Orchestrator.Items;

/// <summary>What starts next and why it has not yet, in the scheduler's own order and words; the pauses that are on; who holds items by a
/// lease.</summary>
static class ShowQueue
{
    const int UsualLimit = 20, MostAtOnce = 100, MostLeases = 200;

    /// <param name="routes">Where it is mapped.</param>
    /// <param name="store">Where it is read.</param>
    /// <param name="rules">How projects' queues work.</param>
    /// <param name="why">Why an item does not start by itself.</param>
    public static void Map(Routes routes, Database store, QueueRules rules,
        Func<Connection, Item, ProjectRule, IReadOnlyList<WhyNot>> why) =>
        routes.Get("/queue/next", nameof(ShowQueue), call =>
        {
            var limit = (int)call.Number("limit", UsualLimit, 1, MostAtOnce);
            var items = store.Read(db => ItemRows.InLine(db, limit));
            // Rules come from files, and files are not read while the store is held.
            var ruleOf = items.Select(item => item.Project ?? "").Distinct().ToDictionary(project => project, rules.Of);
            var next = store.Read(db => items.Select(item => (Item: item, Causes: why(db, item, ruleOf[item.Project ?? ""]))).ToList());
            var (ready, paused, leases) = store.Read(db => (ItemRows.Counts(db).GetValueOrDefault("ready"), Pauses(db), Held(db)));
            return Task.FromResult(Reply.Ok(json =>
            {
                json.WriteNumber("ready", ready);
                json.WriteStartArray("paused");
                foreach (var pause in paused)
                    Write(json, pause);
                json.WriteEndArray();
                json.WriteStartArray("leases");
                foreach (var (lease, title) in leases)
                    Write(json, lease, title);
                json.WriteEndArray();
                json.WriteStartArray("next");
                foreach (var (item, causes) in next)
                    Write(json, item, causes);
                json.WriteEndArray();
            }));
        }, doc: () => RouteDoc.Of("What is ready, in the order in which it starts, and why each has not started; the pauses that "
            + "are on; leases of workers outside and of prepared work, oldest first.")
            .Asks("limit", $"Most items; {UsualLimit} without it, {MostAtOnce} at most.", Shape.Whole)
            .Gives("ready", Shape.Whole)
            .Gives("paused", Shape.List(Shape.Members(("project", Shape.Maybe(Shape.Text)), ("by", Shape.Text),
                ("note", Shape.Maybe(Shape.Text)), ("since", Shape.Time))))
            .Gives("leases", Shape.List(Shape.Members(("item_id", Shape.Text), ("title", Shape.Text), ("agent_id", Shape.Text),
                ("mode", Shape.Text), ("taken_at", Shape.Time), ("expires_at", Shape.Maybe(Shape.Time)))))
            .Gives("next", Shape.List(Shape.Members(("id", Shape.Text), ("number", Shape.Whole), ("title", Shape.Text),
                ("project", Shape.Maybe(Shape.Text)), ("plan", Shape.Maybe(Shape.Text)), ("priority", Shape.Text),
                ("may_start", Shape.Flag), ("causes", Shape.List(Shape.Members(("code", Shape.Text), ("text", Shape.Text))))))));

    /// <param name="Project">Null for everything.</param>
    sealed record Pause(string? Project, string By, string? Note, DateTimeOffset Since);

    static IReadOnlyList<Pause> Pauses(Connection db) => db.Query(
        "select project, by_whom, note, since from queue_pauses order by project", row => new Pause(
            row.GetString(0) is { Length: > 0 } name ? name : null, row.GetString(1), row.IsDBNull(2) ? null : row.GetString(2),
            Times.From(row.GetInt64(3))));

    static List<(Lease, string)> Held(Connection db) => [.. Lease.Open(db).Take(MostLeases)
        .Select(lease => (lease, ItemRows.Find(db, lease.ItemId)?.Title ?? lease.ItemId))];

    static void Write(Utf8JsonWriter json, Lease lease, string title)
    {
        json.WriteStartObject();
        json.WriteString("item_id", lease.ItemId);
        json.WriteString("title", title);
        json.WriteString("agent_id", lease.AgentId);
        json.WriteString("mode", lease.Mode);
        json.WriteString("taken_at", lease.TakenAt.UtcDateTime);
        if (lease.ExpiresAt is { } end)
            json.WriteString("expires_at", end.UtcDateTime);
        else
            json.WriteNull("expires_at");
        json.WriteEndObject();
    }

    static void Write(Utf8JsonWriter json, Pause pause)
    {
        json.WriteStartObject();
        json.WriteString("project", pause.Project);
        json.WriteString("by", pause.By);
        json.WriteString("note", pause.Note);
        json.WriteString("since", pause.Since.UtcDateTime);
        json.WriteEndObject();
    }

    static void Write(Utf8JsonWriter json, Item item, IReadOnlyList<WhyNot> causes)
    {
        json.WriteStartObject();
        json.WriteString("id", item.Id);
        json.WriteNumber("number", item.Number);
        json.WriteString("title", item.Title);
        json.WriteString("project", item.Project);
        json.WriteString("plan", item.Plan);
        json.WriteString("priority", item.Priority);
        json.WriteBoolean("may_start", causes.Count == 0);
        json.Member("causes", causes, HoldJson.Default.IReadOnlyListWhyNot);
        json.WriteEndObject();
    }
}
