using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Items;
using Orchestrator.Plans.Assigning;
using Orchestrator.Store;

namespace Orchestrator.Plans;

/// <summary>What an import is to do.</summary>
/// <param name="Key">Which plan the source is: importing it again updates that one.</param>
/// <param name="Project">A registered project; null for none.</param>
sealed record PlanOrder(PlanDraft Draft, IReadOnlyList<SourceText> Sources, string Key, string? Project,
    IReadOnlyList<ImportFinding> Findings)
{
    /// <summary>The repository whose numbers its issues have, as owner/name; null for that of the project.</summary>
    public string? Repository { get; init; }

    /// <summary>The issue of an item as items have it.</summary>
    public string? IssueOf(ItemDraft draft) =>
        draft.Issue is > 0 and var number ? string.Create(CultureInfo.InvariantCulture, $"{Repository}#{number}") : null;
}

/// <summary>
/// Makes rows of a draft, or brings those that are there up to date: by the source's ids, without ever taking back what was done here. What
/// the source does not name any more is kept and told. One transaction.
/// </summary>
sealed class KeepPlan(PlanStore plans)
{
    ItemStore Items => plans.Items;

    public (Plan Plan, IReadOnlyList<ImportFinding> Findings) Keep(WriteTransaction transaction, PlanOrder order, string actor)
    {
        var findings = order.Findings.ToList();
        var before = PlanRows.OfSource(transaction.Db, order.Key);
        var planId = before?.Id ?? Insert(transaction, order, actor);
        if (before is not null)
            KeepProject(transaction, before, order.Project, findings, actor);
        var old = before is null ? [] : PlanRows.Items(transaction.Db, planId).ToDictionary(unit => unit.Draft.ForeignId);
        var phaseNo = KeepPhases(transaction, planId, order.Draft, before, old.Values);
        var ids = old.ToDictionary(unit => unit.Key, unit => unit.Value.ItemId);
        var said = before is null ? NothingSaid : Assignments.Of(transaction.Db, planId);
        Assigned Assign(ItemDraft draft) => Assigned.Of(draft, said.GetValueOrDefault(draft.ForeignId));
        var (added, changed, again) = (0, 0, false);
        var at = order.Draft.Items.Index().ToDictionary(pair => pair.Item.ForeignId, pair => pair.Index);
        var phaseName = order.Draft.Phases.ToDictionary(phase => phase.Id, phase => phase.Name);
        // What is optional holds nobody up, unless optional items are wanted.
        var free = before?.WithOptional == true ? [] : order.Draft.Items.Where(item => item.Optional).Select(item =>
            item.ForeignId).ToHashSet();
        foreach (var index in TopologicalOrder.Of(order.Draft.Items, at))
        {
            var draft = order.Draft.Items[index];
            var place = new Place(planId, index, phaseNo[draft.Phase!], phaseName[draft.Phase!], On(draft, ids, free));
            if (!old.TryGetValue(draft.ForeignId, out var unit) || unit.Item is null)
            {
                // Somebody emptied the queue: it is made anew.
                transaction.Db.Execute("delete from plan_items where plan_id = @plan and foreign_id = @id", ("@plan", planId),
                    ("@id", draft.ForeignId));
                ids[draft.ForeignId] = Add(transaction, place, Assign(draft), draft, order, actor);
                (added, again) = (added + 1, again || draft.Status is not (ItemStatus.Done or ItemStatus.Skipped or ItemStatus.Canceled));
            }
            else if (Update(transaction, place, unit, Assign(draft), draft, findings, actor))
                changed++;
        }

        var gone = Vanished(transaction, planId, order.Draft, old.Values, findings);
        Describe(transaction, planId, order, findings);
        if (again && before is { State: PlanStatus.Completed or PlanStatus.Canceled })
            plans.Advance(transaction, planId, PlanAct.Reopen, actor, "Its source was imported again and has more to do.");
        plans.Hold(transaction, planId);
        plans.Append(transaction, PlanEvents.Imported, actor, null, new JsonObject
        {
            ["plan_id"] = planId,
            ["title"] = order.Draft.Title,
            ["source_kind"] = order.Draft.SourceKind,
            ["added"] = added,
            ["changed"] = changed,
            ["gone"] = gone,
            ["findings"] = findings.Count,
        });
        if (added > 0)
            plans.Append(transaction, PlanEvents.Assigned, actor, null, new JsonObject
            {
                ["plan_id"] = planId,
                ["by"] = Assigned.Rules,
                ["units"] = order.Draft.Items.Count,
                ["changed"] = added,
                ["why"] = "new units",
            });
        return (PlanRows.Get(transaction.Db, planId), findings);
    }

