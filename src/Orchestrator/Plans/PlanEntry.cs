using Orchestrator.Items;
using Orchestrator.Plans.Assigning;

namespace Orchestrator.Plans;

/// <summary>A unit of a plan as clients get it: the item, and what the plan knows of it.</summary>
sealed record PlanEntry
{
    /// <summary>The item's id; null when nothing was stored.</summary>
    public string? Id { get; init; }
    public long? Number { get; init; }

    /// <summary>The source's id.</summary>
    public required string ForeignId { get; init; }
    public required string Title { get; init; }
    public required string Phase { get; init; }

    /// <summary>Where it is; null when it was taken out of the queue.</summary>
    public string? Status { get; init; }

    /// <summary>The same in the source's words.</summary>
    public string? ForeignStatus { get; init; }

    [Words("code", "ui", "review")]
    public required string Type { get; init; }

    /// <summary>Who does it, who said so, and why.</summary>
    public required PlanEntryAssignment Assigned { get; init; }

    [Words("low", "medium", "high", "urgent")]
    public string? Priority { get; init; }

    /// <summary>Ids of the items it waits for.</summary>
    public IReadOnlyList<string> BlockedBy { get; init; } = [];

    /// <summary>Ids of the source: what it waits for, and what it waits for only because two write the same file.</summary>
    public IReadOnlyList<string> DependsOn { get; init; } = [];
    public IReadOnlyList<AddedOrder> After { get; init; } = [];
    public IReadOnlyList<string> Writes { get; init; } = [];
    public IReadOnlyList<string> Reads { get; init; } = [];
    public IReadOnlyList<PlanEntryStep> Steps { get; init; } = [];
    public bool Optional { get; init; }

    /// <summary>The source does not name it any more.</summary>
    public bool Gone { get; init; }
    public long? Issue { get; init; }
    public long Attempts { get; init; }
    public string? RunId { get; init; }

    /// <summary>What it says of itself that only a person can solve; empty for nothing.</summary>
    public IReadOnlyList<ItemCause> Causes { get; init; } = [];
    public string? Place { get; init; }
    public int? Line { get; init; }

    public static PlanEntry Of(ItemDraft draft, string phaseName, SaidAssignment? said = null) => new()
    {
        Assigned = PlanEntryAssignment.Of(Assigning.Assigned.Of(draft, said)),
        ForeignId = draft.ForeignId,
        Title = draft.Title,
        Phase = phaseName,
        Status = ItemLifecycle.Word(draft.Status),
        ForeignStatus = draft.ForeignStatus,
        Type = Assigning.Assigned.Of(draft, said).Draft.Type,
        Priority = draft.Priority ?? PhasePriority.Of(phaseName),
        DependsOn = draft.DependsOn,
        After = draft.After,
        Writes = draft.Writes,
        Reads = draft.Reads,
        Steps = [.. draft.Steps.Select(step => new PlanEntryStep(step.ForeignId, step.Title,
            step.Done ? StepReports.Done : StepReports.Open, null))],
        Optional = draft.Optional,
        Issue = draft.Issue,
        Place = draft.Place,
        Line = draft.Line,
    };

    public static PlanEntry Of(PlanItem unit, Plan plan)
    {
        var states = unit.Steps.GroupBy(step => step.StepId).ToDictionary(group => group.Key, group => group.First());
        return Of(unit.Draft, plan.Phases.FirstOrDefault(phase => phase.No == unit.PhaseNo)?.Name ?? "", unit.Said) with
        {
            Id = unit.ItemId,
            Number = unit.Item?.Number,
            Status = unit.Item?.Status,
            Gone = unit.Gone,
            Priority = unit.Item?.Priority,
            BlockedBy = unit.Item?.BlockedBy ?? [],
            Attempts = unit.Item?.Attempts ?? 0,
            RunId = unit.Item?.RunId,
            Causes = unit.Item?.Causes ?? [],
            Steps = [.. unit.Draft.Steps.Select(step => new PlanEntryStep(step.ForeignId, step.Title,
                states.GetValueOrDefault(step.ForeignId)?.State ?? StepReports.Open, states.GetValueOrDefault(step.ForeignId)?.Note))],
        };
    }
}

/// <summary>Who does a unit.</summary>
/// <param name="Profile">The profile that was named, else the one its type leads to now; null where that is not looked up.</param>
/// <param name="By">rules, the document, a person, or run:ID for the run that was asked.</param>
/// <param name="Route">Why it is that profile, where nobody named it.</param>
sealed record PlanEntryAssignment([property: Words("code", "ui", "review")] string Type, string? Profile,
    [property: Words("standard", "complex", "security-sensitive")] string Care, string By, string Why, string? Route = null)
{
    public static PlanEntryAssignment Of(Assigned assigned) => new(assigned.Draft.Type, assigned.Draft.Profile, assigned.Care, assigned.By,
        assigned.Why);

    /// <summary><c>code by spark, standard (rules: its words and its files; default of the phase code)</c></summary>
    public string Text => $"{Type} by {Profile ?? "whom its type leads to"}, {Care} ({By}: {Why}{(Route is null ? "" : $"; {Route}")})";
}

/// <summary>A step of a unit.</summary>
sealed record PlanEntryStep(string Id, string Title, [property: Words("open", "done", "failed")] string State, string? Note);

/// <summary>What a phase's name says of how urgent its items are, where they do not say it themselves. Pure.</summary>
static class PhasePriority
{
    public static string Of(string phase) => phase.Contains("critical", StringComparison.OrdinalIgnoreCase) ? "urgent"
        : phase.Contains("high", StringComparison.OrdinalIgnoreCase) ? "high" : "medium";
}
