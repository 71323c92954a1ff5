using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Orchestrator.Items;
using Orchestrator.Runs;
using Orchestrator.Spending;
using Orchestrator.Store;

namespace Orchestrator.Board;

/// <summary>
/// Reads what cards are made of: a handful of queries over all of them, each by an index, and none for a single card. The descriptions,
/// prompts and outputs that make rows long are left where they are.
/// </summary>
static class CardRows
{
    /// <summary>Items that have not ended, at most; more than anybody looks at.</summary>
    public const int MostOpen = 5000;

    /// <summary>Events back from a run's newest among which its last words are looked for.</summary>
    const int EventsBack = 40;

    const string Select = """
        select i.id, i.number, i.title, i.project, i.plan_id, i.phase, i.phase_no, i.parent_id, i.kind, i.priority, i.labels, i.status,
               i.writes, i.reads, i.touched, i.profile, i.open_dependencies, i.steps, i.attempts, i.idle_runs, i.not_before, i.unchecked,
               i.agent_id, i.lease_id, i.created_at, i.updated_at,
               r.id, r.status, r.profile, r.agent, r.model, r.protection, r.waiting_for, r.not_before, coalesce(r.provider, r.agent),
               coalesce(json_extract(r.result, '$.summary'), r.last_message), r.git_diff_stat, r.ended_at,
               (select e.seq from events e where e.item_id = i.id and e.type = 'item.moved' order by e.seq desc limit 1), r.health
        from json_each(@ids) k join items i on i.id = k.value left join runs r on r.id = i.run_id order by i.number
        """;

    /// <summary>Ids of all that have not ended, in the order of their numbers.</summary>
    public static IReadOnlyList<string> Open(Connection db, string? project) => db.Query(
        "select id from items where status in ('inbox', 'planning', 'ready', 'in_flight', 'review', 'blocked', 'failed')"
        + (project is null ? "" : " and project = @project") + $" order by number limit {MostOpen}", row => row.GetString(0),
        project is null ? [] : [("@project", project)]);

    /// <summary>Those that have ended, newest first, before a place in that order.</summary>
    public static IReadOnlyList<EndedItem> Ended(Connection db, string? project, EndedItem before, int limit) => db.Query(
        "select id, updated_at, number from items where status in ('done', 'canceled', 'skipped') "
        + "and (updated_at, number) < (@at, @number)" + (project is null ? "" : " and project = @project")
        + " order by updated_at desc, number desc limit @limit",
        row => new EndedItem(row.GetString(0), row.GetInt64(1), row.GetInt64(2)),
        [
            ("@at", before.At), ("@number", before.Number), ("@limit", limit),
            .. project is null ? [] : new[] { ("@project", (object?)project) },
        ]);

    /// <summary>What is known of these items, in the order of their numbers.</summary>
    public static IReadOnlyList<CardFacts> Read(Connection db, IReadOnlyList<string> ids)
    {
        var wanted = Json(ids);
        var rows = db.Query(Select, Row, ("@ids", wanted));
        var moves = Moves(db, rows);
        var causes = Causes(db, wanted);
        var (dependencies, open) = Waiting(db, wanted);
        var steps = Steps(db, wanted);
        var spent = SpentOf(db, wanted);
        var checks = Checks(db, wanted);
        var rounds = Rounds(db, wanted);
        var deliveries = Deliveries(db, rows);
        var landings = db.Query("select item_id from item_landings", row => row.GetString(0)).ToHashSet();
        var free = db.Query("select provider, until from cool_downs where until is not null", row => (row.GetString(0), row.Time(1)))
            .ToDictionary(row => row.Item1, row => row.Item2);
        var said = Said(db, rows);
        return [.. rows.Select(row => row.Facts with
        {
            Item = row.Facts.Item with { Causes = causes.GetValueOrDefault(row.Id) ?? [] },
            MovedAt = moves.GetValueOrDefault(row.MoveSeq)?.At,
            From = moves.GetValueOrDefault(row.MoveSeq)?.From,
            Dependencies = dependencies.GetValueOrDefault(row.Id),
            OpenDependencies = open.GetValueOrDefault(row.Id) ?? [],
            OpenSteps = steps.GetValueOrDefault(row.Id),
            Spent = spent.TryGetValue(row.Id, out var sum) ? sum : null,
            Check = checks.GetValueOrDefault(row.Id),
            Round = rounds.GetValueOrDefault(row.Id),
            Delivery = row.RunId is { } run ? deliveries.GetValueOrDefault(run) : null,
            IsLanding = landings.Contains(row.Id),
            ProviderFree = row.Facts.Run is { } of && free.TryGetValue(of.Provider, out var until) ? until : null,
            LastEvent = row.RunId is { } id && said.TryGetValue(id, out var last) ? last : null,
        })];
    }