    static string Insert(WriteTransaction transaction, PlanOrder order, string actor)
    {
        var id = Ids.New();
        transaction.Db.Execute(
            "insert into plans (id, number, title, source_kind, source_key, project, status, draft, created_by, created_at, updated_at) "
            + "values (@id, @no, @title, @kind, @key, @project, 'draft', '{}', @by, @now, @now2)",
            ("@id", id), ("@no", transaction.Next("plan_no")), ("@title", order.Draft.Title), ("@kind", order.Draft.SourceKind),
            ("@key", order.Key), ("@project", order.Project ?? ""), ("@by", actor), ("@now", transaction.Now), ("@now2", transaction.Now));
        return id;
    }

    /// <summary>A plan that has not begun goes to the project that is named now; what has begun stays where its work is.</summary>
    void KeepProject(WriteTransaction transaction, Plan before, string? project, List<ImportFinding> findings, string actor)
    {
        if (project is null || project == before.Project)
            return;
        if (before.State != PlanStatus.Draft)
        {
            findings.Add(ImportFinding.Of(FindingWeight.Warning, "project_stays", null,
                $"The plan works in {(before.Project is { } name ? $"the project {name}" : "no project")}, and has begun there.",
                "It stays there.", "agentctl plan cancel, then import with --source NAME for a plan of its own."));
            return;
        }

        transaction.Db.Execute("update plans set project = @project where id = @id", ("@project", project), ("@id", before.Id));
        foreach (var unit in PlanRows.Items(transaction.Db, before.Id))
        {
            if (unit.Item is not { RunId: null, LeaseId: null } item)
                continue;
            transaction.Db.Execute("update items set project = @project, updated_at = @now where id = @id",
                ("@project", project), ("@now", transaction.Now), ("@id", item.Id));
            Items.Append(transaction, item, ItemEvents.Changed, actor, new JsonObject { ["project"] = project });
        }
    }

    /// <summary>The source's phases in its order, and after them those that it does not name any more and that still have items.</summary>
    static Dictionary<string, int> KeepPhases(WriteTransaction transaction, string planId, PlanDraft draft, Plan? before,
        IEnumerable<PlanItem> units)
    {
        var old = (before?.Phases ?? []).ToDictionary(phase => phase.Key);
        var inUse = units.Select(unit => unit.Draft.Phase).ToHashSet();
        var kept = old.Values.Where(phase => draft.Phases.All(one => one.Id != phase.Key) && inUse.Contains(phase.Key))
            .Select(phase => JsonSerializer.Deserialize(phase.Draft, PlansJson.Default.PhaseDraft)!);
        var numbers = new Dictionary<string, int>();
        transaction.Db.Execute("delete from plan_phases where plan_id = @id", ("@id", planId));
        foreach (var (at, phase) in draft.Phases.Concat(kept).Index())
        {
            numbers[phase.Id] = at + 1;
            var was = old.GetValueOrDefault(phase.Id);
            transaction.Db.Execute(
                "insert into plan_phases (plan_id, no, phase_key, name, gate, state, passed_by, draft, opened_at, done_at) values (@id, "
                    + "@no, "
                + "@key, @name, @gate, @state, @passed, @draft, @opened, @done)",
                ("@id", planId), ("@no", at + 1), ("@key", phase.Id), ("@name", phase.Name), ("@gate", PhaseGates.Word(phase.Gate)),
                ("@state", was?.State ?? PhaseStates.Waiting), ("@passed", was?.PassedBy),
                ("@draft", JsonSerializer.Serialize(phase, PlansJson.Default.PhaseDraft)), ("@opened", was?.OpenedAt?.Micros()),
                ("@done", was?.DoneAt?.Micros()));
        }

        foreach (var unit in units.Where(unit => unit.Draft.Phase is { } key && numbers.ContainsKey(key)))
            Number(transaction, unit.ItemId, numbers[unit.Draft.Phase!]);
        return numbers;
    }

    static void Number(WriteTransaction transaction, string itemId, int phaseNo)
    {
        transaction.Db.Execute("update plan_items set phase_no = @no where item_id = @id", ("@no", phaseNo), ("@id", itemId));
        transaction.Db.Execute("update items set phase_no = @no where id = @id", ("@no", phaseNo), ("@id", itemId));
    }

    /// <param name="At">Its place in the source.</param>
    /// <param name="On">Ids of the items it waits for.</param>
    sealed record Place(string PlanId, int At, int PhaseNo, string PhaseName, IReadOnlyList<string> On);

    static IReadOnlyList<string> On(ItemDraft draft, Dictionary<string, string> ids, HashSet<string> free) =>
        [.. draft.DependsOn.Concat(draft.After.Select(after => after.ForeignId))
            .Where(on => draft.Optional || !free.Contains(on)).Select(on => ids[on]).Distinct()];

