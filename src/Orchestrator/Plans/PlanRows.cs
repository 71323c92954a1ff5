using System.Text.Json;
using Microsoft.Data.Sqlite;
using Orchestrator.Items;
using Orchestrator.Plans.Assigning;
using Orchestrator.Store;

namespace Orchestrator.Plans;

/// <summary>Reading plans out of the store.</summary>
static class PlanRows
{
    const string Select = """
        select p.id, p.number, p.title, p.source_kind, p.source_key, p.project, p.status, p.reason, p.with_optional, p.draft, p.created_by,
               p.created_at, p.updated_at, p.started_at, p.ended_at, p.heartbeat_us, p.told_at, p.mode, p.by_hand, p.write_back
        from plans p
        """;

    // Accepted as it is, by a person or an import, or without any difference: there is nothing to be put on a branch.
    const string Merged = """
        (i.run_id is null or exists (select 1 from deliveries d where d.item_id = i.id and d.state = 'landed')
          or exists (select 1 from runs r where r.id = i.run_id and coalesce(r.git_diff_stat, '') = ''))
        """;

    // A part of a wish that is about no repository: nothing could be verified, and nothing speaks against it.
    const string Free = """
        (i.unchecked = 1 and i.project = '' and exists (select 1 from plans p where p.id = x.plan_id and p.source_kind = 'wish')
          and not exists (select 1 from item_causes c where c.item_id = i.id and c.kind <> 'external'))
        """;

    // Asked for thousands of rows in one look.
    static readonly Dictionary<string, ItemStatus> Statuses = Enum.GetValues<ItemStatus>().ToDictionary(ItemLifecycle.Word);

    /// <summary>By whole id or unique beginning.</summary>
    public static Plan Resolve(Connection db, string idOrPrefix) => Get(db, Prefixes.Resolve(db, "plans", "plan", idOrPrefix));

    public static Plan Get(Connection db, string id) => Find(db, id) ?? throw Fault.NotFound("plan", id);

    public static Plan? Find(Connection db, string id) => db.First(Select + " where p.id = @id", Read, ("@id", id)) is { } plan
        ? Whole(db, plan) : null;

    public static Plan? OfSource(Connection db, string sourceKey) =>
        db.Text("select id from plans where source_key = @key", ("@key", sourceKey)) is { } id ? Get(db, id) : null;

    /// <summary>The plan that an item belongs to; null for none.</summary>
    public static string? OfItem(Connection db, string itemId) =>
        db.Text("select plan_id from plan_items where item_id = @id", ("@id", itemId));

    /// <summary>The newest first.</summary>
    public static IReadOnlyList<Plan> List(Connection db, string? status, long before, long limit) =>
        [.. db.Query(Select + " where p.number < @before and (@any = 1 or p.status = @status) order by p.number desc limit @limit", Read,
            ("@before", before), ("@any", status is null ? 1 : 0), ("@status", status ?? ""), ("@limit", limit)).Select(plan => Whole(db,
                plan))];

    /// <summary>The project of a plan, and whether a controller is asked about it.</summary>
    public static (string? Project, bool IsChosen) Manner(Connection db, string planId) =>
        db.First("select project, mode = 'llm' and by_hand = 0 from plans where id = @id", row => Tuple.Create(row.GetString(0),
            row.GetInt64(1) == 1), ("@id", planId)) is { } row
            ? (row.Item1.Length > 0 ? row.Item1 : null, row.Item2) : throw Fault.NotFound("plan", planId);

    /// <summary>Plans that a pass may have something to do for.</summary>
    public static IReadOnlyList<string> Passing(Connection db) => db.Query("""
        select id from plans where status in ('running', 'needs_decision')
        union all
        select distinct p.id from plans p join plan_items x on x.plan_id = p.id join items i on i.id = x.item_id
          where p.status = 'canceled' and i.status in ('inbox', 'planning', 'ready', 'in_flight', 'review', 'blocked', 'failed')
        """, row => row.GetString(0));

