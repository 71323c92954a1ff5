using System.Text.Json.Nodes;
using Orchestrator.Http;

namespace Orchestrator.Items;

/// <summary>A person moves an item: to ready, or to any status that its lifecycle allows from where it is.</summary>
static class TransitionItem
{
    /// <summary>POST /items/{id}/transition.</summary>
    public sealed record Request(string? ToStatus, string? Reason, string? IdempotencyKey);

    public static void Map(Routes routes, ItemStore items)
    {
        routes.Post("/items/{id}/transition", nameof(TransitionItem), async call =>
        {
            var request = await call.Body(ItemJson.Default.TransitionItemRequest);
            var word = request.ToStatus ?? throw Fault.Invalid("to_status", "is required.");
            var to = ItemLifecycle.Parse(Intake.Word("to_status", word, ItemLifecycle.Words)!)!.Value;
            return await Move(call, items, to, Intake.Line("reason", request.Reason), request.IdempotencyKey, seed: false);
        }, doc: () => RouteDoc.Of("Moves an item to another status. What is in flight is completed, released or failed instead.")
            .Takes(ItemJson.Default.TransitionItemRequest, "to_status").Refuses(FaultCode.Conflict).GivesItem(seed: false));
        routes.Post("/items/{id}/ready", "ReadyItem", async call =>
        {
            var request = await call.Body(ItemJson.Default.TransitionItemRequest);
            return await Move(call, items, ItemStatus.Ready, Intake.Line("reason", request.Reason), request.IdempotencyKey, seed: false);
        }, doc: () => ReadyDoc().GivesItem(seed: false));
        routes.Post("/api/queue/{id}/ready", "QueueReady", async call =>
        {
            var request = await call.Body(ItemJson.Default.TransitionItemRequest);
            return await Move(call, items, ItemStatus.Ready, Intake.Line("reason", request.Reason), request.IdempotencyKey, seed: true);
        }, doc: () => ReadyDoc().GivesItem(seed: true));
    }

    static RouteDoc ReadyDoc() => RouteDoc.Of("Lets an item be started: by whoever asks, and by itself where its project runs so. "
        + "Repeating it is no error and no event.").Takes(ItemJson.Default.TransitionItemRequest).Refuses(FaultCode.Conflict);

    static async Task<Reply> Move(Call call, ItemStore items, ItemStatus to, string? reason, string? key, bool seed)
    {
        var id = items.Store.Read(db => ItemRows.Resolve(db, call.Part("id"))).Id;
        return await Once.Write(items.Store, call, $"{id} {to}", key, new Request(ItemLifecycle.Word(to), reason, null),
            ItemJson.Default.TransitionItemRequest, transaction =>
        {
            var item = ItemRows.Get(transaction.Db, id);
            if (item.State == to && to == ItemStatus.Ready)
                return ItemWire.One(item, seed);
            if (item.Steps > 0 || ItemLifecycle.ByPerson(item.State, to) is not { } step || item.State == ItemStatus.InFlight)
                throw ItemStore.Refused(item, ItemLifecycle.Word(to));
            return ItemWire.One(items.Move(transaction, id, step, new ItemChange(call.Principal.Name, reason)
            {
                ByPerson = true,
                Unchecked = step == ItemStep.Accept || (step == ItemStep.Finish && item.Unchecked),
                Causes = step == ItemStep.Block ? [new ItemCause(CauseKinds.External, reason ?? "A person set it aside.", "")] : [],
            }), seed);
        });
    }
}
