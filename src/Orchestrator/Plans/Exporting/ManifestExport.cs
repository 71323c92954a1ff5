using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Items;

namespace Orchestrator.Plans;

/// <summary>A plan as a manifest, with what came in given back: foreign words as long as nothing has moved, and members nobody here knows.
/// Imported again it is the same plan. Pure.</summary>
static class ManifestExport
{
    public static JsonObject Of(ExportFacts facts)
    {
        var top = new JsonObject { ["project"] = facts.Draft.Project ?? facts.Plan.Project ?? facts.Plan.Title };
        if (facts.Plan.Title != (string?)top["project"])
            top["title"] = facts.Plan.Title;
        if (facts.Draft.Description.Length > 0)
            top["description"] = facts.Draft.Description;
        if (facts.Draft.HeartbeatS is { } seconds)
            top["heartbeat"] = seconds % 3600 == 0 ? $"{seconds / 3600:0}h" : seconds % 60 == 0 ? $"{seconds / 60:0}m" : $"{seconds:0}s";
        ExportFacts.With(top, ExportFacts.Kept(facts.Draft.SourceKind == SourceKinds.Manifest ? facts.Draft.Unknown : null));
        var units = facts.Units.Where(unit => !unit.Gone).ToLookup(unit => unit.Draft.Phase);
        top["phases"] = new JsonArray([.. facts.Draft.Phases.Index().Select(phase => (JsonNode)Phase(facts, phase.Item, phase.Index,
            units[phase.Item.Id]))]);
        return top;
    }

    static JsonObject Phase(ExportFacts facts, PhaseDraft phase, int at, IEnumerable<PlanItem> units)
    {
        var made = new JsonObject();
        if (phase.Id != $"phase-{at + 1}")
            made["id"] = phase.Id;
        made["name"] = phase.Name;
        if (phase.Gate != PhaseGate.AllDone)
            made["gate"] = PhaseGates.Word(phase.Gate);
        ExportFacts.With(made, ExportFacts.Kept(phase.Unknown));
        made["tasks"] = new JsonArray([.. units.Select(unit => (JsonNode)Task(facts, unit))]);
        return made;
    }

    static JsonObject Task(ExportFacts facts, PlanItem unit)
    {
        var draft = unit.Draft;
        var task = new JsonObject { ["id"] = draft.ForeignId };
        if (draft.Issue is { } issue)
            task["issue"] = issue;
        task["title"] = draft.Title;
        if (draft.Description.Length > 0)
            task["description"] = draft.Description;
        task["files"] = ExportFacts.List(draft.Writes);
        task["dependsOn"] = ExportFacts.List(draft.DependsOn);
        task["status"] = Status(facts, unit);
        Rest(task, draft);
        var kept = ExportFacts.Kept(facts.Draft.SourceKind == SourceKinds.Manifest ? draft.Unknown : null);
        if (facts.Runs.TryGetValue(unit.ItemId, out var run))
        {
            task["worktree"] = run.Workspace?.Path;
            task["startedAt"] = run.StartedAt?.UtcDateTime;
            task["lastProgress"] = run.LastEventAt?.UtcDateTime;
            if (unit.Item?.State == ItemStatus.Done)
                task["completedAt"] = run.EndedAt?.UtcDateTime;
        }

        if (Delivery(unit, "pull_request") is { ValueKind: JsonValueKind.Object } pull && pull.TryGetProperty("number", out var number)
            && number.TryGetInt64(out var value))
            task["prNumber"] = value;
        return ExportFacts.With(task, kept);
    }

    static JsonElement? Delivery(PlanItem unit, string name) =>
        unit.Item?.Delivery is { ValueKind: JsonValueKind.Object } delivery && delivery.TryGetProperty(name, out var found) ? found : null;

    static void Rest(JsonObject task, ItemDraft draft)
    {
        void Texts(string name, IReadOnlyList<string> texts)
        {
            if (texts.Count > 0)
                task[name] = ExportFacts.List(texts);
        }

        void Text(string name, string? text, string? usual = null)
        {
            if (text is not null && text != usual)
                task[name] = text;
        }

        Texts("reads", draft.Reads);
        Text("type", draft.Type, draft.TypeSaid ? null : WorkTypes.Code);
        Text("kind", draft.Kind);
        Texts("acceptanceCriteria", draft.Criteria);
        if (draft.Steps.Count > 0)
            task["steps"] = new JsonArray([.. draft.Steps.Select(step => (JsonNode)Step(step))]);
        if (draft.Optional)
            task["optional"] = true;
        Text("priority", draft.Priority);
        Text("effort", draft.Effort);
        Text("criticality", draft.Care ?? draft.Criticality);
        Text("profile", draft.Profile);
        Texts("requirements", draft.Requirements);
    }

    static JsonObject Step(StepDraft step)
    {
        var made = new JsonObject { ["id"] = step.ForeignId, ["title"] = step.Title };
        if (step.Details.Length > 0)
            made["details"] = step.Details;
        if (step.Optional)
            made["optional"] = true;
        if (step.Done)
            made["done"] = true;
        return made;
    }

    static string Status(ExportFacts facts, PlanItem unit)
    {
        if (facts.Draft.SourceKind == SourceKinds.Manifest && unit.Draft.ForeignStatus is { } word && ExportFacts.AsImported(unit))
            return word;
        if (unit.Item is not { } item)
            return "canceled";
        return ManifestWords.Out(item.State, item.OpenDependencies > 0,
            Delivery(unit, "state")?.ValueEquals("landed") == true, Delivery(unit, "word")?.ValueEquals("pr_open") == true);
    }
}
