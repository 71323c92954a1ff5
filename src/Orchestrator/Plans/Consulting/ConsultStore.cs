using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Orchestrator.Items;
using Orchestrator.Store;

namespace Orchestrator.Plans;

/// <summary>Questions to controllers in the store. <see cref="End"/> is the one place that ends one, with its event.</summary>
sealed class ConsultStore(PlanStore plans)
{
    const string Select = "select id, plan_id, kind, about, state, run_id, repeats, answer, problem, late_at, created_by, created_at, "
        + "ended_at from plan_consults ";

    const int MostShown = 20;

    /// <summary>Called after COMMIT when a question may have its answer.</summary>
    public event Action? Stirred;

    public PlanStore Plans => plans;

    public Database Store => plans.Store;

    /// <summary>Those that wait for their answer, the oldest first.</summary>
    public static IReadOnlyList<Consult> Asked(Connection db) => db.Query(Select + "where state = 'asked' order by number", Read);

    public static Consult Get(Connection db, string id) => db.First(Select + "where id = @id", Read, ("@id", id))
        ?? throw Fault.NotFound("question", id);

    /// <summary>The last ones of a plan, the newest first.</summary>
    public static IReadOnlyList<Consult> OfPlan(Connection db, string planId) => db.Query(
        Select + "where plan_id = @plan order by number desc limit @most", Read, ("@plan", planId), ("@most", MostShown));

    public static bool IsAsked(Connection db, string planId, string kind) => db.Number(
        "select 1 from plan_consults where plan_id = @plan and kind = @kind and state = 'asked'", ("@plan", planId),
        ("@kind", kind)) is not null;

    /// <summary>What a pass must know of them.</summary>
    public static ConsultFacts Facts(Connection db, string planId) => new(
        db.Text("select answer from plan_consults where plan_id = @plan and kind = 'order' and state <> 'asked' "
            + "order by number desc limit 1", ("@plan", planId)) is { } order ? TextsOf(order) : null,
        IsAsked(db, planId, ConsultKinds.Order),
        db.Query("select about from plan_consults where plan_id = @plan and kind = 'decide'", row => TextsOf(row.GetString(0)),
            ("@plan", planId)).SelectMany(about => about).ToHashSet(StringComparer.Ordinal));

    /// <summary>Keeps a question. Its run is queued in the same transaction.</summary>
    /// <param name="about">Ids of items.</param>
    public Consult Insert(WriteTransaction transaction, string planId, string kind, IReadOnlyList<string> about, string? runId,
        string actor)
    {
        var id = Ids.New();
        var late = transaction.Now + (long)ConsultKinds.Patience(kind).TotalMicroseconds;
        transaction.Db.Execute(
            "insert into plan_consults (id, number, plan_id, kind, about, state, run_id, late_at, created_by, created_at) values (@id, "
            + "@no, @plan, @kind, @about, 'asked', @run, @late, @by, @now)",
            ("@id", id), ("@no", transaction.Next("plan_no")), ("@plan", planId), ("@kind", kind), ("@about", ItemStore.List(about)),
            ("@run", runId), ("@late", late), ("@by", actor), ("@now", transaction.Now));
        Append(transaction, PlanEvents.Consulted, actor, new JsonObject
        {
            ["plan_id"] = planId, ["consult_id"] = id, ["kind"] = kind, ["run_id"] = runId, ["items"] = about.Count,
        });
        return Get(transaction.Db, id);
    }

    /// <summary>Recovery went on with another run: that one's answer counts.</summary>
    public static void FollowRun(WriteTransaction transaction, string id, string runId) => transaction.Db.Execute(
        "update plan_consults set run_id = @run where id = @id and state = 'asked'", ("@run", runId), ("@id", id));

    /// <summary>An answer went back, once.</summary>
    public void Return(WriteTransaction transaction, Consult consult, string nextRun, string problem)
    {
        transaction.Db.Execute("update plan_consults set run_id = @run, repeats = repeats + 1 where id = @id and state = 'asked'",
            ("@run", nextRun), ("@id", consult.Id));
        Append(transaction, PlanEvents.ConsultReturned, PlanStore.Actor, new JsonObject
        {
            ["plan_id"] = consult.PlanId, ["consult_id"] = consult.Id, ["run_id"] = consult.RunId, ["next_run_id"] = nextRun,
            ["problem"] = problem,
        });
    }

    /// <summary>Ends a question: its answer holds, or the rules' does.</summary>
    /// <param name="answer">What holds.</param>
    /// <param name="problem">Why the rules' does; null when it is the controller's.</param>
    /// <param name="why">In the controller's words.</param>
    public Consult? End(WriteTransaction transaction, Consult consult, IReadOnlyList<string>? answer, string? problem, string? why = null)
    {
        var state = ConsultLifecycle.Next(Get(transaction.Db, consult.Id).State,
            problem is null ? ConsultStep.Use : ConsultStep.Overrule);
        if (state is not { } next)
            return null;
        transaction.Db.Execute("update plan_consults set state = @state, answer = @answer, problem = @problem, ended_at = @now "
            + "where id = @id and state = 'asked'", ("@state", ConsultLifecycle.Word(next)),
            ("@answer", answer is null ? null : ItemStore.List(answer)), ("@problem", problem), ("@now", transaction.Now),
            ("@id", consult.Id));
        var data = new JsonObject
        {
            ["plan_id"] = consult.PlanId, ["consult_id"] = consult.Id, ["kind"] = consult.Kind, ["run_id"] = consult.RunId,
            ["answer"] = answer is null ? null : new JsonArray([.. answer.Take(MostShown).Select(one => (JsonNode)one)]),
        };
        (data[problem is null ? "why" : "problem"], var type) = (problem ?? why, problem is null ? PlanEvents.ConsultUsed
            : PlanEvents.ConsultOverruled);
        Append(transaction, type, problem is null && consult.RunId is { } run ? $"run:{run}" : PlanStore.Actor, data);
        plans.Stir(transaction);
        return Get(transaction.Db, consult.Id);
    }

    /// <summary>Tells the worker to look, after COMMIT.</summary>
    public void Stir(WriteTransaction transaction) => transaction.AfterCommit(() => Stirred?.Invoke());

    void Append(WriteTransaction transaction, string type, string actor, JsonObject data)
    {
        plans.Append(transaction, type, actor, null, data);
        Stir(transaction);
    }

    static IReadOnlyList<string> TextsOf(string stored) => JsonSerializer.Deserialize(stored, ItemJson.Default.IReadOnlyListString) ?? [];

    static Consult Read(SqliteDataReader row) => new()
    {
        Id = row.GetString(0),
        PlanId = row.GetString(1),
        Kind = row.GetString(2),
        About = TextsOf(row.GetString(3)),
        State = EnumWords.Read<ConsultState>(row.GetString(4)),
        RunId = row.TextOrNull(5),
        Repeats = row.GetInt64(6),
        Answer = row.TextOrNull(7) is { } answer ? TextsOf(answer) : null,
        Problem = row.TextOrNull(8),
        LateAt = row.Time(9),
        CreatedBy = row.GetString(10),
        CreatedAt = row.Time(11),
        EndedAt = row.TimeOrNull(12),
    };
}
