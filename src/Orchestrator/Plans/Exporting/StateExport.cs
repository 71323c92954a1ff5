using System.Globalization;
using System.Text.Json.Nodes;
using Orchestrator.Items;
using Orchestrator.Plans.Assigning;

namespace Orchestrator.Plans;

/// <summary>A plan as AGENT_STATE.json and as TASKS_PARSED.json, with what came in given back. Pure.</summary>
static class StateExport
{
    public static JsonObject Of(ExportFacts facts)
    {
        var kept = ExportFacts.Kept(facts.Draft.SourceKind == SourceKinds.AgentState ? facts.Draft.Unknown : null);
        var state = new JsonObject
        {
            ["spec_path"] = SpecPath(facts),
            ["session_name"] = kept["session_name"]?.DeepClone() ?? $"orch-{facts.Plan.Title}",
            ["tasks"] = Tasks(facts, withRuns: true, Windows(facts, kept)),
            ["review_findings"] = Findings(facts, kept),
            ["final_reports"] = ReviewExport.Reports(facts) is { Count: > 0 } reports ? reports
                : kept["final_reports"]?.DeepClone() ?? new JsonArray(),
            ["blocked_items"] = Blocked(facts),
            ["pending_decisions"] = Decisions(facts),
            ["deferred_fixes"] = Deferred(facts, kept),
            ["window_mapping"] = Windows(facts, kept),
            ["plan_id"] = facts.Plan.Id,
        };
        return ExportFacts.With(state, kept);
    }

    /// <summary>Where each unit is looked at: what was said, else what came in, else the rules.</summary>
    static JsonObject Windows(ExportFacts facts, JsonObject kept)
    {
        var before = kept["window_mapping"] as JsonObject ?? [];
        // Where somebody has mapped windows, they did so on purpose.
        var rules = before.Count > 0 ? [] : AssignmentRules.Of([.. facts.Units.Select(unit => unit.Draft)], _ => null)
            .ToDictionary(one => one.TaskId, one => one.Window, StringComparer.Ordinal);
        var made = new JsonObject();
        foreach (var unit in facts.Units)
            if ((unit.Said?.Said.Window ?? (string?)before[unit.Draft.ForeignId] ?? rules.GetValueOrDefault(unit.Draft.ForeignId))
                is { } window)
                made[unit.Draft.ForeignId] = window;
        return ExportFacts.With(made, before);
    }

    /// <summary>The same tasks without what runs brought.</summary>
    public static JsonObject Parsed(ExportFacts facts) => new()
    {
        ["spec_path"] = SpecPath(facts), ["tasks"] = Tasks(facts,
        withRuns: false, [])
    };

    static string SpecPath(ExportFacts facts) => (string?)ExportFacts.Kept(facts.Draft.Unknown)["spec_path"] ?? facts.Plan.Title;

    static JsonArray Tasks(ExportFacts facts, bool withRuns, JsonObject windows) =>
        [.. facts.Units.Where(unit => !unit.Gone).SelectMany(unit => Unit(facts, unit, withRuns, windows)).Select(task => (JsonNode)task)];

    static IEnumerable<JsonObject> Unit(ExportFacts facts, PlanItem unit, bool withRuns, JsonObject windows)
    {
        var assigned = Assigned.Of(unit.Draft, unit.Said);
        var draft = unit.Draft with { Writes = assigned.Draft.Writes, Reads = assigned.Draft.Reads };
        var task = Task(draft.ForeignId, draft.Title, withRuns ? assigned.Draft.Type : draft.Type,
            withRuns ? Status(facts, unit) : draft.ForeignStatus ?? "not_started");
        task["dependencies"] = ExportFacts.List(draft.DependsOn);
        task["is_optional"] = draft.Optional;
        task["subtasks"] = ExportFacts.List(draft.Steps.Select(step => step.ForeignId));
        task["writes"] = ExportFacts.List(draft.Writes);
        task["reads"] = ExportFacts.List(draft.Reads);
        task["details"] = Lines(draft.Description);
        if (withRuns && facts.Runs.TryGetValue(unit.ItemId, out var run))
        {
            task["exit_code"] = run.ExitCode;
            task["output"] = run.LastMessage;
            task["error"] = run.Error?.Message;
            task["files_changed"] = ExportFacts.List(facts.Files(unit));
            ReviewExport.On(task, [.. facts.Rounds[unit.ItemId]]);
            if (unit.Item?.State == ItemStatus.Done)
                task["completed_at"] = run.EndedAt?.UtcDateTime;
            if (unit.Item is { State: ItemStatus.Blocked } item)
                task["blocked_reason"] = string.Join(' ', item.Causes.Select(cause => cause.Text));
        }

        if (withRuns)
        {
            task["owner_agent"] = facts.Runs.TryGetValue(unit.ItemId, out var owner) ? owner.Profile : Owner(facts, unit);
            task["target_window"] = windows[draft.ForeignId]?.DeepClone();
            // A state file that does not speak of it comes back as it was, unless there is something to say.
            if (facts.Draft.SourceKind != SourceKinds.AgentState || unit.Said is not null || assigned.Care != CareWords.Standard)
                task["criticality"] = draft.Criticality == "high" && assigned.Care == CareWords.Standard ? CareWords.Complex
                    : assigned.Care;
            task["assigned_by"] = assigned.By;
        }

        yield return WithKept(task, facts, draft.Unknown, unit.Said?.Said.Care is null);
        var states = unit.Steps.GroupBy(step => step.StepId).ToDictionary(group => group.Key, group => group.First().State);
        foreach (var step in draft.Steps)
        {
            var done = withRuns ? states.GetValueOrDefault(step.ForeignId) == StepReports.Done || unit.Item?.State == ItemStatus.Done
                : step.Done;
            var failed = withRuns && states.GetValueOrDefault(step.ForeignId) == StepReports.Failed;
            var leaf = Task(step.ForeignId, step.Title, draft.Type, done ? "completed" : failed ? "blocked"
                : step.ForeignStatus is { } word and not "completed" ? word : "not_started");
            leaf["dependencies"] = ExportFacts.List(step.DependsOn);
            leaf["is_optional"] = step.Optional;
            leaf["subtasks"] = new JsonArray();
            leaf["parent_id"] = draft.ForeignId;
            leaf["writes"] = ExportFacts.List(step.Writes);
            leaf["reads"] = ExportFacts.List(step.Reads);
            leaf["details"] = Lines(step.Details);
            yield return WithKept(leaf, facts, step.Unknown, keepCare: true);
        }
    }

