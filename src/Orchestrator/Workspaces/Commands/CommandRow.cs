using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Orchestrator.Store;

namespace Orchestrator.Workspaces;

/// <summary>One command of a project's setup or teardown in a worktree, as it is stored.</summary>
/// <param name="Batch">What it was run for.</param>
/// <param name="RunId">The run that waits for it; null for a teardown.</param>
/// <param name="Kind">setup or teardown.</param>
/// <param name="Step">Its place in the project's list, 0 first.</param>
/// <param name="ProjectFolder">The project's own folder.</param>
/// <param name="Status">running, succeeded, failed, timed_out or stopped (not wanted any more).</param>
/// <param name="Problem">Why it could not be started or followed.</param>
sealed record CommandRow(string Id, string WorkspaceId, string Batch, string? RunId, string Kind, int Step, IReadOnlyList<string> Argv,
    string ProjectFolder, string Status, int? ExitCode, string? Problem, TimeSpan Limit, DateTimeOffset StartedAt, DateTimeOffset? EndedAt)
{
    const string Select = "select id, workspace_id, batch, run_id, kind, step, argv, project_folder, status, exit_code, problem, "
        + "limit_us, started_at, ended_at from workspace_commands";

    public static CommandRow? Find(Connection db, string id) => db.First(Select + " where id = @id", Read, ("@id", id));

    /// <summary>The newest of one step for the same batch, or null.</summary>
    public static CommandRow? Last(Connection db, string workspaceId, string batch, string kind, int step) => db.First(
        Select + " where workspace_id = @workspace and batch = @batch and kind = @kind and step = @step order by started_at desc limit 1",
        Read, ("@workspace", workspaceId), ("@batch", batch), ("@kind", kind), ("@step", step));

    /// <summary>All of a worktree, oldest first, the newest 100.</summary>
    public static IReadOnlyList<CommandRow> Of(Connection db, string workspaceId) =>
        [.. Enumerable.Reverse(
            db.Query(Select + " where workspace_id = @workspace order by started_at desc limit 100", Read, ("@workspace", workspaceId)))];

    /// <summary>Those that have not ended.</summary>
    public static IReadOnlyList<CommandRow> Open(Connection db) => db.Query(Select + " where ended_at is null", Read);

    public static void Begin(WriteTransaction transaction, CommandRow row) => transaction.Db.Execute(
        "insert into workspace_commands (id, workspace_id, batch, run_id, kind, step, argv, project_folder, status, limit_us, started_at) "
        + "values (@id, @workspace, @batch, @run, @kind, @step, @argv, @project, 'running', @limit, @now)",
        ("@project", row.ProjectFolder),
        ("@id", row.Id), ("@workspace", row.WorkspaceId), ("@batch", row.Batch), ("@run", row.RunId), ("@kind", row.Kind),
        ("@step", row.Step), ("@argv", JsonSerializer.Serialize(row.Argv, StepJson.Default.IReadOnlyListString)),
        ("@limit", (long)row.Limit.TotalMicroseconds), ("@now", transaction.Now));

    /// <summary>A fence greater than any before, for whoever holds it from now on; null when it has ended.</summary>
    public static int? Claim(WriteTransaction transaction, string id) => (int?)transaction.Db.Number(
        "update workspace_commands set fence = fence + 1 where id = @id and ended_at is null returning fence", ("@id", id));

    /// <summary>False when somebody recorded its end before.</summary>
    public static bool End(WriteTransaction transaction, string id, string status, int? exitCode, string? problem) =>
        transaction.Db.Execute(
        "update workspace_commands set status = @status, exit_code = @code, problem = @problem, ended_at = @now "
        + "where id = @id and ended_at is null",
        ("@status", status), ("@code", exitCode), ("@problem", problem), ("@now", transaction.Now), ("@id", id)) == 1;

    public JsonObject Describe() => new()
    {
        ["id"] = Id,
        ["kind"] = Kind,
        ["step"] = Step,
        ["argv"] = new JsonArray([.. Argv.Select(word => (JsonNode)word)]),
        ["run_id"] = RunId,
        ["status"] = Status,
        ["exit_code"] = ExitCode,
        ["problem"] = Problem,
        ["started_at"] = StartedAt.UtcDateTime,
        ["ended_at"] = EndedAt?.UtcDateTime,
    };

    static CommandRow Read(Microsoft.Data.Sqlite.SqliteDataReader row) => new(
        row.GetString(0), row.GetString(1), row.GetString(2), row.TextOrNull(3), row.GetString(4), row.GetInt32(5),
        JsonSerializer.Deserialize(row.GetString(6), StepJson.Default.IReadOnlyListString) ?? [], row.GetString(7), row.GetString(8),
        (int?)row.LongOrNull(9), row.TextOrNull(10), TimeSpan.FromMicroseconds(row.GetInt64(11)), row.Time(12), row.TimeOrNull(13));
}

/// <summary>JSON of argument lists as they are stored.</summary>
[JsonSerializable(typeof(IReadOnlyList<string>))]
sealed partial class StepJson : JsonSerializerContext;
