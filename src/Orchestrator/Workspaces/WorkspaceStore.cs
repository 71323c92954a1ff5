using System.Globalization;
using System.Text.Json.Nodes;
using Orchestrator.Events;
using Orchestrator.Store;

namespace Orchestrator.Workspaces;

/// <summary>Where a session's runs work, as it is stored.</summary>
/// <param name="Kind">worktree, shared (a repository's own folder), folder (no repository) or own (a folder of the session's own).</param>
/// <param name="Base">The commit the worktree was made from.</param>
/// <param name="Status">creating, ready, in_use, kept or removed.</param>
sealed record Workspace(
    string Id, string SessionId, string? Project, string Kind, string Path, string? Branch, string? Base, string Status, string? Note)
{
    /// <summary>Where the agent starts: below <see cref="Path"/> when the project is a folder inside its repository.</summary>
    public string Start { get; init; } = Path;

    /// <summary>The repository's common folder as it was at the beginning: a .git file of the agent's making is not believed.</summary>
    public string? Common { get; init; }

    /// <summary>First of its own ports, and how many; null when it has none.</summary>
    public (int From, int Count)? Ports { get; init; }

    /// <summary>True once the project's setup was done in it.</summary>
    public bool SetUp { get; init; }

    /// <summary>Since when its removal waits for the project's teardown, and who wants it; null when nobody does.</summary>
    public (DateTimeOffset At, string Actor)? Removal { get; init; }

    /// <summary>Tells a process its ports.</summary>
    public void AddPorts(IDictionary<string, string> variables)
    {
        if (Ports is not { } ports)
            return;
        variables["AGENTCTL_PORT_BASE"] = ports.From.ToString(CultureInfo.InvariantCulture);
        variables["AGENTCTL_PORT_COUNT"] = ports.Count.ToString(CultureInfo.InvariantCulture);
    }
}

/// <summary>Workspaces in the store. The status column is written here only.</summary>
sealed class WorkspaceStore(EventLog events)
{
    const string Select = "select id, session_id, project, kind, path, branch, base, status, note, start, common, "
        + "ports_from, ports_count, set_up_at, removal_at, removal_actor from workspaces";

    /// <summary>The session's newest workspace that was not removed, or null.</summary>
    public static Workspace? OfSession(Connection db, string sessionId) => db.First(
        Select + " where session_id = @session and status <> 'removed' and kind <> 'restored' order by created_at desc limit 1", Read,
        ("@session", sessionId));

    /// <summary>The session's newest worktree that was removed, or null: its branch has what the session's runs committed.</summary>
    public static Workspace? LastRemoved(Connection db, string sessionId) => db.First(
        Select + " where session_id = @session and status = 'removed' and kind = 'worktree' order by created_at desc limit 1", Read,
        ("@session", sessionId));

    public static Workspace? Find(Connection db, string id) => db.First(Select + " where id = @id", Read, ("@id", id));

    /// <summary>Where a run works or worked, or null.</summary>
    public static Workspace? OfRun(Connection db, string runId) =>
        db.Text("select workspace_id from runs where id = @id", ("@id", runId)) is { } id ? Find(db, id) : null;

    /// <summary>The newest that is or was at that path, or null.</summary>
    public static Workspace? At(Connection db, string path) =>
        db.First(Select + " where path = @path order by created_at desc limit 1", Read, ("@path", path));

    /// <summary>All that were not removed, oldest first.</summary>
    public static IReadOnlyList<Workspace> List(Connection db) => db.Query(Select + " where status <> 'removed' order by created_at", Read);

