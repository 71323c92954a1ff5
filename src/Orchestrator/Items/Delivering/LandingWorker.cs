using Orchestrator.Deliveries;
using Orchestrator.Gates;
using Orchestrator.Runs;
using Orchestrator.Store;
using Orchestrator.Workspaces;

namespace Orchestrator.Items;

/// <summary>
/// Does for accepted work what takes time: looks at refs before a delivery is made, and merges a branch into work that does not fit it.
/// Everything is decided and stored by <see cref="ItemLandings"/>, so that a new daemon takes up what this one left.
/// </summary>
sealed class LandingWorker(ItemLandings landings, DeliverRun deliver, CatchUp catchUp, TimeProvider clock, ILogger log) : IDisposable
{
    static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    readonly WorkInHand hands = new(LookEvery, clock, log);

    Database Store => landings.Items.Store;

    /// <summary>Runs until shutdown.</summary>
    public async Task Run(CancellationToken shutdown)
    {
        landings.Stirred += hands.Wake.Ring;
        await hands.Run(LookEvery, Look, "No accepted work can be delivered", shutdown);
        landings.Stirred -= hands.Wake.Ring;
    }

    public void Dispose() => hands.Dispose();

    void Look(CancellationToken shutdown)
    {
        foreach (var landing in Store.Read(Landing.Open))
            if (!hands.Has(landing.ItemId))
                hands.Begin(landing.ItemId, $"The delivery of item {landing.ItemId}", () => Work(landing, shutdown), shutdown);
    }

    async Task Work(Landing landing, CancellationToken stop)
    {
        var workspace = Store.Read(db => Workspace(db, landing.RunId));
        if (workspace is not null && Store.Read(db => CheckRows.AtWork(db, workspace.Id)) is not null)
        {
            // Somebody resumed the run: it is looked at again when that has ended, which rings no bell here.
            await Task.Delay(LookEvery, clock, stop);
            return;
        }

        try
        {
            await (landing.Stage == Landing.Handing ? HandBack(landing, workspace, stop) : Deliver(landing, stop));
        }
        catch (Fault fault)
        {
            await Store.Write(transaction => landings.Block(transaction, landing, $"{fault.Message} {fault.Hint}".TrimEnd()));
        }
    }

    async Task Deliver(Landing landing, CancellationToken stop)
    {
        var (item, rounds) = Store.Read(db => (ItemRows.Get(db, landing.ItemId), Handed(db, landing.ItemId)));
        if (landings.WishOf(item) is not { } wish || !await deliver.HasWork(landing.RunId, stop))
        {
            await Store.Write(transaction => landings.Nothing(transaction, landing));
            return;
        }

        // A rebase leaves merges out, and with them what was solved in one.
        var strategy = wish.Strategy == "rebase" && rounds > 0 ? "squash" : wish.Strategy;
        var order = await deliver.Order(landing.RunId,
            new DeliverRun.Request(strategy, wish.Into, null, wish.UpdateCheckout, null, null), stop);
        await Store.Write(transaction => landings.Begin(transaction, landing, order));
        Checkpoint.Reach(Checkpoint.LandingBegun);
    }

    async Task HandBack(Landing landing, Workspace? workspace, CancellationToken stop)
    {
        var delivery = Store.Read(db => DeliveryRows.Get(db, landing.DeliveryId!));
        var check = delivery.CheckId is { } id ? Store.Read(db => CheckRows.Find(db, id)) : null;
        if (workspace is not { Kind: WorkspaceKinds.Worktree })
            throw new Fault(FaultCode.Gone, "Its worktree is gone.");
        // What is said against a pull request is about the work as it is; what it collides with is brought to it.
        var onto = delivery is { IsPull: true, Conflict: null } ? workspace.Base
            : await catchUp.Bring(workspace, delivery.Into, delivery.IsPull ? delivery.Expected : null, stop);
        Checkpoint.Reach(Checkpoint.LandingCaughtUp);
        await Store.Write(transaction => landings.HandBack(transaction, landing, delivery, workspace with { Base = onto }, check));
        Checkpoint.Reach(Checkpoint.LandingHanded);
    }

    static Workspace? Workspace(Connection db, string runId) =>
        db.Text("select workspace_id from runs where id = @id", ("@id", runId)) is { } id ? WorkspaceStore.Find(db, id) : null;

    static long Handed(Connection db, string itemId) =>
        db.Number("select count(*) from deliveries where item_id = @id and handed_to is not null", ("@id", itemId)) ?? 0;
}
