using Orchestrator.Http;
using Orchestrator.Runs;
using Orchestrator.Store;

namespace Orchestrator.Items;

/// <summary>How far work is, asked by whatever name somebody has for it: an agent's, a run's or an item's.</summary>
static class CheckWork
{
    /// <summary>How far it is.</summary>
    /// <param name="State">completed, running, blocked, waiting or failed; released when it was given back.</param>
    /// <param name="Report">The completion report, or what stops it.</param>
    /// <param name="Health">Whether its run gets on; null when no run is at it.</param>
    /// <param name="Setup">How far the project's setup is in an outside worker's worktree; null where there is none.</param>
    public sealed record Finding([property: Words("completed", "running", "blocked", "waiting", "failed", "released")] string State,
        string AgentId, Item Item, string? Report, IReadOnlyList<ItemArtifact> Artifacts, string? WorkspaceDir, string? RunId,
        RunHealth? Health, [property: Words(SetUpWork.Running, SetUpWork.Over)] string? Setup = null);

    // A report that has just been written has settled by then.
    const int Looks = 4;

    public static void Map(Routes routes, ItemStore items, CollectWork collect, TimeProvider clock) =>
        routes.Get("/items/check/{id}", nameof(CheckWork), async call =>
        {
            var (lease, run, item) = items.Store.Read(db => Named(db, call.Part("id")));
            var finding = lease is not null ? await OfLease(items, collect, lease, clock, call.Gone)
                : run is not null ? OfRun(item, run) : OfItem(item);
            return Reply.Ok(json => json.Member("check", finding, HoldJson.Default.CheckFinding));
        }, doc: () => RouteDoc.Of("How far work is, by the id of an agent, a run or an item.")
            .Gives("check", HoldJson.Default.CheckFinding));

    /// <summary>What the id means. Of an item: who has it, or had it last.</summary>
    static (Lease? Lease, Run? Run, Item Item) Named(Connection db, string id)
    {
        if (Ids.LooksLikePrefix(id))
        {
            var found = db.Query("select 'lease', id from item_leases where id >= @from and id < @to union all "
                + "select 'run', id from runs where id >= @from and id < @to and item_id is not null union all "
                + "select 'item', id from items where id >= @from and id < @to limit 6", row => (row.GetString(0), row.GetString(1)),
                ("@from", id), ("@to", id + "g"));
            if (found.Count > 1)
                throw new Fault(FaultCode.Conflict, $"'{id}' fits several of them: {string.Join(", ", found.Select(one => one.Item2))}.",
                    "Give more characters.");
            if (found is [("lease", var leaseId)] && Lease.Find(db, leaseId) is { } lease)
                return (lease, null, ItemRows.Get(db, lease.ItemId));
            if (found is [("run", var runId)] && RunRows.Get(db, runId) is { } run)
                return (null, run, ItemRows.Get(db, run.ItemId!));
            if (found is [("item", var itemId)])
                return OfWhoHas(db, ItemRows.Get(db, itemId));
        }

        // Workers that claim have names of their own.
        return db.Text("select id from item_leases where agent_id = @agent order by taken_at desc limit 1", ("@agent", id)) is { } last
            && Lease.Find(db, last) is { } named ? (named, null, ItemRows.Get(db, named.ItemId))
            : throw Fault.NotFound("agent", Texts.Short(id));
    }

    static (Lease?, Run?, Item) OfWhoHas(Connection db, Item item)
    {
        if (item.AssignedAgentId is { } agent && RunRows.Find(db, agent) is { } run)
            return (null, run, item);
        return (Lease.LastOf(db, item.Id), null, item);
    }

    static async Task<Finding> OfLease(ItemStore items, CollectWork collect, Lease lease, TimeProvider clock, CancellationToken gone)
    {
        WorkFound? found = null;
        if (lease.Workspace is not null && lease.EndedHow is null)
        {
            found = await collect.Take(lease);
            for (var look = 1; look < Looks && found.State == WorkState.Settling; look++)
            {
                await Task.Delay(WorkFolders.Settled, clock, gone);
                found = await collect.Take(lease);
            }
        }

        var (now, item) = items.Store.Read(db => (Lease.Find(db, lease.Id)!, ItemRows.Get(db, lease.ItemId)));
        var state = now.EndedHow switch
        {
            null => "running",
            "completed" => "completed",
            "blocked" => "blocked",
            "failed" => "failed",
            "overruled" when item.State == ItemStatus.Done => "completed",
            _ => "released",
        };
        var isLast = item.Fence == now.Fence;
        return new Finding(state, now.AgentId, item, now.Report ?? (isLast ? item.Report : null), isLast ? item.Artifacts : [],
            now.Workspace, null, null, items.Store.Read(db => SetUpWork.Of(db, now)));
    }

    static Finding OfRun(Item item, Run run) => new(run.Status switch
    {
        RunStatus.Waiting => "waiting",
        RunStatus.Succeeded when run.Result?.GoalMet is false => "failed",
        RunStatus.Succeeded => "completed",
        _ when !RunLifecycle.IsFinal(run.Status) => "running",
        _ when run.NextRunId is not null => "running",
        _ => item.State == ItemStatus.Blocked ? "blocked" : "failed",
    }, run.Id, item, run.Result?.Summary ?? run.Error?.Message ?? run.LastMessage, item.Artifacts, run.Workspace?.Path, run.Id,
        run.Health);

    static Finding OfItem(Item item) => new(item.State switch
    {
        ItemStatus.Done or ItemStatus.Review => "completed",
        ItemStatus.Blocked => "blocked",
        ItemStatus.Failed or ItemStatus.Canceled or ItemStatus.Skipped => "failed",
        _ => "waiting",
    }, item.AssignedAgentId ?? "", item, item.Report, item.Artifacts, null, item.RunId,
        null);
}
