using Orchestrator.Http;
using Orchestrator.Store;

namespace Orchestrator.Items;

/// <summary>Why an item does not start by itself, or that it may: the very reasons the scheduler looks at.</summary>
static class WhyItem
{
    /// <param name="routes">Where it is mapped.</param>
    /// <param name="items">The items.</param>
    /// <param name="rules">How projects' queues work.</param>
    /// <param name="why">The reasons themselves.</param>
    public static void Map(Routes routes, ItemStore items, QueueRules rules,
        Func<Connection, Item, ProjectRule, IReadOnlyList<WhyNot>> why) =>
        routes.Get("/items/{id}/why", nameof(WhyItem), call =>
        {
            var item = items.Store.Read(db => ItemRows.Resolve(db, call.Part("id")));
            var rule = rules.Of(item.Project);
            var causes = items.Store.Read(db => why(db, item, rule));
            return Task.FromResult(Reply.Ok(json =>
            {
                json.WriteString("item_id", item.Id);
                json.WriteString("status", item.Status);
                json.WriteBoolean("may_start", causes.Count == 0);
                json.Member("causes", causes, HoldJson.Default.IReadOnlyListWhyNot);
            }));
        }, doc: () => RouteDoc.Of("Why an item does not start by itself, or that it may.")
            .Gives("item_id", Shape.Text).Gives("status", Shape.Text).Gives("may_start", Shape.Flag)
            .Gives("causes", HoldJson.Default.IReadOnlyListWhyNot));
}