    /// <summary>Records a workspace before it is made, so that a crash leaves a row to reconcile and not a stray folder.</summary>
    public static Workspace Plan(WriteTransaction transaction, Workspace plan, string? runId)
    {
        transaction.Db.Execute(
            "insert into workspaces (id, session_id, project, kind, path, start, common, branch, base, status, ports_from, ports_count, "
            + "created_at, updated_at) values (@id, @session, @project, @kind, @path, @start, @common, @branch, @base, @status, @from, "
            + "@count, @now, @now2)",
            ("@from", plan.Ports?.From), ("@count", plan.Ports?.Count),
            ("@id", plan.Id), ("@session", plan.SessionId), ("@project", plan.Project), ("@kind", plan.Kind), ("@path", plan.Path),
            ("@start", plan.Start), ("@common", plan.Common), ("@branch", plan.Branch), ("@base", plan.Base),
            ("@status", plan.Status), ("@now", transaction.Now), ("@now2", transaction.Now));
        if (runId is not null)
            Use(transaction, plan, runId, plan.Base);
        return plan;
    }

    /// <summary>The run works there from now on, starting at the given commit.</summary>
    public static void Use(WriteTransaction transaction, Workspace workspace, string runId, string? startCommit) =>
        transaction.Db.Execute("update runs set workspace_id = @workspace, base = @base where id = @id",
            ("@workspace", workspace.Id), ("@base", startCommit), ("@id", runId));

    /// <summary>Ports of every worktree that was not removed.</summary>
    public static IReadOnlyList<(int From, int Count)> PortsTaken(Connection db) => db.Query(
        "select ports_from, ports_count from workspaces where status <> 'removed' and ports_from is not null",
        row => (row.GetInt32(0), row.GetInt32(1)));

    /// <summary>The project's setup was done there.</summary>
    public static void IsSetUp(WriteTransaction transaction, string id) =>
        transaction.Db.Execute("update workspaces set set_up_at = @now where id = @id", ("@now", transaction.Now), ("@id", id));

    /// <summary>Somebody wants it removed once the project's teardown is done, or, with null, nobody does any more.</summary>
    public static void WantRemoval(WriteTransaction transaction, string id, string? actor) => transaction.Db.Execute(
        "update workspaces set removal_at = @at, removal_actor = @actor where id = @id",
        ("@at", actor is null ? null : transaction.Now), ("@actor", actor), ("@id", id));

    /// <summary>Those that somebody wants removed.</summary>
    public static IReadOnlyList<Workspace> ToRemove(Connection db) =>
        db.Query(Select + " where status <> 'removed' and removal_at is not null order by removal_at", Read);

    /// <summary>The folder is there now.</summary>
    /// <param name="from">Whose results are in it besides the project's own, in words.</param>
    public Workspace Made(WriteTransaction transaction, Workspace workspace, string runId, IReadOnlyList<string>? from = null)
    {
        Set(transaction, workspace, "in_use");
        Use(transaction, workspace, runId, workspace.Base);
        var data = Describe(workspace);
        if (from is { Count: > 0 })
            data["from"] = new JsonArray([.. from.Select(one => (JsonNode)one)]);
        events.Append(transaction, new NewEvent(WorkspaceEvents.Created, "daemon", data, workspace.SessionId, runId));
        return workspace with { Status = "in_use" };
    }

    /// <summary>The folder is there now, for somebody who is no run of ours.</summary>
    public void MadeFor(WriteTransaction transaction, Workspace workspace, string actor, IReadOnlyList<string> from)
    {
        Set(transaction, workspace, "ready", workspace.Note);
        var data = Describe(workspace);
        if (workspace.Note is { } note)
            data["note"] = note;
        if (from.Count > 0)
            data["from"] = new JsonArray([.. from.Select(one => (JsonNode)one)]);
        events.Append(transaction, new NewEvent(WorkspaceEvents.Created, actor, data, workspace.SessionId));
    }

    /// <summary>The worktree of a snapshot is there now.</summary>
    public void Restored(WriteTransaction transaction, Workspace workspace, string runId, string snapshotRef, string actor)
    {
        Set(transaction, workspace, "ready", workspace.Note);
        events.Append(transaction, new NewEvent(WorkspaceEvents.Restored, actor, new JsonObject
        {
            ["workspace_id"] = workspace.Id, ["path"] = workspace.Path, ["branch"] = workspace.Branch, ["snapshot_ref"] = snapshotRef,
        }, workspace.SessionId, runId));
    }

