using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Orchestrator.Store;

namespace Orchestrator.Plans;

/// <summary>What a step changes besides the status.</summary>
sealed record WishChange
{
    public string? RunId { get; init; }
    public string? PlanId { get; init; }
    public string? Problem { get; init; }
    public IReadOnlyList<ImportFinding> Findings { get; init; } = [];
}

/// <summary>Wishes in the store. <see cref="Advance"/> is the one place that writes a wish's status, each time with its event.</summary>
sealed class WishStore(PlanStore plans)
{
    const string Select = "select w.id, w.number, w.body, w.project, w.status, w.run_id, w.plan_id, w.starts, w.repeats, w.problem, "
        + "w.findings, w.created_by, w.created_at, w.updated_at from wishes w ";

    /// <summary>Called after COMMIT when a wish may have something to do.</summary>
    public event Action? Stirred;

    public PlanStore Plans => plans;

    public Database Store => plans.Store;

    public static Wish Resolve(Connection db, string idOrPrefix) => Get(db, Prefixes.Resolve(db, "wishes", "wish", idOrPrefix));

    public static Wish Get(Connection db, string id) =>
        db.First(Select + "where w.id = @id", Read, ("@id", id)) ?? throw Fault.NotFound("wish", id);

    /// <summary>The newest first.</summary>
    public static IReadOnlyList<Wish> List(Connection db, string? status, long before, long limit) =>
        db.Query(Select + "where w.number < @before and (@any = 1 or w.status = @status) order by w.number desc limit @limit", Read,
            ("@before", before), ("@any", status is null ? 1 : 0), ("@status", status ?? ""), ("@limit", limit));

    /// <summary>Those that a run plans, the oldest first.</summary>
    public static IReadOnlyList<Wish> Planning(Connection db) =>
        db.Query(Select + "where w.status = 'planning' order by w.number", Read);

    public Wish Insert(WriteTransaction transaction, string id, string text, string? project, string runId, bool starts, string actor)
    {
        transaction.Db.Execute(
            "insert into wishes (id, number, body, project, status, run_id, starts, created_by, created_at, updated_at) values (@id, @no, "
            + "@body, @project, 'planning', @run, @starts, @by, @now, @now2)",
            ("@id", id), ("@no", transaction.Next("plan_no")), ("@body", text), ("@project", project ?? ""), ("@run", runId),
            ("@starts", starts ? 1 : 0), ("@by", actor), ("@now", transaction.Now), ("@now2", transaction.Now));
        Append(transaction, PlanEvents.Wished, actor, new JsonObject { ["wish_id"] = id, ["run_id"] = runId, ["project"] = project });
        return Get(transaction.Db, id);
    }

    /// <summary>Moves a wish one step; null when it is not where the step begins.</summary>
    public Wish? Advance(WriteTransaction transaction, string id, WishStep step, WishChange change, string actor)
    {
        var wish = Get(transaction.Db, id);
        if (WishLifecycle.Next(wish.State, step) is not { } next)
            return null;
        transaction.Db.Execute(
            "update wishes set status = @status, run_id = @run, plan_id = @plan, problem = @problem, findings = @findings, repeats = "
            + "case when @again = 1 then 0 else repeats end, updated_at = @now where id = @id and status = @expected",
            ("@status", WishLifecycle.Word(next)), ("@run", change.RunId ?? wish.RunId), ("@plan", change.PlanId),
            ("@problem", change.Problem), ("@findings", Write(change.Findings)), ("@again", step == WishStep.Again ? 1 : 0),
            ("@now", transaction.Now), ("@id", id), ("@expected", wish.Status));
        var now = Get(transaction.Db, id);
        Append(transaction, step switch
        {
            WishStep.Plan => PlanEvents.WishPlanned,
            WishStep.GiveUp => PlanEvents.WishFailed,
            _ => PlanEvents.Wished,
        }, actor, step switch
        {
            WishStep.Plan => new JsonObject { ["wish_id"] = id, ["run_id"] = now.RunId, ["plan_id"] = now.PlanId },
            WishStep.GiveUp => new JsonObject { ["wish_id"] = id, ["run_id"] = now.RunId, ["problem"] = now.Problem },
            _ => new JsonObject { ["wish_id"] = id, ["run_id"] = now.RunId, ["project"] = now.Project },
        });
        return now;
    }

    /// <summary>A result went back to the planner; it is planned on by another run.</summary>
    public void Return(WriteTransaction transaction, Wish wish, string nextRun, string problem, IReadOnlyList<ImportFinding> findings)
    {
        transaction.Db.Execute("update wishes set run_id = @run, repeats = repeats + 1, problem = @problem, findings = @findings, "
            + "updated_at = @now where id = @id and status = 'planning'", ("@run", nextRun), ("@problem", problem),
            ("@findings", Write(findings)), ("@now", transaction.Now), ("@id", wish.Id));
        Append(transaction, PlanEvents.WishReturned, PlanStore.Actor, new JsonObject
        {
            ["wish_id"] = wish.Id,
            ["run_id"] = wish.RunId,
            ["next_run_id"] = nextRun,
            ["problem"] = problem,
        });
    }

    /// <summary>Recovery went on with another run: that one's result counts.</summary>
    public static void FollowRun(WriteTransaction transaction, string id, string runId) => transaction.Db.Execute(
        "update wishes set run_id = @run, updated_at = @now where id = @id and status = 'planning'", ("@run", runId),
        ("@now", transaction.Now), ("@id", id));

    /// <summary>Tells the worker to look, after COMMIT.</summary>
    public void Stir(WriteTransaction transaction) => transaction.AfterCommit(() => Stirred?.Invoke());

    void Append(WriteTransaction transaction, string type, string actor, JsonObject data)
    {
        plans.Append(transaction, type, actor, null, data);
        Stir(transaction);
    }

    static string Write(IReadOnlyList<ImportFinding> findings) =>
        JsonSerializer.Serialize(findings, PlansJson.Default.IReadOnlyListImportFinding);

    static Wish Read(SqliteDataReader row) => new()
    {
        Id = row.GetString(0),
        Number = row.GetInt64(1),
        Text = row.GetString(2),
        Project = row.GetString(3) is { Length: > 0 } project ? project : null,
        State = EnumWords.Read<WishStatus>(row.GetString(4)),
        RunId = row.GetString(5),
        PlanId = row.TextOrNull(6),
        Starts = row.GetInt64(7) == 1,
        Repeats = row.GetInt64(8),
        Problem = row.TextOrNull(9),
        Findings = JsonSerializer.Deserialize(row.GetString(10), PlansJson.Default.IReadOnlyListImportFinding)!,
        CreatedBy = row.GetString(11),
        CreatedAt = row.Time(12),
        UpdatedAt = row.Time(13),
    };
}
