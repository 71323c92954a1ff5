using System.Text.Json.Nodes;
using Orchestrator.Http;
using Orchestrator.Store;

namespace Orchestrator.Workspaces;

/// <summary>The worktrees that were made and not removed, with the runs that worked in them. Only rows: no command runs.</summary>
static class ListWorktrees
{
    public static void Map(Routes routes, Database store) =>
        routes.Get("/worktrees", nameof(ListWorktrees), _ =>
        {
            var (worktrees, runs) = store.Read(db => (Standing(db), RunsIn(db)));
            return Task.FromResult(Reply.Ok(new JsonObject
            {
                ["worktrees"] = new JsonArray([.. worktrees.Select(one => Describe(one, runs[one.Id]))]),
            }));
        }, doc: Doc);

    /// <summary>Rows of kind worktree that were not removed, oldest first.</summary>
    public static IReadOnlyList<Workspace> Standing(Connection db) =>
        [.. WorkspaceStore.List(db).Where(one => one.Kind == WorkspaceKinds.Worktree)];

    static ILookup<string, (string Id, string Status)> RunsIn(Connection db) => db.Query(
        "select w.id, r.id, r.status from workspaces w join runs r on r.session_id = w.session_id and r.workspace_id = w.id "
        + "where w.status <> 'removed' order by r.queue_no",
        row => (Workspace: row.GetString(0), Run: row.GetString(1), Status: row.GetString(2)))
        .ToLookup(row => row.Workspace, row => (row.Run, row.Status));

    static JsonObject Describe(Workspace one, IEnumerable<(string Id, string Status)> runs) => new()
    {
        ["id"] = one.Id,
        ["session_id"] = one.SessionId,
        ["project"] = one.Project,
        ["kind"] = one.Kind,
        ["path"] = one.Path,
        ["branch"] = one.Branch,
        ["base"] = one.Base,
        ["status"] = one.Status,
        ["note"] = one.Note,
        ["runs"] = new JsonArray([.. runs.Select(run => new JsonObject { ["id"] = run.Id, ["status"] = run.Status })]),
    };

    static RouteDoc Doc() => RouteDoc.Of("The worktrees that were made and not removed, with the runs that worked in them.")
        .Gives("worktrees", Shape.List(Shape.Members(
            ("id", Shape.Text), ("session_id", Shape.Text), ("project", Shape.Maybe(Shape.Text)), ("kind", Shape.Text),
            ("path", Shape.Text), ("branch", Shape.Maybe(Shape.Text)), ("base", Shape.Maybe(Shape.Text)), ("status", Shape.Text),
            ("note", Shape.Maybe(Shape.Text)),
            ("runs", Shape.List(Shape.Members(("id", Shape.Text), ("status", Shape.Text)))))));
}
