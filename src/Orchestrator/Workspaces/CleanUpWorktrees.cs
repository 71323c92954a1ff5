using System.Text.Json.Nodes;
using Orchestrator.Http;
using Orchestrator.Store;

namespace Orchestrator.Workspaces;

/// <summary>
/// Removes worktrees that hold nothing unsaved, and says of each what was done and why. A session with an open run keeps its own.
/// The request waits for it: a person wants the verdicts, a worktree takes some tens of milliseconds, and what is done for one is
/// recorded before the next begins, so a client that leaves or a daemon that dies loses nothing but the rest of the answer. A project's
/// teardown is not waited for: its worktree is <c>removing</c> meanwhile.
/// </summary>
sealed class CleanUpWorktrees(Database store, Removal removal)
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
        var verdict = dry ? await removal.Judge(id) : await removal.Begin(id, actor);
        return Describe(store.Read(db => WorkspaceStore.Find(db, id))!, verdict);
    }

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