    /// <summary>Who was named, in the source's own words where nobody here said otherwise; else whom its type leads to.</summary>
    static string? Owner(ExportFacts facts, PlanItem unit) => unit.Said?.Said.Owner
        ?? (facts.Draft.SourceKind == SourceKinds.AgentState ? (string?)ExportFacts.Kept(unit.Draft.Unknown)["owner_agent"] : null)
        ?? facts.Owners.GetValueOrDefault(unit.ItemId);

    static JsonObject Task(string id, string title, string type, string status) =>
        new() { ["task_id"] = id, ["description"] = title, ["type"] = type, ["status"] = status };

    /// <param name="keepCare">Nobody here said how much care it needs.</param>
    static JsonObject WithKept(JsonObject task, ExportFacts facts, string? unknown, bool keepCare)
    {
        var kept = ExportFacts.Kept(facts.Draft.SourceKind == SourceKinds.AgentState ? unknown : null);
        // The source's own word stays; ours only stands in for it.
        if (keepCare && kept["criticality"] is { } finer)
            task["criticality"] = finer.DeepClone();
        return ExportFacts.With(task, kept);
    }

    static JsonArray Lines(string text) => ExportFacts.List(text.Length == 0 ? [] : text.Split('\n'));

    static string Status(ExportFacts facts, PlanItem unit) =>
        facts.Draft.SourceKind == SourceKinds.AgentState && unit.Draft.ForeignStatus is { } word && ExportFacts.AsImported(unit)
            && !facts.HeldBack(unit) ? word
        : unit.Item is { } reviewed && ReviewExport.Status(reviewed.State, [.. facts.Rounds[unit.ItemId]]) is { } review ? review
        : unit.Item is { } item ? StateWords.Out(item.State, facts.HeldBack(unit)) : "blocked";

    static JsonArray Findings(ExportFacts facts, JsonObject kept)
    {
        var made = new JsonArray();
        foreach (var unit in facts.Units)
            foreach (var one in facts.Findings[unit.ItemId].Where(one => one.SameAs is null))
                made.Add((JsonNode)new JsonObject
                {
                    ["task_id"] = unit.Draft.ForeignId,
                    ["reviewer"] = one.SaidBy,
                    ["severity"] = ReviewExport.Severity(one.Severity),
                    ["summary"] = one.Title,
                    ["details"] = one.Detail,
                    ["created_at"] = one.CreatedAt.UtcDateTime,
                });
        return made.Count > 0 ? made : kept["review_findings"]?.DeepClone().AsArray() ?? made;
    }

    static JsonArray Blocked(ExportFacts facts) =>
    [
        .. from unit in facts.Units
           where unit.Item is { State: ItemStatus.Blocked or ItemStatus.Failed }
           select (JsonNode)new JsonObject
           {
               ["task_id"] = unit.Draft.ForeignId,
               ["blocking_reason"] = string.Join(' ', unit.Item!.Causes.Select(cause => cause.Text)),
               ["dependent_tasks"] = ExportFacts.List(facts.Units.Where(other => unit.Item.Blocks.Contains(other.ItemId))
                   .Select(other => other.Draft.ForeignId)),
               ["required_resolution"] = string.Join(" or ", facts.Plan.Decisions.FirstOrDefault(one => one.ItemId == unit.ItemId)?.Options
                   ?? ["a person"]),
               ["created_at"] = unit.Item.UpdatedAt.UtcDateTime,
           },
    ];

    static JsonArray Decisions(ExportFacts facts) =>
    [
        .. facts.Plan.Decisions.Select(one => (JsonNode)new JsonObject
        {
            ["id"] = one.Id,
            ["task_id"] = one.ForeignId ?? string.Create(CultureInfo.InvariantCulture, $"phase {one.Phase}"),
            ["priority"] = "critical",
            ["context"] = one.Text,
            ["options"] = ExportFacts.List(one.Options),
            ["created_at"] = one.CreatedAt.UtcDateTime,
        }),
    ];

    static JsonArray Deferred(ExportFacts facts, JsonObject kept)
    {
        var made = kept["deferred_fixes"]?.DeepClone().AsArray() ?? [];
        foreach (var unit in facts.Units)
            foreach (var one in facts.Findings[unit.ItemId].Where(one => one.State == Reviews.FindingState.Deferred))
                made.Add((JsonNode)new JsonObject
                {
                    ["task_id"] = unit.Draft.ForeignId,
                    ["description"] = one.Title,
                    ["severity"] = ReviewExport.Severity(one.Severity),
                    ["created_at"] = one.CreatedAt.UtcDateTime,
                });
        return made;
    }
}