    /// <summary>What a pass looks at; the columns of items that it needs, and no more.</summary>
    /// <param name="slots">Units of it that may be at work at once; only where it is said which become ready.</param>
    public static PlanFacts Facts(Connection db, string planId, int slots = int.MaxValue)
    {
        var (status, withOptional, pace) = db.First("select status, with_optional, by_hand, mode from plans where id = @id",
            row => Tuple.Create(row.GetString(0), row.GetInt64(1) == 1, row.GetInt64(2) == 1 ? Admitting.ByHand
                : row.GetString(3) == PlanModes.Llm ? Admitting.Chosen : Admitting.All), ("@id", planId))
            ?? throw Fault.NotFound("plan", planId);
        return new PlanFacts(EnumWords.Read<PlanStatus>(status),
            db.Query("select no, gate, state, passed_by from plan_phases where plan_id = @id order by no",
                row => new PhaseFact(row.GetInt32(0), PhaseGates.Parse(row.GetString(1)) ?? PhaseGate.AllDone, row.GetString(2),
                    !row.IsDBNull(3)),
                ("@id", planId)),
            db.Query($"""
                select x.item_id, x.phase_no, i.status, x.optional,
                       case i.status when 'failed' then 1 when 'canceled' then 1
                         when 'review' then exists (select 1 from item_causes c where c.item_id = i.id)
                         when 'blocked' then not exists (select 1 from runs r where r.item_id = i.id and r.ended_at is null) else 0 end,
                       case when i.status = 'done' then {Merged} else 0 end,
                       case when i.status = 'review' then {Free} else 0 end, coalesce(i.open_dependencies, 0)
                from plan_items x left join items i on i.id = x.item_id where x.plan_id = @id order by x.place_no
                """, row => new UnitFact(row.GetString(0), row.GetInt32(1),
                    row.IsDBNull(2) ? null : Statuses[row.GetString(2)], withOptional || row.GetInt64(3) == 0,
                    row.GetInt64(4) == 1, row.GetInt64(5) == 1, row.GetInt64(6) == 1, row.GetInt64(7) > 0), ("@id", planId)),
            db.Query("select id, kind, item_id, phase_no from plan_decisions where plan_id = @id and state = 'open' order by created_no",
                row => new AskedFact(row.GetString(0), row.GetString(1), row.TextOrNull(2), (int?)row.LongOrNull(3)), ("@id", planId)))
        {
            Admitting = pace,
            Slots = slots,
            Consults = pace == Admitting.Chosen ? ConsultStore.Facts(db, planId) : ConsultFacts.None,
        };
    }

    /// <summary>Its units with their items, in the source's order.</summary>
    public static IReadOnlyList<PlanItem> Items(Connection db, string planId)
    {
        var steps = db.Query("select s.item_id, s.step_id, s.state, s.note from plan_steps s join plan_items x on x.item_id = s.item_id "
            + "where x.plan_id = @id order by s.item_id, s.no",
            row => (row.GetString(0), new PlanStepRow(row.GetString(1), row.GetString(2), row.TextOrNull(3))), ("@id", planId))
            .ToLookup(row => row.Item1, row => row.Item2);
        var said = Assignments.Of(db, planId);
        return [.. db.Query("select item_id, draft, phase_no, optional, gone from plan_items where plan_id = @id order by place_no",
            row => new PlanItem(row.GetString(0), JsonSerializer.Deserialize(row.GetString(1), PlansJson.Default.ItemDraft)!,
                row.GetInt32(2),
                row.GetInt64(3) == 1, row.GetInt64(4) == 1, null), ("@id", planId))
            .Select(unit => unit with { Item = ItemRows.Find(db, unit.ItemId), Steps = [.. steps[unit.ItemId]],
                Said = said.GetValueOrDefault(unit.Draft.ForeignId) })];
    }

    /// <summary>The open unit of a plan with that id of the source, or the item's own id.</summary>
    public static PlanItem Unit(Connection db, string planId, string id) =>
        Items(db, planId).FirstOrDefault(unit => unit.Draft.ForeignId == id || unit.ItemId == id)
            ?? throw Fault.Unprocessable("item", $"the plan has no item '{Texts.Short(id)}'.");

    public static IReadOnlyList<PlanStepRow> Steps(Connection db, string itemId)
    {
        var optional = db.Text("select draft from plan_items where item_id = @id", ("@id", itemId)) is { } draft
            ? JsonSerializer.Deserialize(draft, PlansJson.Default.ItemDraft)!.Steps.Where(step => step.Optional)
                .Select(step => step.ForeignId).ToHashSet(StringComparer.Ordinal) : [];
        return db.Query("select step_id, state, note from plan_steps where item_id = @id order by no",
            row => new PlanStepRow(row.GetString(0), row.GetString(1), row.TextOrNull(2))
            {
                Optional = optional.Contains(row.GetString(0)),
            }, ("@id", itemId));
    }

    public static IReadOnlyList<ImportFinding> Findings(Connection db, string planId) => db.Query(
        "select finding from plan_findings where plan_id = @id order by no",
        row => JsonSerializer.Deserialize(row.GetString(0), PlansJson.Default.ImportFinding)!, ("@id", planId));

