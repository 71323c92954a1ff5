using System.Globalization;
using Orchestrator.Deliveries;
using Orchestrator.Runs;
using Orchestrator.Store;
using Orchestrator.Workspaces;

namespace Orchestrator.Items;

/// <summary>
/// Whose results an item's work builds on: those of the done items it depends on, or, where one of them left nothing in git, of those that
/// one built on. Of an item with steps they are the steps'; a step also builds on what its parent does. Rows only.
/// </summary>
static class ItemOrigins
{
    /// <summary>Those of the item that a run works on; none when it works on none.</summary>
    public static IReadOnlyList<Origin> Of(Connection db, Run run) =>
        run.ItemId is { } id && ItemRows.Find(db, id) is { } item ? Of(db, item) : [];

    /// <summary>In the order of the items' numbers.</summary>
    public static IReadOnlyList<Origin> Of(Connection db, Item item)
    {
        var (found, seen) = (new SortedDictionary<long, Origin>(), new HashSet<string> { item.Id });
        var next = new Queue<string>(Before(db, item));
        while (next.TryDequeue(out var on))
        {
            if (!seen.Add(on) || ItemRows.Find(db, on) is not { } other || !ItemLifecycle.Fulfils(other.State))
                continue;
            if (other.State == ItemStatus.Done && other.Steps == 0 && ResultOf(db, other) is { } result)
                found[other.Number] = result;
            else
                foreach (var further in Steps(db, on).Concat(Before(db, other)))
                    next.Enqueue(further);
        }
        return [.. found.Values];
    }

    static IEnumerable<string> Before(Connection db, Item item)
    {
        for (var at = item; at is not null; at = at.Parent is { } parent ? ItemRows.Find(db, parent) : null)
            foreach (var on in at.BlockedBy)
                yield return on;
    }

    static IEnumerable<string> Steps(Connection db, string id) =>
        db.Query("select id from items where parent_id = @id order by number", row => row.GetString(0), ("@id", id));

    static Origin? ResultOf(Connection db, Item item)
    {
        if (Place(db, item) is not { Kind: WorkspaceKinds.Worktree, Common: { } common, Branch: { } branch })
            return null;
        var landed = DeliveryRows.LandedOf(db, item.Id) is { Integrated: { } commit } delivery ? (commit, delivery.SourceCommit)
            : default((string, string)?);
        return new Origin(string.Create(CultureInfo.InvariantCulture, $"item {item.Number} '{item.Title}'"), common, branch, landed);
    }

    /// <summary>Where it was done: by a worker outside, when that was the last one that had it, or by a run.</summary>
    static Workspace? Place(Connection db, Item item) =>
        Lease.LastOf(db, item.Id) is { EndedHow: "completed" or "overruled" } lease && lease.Fence == item.Fence
            ? LeaseWorktrees.Of(db, lease)
        : item.RunId is { } run ? WorkspaceStore.OfRun(db, run) : null;
}
