using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Orchestrator.Store;

namespace Orchestrator.Items;

/// <summary>Which items a list is about; null members do not narrow it.</summary>
/// <param name="Statuses">Words of statuses; empty for all.</param>
/// <param name="After">Only those with a higher number.</param>
/// <param name="Limit">At most so many.</param>
sealed record ItemQuery(IReadOnlyList<string> Statuses, string? Project, string? Parent, long After, long Limit);

/// <summary>Reading items out of the store.</summary>
static class ItemRows
{
    const string Select = """
        select i.id, i.number, i.title, i.description, i.criteria, i.status, i.priority, i.complexity, i.project, i.plan_id, i.phase,
               i.parent_id, i.kind, i.labels, i.writes, i.reads, i.profile, i.criticality, i.assignee, i.due_date, i.output,
               i.repo_output, i.delivery, i.artifacts, i.report, i.created_by, i.created_at, i.updated_at, i.rank, i.open_dependencies,
               i.steps, i.attempts, i.idle_runs, i.not_before, i.unchecked, i.run_id, i.agent_id, i.lease_id, i.fence,
               (select r.session_id from runs r where r.id = i.run_id),
               (select json_group_array(d.on_id) from item_dependencies d where d.item_id = i.id),
               (select json_group_array(d.item_id) from item_dependencies d where d.on_id = i.id),
               (select json_group_array(json_object('kind', c.kind, 'text', c.text, 'ref', c.ref)) from item_causes c
                 where c.item_id = i.id),
               i.reviews, i.touched, i.issue, i.phase_no
        from items i
        """;

    public static Item? Find(Connection db, string id) => db.First(Select + " where i.id = @id", Read, ("@id", id));

    public static Item Get(Connection db, string id) => Find(db, id) ?? throw Fault.NotFound("item", id);

    /// <summary>By whole id or unique beginning.</summary>
    public static Item Resolve(Connection db, string idOrPrefix) => Get(db, Prefixes.Resolve(db, "items", "item", idOrPrefix));

    /// <summary>In the order in which they were made.</summary>
    public static IReadOnlyList<Item> List(Connection db, ItemQuery query)
    {
        var where = " where i.number > @after"
            + (query.Statuses.Count > 0 ? " and i.status in (select value from json_each(@statuses))" : "")
            + (query.Project is null ? "" : " and i.project = @project")
            + (query.Parent is null ? "" : " and i.parent_id = @parent");
        List<(string, object?)> values = [("@after", query.After)];
        if (query.Statuses.Count > 0)
            values.Add(("@statuses", new JsonArray([.. query.Statuses.Select(s => (JsonNode)s)]).ToJsonString()));
        if (query.Project is not null)
            values.Add(("@project", query.Project));
        if (query.Parent is not null)
            values.Add(("@parent", query.Parent));
        values.Add(("@limit", query.Limit));
        return db.Query(Select + where + " order by i.number limit @limit", Read, values.ToArray());
    }

    /// <summary>Everything that a run or a worker has now, oldest first.</summary>
    public static IReadOnlyList<Item> InFlight(Connection db) =>
        db.Query(Select + " where i.status = 'in_flight' and i.steps = 0 order by i.number", Read);

    /// <summary>How many are at work: of a project, or runs of all.</summary>
    public static long CountAtWork(Connection db, string? project) => (project is null
        ? db.Number("select count(*) from items where status = 'in_flight' and steps = 0 and lease_id is null")
        : db.Number("select count(*) from items where project = @project and status = 'in_flight' and steps = 0", ("@project", project)))
        ?? 0;

    /// <summary>What is at work in a project, oldest first; without those that claim no files, where only claims matter.</summary>
    public static IReadOnlyList<Item> AtWork(Connection db, string project, bool claimsOnly) => db.Query(
        Select + " where i.project = @project and i.status = 'in_flight' and i.steps = 0 "
        + "and (@all = 1 or i.writes <> '[]' or i.reads <> '[]' or i.touched <> '[]') order by i.number", Read,
        ("@project", project), ("@all", claimsOnly ? 0 : 1));

    // A phase of a plan that says why its items do not start: not one of them is looked at.
    const string NotHeld = "not exists (select 1 from plan_phases f where f.plan_id = i.plan_id and f.no = i.phase_no "
        + "and f.held is not null)";

    /// <summary>A page of a project's startable items in their order; the project's name is empty for none.</summary>
    /// <param name="ofPlans">Only those of plans that run by themselves.</param>
    public static IReadOnlyList<Item> Next(Connection db, string project, bool ofPlans, int skip, int take) => db.Query(
        Select + " where i.project = @project and i.status = 'ready' and i.open_dependencies = 0 and i.steps = 0 "
        + (ofPlans ? $"and i.plan_id is not null and {PlanHolds.OfGoingPlan} " : "") + $"and (i.plan_id is null or {NotHeld}) "
        + "order by i.rank desc, i.number limit @take offset @skip", Read, ("@project", project), ("@take", take), ("@skip", skip));