    /// <summary>A row with what the further queries ask by.</summary>
    sealed record Found(CardFacts Facts, long MoveSeq)
    {
        public string Id => Facts.Item.Id;

        public string? RunId => Facts.Run?.Id;
    }

    /// <summary>When an item came where it is, and where from.</summary>
    sealed record Move(DateTimeOffset At, ItemStatus? From);

    static Found Row(SqliteDataReader row) => new(new CardFacts(Item(row)) { Run = row.IsDBNull(26) ? null : Run(row) },
        row.LongOrNull(38) ?? 0);

    // Only what its start and its card depend on: the long texts are not read.
    static Item Item(SqliteDataReader row) => new()
    {
        Id = row.GetString(0),
        Number = row.GetInt64(1),
        Title = row.GetString(2),
        Description = "",
        AcceptanceCriteria = [],
        Project = row.GetString(3) is { Length: > 0 } project ? project : null,
        Plan = row.TextOrNull(4),
        Phase = row.TextOrNull(5),
        PhaseNo = row.GetInt64(6),
        Parent = row.TextOrNull(7),
        Kind = row.TextOrNull(8),
        Priority = ItemWords.Priorities[row.GetInt32(9)],
        Labels = Words(row, 10),
        State = EnumWords.Read<ItemStatus>(row.GetString(11)),
        Writes = Words(row, 12),
        Reads = Words(row, 13),
        Touched = Words(row, 14),
        Profile = row.TextOrNull(15),
        OpenDependencies = row.GetInt64(16),
        Steps = row.GetInt64(17),
        Attempts = row.GetInt64(18),
        IdleRuns = row.GetInt64(19),
        NotBefore = row.TimeOrNull(20),
        Unchecked = row.GetInt64(21) == 1,
        AssignedAgentId = row.TextOrNull(22),
        LeaseId = row.TextOrNull(23),
        CreatedAt = row.Time(24),
        UpdatedAt = row.Time(25),
        Complexity = "m",
        Criticality = "normal",
        CreatedBy = "",
    };

    static CardRun Run(SqliteDataReader row) => new(row.GetString(26), row.GetString(27), row.GetString(28), row.GetString(29),
        row.TextOrNull(30), row.TextOrNull(31), row.TextOrNull(32), row.TimeOrNull(33), row.GetString(34), row.TextOrNull(35),
        row.TextOrNull(36))
    {
        IsOpen = row.IsDBNull(37),
        Health = row.IsDBNull(37) ? HealthAtAGlance.Of(row.GetString(27), KeptHealth.Read(row.TextOrNull(39))) : null,
    };

    static Dictionary<long, Move> Moves(Connection db, IEnumerable<Found> rows) => db.Query(
        "select e.seq, e.at, json_extract(e.data, '$.from') from json_each(@seqs) k join events e on e.seq = k.value",
        row => (row.GetInt64(0), new Move(row.Time(1), row.TextOrNull(2) is { } from ? ItemLifecycle.Parse(from) : null)),
        ("@seqs", new JsonArray([.. rows.Where(row => row.MoveSeq > 0).Select(row => (JsonNode)row.MoveSeq)]).ToJsonString()))
        .ToDictionary(row => row.Item1, row => row.Item2);

    /// <summary>What blocks each of the items, in the order in which it came.</summary>
    public static Dictionary<string, IReadOnlyList<ItemCause>> Causes(Connection db, string ids) => db.Query(
        "select c.item_id, c.kind, c.text, c.ref from json_each(@ids) k join item_causes c on c.item_id = k.value order by c.since",
        row => (Item: row.GetString(0), Cause: new ItemCause(row.GetString(1), row.GetString(2), row.GetString(3))), ("@ids", ids))
        .GroupBy(row => row.Item).ToDictionary(group => group.Key, group => (IReadOnlyList<ItemCause>)[.. group.Select(row => row.Cause)]);

    static (Dictionary<string, long> All, Dictionary<string, IReadOnlyList<WaitedFor>> Open) Waiting(Connection db, string ids)
    {
        var rows = db.Query(
            "select d.item_id, o.number, o.title, o.status from json_each(@ids) k join item_dependencies d on d.item_id = k.value "
            + "join items o on o.id = d.on_id order by o.number",
            row => (Item: row.GetString(0), On: new WaitedFor(row.GetInt64(1), row.GetString(2), row.GetString(3))), ("@ids", ids))
            .GroupBy(row => row.Item).ToList();
        return (rows.ToDictionary(group => group.Key, group => (long)group.Count()), rows.ToDictionary(group => group.Key,
            group => (IReadOnlyList<WaitedFor>)[.. group.Select(row => row.On)
                .Where(on => !ItemLifecycle.Fulfils(EnumWords.Read<ItemStatus>(on.Status)))]));
    }