    static readonly Dictionary<string, SaidAssignment> NothingSaid = [];

    string Add(WriteTransaction transaction, Place place, Assigned assigned, ItemDraft draft, PlanOrder order, string actor)
    {
        var item = Items.Insert(transaction, new NewItem
        {
            Title = draft.Title,
            Description = PlanWords.WithSteps(draft),
            AcceptanceCriteria = draft.Criteria,
            Priority = ItemWords.Priorities.ToList().IndexOf(draft.Priority ?? PhasePriority.Of(place.PhaseName)),
            Complexity = draft.Effort is { } effort && ItemWords.Complexities.Contains(effort) ? effort : "m",
            Project = order.Project,
            Issue = order.IssueOf(draft),
            Plan = place.PlanId,
            Phase = draft.Phase,
            PhaseNo = place.PhaseNo,
            Kind = assigned.Kind,
            Writes = assigned.Draft.Writes,
            Reads = assigned.Draft.Reads,
            Profile = assigned.Draft.Profile,
            Criticality = assigned.Draft.Criticality ?? "normal",
            Reviews = assigned.LookClosely ? plans.ReviewersOfCritical(order.Project) : null,
            BlockedBy = place.On,
        }, actor);
        transaction.Db.Execute("update items set care = @care where id = @id", ("@care", assigned.Care), ("@id", item.Id));
        transaction.Db.Execute(
            "insert into plan_items (plan_id, foreign_id, item_id, place_no, phase_no, optional, draft) values (@plan, @foreign, @item, "
                + "@at, "
            + "@phase, @optional, @draft)",
            ("@plan", place.PlanId), ("@foreign", draft.ForeignId), ("@item", item.Id), ("@at", place.At), ("@phase", place.PhaseNo),
            ("@optional", draft.Optional ? 1 : 0), ("@draft", JsonSerializer.Serialize(draft, PlansJson.Default.ItemDraft)));
        KeepSteps(transaction, item.Id, draft);
        Arrive(transaction, item.Id, draft, actor);
        return item.Id;
    }

    /// <summary>What was done elsewhere is done here, by the source's word.</summary>
    void Arrive(WriteTransaction transaction, string itemId, ItemDraft draft, string actor)
    {
        var change = new ItemChange(actor, $"its source says {draft.ForeignStatus ?? ItemLifecycle.Word(draft.Status)}");
        if (draft.Status == ItemStatus.Done)
            Items.Advance(transaction, itemId, ItemStep.Accept, change with { Unchecked = true });
        else if (draft.Status == ItemStatus.Skipped)
        {
            Items.Advance(transaction, itemId, ItemStep.Admit, change);
            Items.Advance(transaction, itemId, ItemStep.Skip, change);
        }
        else if (draft.Status == ItemStatus.Canceled)
            Items.Advance(transaction, itemId, ItemStep.Cancel, change);
    }

    static void KeepSteps(WriteTransaction transaction, string itemId, ItemDraft draft)
    {
        var old = PlanRows.Steps(transaction.Db, itemId).GroupBy(step => step.StepId).ToDictionary(group => group.Key, group =>
            group.First());
        transaction.Db.Execute("delete from plan_steps where item_id = @id", ("@id", itemId));
        foreach (var (no, step) in draft.Steps.Index())
        {
            var was = old.GetValueOrDefault(step.ForeignId);
            transaction.Db.Execute(
                "insert into plan_steps (item_id, no, step_id, state, note, changed_at) values (@item, @no, @id, @state, @note, @now)",
                ("@item", itemId), ("@no", no), ("@id", step.ForeignId),
                ("@state", was is { State: not StepReports.Open } ? was.State : step.Done ? StepReports.Done : StepReports.Open),
                ("@note", was?.Note), ("@now", transaction.Now));
        }
    }

