using Orchestrator.Profiles;
using Orchestrator.Store;

namespace Orchestrator.Workspaces;

/// <summary>
/// Removes one worktree, by its row: judged first, then the project's teardown where it has one, then judged again by what really goes. A
/// teardown takes its time, so it is done in the background, from a row that survives the daemon.
/// </summary>
/// <param name="heldBy">Why somebody who is no run of ours still has it; null when nobody does.</param>
sealed class Removal(Database store, WorkspaceStore workspaces, Cleanup cleanup, ProjectStore projects,
    Func<Project, WorktreeSettings> settings, WorkspaceCommands commands, Func<Connection, Workspace, string?> heldBy, string dataFolder)
    : IDisposable
{
    readonly SemaphoreSlim wake = new(0, 1);

    /// <summary>What would become of it; nothing changes.</summary>
    public async Task<CleanupVerdict> Judge(string id)
    {
        using var alone = await Git.Alone(PathOf(id), CancellationToken.None);
        var (workspace, settled) = Look(id);
        return settled ?? (await cleanup.Judge([Order(workspace)], CancellationToken.None))[0];
    }

    /// <summary>Removes it, or says why it stays, or, where a teardown comes first, begins that (decision <c>removing</c>).</summary>
    public async Task<CleanupVerdict> Begin(string id, string actor)
    {
        if (store.Read(db => WorkspaceStore.Find(db, id))!.Removal is not null)
            return Removing(store.Read(db => WorkspaceStore.Find(db, id))!);
        // A run that starts meanwhile waits here (Workplace) and then finds the row as it is.
        using var alone = await Git.Alone(PathOf(id), CancellationToken.None);
        var (workspace, settled) = Look(id);
        if (settled is not null)
        {
            if (settled.Decision == "gone" && workspace.Status != "removed")
                await store.Write(transaction => workspaces.Removed(transaction, workspace, settled.Reasons[0], null, actor));
            return settled;
        }
        if (Directory.Exists(workspace.Path) && Teardown(workspace) is { } wanted)
        {
            var judged = wanted.Untrusted is { } untrusted ? Kept(workspace, $"Its teardown cannot be run: {untrusted.Message}")
                : (await cleanup.Judge([Order(workspace)], CancellationToken.None))[0];
            if (judged.Decision == "removable")
            {
                await store.Write(transaction => WorkspaceStore.WantRemoval(transaction, id, actor));
                Wake();
                return Removing(workspace);
            }
            if (wanted.Untrusted is not null)
            {
                await store.Write(transaction => Record(transaction, workspace, judged, actor));
                return judged;
            }
        }
        return await Finish(workspace, actor);
    }

    /// <summary>Lets git forget a worktree that was removed, its commits safe; the row stays as it is.</summary>
    public async Task<CleanupVerdict> Forget(string id)
    {
        var workspace = store.Read(db => WorkspaceStore.Find(db, id))!;
        using var alone = await Git.Alone(workspace.Path, CancellationToken.None);
        return workspace.Common is null || Directory.Exists(workspace.Path) ? Kept(workspace, "It is there again.")
            : (await cleanup.Run([Order(workspace)], CancellationToken.None))[0];
    }

    /// <summary>Does the teardowns that are wanted, also those an earlier daemon began, until shutdown.</summary>
    public async Task Run(ILogger log, CancellationToken shutdown)
    {
        try
        {
            while (true)
            {
                await Turn(log, shutdown);
                await wake.WaitAsync(TimeSpan.FromSeconds(30), shutdown);
            }
        }
        catch (OperationCanceledException)
        {
            // What is not done is begun again by the next daemon.
        }
    }

    public void Dispose() => wake.Dispose();

    async Task Turn(ILogger log, CancellationToken shutdown)
    {
        foreach (var workspace in store.Read(WorkspaceStore.ToRemove))
        {
            try
            {
                await TearDown(workspace.Id, shutdown);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                log.LogError(e, "The worktree {Path} could not be removed now, and will be tried again.", workspace.Path);
            }
        }
    }

    async Task TearDown(string id, CancellationToken shutdown)
    {
        using var alone = await Git.Alone(PathOf(id), shutdown);
        var (workspace, settled) = Look(id);
        var actor = workspace.Removal?.Actor ?? "daemon";
        if (settled is null && Teardown(workspace) is { Untrusted: null } wanted && Directory.Exists(workspace.Path))
        {
            var project = projects.Find(workspace.Project!)!.Path;
            var batch = $"{workspace.Removal?.At.UtcTicks}";
            var end = await commands.Run(
                new CommandBatch(workspace, "teardown", batch, null, project, wanted.Teardown, wanted.Limit), shutdown);
            if (end.Failure is { } failure)
                settled = Kept(workspace, failure);
        }
        var verdict = settled ?? (await cleanup.Run([Order(workspace)], CancellationToken.None))[0];
        // It is wanted until its end is written down: what a crash cuts short here is begun again.
        await store.Write(transaction =>
        {
            WorkspaceStore.WantRemoval(transaction, id, null);
            if (settled is null or { Decision: "kept" })
                Record(transaction, workspace, verdict, actor);
        });
    }

    async Task<CleanupVerdict> Finish(Workspace workspace, string actor)
    {
        var verdict = (await cleanup.Run([Order(workspace)], CancellationToken.None))[0];
        await store.Write(transaction => Record(transaction, workspace, verdict, actor));
        return verdict;
    }

    // What was never set up is not torn down: a restored worktree, or one of a worker outside.
    WorktreeSettings? Teardown(Workspace workspace) =>
        workspace is { Kind: WorkspaceKinds.Worktree, Project: { } name } && projects.Find(name) is { } project
        && settings(project) is { Teardown.Count: > 0 } wanted
        && (wanted.Setup.Count == 0 || store.Read(db => CommandRow.Of(db, workspace.Id)).Count > 0) ? wanted : null;

    /// <summary>The row, and the verdict where nothing has to be looked at for it.</summary>
    (Workspace Workspace, CleanupVerdict? Settled) Look(string id)
    {
        var (workspace, open, held) = store.Read(db =>
        {
            var found = WorkspaceStore.Find(db, id)!;
            return (found, OpenRun(db, id), heldBy(db, found));
        });
        return (workspace, workspace switch
        {
            { Status: "removed" } =>
                new CleanupVerdict(workspace.Path, "gone", [workspace.Note ?? "It was removed."], workspace.Branch, null),
            _ when open is not null => Kept(workspace, $"Run {open} of its session has not ended."),
            _ when held is not null => Kept(workspace, held),
            // Its run failed before there was anything to keep (a repository without a commit).
            { Common: null } when !Directory.Exists(workspace.Path) =>
                new CleanupVerdict(workspace.Path, "gone", ["It was never made."], workspace.Branch, null),
            { Common: null } => Kept(workspace, "The repository it belongs to is not known."),
            _ => null,
        });
    }

    CleanupOrder Order(Workspace workspace) => new()
    {
        Path = workspace.Path,
        CommonFolder = workspace.Common!,
        Branch = workspace.Branch,
        RunId = store.Read(db => LastRun(db, workspace.Id)) ?? workspace.Id,
        ReportFolder = Directory.CreateDirectory(Path.Combine(dataFolder, "cleanup")).FullName,
    };

    string PathOf(string id) => store.Read(db => WorkspaceStore.Find(db, id))!.Path;

    void Record(WriteTransaction transaction, Workspace workspace, CleanupVerdict verdict, string actor)
    {
        if (verdict.Decision is "removed" or "gone")
            workspaces.Removed(transaction, workspace, Whereabouts(workspace, verdict), verdict.SnapshotRef, actor);
        else
            workspaces.Kept(transaction, workspace, string.Join(" ", verdict.Reasons), actor);
    }

    static string Whereabouts(Workspace workspace, CleanupVerdict verdict)
    {
        var branch = verdict.Branch ?? workspace.Branch;
        var commits = branch is null ? "It was on no branch." : $"Its commits are on the branch {branch}.";
        return verdict.SnapshotRef is { } copy ? $"{commits} A copy of its uncommitted work is at {copy}." : commits;
    }

    static string? OpenRun(Connection db, string id) => db.Text(
        "select r.id from runs r join workspaces w on w.session_id = r.session_id where w.id = @id and r.ended_at is null limit 1",
        ("@id", id));

    static string? LastRun(Connection db, string id) => db.Text(
        "select r.id from runs r join workspaces w on w.session_id = r.session_id and w.id = r.workspace_id where w.id = @id "
        + "order by r.queue_no desc limit 1", ("@id", id));

    static CleanupVerdict Removing(Workspace workspace) => new(workspace.Path, "removing",
        [$"The project's teardown runs first: agentctl worktree show {workspace.Id}"], workspace.Branch, null);

    static CleanupVerdict Kept(Workspace workspace, string why) => new(workspace.Path, "kept", [why], workspace.Branch, null);

    void Wake()
    {
        try
        {
            wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // Awake already.
        }
    }
}
