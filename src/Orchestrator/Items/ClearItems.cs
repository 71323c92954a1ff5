using System.Text.Json.Nodes;
using Orchestrator.Http;
using Orchestrator.Store;

namespace Orchestrator.Items;

/// <summary>
/// Empties the queue, when somebody means it. What items wait for elsewhere (reviewers, a delivery, a repository) is called off first, as
/// when each of them is canceled; where something is at work, it is refused.
/// </summary>
static class ClearItems
{
    // Also a reviewer's run, whose item is in review.
    const string AtWork = "select id, item_id from runs where item_id is not null and ended_at is null "
        + "and exists (select 1 from items where items.id = runs.item_id) limit 1";

    const string PlanAtWork = "select id from plans where status not in ('draft', 'completed', 'failed', 'canceled') limit 1";

    // Parents stand where their steps are; those move.
    const string Attached = "select id from items i where status in ('in_flight', 'review', 'blocked') "
        + "and not exists (select 1 from items s where s.parent_id = i.id) order by number";

    static readonly string[] Tables =
        ["item_causes", "item_dependencies", "item_leases", "item_breakers", "item_landings", "repo_outputs", "queue_projects"];

    /// <summary>POST /items/clear: confirm must be true.</summary>
    public sealed record Request(bool? Confirm);

    public static void Map(Routes routes, ItemStore items) =>
        routes.Post("/items/clear", nameof(ClearItems), async call =>
        {
            var request = await call.Body(ItemJson.Default.ClearItemsRequest);
            if (request.Confirm is not true)
                throw Fault.Invalid("confirm", "must be true: this takes every item out of the queue.");
            var cleared = await items.Store.Write(transaction => Clear(transaction, items, call.Principal.Name));
            return Reply.Ok(new JsonObject { ["cleared"] = cleared });
        }, Scope.Admin, doc: () => RouteDoc.Of("Empties the queue. Events, folders and registered projects stay.")
            .Takes(ItemJson.Default.ClearItemsRequest, "confirm").Refuses(FaultCode.Conflict).Gives("cleared", Shape.Whole));

    static int Clear(WriteTransaction transaction, ItemStore items, string actor)
    {
        if (transaction.Db.First(AtWork, row => new[] { row.GetString(0), row.GetString(1) }) is [var run, var item])
            throw new Fault(FaultCode.Conflict, $"Item {item} has a run at work ({run}).", $"Cancel it first: agentctl run cancel {run}");
        if (transaction.Db.Text(PlanAtWork) is { } plan)
            throw new Fault(FaultCode.Conflict, $"Plan {plan} is at work.", $"Cancel it first: agentctl plan cancel {plan}");
        foreach (var id in transaction.Db.Query(Attached, row => row.GetString(0)))
            items.Advance(transaction, id, ItemStep.Cancel, new ItemChange(actor, "cleared"));
        foreach (var table in Tables)
            transaction.Db.Execute($"delete from {table}");
        transaction.Db.Execute("update items set parent_id = null");
        var count = transaction.Db.Execute("delete from items");
        items.Events.Append(transaction, new Events.NewEvent(ItemEvents.Cleared, actor, new JsonObject { ["items"] = count }));
        return count;
    }
}
