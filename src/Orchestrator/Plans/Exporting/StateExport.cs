using System.Globalization;
using System.Text.Json.Nodes;
using Orchestrator.Items;

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
            ["tasks"] = Tasks(facts, withRuns: true),
            ["review_findings"] = Findings(facts, kept),
            ["final_reports"] = kept["final_reports"]?.DeepClone() ?? new JsonArray(),
            ["blocked_items"] = Blocked(facts),
            ["pending_decisions"] = Decisions(facts),
            ["deferred_fixes"] = Deferred(facts, kept),
            ["window_mapping"] = kept["window_mapping"]?.DeepClone() ?? new JsonObject(),
        };
        return ExportFacts.With(state, kept);
    }

    /// <summary>The same tasks without what runs brought.</summary>
    public static JsonObject Parsed(ExportFacts facts) => new()
    {
        ["spec_path"] = SpecPath(facts), ["tasks"] = Tasks(facts,
        withRuns: false)
    };

    static string SpecPath(ExportFacts facts) => (string?)ExportFacts.Kept(facts.Draft.Unknown)["spec_path"] ?? facts.Plan.Title;

    static JsonArray Tasks(ExportFacts facts, bool withRuns) =>
        [.. facts.Units.Where(unit => !unit.Gone).SelectMany(unit => Unit(facts, unit, withRuns)).Select(task => (JsonNode)task)];

    static IEnumerable<JsonObject> Unit(ExportFacts facts, PlanItem unit, bool withRuns)
    {
        var draft = unit.Draft;
        var task = Task(draft.ForeignId, draft.Title, draft.Type, withRuns ? Status(facts, unit) : draft.ForeignStatus ?? "not_started");
        task["dependencies"] = ExportFacts.List(draft.DependsOn);
        task["is_optional"] = draft.Optional;
        task["subtasks"] = ExportFacts.List(draft.Steps.Select(step => step.ForeignId));
        task["writes"] = ExportFacts.List(draft.Writes);
        task["reads"] = ExportFacts.List(draft.Reads);
        task["details"] = Lines(draft.Description);
        if (withRuns && facts.Runs.TryGetValue(unit.ItemId, out var run))
        {
            task["owner_agent"] = run.Agent;
            task["exit_code"] = run.ExitCode;
            task["output"] = run.LastMessage;
            task["error"] = run.Error?.Message;
            task["files_changed"] = ExportFacts.List(facts.Files(unit));
            task["fix_attempts"] = Math.Max(0, (unit.Item?.Attempts ?? 1) - 1);
            if (unit.Item?.State == ItemStatus.Done)
                task["completed_at"] = run.EndedAt?.UtcDateTime;
            if (unit.Item is { State: ItemStatus.Blocked } item)
                task["blocked_reason"] = string.Join(' ', item.Causes.Select(cause => cause.Text));
        }

        if (draft.Criticality == "high")
            task["criticality"] = "complex";
        yield return ExportFacts.With(WithKept(task, facts, draft.Unknown), []);
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
            yield return WithKept(leaf, facts, step.Unknown);
        }
    }

    static JsonObject Task(string id, string title, string type, string status) =>
        new() { ["task_id"] = id, ["description"] = title, ["type"] = type, ["status"] = status };

    static JsonObject WithKept(JsonObject task, ExportFacts facts, string? unknown)
    {
        var kept = ExportFacts.Kept(facts.Draft.SourceKind == SourceKinds.AgentState ? unknown : null);
        // The source's finer word stays; ours only stands in for it.
        if (kept["criticality"] is { } finer)
            task["criticality"] = finer.DeepClone();
        return ExportFacts.With(task, kept);
    }

    static JsonArray Lines(string text) => ExportFacts.List(text.Length == 0 ? [] : text.Split('\n'));

    static string Status(ExportFacts facts, PlanItem unit) =>
        facts.Draft.SourceKind == SourceKinds.AgentState && unit.Draft.ForeignStatus is { } word && ExportFacts.AsImported(unit)
            && !facts.HeldBack(unit) ? word
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
                    ["severity"] = Severity(one.Severity),
                    ["summary"] = one.Title,
                    ["details"] = one.Detail,
                    ["created_at"] = one.CreatedAt.UtcDateTime,
                });
        return made.Count > 0 ? made : kept["review_findings"]?.DeepClone().AsArray() ?? made;
    }

    /// <summary>Our four words in the three of the format.</summary>
    static string Severity(string word) => word switch { "critical" => "critical", "high" => "major", _ => "minor" };

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
                    ["severity"] = Severity(one.Severity),
                    ["created_at"] = one.CreatedAt.UtcDateTime,
                });
        return made;
    }
}
