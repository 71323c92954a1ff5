using Orchestrator.Http;
using Orchestrator.Store;

namespace Orchestrator.Items;

/// <summary>Why an item does not start by itself, or that it may: the very reasons the scheduler looks at.</summary>
static class WhyItem
{
    /// <param name="routes">Where it is mapped.</param>
    /// <param name="items">The items.</param>
    /// <param name="rules">How projects' queues work.</param>
    /// <param name="slots">Runs the daemon has at once.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="reviewNote">What its reviews have come to; null for nothing.</param>
    public static void Map(Routes routes, ItemStore items, QueueRules rules, Func<int> slots, TimeProvider clock,
        Func<Connection, Item, string?> reviewNote) =>
        routes.Get("/items/{id}/why", nameof(WhyItem), call =>
        {
            var item = items.Store.Read(db => ItemRows.Resolve(db, call.Part("id")));
            var rule = rules.Of(item.Project);
            var now = clock.GetUtcNow().Micros();
            var causes = items.Store.Read(db => Eligibility.Causes(
                QueueView.Read(db, now, LocalDay.Of(now, clock), slots()).Of(db, item, rule, Purpose.AutoRun) with
                {
                    Review = reviewNote(db, item),
                }));
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
