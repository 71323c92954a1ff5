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

    /// <summary>Rows of worktrees that were not removed, oldest first.</summary>
    public static IReadOnlyList<Workspace> Standing(Connection db) =>
        [.. WorkspaceStore.List(db).Where(one => one.Kind is WorkspaceKinds.Worktree or WorkspaceKinds.Restored)];

    /// <summary>A run that worked in a worktree, or whose session it is.</summary>
    public sealed record RunIn(string Workspace, string Id, string Status, bool Open);

    /// <summary>Those of one.</summary>
    public static IReadOnlyList<RunIn> RunsOf(Connection db, Workspace one) =>
        db.Query(Runs + " where w.id = @id order by r.queue_no", Read, ("@id", one.Id));

    const string Runs = "select w.id, r.id, r.status, r.ended_at is null from workspaces w join runs r on r.session_id = w.session_id "
        + "and (r.workspace_id = w.id or (r.workspace_id is null and r.ended_at is null))";

    static ILookup<string, RunIn> RunsIn(Connection db) =>
        db.Query(Runs + " where w.status <> 'removed' order by r.queue_no", Read).ToLookup(run => run.Workspace);

    static RunIn Read(Microsoft.Data.Sqlite.SqliteDataReader row) =>
        new(row.GetString(0), row.GetString(1), row.GetString(2), row.GetInt64(3) == 1);

    /// <summary>What a list says of one.</summary>
    public static JsonObject Describe(Workspace one, IEnumerable<RunIn> runs)
    {
        var all = runs.ToList();
        return new JsonObject
        {
            ["id"] = one.Id,
            ["session_id"] = one.SessionId,
            ["project"] = one.Project,
            ["kind"] = one.Kind,
            ["path"] = one.Path,
            ["branch"] = one.Branch,
            ["base"] = one.Base,
            ["status"] = one.Status,
            ["state"] = WorktreeState.Of(
                one.Status, Directory.Exists(one.Path), all.Find(run => run.Open)?.Status, one.Removal is not null),
            ["note"] = one.Note,
            ["ports"] = one.Ports is { } ports ? new JsonObject { ["from"] = ports.From, ["count"] = ports.Count } : null,
            ["runs"] = new JsonArray([.. all.Select(run => new JsonObject { ["id"] = run.Id, ["status"] = run.Status })]),
        };
    }

    /// <summary>The members of that, for the description of routes.</summary>
    public static (string, JsonObject)[] Members =>
    [
        ("id", Shape.Text), ("session_id", Shape.Text), ("project", Shape.Maybe(Shape.Text)), ("kind", Shape.Text),
        ("path", Shape.Text), ("branch", Shape.Maybe(Shape.Text)), ("base", Shape.Maybe(Shape.Text)), ("status", Shape.Text),
        ("state", Shape.Word([.. WorktreeState.All.Keys])), ("note", Shape.Maybe(Shape.Text)),
        ("ports", Shape.Maybe(Shape.Members(("from", Shape.Whole), ("count", Shape.Whole)))),
        ("runs", Shape.List(Shape.Members(("id", Shape.Text), ("status", Shape.Text)))),
    ];

    static RouteDoc Doc() => RouteDoc.Of("The worktrees that were made and not removed, with what they are doing and the runs that worked "
        + "in them.").Gives("worktrees", Shape.List(Shape.Members(Members)));
}
