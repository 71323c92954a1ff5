using System.Text.Json;
using Microsoft.Data.Sqlite;
using Orchestrator.Agents;
using Orchestrator.Items;
using Orchestrator.Runs;
using Orchestrator.Spending;
using Orchestrator.Store;

namespace Orchestrator.Board;

/// <summary>Reads what may need a person: only what stands, by the indexes of what stands, so the length of the history does not
/// matter.</summary>
static class NeedRows
{
    /// <summary>Of each kind; whoever has more than these to do needs no longer list.</summary>
    const int Most = 500;

    // A request to a parent counts when nobody is there who could answer it. What a session below an item's asks is about that item.
    const string AskedSql = """
        select q.id, q.kind, q.text, q.options, q.detail, q.risk, q.created_at, q.expires_at,
               r.id, coalesce(r.provider, r.agent), r.reason, r.ended_at, coalesce(r.title, s.title), s.project,
               i.id, i.number, i.title, i.project, i.priority
        from requests q join runs r on r.id = q.run_id join sessions s on s.id = q.session_id
        left join items i on i.id = coalesce(r.item_id, (select x.item_id from runs x
          where x.session_id = coalesce(s.root_session_id, s.id) and x.item_id is not null order by x.queue_no desc limit 1))
        where q.state = 'open' and (q.to_session_id is null
          or not exists (select 1 from runs p where p.session_id = q.to_session_id and p.ended_at is null))
        order by q.created_no limit @limit
        """;

    const string DecisionSql = """
        select d.id, p.id, p.title, d.body, d.options, d.created_at, i.id, i.number, i.title, p.project, i.priority
        from plans p join plan_decisions d on d.plan_id = p.id and d.state = 'open' left join items i on i.id = d.item_id
        where p.status in ('running', 'needs_decision') order by d.created_no limit @limit
        """;

    const string StandingSql = """
        select i.id, i.number, i.title, i.project, i.priority, i.status, i.report, i.updated_at,
               r.id, coalesce(r.provider, r.agent), r.reason, r.ended_at,
               (select 1 from runs o where o.item_id = i.id and o.ended_at is null limit 1),
               (select 1 from item_landings l where l.item_id = i.id),
               (select 1 from checks c where c.item_id = i.id and c.ended_at is null and c.delivery_id is null limit 1),
               (select d.state = 'conflict' or coalesce(p.mergeable, 1) = 0 from deliveries d
                  left join pull_requests p on p.delivery_id = d.id where d.run_id = i.run_id order by d.created_no desc limit 1)
        from items i left join runs r on r.id = i.run_id
        where i.status in ('blocked', 'failed', 'review') and i.steps = 0 order by i.number limit @limit
        """;

    const string StalledSql = """
        select r.id, coalesce(r.provider, r.agent), r.reason, r.ended_at, r.health, coalesce(r.title, s.title), s.project,
               i.id, i.number, i.title, i.project, i.priority
        from runs r join sessions s on s.id = r.session_id left join items i on i.id = r.item_id
        where r.ended_at is null and r.status = 'running' and json_extract(r.health, '$.health.verdict') = 'stalled'
        order by r.queue_no limit @limit
        """;

    public static NeedFacts Read(Connection db, TimeProvider clock)
    {
        var standing = Standing(db);
        var asked = db.Query(AskedSql, Asked, ("@limit", Most));
        return new NeedFacts
        {
            Requests = asked,
            Decisions = db.Query(DecisionSql, Decision, ("@limit", Most)),
            Standing = standing,
            Stalled = db.Query(StalledSql, Stalled, ("@limit", Most)),
            Holds = Holds(db, LocalDay.Of(clock.GetUtcNow().Micros(), clock)),
            LoggedOut = LoggedOut(db, [.. asked.Select(one => one.Run), .. standing.Select(one => one.Run).OfType<RunFact>()]),
        };
    }