    public static IReadOnlyList<SourceText> Sources(Connection db, string planId) => db.Query(
        "select name, body from plan_sources where plan_id = @id order by no",
        row => new SourceText(row.GetString(0), row.GetString(1)), ("@id", planId));

    /// <summary>All that were ever asked, oldest first.</summary>
    public static IReadOnlyList<PlanDecision> Decisions(Connection db, string planId, bool openOnly) => db.Query(
        "select d.id, d.kind, d.item_id, x.foreign_id, d.phase_no, d.body, d.options, d.state, d.choice, d.note, d.decided_by, "
            + "d.created_at, "
        + "d.decided_at from plan_decisions d left join plan_items x on x.item_id = d.item_id where d.plan_id = @id "
        + (openOnly ? "and d.state = 'open' " : "") + "order by d.created_no", row => new PlanDecision
        {
            Id = row.GetString(0),
            Kind = row.GetString(1),
            ItemId = row.TextOrNull(2),
            ForeignId = row.TextOrNull(3),
            Phase = (int?)row.LongOrNull(4),
            Text = row.GetString(5),
            Options = row.GetString(6).Split(' ', StringSplitOptions.RemoveEmptyEntries),
            State = row.GetString(7),
            Choice = row.TextOrNull(8),
            Note = row.TextOrNull(9),
            DecidedBy = row.TextOrNull(10),
            CreatedAt = row.Time(11),
            DecidedAt = row.TimeOrNull(12),
        }, ("@id", planId));

    /// <summary>With what is counted.</summary>
    static Plan Whole(Connection db, Plan plan)
    {
        var counts = db.Query("select x.phase_no, coalesce(i.status, 'lost'), count(*) from plan_items x left join items i on i.id = "
            + "x.item_id "
            + "where x.plan_id = @id and (x.optional = 0 or @all = 1) group by x.phase_no, coalesce(i.status, 'lost')",
            row => (Phase: row.GetInt32(0), Status: row.GetString(1), Count: row.GetInt64(2)),
            ("@id", plan.Id), ("@all", plan.WithOptional ? 1 : 0));
        long Decided(IEnumerable<(int Phase, string Status, long Count)> of) =>
            of.Where(row => row.Status is "done" or "skipped").Sum(row => row.Count);
        return plan with
        {
            Phases = [.. Phases(db, plan.Id).Select(phase => phase with
            {
                Total = counts.Where(row => row.Phase == phase.No).Sum(row => row.Count),
                Decided = Decided(counts.Where(row => row.Phase == phase.No)),
            })],
            Counts = counts.GroupBy(row => row.Status).ToDictionary(group => group.Key, group => group.Sum(row => row.Count)),
            Total = counts.Sum(row => row.Count),
            Decided = Decided(counts),
            Decisions = Decisions(db, plan.Id, openOnly: true),
        };
    }

    static IReadOnlyList<PlanPhase> Phases(Connection db, string planId) => db.Query(
        "select no, phase_key, name, gate, state, passed_by, held, opened_at, done_at, draft from plan_phases where plan_id = @id order "
            + "by no",
        row => new PlanPhase
        {
            No = row.GetInt32(0),
            Key = row.GetString(1),
            Name = row.GetString(2),
            Gate = row.GetString(3),
            State = row.GetString(4),
            PassedBy = row.TextOrNull(5),
            Held = row.TextOrNull(6),
            OpenedAt = row.TimeOrNull(7),
            DoneAt = row.TimeOrNull(8),
            Draft = row.GetString(9),
        }, ("@id", planId));

    static Plan Read(SqliteDataReader row) => new()
    {
        Id = row.GetString(0),
        Number = row.GetInt64(1),
        Title = row.GetString(2),
        SourceKind = row.GetString(3),
        SourceKey = row.GetString(4),
        Project = row.GetString(5) is { Length: > 0 } project ? project : null,
        State = EnumWords.Read<PlanStatus>(row.GetString(6)),
        Reason = row.TextOrNull(7),
        WithOptional = row.GetInt64(8) == 1,
        Draft = row.GetString(9),
        CreatedBy = row.GetString(10),
        CreatedAt = row.Time(11),
        UpdatedAt = row.Time(12),
        StartedAt = row.TimeOrNull(13),
        EndedAt = row.TimeOrNull(14),
        HeartbeatS = row.LongOrNull(15) / 1_000_000d,
        HeartbeatAt = row.TimeOrNull(16),
        Mode = row.GetString(17),
        ByHand = row.GetInt64(18) == 1,
        WriteBack = row.TextOrNull(19),
    };
}
