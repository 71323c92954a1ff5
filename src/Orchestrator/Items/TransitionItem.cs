using System.Text.Json.Nodes;
using Orchestrator.Http;
using Orchestrator.Runs;
using Orchestrator.Store;

namespace Orchestrator.Items;

/// <summary>A person moves an item: to ready, or to any status that its lifecycle allows from where it is.</summary>
static class TransitionItem
{
    /// <summary>POST /items/{id}/transition.</summary>
    public sealed record Request(string? ToStatus, string? Reason, string? IdempotencyKey);

    public static void Map(Routes routes, ItemStore items, RunStore runs)
    {
        routes.Post("/items/{id}/transition", nameof(TransitionItem), async call =>
        {
            var request = await call.Body(ItemJson.Default.TransitionItemRequest);
            var word = request.ToStatus ?? throw Fault.Invalid("to_status", "is required.");
            var to = ItemLifecycle.Parse(Intake.Word("to_status", word, ItemLifecycle.Words)!)!.Value;
            return await Move(call, items, runs, to, Intake.Line("reason", request.Reason), request.IdempotencyKey, seed: false);
        }, doc: () => RouteDoc.Of("Moves an item to another status. What is in flight is completed, released or failed instead, or "
                + "canceled: then its run or lease ends.")
            .Takes(ItemJson.Default.TransitionItemRequest, "to_status").Refuses(FaultCode.Conflict).GivesItem(seed: false));
        routes.Post("/items/{id}/ready", "ReadyItem", async call =>
        {
            var request = await call.Body(ItemJson.Default.TransitionItemRequest);
            return await Move(call, items, runs, ItemStatus.Ready, Intake.Line("reason", request.Reason), request.IdempotencyKey,
                seed: false);
        }, doc: () => ReadyDoc().GivesItem(seed: false));
        routes.Post("/api/queue/{id}/ready", "QueueReady", async call =>
        {
            var request = await call.Body(ItemJson.Default.TransitionItemRequest);
            return await Move(call, items, runs, ItemStatus.Ready, Intake.Line("reason", request.Reason), request.IdempotencyKey,
                seed: true);
        }, doc: () => ReadyDoc().GivesItem(seed: true));
    }

    static RouteDoc ReadyDoc() => RouteDoc.Of("Lets an item be started: by whoever asks, and by itself where its project runs so. "
        + "Repeating it is no error and no event.").Takes(ItemJson.Default.TransitionItemRequest).Refuses(FaultCode.Conflict);

    static async Task<Reply> Move(Call call, ItemStore items, RunStore runs, ItemStatus to, string? reason, string? key, bool seed)
    {
        var id = items.Store.Read(db => ItemRows.Resolve(db, call.Part("id"))).Id;
        return await Once.Write(items.Store, call, $"{id} {to}", key, new Request(ItemLifecycle.Word(to), reason, null),
            ItemJson.Default.TransitionItemRequest, transaction =>
        {
            var item = ItemRows.Get(transaction.Db, id);
            if (item.State == to && to == ItemStatus.Ready)
                return ItemWire.One(item, seed);
            if (item.Steps > 0 || ItemLifecycle.ByPerson(item.State, to) is not { } step)
                throw ItemStore.Refused(item, ItemLifecycle.Word(to));
            var moved = items.Move(transaction, id, step, new ItemChange(call.Principal.Name, reason)
            {
                ByPerson = true,
                Unchecked = step == ItemStep.Accept || (step == ItemStep.Finish && item.Unchecked),
                Causes = step == ItemStep.Block ? [new ItemCause(CauseKinds.External, reason ?? "A person set it aside.", "")] : [],
            });
            if (item.State == ItemStatus.InFlight)
                LetGo(transaction, runs, item, call.Principal.Name);
            return ItemWire.One(moved, seed);
        });
    }

    /// <summary>Ends the work on an item that nobody wants any more; what was done is kept where it is.</summary>
    static void LetGo(WriteTransaction transaction, RunStore runs, Item item, string actor)
    {
        if (item.LeaseId is { } lease)
            Leases.End(transaction, lease, "overruled");
        else if (item.RunId is { } run && RunRows.Find(transaction.Db, run) is { EndedAt: null })
            CancelRun.Cancel(runs, transaction, run, actor, "its item was canceled");
    }
}
