using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Orchestrator.Runs;
using Orchestrator.Store;

namespace Orchestrator.Board;

/// <summary>Reads what a timeline is made from: a handful of queries, each by an index.</summary>
static class TimelineRows
{
    /// <summary>Runs and steps of one answer, at most.</summary>
    const int MostRuns = 300, MostSteps = 5000;

    /// <summary>A longer title is cut.</summary>
    const int TitleLength = 200;

    const string Tree = """
        with recursive tree (id) as (
          {0}
          union select r.id from tree t join sessions s on s.parent_run_id = t.id join runs r on r.session_id = s.id)
        select r.id, s.parent_run_id, (select v.round_id from reviews v where v.item_id = r.item_id and v.run_id = r.id),
               coalesce(r.title, s.title, substr(r.prompt, 1, 200)), r.profile, r.status, r.created_at, r.started_at, r.ended_at
        from tree t join runs r on r.id = t.id join sessions s on s.id = r.session_id order by r.queue_no limit @limit
        """;

    /// <summary>Of an item: its runs, reviewers, and everybody they spawned.</summary>
    public static TimelineFacts OfItem(Connection db, string item) => Read(db,
        "select id from runs where item_id = @root union select run_id from reviews where item_id = @root and run_id is not null",
        item, item);

    /// <summary>Of a run and everybody below it.</summary>
    public static TimelineFacts OfRun(Connection db, string run) => Read(db, "select id from runs where id = @root", run, null);

    static TimelineFacts Read(Connection db, string roots, string root, string? item)
    {
        var runs = db.Query(Tree.Replace("{0}", roots, StringComparison.Ordinal), Run, ("@root", root), ("@limit", MostRuns + 1));
        var shown = runs.Take(MostRuns).ToList();
        var ids = new JsonArray([.. shown.Select(run => (JsonNode)run.Id)]).ToJsonString();
        var steps = db.Query("""
            select run_id, type, data, at from events
            where run_id in (select value from json_each(@runs))
              and +type in (@call, @result, @waiting, @resumed) order by seq limit @limit
            """, Step, ("@runs", ids), ("@call", RunEvents.ToolCall), ("@result", RunEvents.ToolResult),
            ("@waiting", RunEvents.Waiting), ("@resumed", RunEvents.Resumed), ("@limit", MostSteps + 1));
        return new TimelineFacts
        {
            Statuses = item is null ? [] : Statuses(db, item),
            Runs = shown,
            Steps = [.. steps.Take(MostSteps)],
            Rows = [.. Requests(db, ids), .. Checks(db, ids, item), .. item is null ? [] : Rounds(db, item), .. Deliveries(db, ids)],
            IsCut = runs.Count > MostRuns || steps.Count > MostSteps,
        };
    }

    static TimedRun Run(SqliteDataReader row) => new(row.GetString(0), row.TextOrNull(1), row.TextOrNull(2),
        $"{Line(row.GetString(3))} ({row.GetString(4)})", row.GetString(5), row.Time(6), row.TimeOrNull(7), row.TimeOrNull(8));

    // {"id":"call_1","name":"shell","input":…} {"id":"call_1","output":…,"exit_code":0,"failed":false} {"for":"request","request_id":…}
    static TimedStep Step(SqliteDataReader row)
    {
        var data = JsonNode.Parse(row.GetString(2));
        return new TimedStep(row.GetString(0), row.GetString(1), (string?)data?["id"],
            Line((string?)data?["name"] ?? (string?)data?["for"] ?? ""), (bool?)data?["failed"] ?? false, row.Time(3));
    }

    static List<TimedStatus> Statuses(Connection db, string item) => db.Query("""
        select type, coalesce(json_extract(data, '$.to'), json_extract(data, '$.status')), json_extract(data, '$.reason'), at
        from events where item_id = @item and +type in ('item.added', 'item.moved') order by seq
        """, row => new TimedStatus(row.GetString(1), row.TextOrNull(2) is { } why ? Line(why) : null, row.Time(3)), ("@item", item));

    static List<TimedRow> Requests(Connection db, string runs) => db.Query("""
        select id, run_id, text, state, to_session_id, created_at, answered_at from requests
        where run_id in (select value from json_each(@runs)) order by created_no
        """, row => new TimedRow(SpanKinds.Request, row.GetString(0), row.GetString(1), Line(row.GetString(2)), row.GetString(3),
        row.IsDBNull(4), row.Time(5), row.TimeOrNull(6)), ("@runs", runs));

    static List<TimedRow> Checks(Connection db, string runs, string? item) => db.Query("""
        select id, run_id, coalesce(summary, kind), coalesce(verdict, state), created_at, ended_at from checks
        where run_id in (select value from json_each(@runs))
        union
        select id, run_id, coalesce(summary, kind), coalesce(verdict, state), created_at, ended_at from checks where item_id = @item
        """, row => new TimedRow(SpanKinds.Check, row.GetString(0), row.TextOrNull(1), Line(row.GetString(2)), row.GetString(3), false,
        row.Time(4), row.TimeOrNull(5)), ("@runs", runs), ("@item", item));

    static List<TimedRow> Rounds(Connection db, string item) => db.Query("""
        select id, run_id, no, state, created_at, ended_at from review_rounds where item_id = @item order by no
        """, row => new TimedRow(SpanKinds.Review, row.GetString(0), row.TextOrNull(1), $"round {row.GetInt64(2)} of reviews",
        row.GetString(3), row.GetString(3) == "waiting", row.Time(4), row.TimeOrNull(5)), ("@item", item));

    static List<TimedRow> Deliveries(Connection db, string runs) => db.Query("""
        select id, run_id, strategy, target, state, created_at, ended_at from deliveries
        where run_id in (select value from json_each(@runs)) order by created_no
        """, row => new TimedRow(SpanKinds.Delivery, row.GetString(0), row.GetString(1),
        $"{row.GetString(2).Replace('_', ' ')} into {Line(row.GetString(3))}", row.GetString(4), false, row.Time(5), row.TimeOrNull(6)),
        ("@runs", runs));

    static string Line(string text)
    {
        var first = text.AsSpan().Trim("# \t\r\n").ToString().Split('\n', 2)[0].Trim();
        return first.Length <= TitleLength ? first : first[..TitleLength] + "…";
    }
}