    /// <summary>Steps that are not over, by their parent.</summary>
    static Dictionary<string, long> Steps(Connection db, string ids) => db.Query(
        "select s.parent_id, count(*) from json_each(@ids) k join items s on s.parent_id = k.value "
        + "where s.status not in ('done', 'skipped', 'canceled') group by s.parent_id",
        row => (row.GetString(0), row.GetInt64(1)), ("@ids", ids)).ToDictionary(row => row.Item1, row => row.Item2);

    static Dictionary<string, Spent> SpentOf(Connection db, string ids) => db.Query(
        $"select r.item_id, {UsageLedger.Sums} from json_each(@ids) k join runs r on r.item_id = k.value "
        + "join run_usage u on u.run_id = r.id group by r.item_id", row => (row.GetString(0), UsageLedger.Read(row, 1)), ("@ids", ids))
        .ToDictionary(row => row.Item1, row => row.Item2);

    static Dictionary<string, string> Checks(Connection db, string ids) => db.Query(
        $"select c.item_id, coalesce(c.verdict, '{CardFacts.CheckOpen}') from json_each(@ids) k join checks c on c.created_no = "
        + "(select max(n.created_no) from checks n where n.item_id = k.value and n.delivery_id is null)",
        row => (row.GetString(0), row.GetString(1)), ("@ids", ids)).ToDictionary(row => row.Item1, row => row.Item2);

    /// <summary>The rounds of reviews that are not over, by their item.</summary>
    public static Dictionary<string, OpenRound> Rounds(Connection db, string ids) => db.Query(
        "select o.item_id, o.id, o.state, o.summary, o.created_at from json_each(@ids) k join review_rounds o on o.item_id = k.value "
        + "where o.ended_at is null order by o.no",
        row => (Item: row.GetString(0), Round: new OpenRound(row.GetString(1), row.GetString(2), row.TextOrNull(3), row.Time(4))),
        ("@ids", ids)).GroupBy(row => row.Item).ToDictionary(group => group.Key, group => group.Last().Round);

    static Dictionary<string, CardDelivery> Deliveries(Connection db, IEnumerable<Found> rows) => db.Query(
        "select d.run_id, d.state, p.url from json_each(@runs) k join deliveries d on d.created_no = "
        + "(select max(n.created_no) from deliveries n where n.run_id = k.value) left join pull_requests p on p.delivery_id = d.id",
        row => (row.GetString(0), new CardDelivery(row.GetString(1), row.TextOrNull(2))),
        ("@runs", Json(rows.Select(row => row.RunId).OfType<string>()))).ToDictionary(row => row.Item1, row => row.Item2);

    /// <summary>What runs that go on said last: found from their newest event back, never by a walk through all they said.</summary>
    static Dictionary<string, (string Type, string Data)> Said(Connection db, IEnumerable<Found> rows) => db.Query(
        $"""
        select e.run_id, e.type, e.data from json_each(@runs) k join events e on e.seq = (select max(n.seq) from
          (select seq, type from events where run_id = k.value order by seq desc limit {EventsBack}) n
          where n.type in ('{string.Join("', '", LastLine.Types)}'))
        """,
        row => (Run: row.GetString(0), Said: (row.GetString(1), row.GetString(2))),
        ("@runs", Json(rows.Where(row => row.Facts.Run is { IsOpen: true }).Select(row => row.RunId!))))
        .ToDictionary(row => row.Run, row => row.Said);

    static IReadOnlyList<string> Words(SqliteDataReader row, int column) => row.GetString(column) is var text && text == "[]" ? []
        : JsonSerializer.Deserialize(text, BoardJson.Default.IReadOnlyListString)!;

    /// <summary>Ids as the queries take them.</summary>
    public static string Json(IEnumerable<string> ids) => new JsonArray([.. ids.Select(id => (JsonNode)id)]).ToJsonString();
}

/// <summary>An item that has ended, and its place among them.</summary>
sealed record EndedItem(string Id, long At, long Number)
{
    /// <summary>Before all there are.</summary>
    public static readonly EndedItem Newest = new("", long.MaxValue, long.MaxValue);
}
