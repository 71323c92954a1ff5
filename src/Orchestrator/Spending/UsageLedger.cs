using Microsoft.Data.Sqlite;
using Orchestrator.Agents;
using Orchestrator.Runs;
using Orchestrator.Store;

namespace Orchestrator.Spending;

/// <summary>
/// What runs used, day by day. Written in the transaction that stores what the agent said, from the run's own total: whatever is read
/// again after a crash is counted once. The daily sums are kept in step, so that nobody has to add up runs.
/// </summary>
sealed class UsageLedger(TimeProvider clock)
{
    const string Columns = "input, cached, output, micros, estimated, unpriced";

    /// <summary>One line of the ledger: what a run used on a day.</summary>
    sealed record Row(string Project, string Profile, string Agent, string Model, Spent Spent);

    /// <summary>Brings the run's rows up to its total; the day it counted for.</summary>
    public string Record(WriteTransaction transaction, Run run, Usage usage)
    {
        var (db, day) = (transaction.Db, LocalDay.Of(transaction.Now, clock));
        var earlier = db.First($"select {Sums} from run_usage where run_id = @run and day <> @day", row => Tuple.Create(Read(row, 0)),
            ("@run", run.Id), ("@day", day))!.Item1;
        var before = db.First($"select project, profile, agent, model, {Columns} from run_usage where run_id = @run and day = @day",
            row => new Row(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), Read(row, 4)),
            ("@run", run.Id), ("@day", day));
        var now = new Row(before?.Project ?? ProjectOf(db, run.SessionId), run.Profile, run.Agent, run.Model ?? "",
            Spent.Of(usage) - earlier);
        db.Execute($"insert into run_usage (run_id, day, session_id, project, profile, agent, model, {Columns}) values (@run, @day, "
            + "@session, @project, @profile, @agent, @model, @input, @cached, @output, @micros, @estimated, "
            + "@unpriced) on conflict (run_id, day) do update set model = excluded.model, input = excluded.input, "
            + "cached = excluded.cached, output = excluded.output, micros = excluded.micros, "
            + "estimated = excluded.estimated, unpriced = excluded.unpriced",
            [("@run", run.Id), ("@day", day), ("@session", run.SessionId), .. Values(now, now.Spent)]);
        // A run of two days counts as a run of the first.
        var first = earlier == default ? 1 : 0;
        if (before is not null)
            Add(db, day, before, -first, default(Spent) - before.Spent);
        Add(db, day, now, first, now.Spent);
        return day;
    }

    /// <summary>All of a day, or of a day of one project.</summary>
    public static Spent OfDay(Connection db, string day, string? project) => db.First(
        $"select {Sums} from usage_days where day = @day{(project is null ? "" : " and project = @project")}",
        row => Tuple.Create(Read(row, 0)), project is null ? [("@day", day)] : [("@day", day), ("@project", project)])!.Item1;

    /// <summary>Sums of the columns as <see cref="Read"/> takes them.</summary>
    public const string Sums = "coalesce(sum(input), 0), coalesce(sum(cached), 0), coalesce(sum(output), 0), coalesce(sum(micros), 0), "
        + "coalesce(sum(estimated), 0), coalesce(sum(unpriced), 0)";

    /// <summary>Six columns from <paramref name="at"/> on.</summary>
    public static Spent Read(SqliteDataReader row, int at) => new(row.GetInt64(at), row.GetInt64(at + 1), row.GetInt64(at + 2),
        row.GetInt64(at + 3), row.GetInt64(at + 4), row.GetInt64(at + 5));

    /// <summary>The project of a session; empty for none.</summary>
    public static string ProjectOf(Connection db, string sessionId) =>
        db.Text("select project from sessions where id = @id", ("@id", sessionId)) ?? "";

    static void Add(Connection db, string day, Row row, int runs, Spent more) => db.Execute(
        $"insert into usage_days (day, project, profile, agent, model, runs, {Columns}) values (@day, @project, @profile, @agent, @model, "
        + "@runs, @input, @cached, @output, @micros, @estimated, @unpriced) "
        + "on conflict (day, project, profile, agent, model) do update set runs = runs + excluded.runs, "
        + "input = input + excluded.input, cached = cached + excluded.cached, output = output + excluded.output, "
        + "micros = micros + excluded.micros, estimated = estimated + excluded.estimated, unpriced = unpriced + excluded.unpriced",
        [("@day", day), ("@runs", runs), .. Values(row, more)]);

    static (string, object?)[] Values(Row row, Spent spent) =>
    [
        ("@project", row.Project), ("@profile", row.Profile), ("@agent", row.Agent), ("@model", row.Model), ("@input", spent.Input),
        ("@cached", spent.Cached), ("@output", spent.Output), ("@micros", spent.Micros), ("@estimated", spent.Estimated),
        ("@unpriced", spent.Unpriced),
    ];
}
