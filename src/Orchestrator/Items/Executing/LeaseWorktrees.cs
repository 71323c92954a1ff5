using Orchestrator.Sessions;
using Orchestrator.Store;
using Orchestrator.Workspaces;

namespace Orchestrator.Items;

/// <summary>
/// Worktrees of work that somebody outside does, in projects whose runs have one: in the prepared workspace, so that the generated files
/// beside it can never come into git. It starts as a run's would; what is left in it is committed on its branch when the work is done.
/// </summary>
sealed class LeaseWorktrees(QueueNeeds needs)
{
    /// <summary>Its name in the workspace.</summary>
    const string Folder = "project";

    readonly Worktrees worktrees = new(needs.Git);
    readonly WorkCapture capture = new(needs.Git, needs.Clock);
    readonly Cleanup cleanup = new(needs.Git);

    /// <summary>The one of a lease, or null.</summary>
    public static Workspace? Of(Connection db, Lease lease) =>
        lease.Workspace is { } workspace ? WorkspaceStore.At(db, Path.Combine(workspace, Folder)) : null;

    /// <summary>Why it may not be removed: somebody has the item. Null when nobody does.</summary>
    public static string? HeldBy(Connection db, Workspace workspace) =>
        Path.GetFileName(workspace.Path) == Folder && Path.GetDirectoryName(workspace.Path) is { } above
        && Lease.Open(db).FirstOrDefault(lease => lease.Workspace == above) is { } held
            ? $"{held.AgentId} works in it on item {held.ItemId}." : null;

    /// <summary>
    /// Makes it; null where the project has none. The request waits for git: the answer says where to work. The project's setup is
    /// <see cref="SetUpWork"/>'s.
    /// </summary>
    /// <exception cref="Fault">git refuses, the results the item builds on collide, or nobody trusted the project's setup.</exception>
    public async Task<Workspace?> Make(Item item, string leaseId, string workspace, string actor)
    {
        var stop = CancellationToken.None;
        if (item.Project is not { } name || needs.Projects.Find(name) is not { Isolation: "worktree", Repository: true } project
            || Repository.Look(project.Path) is not { } repository || await worktrees.HeadOf(project.Path, stop) is not { } current)
            return null;
        var settings = needs.WorktreesOf(project);
        if (settings is { Setup.Count: > 0, Untrusted: { } untrusted })
            throw untrusted;
        var origins = needs.Store.Read(db => ItemOrigins.Of(db, item));
        var start = origins.Count == 0 ? new Start(null, [])
            : await new StartPoint(needs.Git).Find(repository.CommonFolder, current, origins, leaseId, stop);
        if (start.Conflict is { } conflict)
            throw new Fault(FaultCode.Conflict, conflict);
        var plan = await needs.Store.Write(transaction =>
        {
            var session = needs.Sessions.Create(transaction, new NewSession(item.Title, project.Name, null, null, null), actor);
            var branch = BranchName.For(leaseId, item.Title, settings.Branch, Path.GetFileName(project.Name));
            return WorkspaceStore.Plan(transaction, new Workspace(Ids.New(), session.Id, project.Name, WorkspaceKinds.Worktree,
                Path.Combine(workspace, Folder), branch, null, "creating", null)
            {
                Common = repository.CommonFolder,
                Ports = PortRanges.Take(transaction.Db, settings.Ports),
            }, null);
        });
        var made = await worktrees.Create(new WorkspaceOrder
        {
            RunId = leaseId,
            SessionId = plan.SessionId,
            Title = item.Title,
            ProjectPath = project.Path,
            Folder = plan.Path,
            Branch = plan.Branch!,
            BaseCommit = start.Commit,
        }, stop);
        var copied = await new IncludedFiles(needs.Git).Copy(project.Path, made.Path, repository.CommonFolder, stop);
        string[] notes = [.. made.Notes, .. copied];
        var whole = plan with
        {
            Path = made.Path,
            Start = made.StartFolder,
            Branch = made.Branch,
            Base = made.BaseCommit,
            SetUp = settings.Setup.Count == 0,
            Note = notes.Length == 0 ? null : string.Join(" ", notes),
        };
        await needs.Store.Write(transaction =>
        {
            needs.Workspaces.MadeFor(transaction, whole, actor, start.From);
            if (whole.SetUp)
                WorkspaceStore.IsSetUp(transaction, whole.Id);
        });
        return whole;
    }

    /// <summary>Takes back what <see cref="Make"/> made, when nobody got it.</summary>
    public async Task Discard(Workspace made, string actor)
    {
        var verdict = (await cleanup.Run([new CleanupOrder
        {
            Path = made.Path, CommonFolder = made.Common!, Branch = made.Branch, RunId = made.Id, ReportFolder = Reports(),
        }], CancellationToken.None))[0];
        var isGone = verdict.Decision is "removed" or "gone";
        if (isGone)
            await Drop(made);
        await needs.Store.Write(transaction =>
        {
            if (isGone)
                needs.Workspaces.Removed(transaction, made, "Nobody got it.", null, actor);
            else
                needs.Workspaces.Kept(transaction, made, string.Join(" ", verdict.Reasons), actor);
        });
    }

    /// <summary>Its branch goes, too, when it is still where it began: nobody's work is on it.</summary>
    async Task Drop(Workspace made)
    {
        using var alone = await Git.Alone(made.Common!, CancellationToken.None);
        await needs.Git.Run(new GitCall
        {
            Arguments = ["update-ref", "-d", $"refs/heads/{made.Branch}", made.Base!],
            Folder = made.Common!,
            GitFolder = made.Common,
            Changes = true,
        }, CancellationToken.None);
    }

    /// <summary>Saves what is in it at the end of the lease, and commits it when the work is done; null where there is none.</summary>
    public async Task<WorkReport?> Save(Lease lease, bool done)
    {
        var (place, item) = needs.Store.Read(db => (Of(db, lease), ItemRows.Get(db, lease.ItemId)));
        return place is not { Status: not "removed" } ? null : await capture.Capture(new CaptureOrder
        {
            Path = place.Path,
            Kind = place.Kind,
            BaseCommit = place.Base,
            RunId = lease.Id,
            CommitMessage = done ? $"{item.Title}\n\nItem: {item.Id}" : null,
            ReportFolder = Reports(),
            Branch = place.Branch,
            CommonFolder = place.Common,
        }, CancellationToken.None);
    }

    string Reports() => Directory.CreateDirectory(Path.Combine(needs.DataFolder, "cleanup")).FullName;
}