    static AskedFact Asked(SqliteDataReader row) => new(row.GetString(0), row.GetString(1),
        row.IsDBNull(14) ? new Subject(null, null, row.TextOrNull(12), row.TextOrNull(13), 0) : About(row, 14),
        Run(row, 8)!, row.GetString(2), JsonSerializer.Deserialize(row.GetString(3), BoardJson.Default.IReadOnlyListString)!,
        row.TextOrNull(4) is { } detail ? JsonElement.Parse(detail) : null, row.TextOrNull(5), row.Time(6), row.TimeOrNull(7));

    static StalledFact Stalled(SqliteDataReader row)
    {
        var health = KeptHealth.Read(row.GetString(4))!.Health;
        return new(row.IsDBNull(7) ? new Subject(null, null, row.TextOrNull(5), Named(row.TextOrNull(6)), 0) : About(row, 7), Run(row, 0)!,
            health.Reasons, health.Since);
    }

    static DecisionFact Decision(SqliteDataReader row) => new(row.GetString(0), row.GetString(1), row.GetString(2),
        row.IsDBNull(6) ? new Subject(null, null, null, Named(row.TextOrNull(9)), 0) : About(row, 6),
        row.GetString(3), row.GetString(4).Split(' ', StringSplitOptions.RemoveEmptyEntries), row.Time(5));

    static IReadOnlyList<StandingFact> Standing(Connection db)
    {
        var rows = db.Query(StandingSql, row => new StandingFact(About(row, 0), EnumWords.Read<ItemStatus>(row.GetString(5)), [],
            Run(row, 8), null, !row.IsDBNull(12), !row.IsDBNull(13), !row.IsDBNull(14), row.LongOrNull(15) == 1, row.TextOrNull(6),
            row.Time(7)), ("@limit", Most));
        var ids = CardRows.Json(rows.Select(row => row.Subject.ItemId!));
        var (causes, rounds) = (CardRows.Causes(db, ids), CardRows.Rounds(db, ids));
        return [.. rows.Select(row => row with
        {
            Causes = causes.GetValueOrDefault(row.Subject.ItemId!) ?? [],
            Round = rounds.GetValueOrDefault(row.Subject.ItemId!),
        })];
    }

    static List<HoldFact> Holds(Connection db, string day) => db.Query(
        "select day, project, unit, amount, used, at from spending_holds where day = @day order by project, unit",
        row => new HoldFact(row.GetString(0), row.GetString(1), row.GetString(2),
            DayLimits.Words(row.GetString(1), row.GetString(2), row.GetInt64(3), row.GetInt64(4)), row.Time(5)), ("@day", day));

    static HashSet<string> LoggedOut(Connection db, IReadOnlyList<RunFact> runs) =>
        [.. runs.Where(run => run.Reason == EndReason.AuthRequired).GroupBy(run => run.Provider).Where(group => db.Number("""
            select 1 from runs r where r.queue_no > (select max(m.queue_no) from runs m join json_each(@ids) k on k.value = m.id)
              and coalesce(r.provider, r.agent) = @provider and r.ended_at is not null and r.started_at is not null
              and coalesce(r.reason, '') not in ('auth_required', 'user', 'parent_canceled') limit 1
            """, ("@ids", CardRows.Json(group.Select(run => run.Id))), ("@provider", group.Key)) is null).Select(group => group.Key)];

    // id, number, title, project, priority
    static Subject About(SqliteDataReader row, int at) => new(row.GetString(at), row.GetInt64(at + 1), row.GetString(at + 2),
        Named(row.GetString(at + 3)), row.GetInt32(at + 4));

    // id, provider, reason, ended_at
    static RunFact? Run(SqliteDataReader row, int at) => row.IsDBNull(at) ? null
        : new RunFact(row.GetString(at), row.GetString(at + 1), row.TextOrNull(at + 2), !row.IsDBNull(at + 3));

    static string? Named(string? project) => string.IsNullOrEmpty(project) ? null : project;
}