    /// <summary>True when something of it is new.</summary>
    bool Update(WriteTransaction transaction, Place place, PlanItem unit, Assigned assigned, ItemDraft draft,
        List<ImportFinding> findings, string actor)
    {
        var (stored, before) = (JsonSerializer.Serialize(draft, PlansJson.Default.ItemDraft),
            JsonSerializer.Serialize(unit.Draft, PlansJson.Default.ItemDraft));
        transaction.Db.Execute("update plan_items set place_no = @at, phase_no = @phase, optional = @optional, gone = 0, draft = @draft "
            + "where item_id = @id", ("@at", place.At), ("@phase", place.PhaseNo), ("@optional", draft.Optional ? 1 : 0),
            ("@draft", stored), ("@id", unit.ItemId));
        if (unit.Item is not { } item || (stored == before && unit.PhaseNo == place.PhaseNo))
            return false;
        if (item.State is not (ItemStatus.Inbox or ItemStatus.Planning or ItemStatus.Ready or ItemStatus.Blocked or ItemStatus.Failed))
        {
            if (Says(draft) != Says(unit.Draft))
                findings.Add(ImportFinding.Of(FindingWeight.Info, "kept_as_worked_on", draft.Place,
                    $"{draft.ForeignId} changed in the source, and is {item.Status} here.", "It was worked on as it was.",
                    $"Look at it: agentctl get {item.Id}", draft.Line));
            return false;
        }

        transaction.Db.Execute(
            "update items set title = @title, description = @description, criteria = @criteria, writes = @writes, reads = @reads, "
            + "phase = @phase, phase_no = @no, kind = @kind, care = @care, updated_at = @now where id = @id",
            ("@title", draft.Title), ("@description", PlanWords.WithSteps(draft)), ("@criteria", ItemStore.List(draft.Criteria)),
            ("@writes", ItemStore.List(assigned.Draft.Writes)), ("@reads", ItemStore.List(assigned.Draft.Reads)), ("@phase", draft.Phase),
            ("@no", place.PhaseNo), ("@kind", assigned.Kind), ("@care", assigned.Care), ("@now", transaction.Now), ("@id", item.Id));
        if (!Waits(draft).SequenceEqual(Waits(unit.Draft)))
            Dependencies.Set(transaction, item.Id, place.On);
        KeepSteps(transaction, item.Id, draft);
        if (draft.Status != unit.Draft.Status && item.Attempts == 0)
            Arrive(transaction, item.Id, draft, actor);
        Items.Append(transaction, ItemRows.Get(transaction.Db, item.Id), ItemEvents.Changed, actor,
            new JsonObject { ["title"] = draft.Title });
        return true;
    }

    static IEnumerable<string> Waits(ItemDraft draft) => draft.DependsOn.Concat(draft.After.Select(after => after.ForeignId));

    static string Says(ItemDraft draft) => JsonSerializer.Serialize(draft with
    {
        Status = ItemStatus.Inbox,
        ForeignStatus = null,
        Line = null,
        Place = null,
        Unknown = null,
    }, PlansJson.Default.ItemDraft);

    static int Vanished(WriteTransaction transaction, string planId, PlanDraft draft, IEnumerable<PlanItem> units,
        List<ImportFinding> findings)
    {
        var named = draft.Items.Select(item => item.ForeignId).ToHashSet();
        var gone = units.Where(unit => !named.Contains(unit.Draft.ForeignId)).ToList();
        foreach (var unit in gone)
        {
            findings.Add(ImportFinding.Of(FindingWeight.Warning, "vanished", null,
                $"{unit.Draft.ForeignId} ('{unit.Draft.Title}') is not in the source any more; it is "
                + $"{unit.Item?.Status ?? "gone from the queue"} here.", "It was kept.", $"agentctl item cancel {unit.ItemId}"));
            transaction.Db.Execute("update plan_items set gone = 1 where plan_id = @plan and item_id = @id", ("@plan", planId),
                ("@id", unit.ItemId));
        }

        return gone.Count;
    }

    static void Describe(WriteTransaction transaction, string planId, PlanOrder order, IReadOnlyList<ImportFinding> findings)
    {
        transaction.Db.Execute(
            "update plans set title = @title, draft = @draft, heartbeat_us = @heartbeat, updated_at = @now where id = @id",
            ("@heartbeat", order.Draft.HeartbeatS is { } seconds ? (long)(seconds * 1_000_000) : null),
            ("@title", order.Draft.Title), ("@draft", JsonSerializer.Serialize(order.Draft with { Items = [], Phases = [] },
                PlansJson.Default.PlanDraft)), ("@now", transaction.Now), ("@id", planId));
        transaction.Db.Execute("delete from plan_sources where plan_id = @id", ("@id", planId));
        foreach (var (no, source) in order.Sources.Index())
            transaction.Db.Execute("insert into plan_sources (plan_id, no, name, body) values (@id, @no, @name, @body)",
                ("@id", planId), ("@no", no), ("@name", source.Name), ("@body", source.Text));
        transaction.Db.Execute("delete from plan_findings where plan_id = @id", ("@id", planId));
        foreach (var (no, finding) in findings.Index())
            transaction.Db.Execute("insert into plan_findings (plan_id, no, finding) values (@id, @no, @finding)",
                ("@id", planId), ("@no", no), ("@finding", JsonSerializer.Serialize(finding, PlansJson.Default.ImportFinding)));
    }
}