    /// <summary>Ready items of all projects in their order; those that wait for another one come last.</summary>
    public static IReadOnlyList<Item> InLine(Connection db, int take) => db.Query(
        Select + " where i.status = 'ready' and i.steps = 0 order by i.open_dependencies > 0, i.rank desc, i.number limit @take", Read,
        ("@take", take));

    /// <summary>The first of those that only wait to be readied, in their order; those of plans wait for their plan.</summary>
    public static IReadOnlyList<Item> NextUnready(Connection db, string? project, int take) => db.Query(
        Select + " where i.status in ('inbox', 'planning') and i.open_dependencies = 0 and i.steps = 0 "
        + "and not exists (select 1 from plan_items x where x.item_id = i.id) "
        + "and (@any = 1 or i.project = @project) order by i.rank desc, i.number limit @take", Read,
        ("@any", project is null ? 1 : 0), ("@project", project ?? ""), ("@take", take));

    /// <summary>
    /// Projects that have startable items, one step in the index each. The index is named: SQLite, which counts no rows, would take
    /// the one by status and read every ready item for every project.
    /// </summary>
    public static IReadOnlyList<string> ProjectsWithWork(Connection db) => db.Query("""
        with recursive found(project) as (
          select min(project) from items indexed by items_next where status = 'ready' and open_dependencies = 0 and steps = 0
          union all
          select (select min(i.project) from items i indexed by items_next where i.status = 'ready' and i.open_dependencies = 0
                    and i.steps = 0 and i.project > found.project) from found where found.project is not null)
        select project from found where project is not null
        """, row => row.GetString(0));

    /// <summary>How many items are in each status; of one project where one is given.</summary>
    public static IReadOnlyDictionary<string, long> Counts(Connection db, string? project = null) => (project is null
        ? db.Query("select status, count(*) from items group by status", Pair)
        : db.Query("select status, count(*) from items where project = @project group by status", Pair, ("@project", project)))
        .ToDictionary(row => row.Item1, row => row.Item2);

    static (string, long) Pair(SqliteDataReader row) => (row.GetString(0), row.GetInt64(1));

    static Item Read(SqliteDataReader row) => Placed(row) with
    {
        Output = Json(row, 20),
        RepoOutput = Json(row, 21),
        Delivery = Json(row, 22),
        Artifacts = JsonSerializer.Deserialize(row.GetString(23), ItemJson.Default.IReadOnlyListItemArtifact)!,
        Report = row.TextOrNull(24),
        Rank = row.GetInt64(28),
        OpenDependencies = row.GetInt64(29),
        Steps = row.GetInt64(30),
        Attempts = row.GetInt64(31),
        IdleRuns = row.GetInt64(32),
        NotBefore = row.TimeOrNull(33),
        Unchecked = row.GetInt64(34) == 1,
        RunId = row.TextOrNull(35),
        AssignedAgentId = row.TextOrNull(36),
        LeaseId = row.TextOrNull(37),
        Fence = row.GetInt64(38),
        AssignedSessionKey = row.TextOrNull(39),
        Touched = Texts(row, 44),
        Issue = row.TextOrNull(45),
        PhaseNo = row.GetInt64(46),
        BlockedBy = Texts(row, 40),
        Blocks = Texts(row, 41),
        Causes = row.GetString(42) is "[]" ? []
            : JsonSerializer.Deserialize(row.GetString(42), ItemJson.Default.IReadOnlyListItemCause)!,
    };

    /// <summary>The item as somebody wrote it.</summary>
    static Item Placed(SqliteDataReader row) => new()
    {
        Id = row.GetString(0),
        Number = row.GetInt64(1),
        Title = row.GetString(2),
        Description = row.GetString(3),
        AcceptanceCriteria = Texts(row, 4),
        State = EnumWords.Read<ItemStatus>(row.GetString(5)),
        Priority = ItemWords.Priorities[row.GetInt32(6)],
        Complexity = row.GetString(7),
        Project = row.GetString(8) is { Length: > 0 } project ? project : null,
        Plan = row.TextOrNull(9),
        Phase = row.TextOrNull(10),
        Parent = row.TextOrNull(11),
        Kind = row.TextOrNull(12),
        Labels = Texts(row, 13),
        Writes = Texts(row, 14),
        Reads = Texts(row, 15),
        Profile = row.TextOrNull(16),
        Criticality = row.GetString(17),
        Reviews = (int?)row.LongOrNull(43),
        Assignee = row.TextOrNull(18),
        DueDate = row.TextOrNull(19),
        CreatedBy = row.GetString(25),
        CreatedAt = row.Time(26),
        UpdatedAt = row.Time(27),
    };

    static IReadOnlyList<string> Texts(SqliteDataReader row, int column) => row.GetString(column) is "[]" ? []
        : JsonSerializer.Deserialize(row.GetString(column), ItemJson.Default.IReadOnlyListString)!;

    static JsonElement? Json(SqliteDataReader row, int column) =>
        row.TextOrNull(column) is { } text ? JsonElement.Parse(text) : null;
}
