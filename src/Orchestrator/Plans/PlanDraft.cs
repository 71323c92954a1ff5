namespace Orchestrator.Plans;

/// <summary>
/// A plan as an importer reads it out of a source: what is to be done, in which order, and how the source said it. Every importer makes
/// this and nothing else; storing, running and giving back work on it alone. Pure data.
/// </summary>
sealed record PlanDraft
{
    public required string Title { get; init; }

    /// <summary>One of <see cref="SourceKinds"/>.</summary>
    public required string SourceKind { get; init; }
    public string Description { get; init; } = "";

    /// <summary>The project as the source names it; null when it names none. Who imports may say another.</summary>
    public string? Project { get; init; }

    /// <summary>What tells this source from others, so that it updates its plan when it is imported again: a path, a repository, a name of
    /// its own. Null leaves it to the title.</summary>
    public string? SourceKey { get; init; }

    /// <summary>How often its state is told, in seconds; null for as often as that of any plan.</summary>
    public double? HeartbeatS { get; init; }

    /// <summary>In the order in which they open; one at least when there are items.</summary>
    public IReadOnlyList<PhaseDraft> Phases { get; init; } = [];

    /// <summary>What is handed out, in the source's order: standalone items, and parents whose steps stand in them.</summary>
    public IReadOnlyList<ItemDraft> Items { get; init; } = [];

    /// <summary>Members of the source's top that mean nothing here, as one JSON object; null for none. An export gives them back.</summary>
    public string? Unknown { get; init; }
}

/// <summary>A part of a plan that opens when the gate of the one before it is fulfilled.</summary>
sealed record PhaseDraft
{
    /// <summary>Without double in the plan; items name it.</summary>
    public required string Id { get; init; }
    public required string Name { get; init; }

    /// <summary>What must be true of this phase before the next one opens.</summary>
    public PhaseGate Gate { get; init; } = PhaseGate.AllDone;

    /// <summary>Members of the source's phase that mean nothing here, as one JSON object; null for none.</summary>
    public string? Unknown { get; init; }
}

/// <summary>What must be true of a phase before the next one opens.</summary>
enum PhaseGate
{
    /// <summary>Every item that is not optional is done, or skipped by a person.</summary>
    AllDone,
    /// <summary>Besides, the work of each that has any is on its branch.</summary>
    AllMerged,
    /// <summary>Besides, a person says that it goes on.</summary>
    Person,
}

/// <summary>The closed list of what plans are made from.</summary>
static class SourceKinds
{
    public const string Manifest = "manifest";
    public const string AgentState = "agent-state";
    public const string Wrapper = "wrapper";
    public const string Issues = "issues";
    public const string Kiro = "kiro";
    public const string Wish = "wish";

    public static readonly IReadOnlyList<string> All = [Manifest, AgentState, Wrapper, Issues, Kiro, Wish];
}
