using Orchestrator.Items;

namespace Orchestrator.Plans;

/// <summary>
/// A unit of a plan as an importer reads it: it goes to one agent as a whole. One with <see cref="Steps"/> is a parent whose steps are done
/// in their order by that agent; a leaf that has a parent is a step there and no item of its own.
/// </summary>
sealed record ItemDraft
{
    /// <summary>The source's own id, without double in the plan.</summary>
    public required string ForeignId { get; init; }
    public required string Title { get; init; }
    public string Description { get; init; } = "";

    /// <summary>One of <see cref="WorkTypes"/>; it chooses the profile.</summary>
    public string Type { get; init; } = WorkTypes.Code;

    /// <summary>The source says the type; where it does not, words and files do.</summary>
    public bool TypeSaid { get; init; }

    /// <summary>Kind of work in the source's own words: checkpoint, property-test, fix; null for none.</summary>
    public string? Kind { get; init; }
    public IReadOnlyList<string> Criteria { get; init; } = [];

    /// <summary>Foreign ids of items it waits for, as the source says it. Ids that are not in <see cref="PlanDraft.Items"/> are refused, so
    /// an importer leaves out what it does not know, with a finding, and turns a dependency on a step into one on its unit.</summary>
    public IReadOnlyList<string> DependsOn { get; init; } = [];

    /// <summary>What it waits for besides, because this program put it there: an export leaves it out.</summary>
    public IReadOnlyList<AddedOrder> After { get; init; } = [];

    /// <summary>Files, folders and globs below the project's folder, with '/': those it changes, and those it needs unchanged.</summary>
    public IReadOnlyList<string> Writes { get; init; } = [];
    public IReadOnlyList<string> Reads { get; init; } = [];

    /// <summary>Id of its phase; null for the plan's first.</summary>
    public string? Phase { get; init; }

    /// <summary>The heading or parent it stands under when that is no unit itself; for people only, null for none.</summary>
    public string? Parent { get; init; }
    public IReadOnlyList<StepDraft> Steps { get; init; } = [];

    /// <summary>It is left out unless somebody asks for it, and nothing waits for it.</summary>
    public bool Optional { get; init; }

    /// <summary>low, medium, high or urgent; null for medium.</summary>
    public string? Priority { get; init; }

    /// <summary>In the source's own words; xs, s, m, l and xl become the item's complexity. Null when not said.</summary>
    public string? Effort { get; init; }

    /// <summary>low, normal or high; null for normal.</summary>
    public string? Criticality { get; init; }

    /// <summary>standard, complex or security-sensitive, where the source says it in these words; null where it does not.</summary>
    public string? Care { get; init; }

    /// <summary>Profile asked for by name; null leaves it to the project and the type.</summary>
    public string? Profile { get; init; }

    /// <summary>Number of the issue it comes from; null for none.</summary>
    public long? Issue { get; init; }

    /// <summary>Where the source says it is. Only <c>done</c>, <c>skipped</c> and <c>canceled</c> make a difference: what was at work
    /// elsewhere is not at work here, and starts when its turn comes.</summary>
    public ItemStatus Status { get; init; } = ItemStatus.Inbox;

    /// <summary>The source's own word for that, given back by an export while nothing has moved; null when it says none.</summary>
    public string? ForeignStatus { get; init; }

    /// <summary>Ids of requirements it fulfils, like 1.2.</summary>
    public IReadOnlyList<string> Requirements { get; init; } = [];

    /// <summary>Members of the source's item that mean nothing here, as one JSON object; null for none.</summary>
    public string? Unknown { get; init; }

    /// <summary>Where it stands: a line counted from 1, and the file or JSON path; null when not known.</summary>
    public int? Line { get; init; }
    public string? Place { get; init; }
}

/// <summary>One step of a unit. Steps are done in the order in which they stand.</summary>
sealed record StepDraft
{
    /// <summary>The source's own id, without double in the plan, among units and steps.</summary>
    public required string ForeignId { get; init; }
    public required string Title { get; init; }

    /// <summary>What stands below it in the source, lines as they are.</summary>
    public string Details { get; init; } = "";
    public bool Optional { get; init; }

    /// <summary>Done already, in the source.</summary>
    public bool Done { get; init; }
    public string? ForeignStatus { get; init; }
    public IReadOnlyList<string> DependsOn { get; init; } = [];
    public IReadOnlyList<string> Writes { get; init; } = [];
    public IReadOnlyList<string> Reads { get; init; } = [];
    public IReadOnlyList<string> Requirements { get; init; } = [];
    public string? Unknown { get; init; }
    public int? Line { get; init; }
    public string? Place { get; init; }
}

/// <summary>An order that the source does not state.</summary>
/// <param name="ForeignId">The item that goes first.</param>
/// <param name="Why">In words.</param>
sealed record AddedOrder(string ForeignId, string Why);

/// <summary>What sort of work an item is.</summary>
static class WorkTypes
{
    public const string Code = "code";
    public const string Ui = "ui";
    public const string Review = "review";

    public static readonly IReadOnlyList<string> All = [Code, Ui, Review];
}
