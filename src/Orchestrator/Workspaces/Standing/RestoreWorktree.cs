using System.Text.Json.Nodes;
using Orchestrator.Events;
using Orchestrator.Http;
using Orchestrator.Store;

namespace Orchestrator.Workspaces;

/// <summary>
/// Brings a snapshot back: into a new worktree on a new branch, or into a new or empty folder. Nothing that is there is written over. The
/// request waits for git, as for a clean-up: the row stands first, so a daemon that dies leaves nothing unknown.
/// </summary>
sealed class RestoreWorktree(Database store, EventLog events, WorkspaceStore workspaces, Worktrees worktrees, Git git, string dataFolder)
{
    /// <summary>POST /worktrees/restore. <c>snapshot</c> is a run's id or prefix, or the full name of a snapshot's ref.</summary>
    public sealed record Request(string? Snapshot, string? To);

    public void Map(Routes routes) =>
        routes.Post("/worktrees/restore", nameof(RestoreWorktree), async call =>
        {
            var request = await call.Body(ProjectJson.Default.RestoreRequest);
            var from = Find(request.Snapshot ?? throw Fault.Invalid("snapshot", "is required: a run's id, or the name of a snapshot."));
            var (path, branch, id) = request.To is { } folder
                ? (await Export(from, Empty(folder), call.Principal.Name), null, null)
                : await Worktree(from, call.Principal.Name);
            return Reply.Created(json =>
            {
                json.WriteString("snapshot_ref", from.Name);
                json.WriteString("commit", from.Commit);
                json.WriteString("path", path);
                json.WriteString("branch", branch);
                json.WriteString("worktree_id", id);
            });
        }, doc: () => RouteDoc.Of("Brings a snapshot back, into a new worktree on a new branch or, with to, into an empty folder.")
            .Takes(ProjectJson.Default.RestoreRequest, "snapshot").Creates().Refuses(FaultCode.Conflict)
            .Gives("snapshot_ref", Shape.Text).Gives("commit", Shape.Text).Gives("path", Shape.Text)
            .Gives("branch", Shape.Maybe(Shape.Text)).Gives("worktree_id", Shape.Maybe(Shape.Text)));

    /// <summary>A snapshot that was found: its run, ref and commit, and where the run worked.</summary>
    sealed record Source(string RunId, string Name, string Commit, Workspace Workspace)
    {
        public string Common => Workspace.Common!;
    }

    Source Find(string wanted)
    {
        var isRef = wanted.StartsWith(Snapshots.Prefix, StringComparison.Ordinal);
        var runId = isRef ? SnapshotRef.RunOf(wanted[Snapshots.Prefix.Length..]) : wanted;
        var (run, workspace, recorded) = store.Read(db =>
        {
            var id = Prefixes.Resolve(db, "runs", "run", runId);
            var place = db.Text("select workspace_id from runs where id = @id", ("@id", id));
            return (id, place is null ? null : WorkspaceStore.Find(db, place),
                db.Text("select snapshot_ref from runs where id = @id", ("@id", id)));
        });
        if (workspace is not { Common: { } common })
            throw workspace is null ? Fault.NotFound("run", Texts.Short(runId))
                : new Fault(FaultCode.Conflict, $"Run {run} worked in no repository, so there is no snapshot of it.");
        var name = isRef ? wanted : Newest(common, run) ?? recorded;
        if (name is not null && RefFiles.IsSafe(name) && RefFiles.Read(common, common, name) is { } commit)
            return new Source(run, name, commit, workspace);
        throw new Fault(FaultCode.NotFound, isRef ? $"There is no snapshot {Texts.Short(wanted)} in {common}."
            : $"Run {run} has no snapshot: nothing of it was uncommitted.",
            workspace.Branch is { } branch ? $"What it committed is on the branch {branch}." : null);
    }

    static string? Newest(string common, string run)
    {
        var first = Snapshots.Prefix + Snapshots.Safe(run);
        string? found = RefFiles.Read(common, common, first) is null ? null : first;
        for (var number = 2; RefFiles.Read(common, common, $"{first}-{number}") is not null; number++)
            found = $"{first}-{number}";
        return found;
    }

    async Task<(string Path, string? Branch, string? Id)> Worktree(Source from, string actor)
    {
        var id = Ids.New();
        var branch = (from.Workspace.Branch ?? BranchName.For(from.RunId, "")) + "-restored";
        var plan = new Workspace(id, from.Workspace.SessionId, from.Workspace.Project, WorkspaceKinds.Restored,
            Path.Combine(dataFolder, "worktrees", id), branch, from.Commit, "creating", null)
        { Common = from.Common };
        await store.Write(transaction => WorkspaceStore.Plan(transaction, plan, null));
        var made = await worktrees.Create(new WorkspaceOrder
        {
            RunId = from.RunId, SessionId = plan.SessionId, Title = "", ProjectPath = from.Common, Folder = plan.Path, Branch = branch,
            BaseCommit = from.Commit,
        }, CancellationToken.None);
        var whole = plan with { Path = made.Path, Start = made.Path, Branch = made.Branch, Note = $"From {from.Name}" };
        await store.Write(transaction => workspaces.Restored(transaction, whole, from.RunId, from.Name, actor));
        return (made.Path, made.Branch, id);
    }

    async Task<string> Export(Source from, string folder, string actor)
    {
        var index = Path.Combine(Directory.CreateDirectory(Path.Combine(dataFolder, "cleanup")).FullName, $"index.{Guid.NewGuid():N}");
        try
        {
            Directory.CreateDirectory(folder);
            var place = new Place(folder, from.Common, from.Common)
            {
                FiltersOff = await LocalFilters.Find(git, from.Common, from.Common, CancellationToken.None),
            };
            GitCall Call(params string[] arguments) => place.Call(arguments) with { IndexFile = index, Limit = TimeSpan.FromMinutes(10) };
            foreach (var step in (GitCall[])[Call("read-tree", from.Commit), Call("checkout-index", "--all", "--quiet")])
                if (await git.Run(step, CancellationToken.None) is { Succeeded: false } refused)
                    throw new Fault(FaultCode.Unavailable, $"The snapshot could not be written to {folder}: {Git.Why(refused)}");
        }
        finally
        {
            File.Delete(index);
        }
        await store.Write(transaction =>
        {
            events.Append(transaction, new NewEvent(WorkspaceEvents.Restored, actor, new JsonObject
            {
                ["workspace_id"] = null, ["path"] = folder, ["branch"] = null, ["snapshot_ref"] = from.Name,
            }, from.Workspace.SessionId, from.RunId));
        });
        return folder;
    }

    static string Empty(string folder)
    {
        if (!Path.IsPathFullyQualified(folder))
            throw Fault.Unprocessable("to", "must be an absolute path.");
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (File.Exists(full) || (Directory.Exists(full) && Directory.EnumerateFileSystemEntries(full).Any()))
            throw new Fault(FaultCode.Conflict, $"to: {full} is there already and not empty; nothing is written over it.",
                "Name a new folder, or leave --to out: then it becomes a worktree of its own.");
        if (!Directory.Exists(Path.GetDirectoryName(full)))
            throw Fault.Unprocessable("to", $"there is no folder {Path.GetDirectoryName(full)}.");
        return full;
    }
}
