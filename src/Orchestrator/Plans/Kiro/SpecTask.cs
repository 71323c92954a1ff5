using Orchestrator.Plans.Kiro.Lines;

namespace Orchestrator.Plans.Kiro;

/// <summary>Where a task comes from.</summary>
enum TaskOrigin
{
    /// <summary>A line with a box.</summary>
    Box,
    /// <summary>A heading, <c>### Task 1: Title</c>, or one above boxes that need a parent.</summary>
    Heading,
    /// <summary>Nothing in the file: made because a task 1.1 needs a 1, or for a list of criteria.</summary>
    Made,
}

/// <summary>A box without number that a task is done with: an acceptance criterion, or one of several small things to do.</summary>
/// <param name="Mark">As it stands; a blank for an open box.</param>
/// <param name="At">Where its mark stands in the whole text.</param>
/// <param name="Width">Characters of the mark; 0 when there is none and one must be put in.</param>
/// <param name="Criterion">It stands below words like "Acceptance criteria".</param>
sealed record CheckBox(string Title, string Mark, int At, int Width, int Line, bool Optional, bool Criterion)
{
    public BoxState State => BoxLine.StateOf(Mark);
}

/// <summary>One task of a tasks.md. Filled while the file is read, not changed afterwards.</summary>
sealed class SpecTask
{
    /// <summary>Without double in the file: the number, or one made of the title.</summary>
    public string Id { get; set; } = "";
    public TaskNumber? Number { get; init; }
    public required string Title { get; set; }
    public TaskOrigin Origin { get; init; }

    /// <summary>Its box; null for a task without one.</summary>
    public CheckBox? Box { get; set; }
    public bool Optional { get; set; }

    /// <summary>Marked (P): it waits for nothing that merely stands before it.</summary>
    public bool Parallel { get; init; }
    public bool Struck { get; init; }
    public int Line { get; init; }

    /// <summary>Columns before its line.</summary>
    public int Indent { get; init; }

    /// <summary>The nearest heading above it that is no task, and where that one stands; empty for none.</summary>
    public string Section { get; init; } = "";
    public int SectionLine { get; init; }

    /// <summary>Where the heading stands that is its phase; 0 for none.</summary>
    public int PhaseLine { get; set; }
    public SpecTask? Parent { get; set; }
    public List<SpecTask> Children { get; } = [];
    public List<CheckBox> Checks { get; } = [];

    /// <summary>What stands below it, without its own line.</summary>
    public List<DetailLine> Details { get; } = [];
    public TaskFields Fields { get; set; } = TaskFields.None;

    /// <summary>"Checkpoint", "Ensure all tests pass": what follows waits for it.</summary>
    public bool IsCheckpoint { get; set; }

    /// <summary>All of a task's own boxes and those below it are ticked. See <see cref="TaskStates"/>.</summary>
    public bool Done { get; set; }

    /// <summary>What its box looks like: <c>[x]</c>; null without one.</summary>
    public string? Mark => Box is null ? null : $"[{Box.Mark}]";

    /// <summary>It and all below it.</summary>
    public IEnumerable<SpecTask> WithAll() => Children.SelectMany(child => child.WithAll()).Prepend(this);

    /// <summary>The tasks that nothing stands below, in their order; itself when it has none below.</summary>
    public IEnumerable<SpecTask> Leaves() => Children.Count == 0 ? [this] : Children.SelectMany(child => child.Leaves());
}

/// <summary>A line below a task.</summary>
/// <param name="Code">It stands in a code fence: no field is looked for.</param>
readonly record struct DetailLine(int Line, string Text, bool Code);

/// <summary>What the fields below a task say.</summary>
sealed record TaskFields
{
    public static readonly TaskFields None = new();

    /// <summary>Ids of requirements, ranges as <c>1.1–1.4</c> until the requirements are known.</summary>
    public IReadOnlyList<string> Requirements { get; init; } = [];
    public bool AllRequirements { get; init; }

    /// <summary>Numbers of properties of the design.</summary>
    public IReadOnlyList<int> Properties { get; init; } = [];

    /// <summary>Ids of tasks as written, with their lines.</summary>
    public IReadOnlyList<(string Id, int Line)> Depends { get; init; } = [];

    /// <summary>It says that it waits for no task.</summary>
    public bool DependsOnNothing { get; init; }
    public IReadOnlyList<(string Path, int Line)> Writes { get; init; } = [];
    public IReadOnlyList<(string Path, int Line)> Reads { get; init; } = [];
    public string? Priority { get; init; }
    public string? Effort { get; init; }

    /// <summary>Fields that mean nothing here, by name.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Other { get; init; } = [];
}

/// <summary>A heading that is a phase, with what is below it.</summary>
sealed record SpecPhase(string Name, int Line);

/// <summary>A whole tasks.md.</summary>
/// <param name="Title">Its first heading; null for none.</param>
/// <param name="Tasks">The top ones, in their order.</param>
/// <param name="Phases">Headings that are phases and have tasks, in their order.</param>
/// <param name="Waves">Ids of tasks in the dependency graph, wave by wave; empty without one.</param>
/// <param name="Overview">What stands before the first task.</param>
/// <param name="Boxes">How many boxes there are.</param>
sealed record TasksDocument(string? Title, IReadOnlyList<SpecTask> Tasks, IReadOnlyList<SpecPhase> Phases,
    IReadOnlyList<IReadOnlyList<string>> Waves, string Overview, int Boxes)
{
    /// <summary>All tasks, parents before what is below them.</summary>
    public IEnumerable<SpecTask> All() => Tasks.SelectMany(task => task.WithAll());
}
