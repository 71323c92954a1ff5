using System.Text.Json.Nodes;
using Orchestrator.Items;
using Orchestrator.Plans.Kiro;

namespace Orchestrator.Plans;

/// <summary>
/// From every requirement to what became of it: the items that name it, the run that did each, its commit, and what the daemon's own check
/// saw. One that no item names is there with none. Pure.
/// </summary>
static class TraceExport
{
    const int ShortText = 100, ShortCommit = 12;

    /// <summary>As JSON: plan_id, and requirements with id, requirement, text and items.</summary>
    public static JsonObject Of(ExportFacts facts) => new()
    {
        ["plan_id"] = facts.Plan.Id,
        ["title"] = facts.Plan.Title,
        ["requirements"] = new JsonArray([.. Traced(facts).Select(trace => (JsonNode)new JsonObject
        {
            ["id"] = trace.Id,
            ["requirement"] = trace.Requirement,
            ["text"] = trace.Text,
            ["items"] = new JsonArray([.. Units(facts, trace).Select(unit => (JsonNode)Unit(facts, unit, trace))]),
        })]),
    };

    /// <summary>As lines of a report: <c>1.1 WHEN …: 1 done, run R, commit C, 2 of 2 verify commands passed.</c></summary>
    public static IEnumerable<string> Lines(ExportFacts facts) => Traced(facts).Select(trace =>
        $"{trace.Id}{(trace.Text.Length > 0 ? $" {UnitText.Cut(trace.Text, ShortText)}" : "")}: "
        + (Units(facts, trace).Select(unit => Line(facts, unit)).ToList() is { Count: > 0 } lines ? string.Join("; ", lines)
            : "no item names it"));

    /// <summary>Criteria of the source's own requirements; where it has none, the ids that its items name.</summary>
    static IReadOnlyList<Trace> Traced(ExportFacts facts)
    {
        var plan = facts.Draft with { Items = [.. facts.Units.Where(unit => !unit.Gone).Select(unit => unit.Draft)] };
        var known = plan.SourceKind == SourceKinds.Kiro ? KiroSpec.Read(facts.Sources).Requirements : new RequirementSet([]);
        return known.All.Count > 0 ? Traces.Of(plan, known)
            : [.. plan.Items.SelectMany(unit => unit.Requirements).Distinct(StringComparer.OrdinalIgnoreCase).Select(id => new Trace(id, id,
                "", [.. plan.Items.Where(unit => unit.Requirements.Contains(id, StringComparer.OrdinalIgnoreCase)).Select(unit =>
                    unit.ForeignId)], []))];
    }

    static IEnumerable<PlanItem> Units(ExportFacts facts, Trace trace) =>
        facts.Units.Where(unit => !unit.Gone && trace.Units.Contains(unit.Draft.ForeignId, StringComparer.Ordinal));

    static JsonObject Unit(ExportFacts facts, PlanItem unit, Trace trace) => new()
    {
        ["id"] = unit.Draft.ForeignId,
        ["item_id"] = unit.ItemId,
        ["title"] = unit.Draft.Title,
        ["status"] = unit.Item?.Status ?? ItemLifecycle.Word(ItemStatus.Canceled),
        ["steps"] = ExportFacts.List(unit.Draft.Steps.Select(step => step.ForeignId).Where(trace.Steps.Contains)),
        ["run_id"] = facts.Runs.GetValueOrDefault(unit.ItemId)?.Id,
        ["commit"] = facts.Commits.GetValueOrDefault(unit.ItemId),
        ["evidence"] = facts.Evidence.GetValueOrDefault(unit.ItemId),
        ["unchecked"] = unit.Item?.Unchecked ?? false,
    };

    static string Line(ExportFacts facts, PlanItem unit) => string.Join(", ", new[]
    {
        $"{unit.Draft.ForeignId} {unit.Item?.Status ?? "taken out of the queue"}",
        facts.Runs.TryGetValue(unit.ItemId, out var run) ? $"run {run.Id}" : null,
        facts.Commits.TryGetValue(unit.ItemId, out var commit) ? $"commit {commit[..Math.Min(ShortCommit, commit.Length)]}" : null,
        facts.Evidence.TryGetValue(unit.ItemId, out var evidence) ? evidence.Split('\n')[0].TrimEnd('.') : null,
    }.OfType<string>());
}
