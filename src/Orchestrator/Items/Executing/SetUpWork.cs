using Orchestrator.Store;
using Orchestrator.Workspaces;

namespace Orchestrator.Items;

/// <summary>
/// Runs the project's setup in worktrees of workers outside, beside the request that made the worktree. What is left to do stands in rows,
/// so a daemon that was away goes on with it; the worker learns that it is over from a file in its workspace, and from <c>check</c>.
/// </summary>
sealed class SetUpWork(QueueNeeds needs, ItemStore items) : IDisposable
{
    /// <summary>How far a setup is, in words.</summary>
    public const string Running = "running", Over = "done";

    /// <summary>The file in the workspace that says how the setup ended; it is not there before.</summary>
    public const string FileName = "SETUP.md";

    static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    readonly WorkInHand hands = new(LookEvery, needs.Clock, needs.Log);

    /// <summary>How far it is for the holder of a lease; null where there is no worktree, or where it did not come to its end.</summary>
    public static string? Of(Connection db, Lease lease) => LeaseWorktrees.Of(db, lease) is not { } place ? null
        : place.SetUp ? Over : lease.EndedHow is null ? Running : null;

    /// <summary>Something may have to be set up.</summary>
    public void Wake() => hands.Wake.Ring();

    /// <summary>Runs until shutdown; commands that run then go on, and the next daemon follows them.</summary>
    public Task Run(CancellationToken shutdown) => hands.Run(LookEvery, Look, "No setup can be begun", shutdown);

    public void Dispose() => hands.Dispose();

    void Look(CancellationToken shutdown)
    {
        foreach (var (lease, place) in needs.Store.Read(Waiting))
            if (!hands.Has(lease.Id))
                hands.Begin(lease.Id, $"The setup for {lease.AgentId}", () => SetUp(lease, place, shutdown), shutdown);
    }

    static List<(Lease Lease, Workspace Place)> Waiting(Connection db) =>
        [.. from lease in Lease.Open(db)
            where lease.Workspace is not null
            let place = LeaseWorktrees.Of(db, lease)
            where place is { SetUp: false, Status: not ("creating" or "removed") }
            select (lease, place)];

    async Task SetUp(Lease lease, Workspace place, CancellationToken shutdown)
    {
        var end = await Commands(lease, place, shutdown);
        if (end.Stopped)
            return;
        // Before the row, so that it is written again when the daemon dies in between.
        WorkFolders.Tell(lease.Workspace!, FileName, end.Failure is { } why
            ? $"# Setup failed\n\n{why}\n\nThe item is blocked; nobody waits for this work any more.\n"
            : "# Setup done\n\nThe project's setup commands have run in the worktree: begin.\n");
        Checkpoint.Reach(Checkpoint.SetupEnded);
        await needs.Store.Write(transaction =>
        {
            if (end.Failure is null)
                WorkspaceStore.IsSetUp(transaction, place.Id);
            else
                Fail(transaction, lease, end.Failure);
        });
    }

    async Task<CommandsEnd> Commands(Lease lease, Workspace place, CancellationToken shutdown)
    {
        // The settings may say something else by now.
        if (needs.Projects.Find(place.Project!) is not { } project || needs.WorktreesOf(project) is not { Setup.Count: > 0 } wanted)
            return new CommandsEnd(null);
        if (wanted.Untrusted is { } untrusted)
            return new CommandsEnd($"{untrusted.Message} {untrusted.Hint}");
        try
        {
            return await needs.Commands.Run(
                new CommandBatch(place, "setup", lease.Id, null, project.Path, wanted.Setup, wanted.Limit), shutdown);
        }
        catch (Fault fault) when (fault.Code != FaultCode.Unavailable)
        {
            return new CommandsEnd($"{fault.Message} {fault.Hint}".TrimEnd());
        }
    }

    void Fail(WriteTransaction transaction, Lease lease, string why)
    {
        var item = ItemRows.Get(transaction.Db, lease.ItemId);
        if (Leases.Holding(transaction.Db, item, lease.Id, lease.Fence) is null)
            return;
        Leases.End(transaction, lease.Id, "blocked", why);
        items.Move(transaction, item.Id, ItemStep.Block, new ItemChange("daemon", "setup failed")
        {
            Causes = [new(CauseKinds.Person, $"{why.TrimEnd('.')}; when it is mended, ready it again.", lease.Id)],
        });
    }
}
