using Orchestrator.Store;

namespace Orchestrator.Items;

/// <summary>
/// Takes in what prepared work has come to, and gives back what nobody holds any more: looks at reports in folders and at leases whose time
/// is over. All that is known stands in rows and files, so a daemon that was away does it when it is back.
/// </summary>
sealed class CollectWork(Leases leases, WorkFolders folders, LeaseWorktrees places, TimeProvider clock, ILogger log)
{
    static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    public Task Run(CancellationToken shutdown) =>
        Rounds.Run(Every, Look, "The queue's leases could not be looked at and will be again.", clock, log, shutdown);

    async Task Look()
    {
        var store = leases.Items.Store;
        var now = clock.GetUtcNow().Micros();
        foreach (var lease in store.Read(Lease.Open).Where(lease => lease.Workspace is not null))
            await Take(lease);
        if (store.Read(db => Lease.Overdue(db, now)) is not { Count: > 0 } overdue)
            return;
        await store.Write(transaction =>
        {
            foreach (var lease in overdue)
                if (Lease.Find(transaction.Db, lease.Id) is { EndedHow: null, ExpiresAt: { } end } still && end.Micros() <= transaction.Now)
                    Expire(transaction, still);
        });
    }

    void Expire(WriteTransaction transaction, Lease lease)
    {
        Leases.End(transaction, lease.Id, "expired");
        leases.Vanished(transaction, lease);
    }

    /// <summary>Takes in a report, where one is there and whole; what was found.</summary>
    public async Task<WorkFound> Take(Lease lease)
    {
        var found = folders.Look(lease.Workspace!, lease.Artifacts!);
        if (lease.EndedHow is not null || found.State is not (WorkState.Completed or WorkState.Blocked))
            return found;
        var work = await places.Save(lease, found.State == WorkState.Completed);
        await leases.Items.Store.Write(transaction =>
        {
            var item = ItemRows.Get(transaction.Db, lease.ItemId);
            if (Leases.Holding(transaction.Db, item, lease.Id, lease.Fence) is null)
                return;
            if (work is not null)
                leases.Items.Touch(transaction, item, lease.Id, work.FilesChanged.Select(file => file.Path));
            Settle(transaction, item, lease, found, work?.Branch);
        });
        return found;
    }

    void Settle(WriteTransaction transaction, Item item, Lease lease, WorkFound found, string? branch)
    {
        var actor = $"agent:{lease.AgentId}";
        if (found.State == WorkState.Completed)
        {
            Leases.End(transaction, lease.Id, "completed", found.Report);
            leases.Flow.Done(transaction, new Worked(item, actor)
            {
                LeaseId = lease.Id,
                Report = found.Report,
                Artifacts = found.Artifacts,
                Branch = branch,
            });
            return;
        }

        Leases.End(transaction, lease.Id, "blocked", found.Report);
        leases.Items.Move(transaction, item.Id, ItemStep.Block, new ItemChange(actor, "BLOCKED.md")
        {
            Report = found.Report,
            Artifacts = found.Artifacts,
            Causes = [new(CauseKinds.WorkerReport, FirstLine(found.Report!), lease.Id)],
        });
    }

    /// <summary>The first line of a report that is no heading, as a sentence for people.</summary>
    static string FirstLine(string report)
    {
        var lines = report.Split('\n').Select(line => line.Trim());
        var line = lines.FirstOrDefault(line => line.Length > 0 && line[0] != '#') ?? report.Trim();
        return $"The worker cannot go on: {(line.Length <= 300 ? line : line[..300] + "…")}";
    }
}