    /// <summary>Tells of something about it, within a run.</summary>
    public void Warn(WriteTransaction transaction, Workspace workspace, string runId, string type, JsonObject data) =>
        events.Append(transaction, new NewEvent(type, "daemon", data, workspace.SessionId, runId));

    /// <summary>
    /// A run is done with it. Nothing else changes: the base stays the commit the whole work began with, whatever commit this run did.
    /// </summary>
    public static void Ready(WriteTransaction transaction, string id) =>
        transaction.Db.Execute("update workspaces set status = 'ready', updated_at = @now where id = @id",
            ("@now", transaction.Now), ("@id", id));

    /// <summary>The work is compared with another commit from now on: one that was merged into it.</summary>
    public static void BeginsAt(WriteTransaction transaction, Workspace workspace) =>
        transaction.Db.Execute("update workspaces set base = @base, updated_at = @now where id = @id",
            ("@base", workspace.Base), ("@now", transaction.Now), ("@id", workspace.Id));

    public static void Set(WriteTransaction transaction, Workspace workspace, string status, string? note = null) =>
        transaction.Db.Execute(
            // The commit a worktree was made from stays: a later run's own beginning is that run's.
            "update workspaces set status = @status, path = @path, start = @start, common = @common, branch = @branch, "
            + "base = coalesce(base, @base), "
            + "kind = @kind, note = coalesce(@note, note), updated_at = @now where id = @id",
            ("@status", status), ("@path", workspace.Path), ("@start", workspace.Start), ("@common", workspace.Common),
            ("@branch", workspace.Branch), ("@base", workspace.Base), ("@kind", workspace.Kind), ("@note", note),
            ("@now", transaction.Now), ("@id", workspace.Id));

    /// <summary>The folder was removed; where its work is stands in the note.</summary>
    /// <param name="snapshotRef">The ref of a copy of its uncommitted work; null when there was none.</param>
    public void Removed(WriteTransaction transaction, Workspace workspace, string note, string? snapshotRef, string actor)
    {
        Set(transaction, workspace, "removed", note);
        var data = Describe(workspace);
        data["note"] = note;
        data["snapshot_ref"] = snapshotRef;
        events.Append(transaction, new NewEvent(WorkspaceEvents.Removed, actor, data, workspace.SessionId));
    }

    /// <summary>A clean-up left it where it is, for the reason in the note.</summary>
    public void Kept(WriteTransaction transaction, Workspace workspace, string note, string actor)
    {
        Set(transaction, workspace, "kept", note);
        var data = Describe(workspace);
        data["note"] = note;
        events.Append(transaction, new NewEvent(WorkspaceEvents.Kept, actor, data, workspace.SessionId));
    }

    static JsonObject Describe(Workspace workspace) => new()
    {
        ["workspace_id"] = workspace.Id,
        ["kind"] = workspace.Kind,
        ["path"] = workspace.Path,
        ["branch"] = workspace.Branch,
        ["base"] = workspace.Base,
    };

    static Workspace Read(Microsoft.Data.Sqlite.SqliteDataReader row) =>
        new(row.GetString(0), row.GetString(1), row.TextOrNull(2), row.GetString(3),
            row.GetString(4), row.TextOrNull(5), row.TextOrNull(6), row.GetString(7), row.TextOrNull(8))
        {
            Start = row.GetString(9),
            Common = row.TextOrNull(10),
            Ports = row.LongOrNull(11) is { } from ? ((int)from, row.GetInt32(12)) : null,
            SetUp = row.LongOrNull(13) is not null,
            Removal = row.TimeOrNull(14) is { } at ? (at, row.TextOrNull(15) ?? "") : null,
        };
}
