using System.Text.Json.Nodes;
using Orchestrator.Http;
using Orchestrator.Store;

namespace Orchestrator.Workspaces;

/// <summary>
/// Removes worktrees that hold nothing unsaved, and says of each what was done and why. A session with an open run keeps its own.
/// The request waits for it: a person wants the verdicts, a worktree takes some tens of milliseconds, and what is done for one is
/// recorded before the next begins, so a client that leaves or a daemon that dies loses nothing but the rest of the answer.
/// </summary>
sealed class CleanUpWorktrees(Database store, WorkspaceStore workspaces, Cleanup cleanup, string dataFolder)
{
    /// <summary>POST /worktrees/cleanup. Without run and session it is about all of them; with dry_run nothing changes.</summary>
    public sealed record Request(bool? DryRun, string? Run, string? Session);

    public void Map(Routes routes) =>
        routes.Post("/worktrees/cleanup", nameof(CleanUpWorktrees), async call =>
        {
            var request = await call.Body(ProjectJson.Default.CleanUpRequest);
            var dry = request.DryRun ?? false;
            var verdicts = new JsonArray();
            foreach (var one in store.Read(db => Chosen(db, request)))
            {
                call.Gone.ThrowIfCancellationRequested();
                verdicts.Add(await One(one.Id, dry, call.Principal.Name));
            }

            return Reply.Ok(new JsonObject { ["dry_run"] = dry, ["worktrees"] = verdicts });
        }, doc: Doc);

    static IReadOnlyList<Workspace> Chosen(Connection db, Request request)
    {
        if (request is { Run: not null, Session: not null })
            throw Fault.Unprocessable("session", "give a run or a session, not both.");
        var all = ListWorktrees.Standing(db);
        if (request.Session is { } session)
        {
            var id = Known(db, "sessions", "session", session);
            return [.. all.Where(one => one.SessionId == id)];
        }

        if (request.Run is not { } run)
            return all;
        var workspace = db.Text("select workspace_id from runs where id = @id", ("@id", Known(db, "runs", "run", run)));
        return [.. all.Where(one => one.Id == workspace)];
    }

    static string Known(Connection db, string table, string kind, string idOrPrefix)
    {
        var id = Prefixes.Resolve(db, table, kind, idOrPrefix);
        return db.Text($"select id from {table} where id = @id", ("@id", id)) ?? throw Fault.NotFound(kind, id);
    }

    async Task<JsonObject> One(string id, bool dry, string actor)
    {
        var path = store.Read(db => WorkspaceStore.Find(db, id))!.Path;
        // A run that starts meanwhile waits here (Workplace) and then finds the row as it is.
        using var alone = await Git.Alone(path, CancellationToken.None);
        var (workspace, open, last) = store.Read(db => (WorkspaceStore.Find(db, id)!, OpenRun(db, id), LastRun(db, id)));
        if (workspace.Status == "removed")
            return Describe(workspace, new CleanupVerdict(path, "gone", [workspace.Note ?? "It was removed."], workspace.Branch, null));
        if (open is not null)
            return Describe(workspace, Kept(workspace, $"Run {open} of its session has not ended."));
        if (workspace.Common is null && !Directory.Exists(path))
        {
            // Its run failed before there was anything to keep (a repository without a commit).
            const string Never = "It was never made.";
            if (!dry)
                await store.Write(transaction => workspaces.Removed(transaction, workspace, Never, null, actor));
            return Describe(workspace, new CleanupVerdict(path, "gone", [Never], workspace.Branch, null));
        }

        if (workspace.Common is not { } common)
            return Describe(workspace, Kept(workspace, "The repository it belongs to is not known."));
        var order = new CleanupOrder { Path = path, CommonFolder = common, RunId = last ?? id, ReportFolder = ReportFolder() };
        var verdict = dry
            ? (await cleanup.Judge([order], CancellationToken.None))[0]
            : (await cleanup.Run([order], CancellationToken.None))[0];
        if (!dry)
            await store.Write(transaction => Record(transaction, workspace, verdict, actor));
        return Describe(workspace, verdict);
    }

    void Record(WriteTransaction transaction, Workspace workspace, CleanupVerdict verdict, string actor)
    {
        if (verdict.Decision is "removed" or "gone")
            workspaces.Removed(transaction, workspace, Whereabouts(workspace, verdict), verdict.SnapshotRef, actor);
        else
            WorkspaceStore.Set(transaction, workspace, "kept", string.Join(" ", verdict.Reasons));
    }

    static string Whereabouts(Workspace workspace, CleanupVerdict verdict)
    {
        var branch = verdict.Branch ?? workspace.Branch;
        var commits = branch is null ? "It was on no branch." : $"Its commits are on the branch {branch}.";
        return verdict.SnapshotRef is { } copy ? $"{commits} A copy of its uncommitted work is at {copy}." : commits;
    }

    string ReportFolder() => Directory.CreateDirectory(Path.Combine(dataFolder, "cleanup")).FullName;

    static string? OpenRun(Connection db, string id) => db.Text(
        "select r.id from runs r join workspaces w on w.session_id = r.session_id where w.id = @id and r.ended_at is null limit 1",
        ("@id", id));

    static string? LastRun(Connection db, string id) => db.Text(
        "select r.id from runs r join workspaces w on w.session_id = r.session_id and w.id = r.workspace_id where w.id = @id "
        + "order by r.queue_no desc limit 1", ("@id", id));

    static CleanupVerdict Kept(Workspace workspace, string why) => new(workspace.Path, "kept", [why], workspace.Branch, null);

    static JsonObject Describe(Workspace workspace, CleanupVerdict verdict) => new()
    {
        ["id"] = workspace.Id,
        ["session_id"] = workspace.SessionId,
        ["project"] = workspace.Project,
        ["path"] = verdict.Path,
        ["decision"] = verdict.Decision,
        ["reasons"] = new JsonArray([.. verdict.Reasons.Select(reason => (JsonNode)reason)]),
        ["branch"] = verdict.Branch ?? workspace.Branch,
        ["snapshot_ref"] = verdict.SnapshotRef,
    };

    static RouteDoc Doc() => RouteDoc.Of("Removes worktrees that hold nothing unsaved, and says of each what was done and why.")
        .Takes(ProjectJson.Default.CleanUpRequest)
        .Gives("dry_run", Shape.Flag)
        .Gives("worktrees", Shape.List(Shape.Members(
            ("id", Shape.Text), ("session_id", Shape.Text), ("project", Shape.Maybe(Shape.Text)), ("path", Shape.Text),
            ("decision", Shape.Text), ("reasons", Shape.List(Shape.Text)), ("branch", Shape.Maybe(Shape.Text)),
            ("snapshot_ref", Shape.Maybe(Shape.Text)))));
}
