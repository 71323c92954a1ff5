using Orchestrator.Http;

namespace Orchestrator.Items;

/// <summary>POST /items/{id}/output: makes an item's repository once more, after what was in the way is gone.</summary>
static class MakeOutput
{
    public static void Map(Routes routes, RepoOutputs outputs) => routes.Post("/items/{id}/output", nameof(MakeOutput), async call =>
    {
        await call.NoMembers();
        var id = outputs.Items.Store.Read(db => ItemRows.Resolve(db, call.Part("id"))).Id;
        var item = await outputs.Items.Store.Write(transaction =>
            outputs.Ask(transaction, ItemRows.Get(transaction.Db, id), call.Principal.Name));
        return ItemWire.One(item, seed: false);
    }, doc: () => RouteDoc.Of("Makes the repository that an item is to come out as, once more: after a token was set, for example.")
        .Refuses(FaultCode.Conflict).GivesItem(seed: false));
}
