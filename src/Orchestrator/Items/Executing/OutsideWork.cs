using Orchestrator.Gates;
using Orchestrator.Store;
using Orchestrator.Workspaces;

namespace Orchestrator.Items;

/// <summary>
/// The gate for work that a worker outside did under a lease: in the worktree prepared for it, or in the project's own folder where
/// all work there. Its worker is gone when the check ends, so what fails is handed out again, and what somebody should look at or deliver
/// waits in review.
/// </summary>
/// <param name="needsPerson">Whether somebody looks at work on the item, or brings it to its branch, before it is done.</param>
sealed class OutsideWork(ItemStore items, Leases leases, ItemFlow flow, CheckRun checkRun, Func<Item, bool> needsPerson)
{
    const string Actor = "daemon";

    /// <summary>What is to be checked; null where nobody knows in which folder it was done.</summary>
    public CheckOrder? Order(Connection db, Worked worked, CheckRun.Request wish)
    {
        if (worked.LeaseId is not { } id || Lease.Find(db, id) is not { } lease)
            return null;
        if (LeaseWorktrees.Of(db, lease) is { Status: not "removed" } place)
            return checkRun.Order(place, wish with { ExpectsChanges = wish.ExpectsChanges ?? true }) with { ItemId = worked.Item.Id };
        return worked.Item.Project is { } project && checkRun.OrderShared(project, wish) is { } shared
            ? shared with { ItemId = worked.Item.Id } : null;
    }

    /// <summary>A check of such work is finished. One of a lease that somebody else followed decides nothing.</summary>
    public void Follow(WriteTransaction transaction, Item item, Check check)
    {
        if (item.LeaseId is not null || Lease.LastOf(transaction.Db, item.Id) is not { EndedHow: "completed" } lease
            || lease.Fence != item.Fence || !IsOf(transaction.Db, lease, check))
            return;
        switch (check.Verdict)
        {
            case Verdicts.Passed when !needsPerson(item):
                flow.Accept(transaction, item, new ItemChange(Actor, check.Summary));
                break;
            case Verdicts.Passed:
                items.Advance(transaction, item.Id, ItemStep.Submit, new ItemChange(Actor, check.Summary)
                {
                    Causes = [new(CauseKinds.Person, $"The daemon's check {check.Id} passed.{Whereabouts(check)} A person looks at it and "
                        + "brings it to its branch.", check.Id)],
                });
                break;
            case Verdicts.Unverified:
                ItemGate.Unverified(transaction, items, item, check);
                break;
            case Verdicts.Failed:
                leases.Failed(transaction, item, Actor, $"The daemon's check {check.Id} failed: {check.Summary}{Whereabouts(check)}");
                break;
            default:
                items.Advance(transaction, item.Id, ItemStep.Block, new ItemChange(Actor, check.Verdict)
                {
                    Causes = [new(CauseKinds.Person,
                        $"The daemon's check {check.Id} {check.Verdict}: {check.Summary} Ready it again, or skip it.", check.Id)],
                });
                break;
        }
    }

    static bool IsOf(Connection db, Lease lease, Check check) => LeaseWorktrees.Of(db, lease) is { } place
        ? check.Order.WorkspaceId == place.Id : check.Order.Kind == WorkspaceKinds.Shared;

    static string Whereabouts(Check check) => check.Order.Branch is { } branch ? $" The work is on the branch {branch}." : "";
}
