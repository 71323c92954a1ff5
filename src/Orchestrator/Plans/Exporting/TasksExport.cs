using Orchestrator.Items;
using Orchestrator.Plans.Kiro;
using Orchestrator.Plans.Kiro.Lines;

namespace Orchestrator.Plans;

/// <summary>
/// A plan as a tasks.md. Where it came from one, that text, or the one there is now, with the boxes of what is done ticked and nothing else
/// changed; from any other source, a text of its own. Pure.
/// </summary>
static class TasksExport
{
    /// <param name="current">The file as it is now; null where there is none yet.</param>
    public static string Of(ExportFacts facts, string? current)
    {
        var units = facts.Units.Where(unit => !unit.Gone).ToList();
        var source = facts.Draft.SourceKind == SourceKinds.Kiro ? facts.Sources.FirstOrDefault(IsTasks)?.Text : null;
        if ((current ?? source) is { } text && source is not null)
            return TasksFile.SetBoxes(text, [.. units.SelectMany(Wishes)], parentsFollow: true).Text;
        var states = units.SelectMany(States).ToDictionary(state => state.Id, state => state.State);
        return TasksMarkdown.Of(facts.Draft with { Items = [.. units.Select(unit => unit.Draft)] },
            id => states.TryGetValue(id, out var state) ? state : null);
    }

    static bool IsTasks(SourceText source) =>
        string.Equals(source.Name.Split('/', '\\')[^1], "tasks.md", StringComparison.OrdinalIgnoreCase);

    // Boxes say what they said as long as nothing has moved here, also where they do not fit together. What an agent says of its steps is
    // its word: they are ticked when the unit is done.
    static IReadOnlyList<BoxWish> Wishes(PlanItem unit) => unit.Item is { } item && !ExportFacts.AsImported(unit)
        ? BoxWishes.Of(unit.Draft, Begun(item), item.State != ItemStatus.Done ? NoSteps : unit.Steps
            .Where(step => step.State == StepReports.Done).Select(step => step.StepId).ToHashSet(StringComparer.Ordinal)) : [];

    // What was begun and is not done stays marked so, whatever holds it now.
    static ItemStatus Begun(Item item) => item.Attempts > 0 && item.State is ItemStatus.Blocked or ItemStatus.Failed or ItemStatus.Ready
        ? ItemStatus.InFlight : item.State;

    static readonly HashSet<string> NoSteps = [];

    static IEnumerable<(string Id, BoxState State)> States(PlanItem unit)
    {
        foreach (var wish in Wishes(unit))
            yield return (wish.Task.Id, wish.State);
    }
}
