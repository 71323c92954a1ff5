using Orchestrator.Plans.Kiro.Lines;

namespace Orchestrator.Plans.Kiro;

/// <summary>A sort of finding: its stable word, its weight and what it means. docs/specs.md lists them all.</summary>
sealed record KiroCode(string Word, FindingWeight Weight, string Meaning)
{
    public static readonly KiroCode NoTasks = new("no_tasks", FindingWeight.Error, "There is no tasks.md, or it is empty.");
    public static readonly KiroCode NoUnit = new("no_unit", FindingWeight.Error, "tasks.md holds no task that could be handed out.");
    public static readonly KiroCode LostBoxes = new("lost_boxes", FindingWeight.Error, "Open boxes belong to no task.");
    public static readonly KiroCode SeveralSpecs = new("several_specs", FindingWeight.Error, "The files belong to more than one spec.");
    public static readonly KiroCode MergeConflict = new("merge_conflict", FindingWeight.Warning,
        "A merge conflict: the first side is read.");
    public static readonly KiroCode OpenFence = new("open_fence", FindingWeight.Warning,
        "A code fence that is never closed is read as text.");
    public static readonly KiroCode WrappedFile = new("wrapped_file", FindingWeight.Info, "The whole file stands in one code fence.");
    public static readonly KiroCode BoxInComment = new("box_in_comment", FindingWeight.Info, "A box in an HTML comment is not read.");
    public static readonly KiroCode BoxInTable = new("box_in_table", FindingWeight.Warning, "A box in a table is not read.");
    public static readonly KiroCode OddBox = new("odd_box", FindingWeight.Warning,
        "A mark in a box that means nothing here: the box is open.");
    public static readonly KiroCode AtWork = new("at_work", FindingWeight.Info,
        "A box says in progress, queued or blocked: nobody is at work here, so the task is open.");
    public static readonly KiroCode Struck = new("struck", FindingWeight.Info, "An open task is struck through: it is skipped.");
    public static readonly KiroCode NoNumber = new("no_number", FindingWeight.Info, "A task without number gets an id made of its title.");
    public static readonly KiroCode NoTitle = new("no_title", FindingWeight.Warning, "A task without title: its id is the title.");
    public static readonly KiroCode LongTitle = new("long_title", FindingWeight.Info,
        "A title over 500 characters is cut; the description has it whole.");
    public static readonly KiroCode NoParent = new("no_parent", FindingWeight.Info,
        "The task above is missing: it is made from the heading.");
    public static readonly KiroCode DuplicateId = new("duplicate_id", FindingWeight.Warning,
        "A number stands twice: the later one gets its heading, or a count, into its id.");
    public static readonly KiroCode WrongOrder = new("wrong_order", FindingWeight.Info,
        "Tasks do not stand in the order of their numbers: the numbers count.");
    public static readonly KiroCode OwnNumbers = new("own_numbers", FindingWeight.Info,
        "Steps below a task count from 1 again: their ids begin with the task's.");
    public static readonly KiroCode ParentOpen = new("parent_open", FindingWeight.Info,
        "All below a task is done and it is not ticked: it is done.");
    public static readonly KiroCode ParentTicked = new("parent_ticked", FindingWeight.Warning,
        "A task is ticked, and something below it is not: it is open.");
    public static readonly KiroCode UnknownDependency = new("unknown_dependency", FindingWeight.Warning,
        "A task depends on one that is not there.");
    public static readonly KiroCode DependencyCycle = new("dependency_cycle", FindingWeight.Warning,
        "Tasks wait for each other: the dependency against the order of the file is left out.");
    public static readonly KiroCode OwnOrder = new("own_order", FindingWeight.Info,
        "A step waits for a later step of the same task: the order of the file counts.");
    public static readonly KiroCode UnknownRequirement = new("unknown_requirement", FindingWeight.Warning,
        "A task names a requirement that the spec does not have.");
    public static readonly KiroCode UncoveredRequirement = new("uncovered_requirement", FindingWeight.Info,
        "No task names this requirement.");
    public static readonly KiroCode UnknownProperty = new("unknown_property", FindingWeight.Info,
        "A task names a property that the design does not have.");
    public static readonly KiroCode NoRequirements = new("no_requirements", FindingWeight.Info,
        "There is no requirements.md and no bugfix.md.");
    public static readonly KiroCode OddRequirements = new("odd_requirements", FindingWeight.Info,
        "The requirements' text holds no requirement that could be read.");
    public static readonly KiroCode WavesUnreadable = new("waves_unreadable", FindingWeight.Warning,
        "The dependency graph cannot be read.");
    public static readonly KiroCode UnknownInWave = new("unknown_in_wave", FindingWeight.Warning,
        "The dependency graph names a task that is not there.");
    public static readonly KiroCode BadPath = new("bad_path", FindingWeight.Warning, "A file claim is no path below the project's folder.");
    public static readonly KiroCode SettingsUnreadable = new("settings_unreadable", FindingWeight.Warning,
        "A JSON file of the spec cannot be read.");
    public static readonly KiroCode NotApproved = new("not_approved", FindingWeight.Info,
        "spec.json says that the tasks are not approved.");
    public static readonly KiroCode TaskGone = new("task_gone", FindingWeight.Warning, "Write-back: the task is not in the file any more.");
    public static readonly KiroCode TaskMoved = new("task_moved", FindingWeight.Warning,
        "Write-back: number and title point to different tasks.");
    public static readonly KiroCode TaskReplaced = new("task_replaced", FindingWeight.Warning,
        "Write-back: the number now stands at another title.");
    public static readonly KiroCode TaskRenumbered = new("task_renumbered", FindingWeight.Info,
        "Write-back: the task has a new number and was found by its title.");
    public static readonly KiroCode TitleChanged = new("title_changed", FindingWeight.Info,
        "Write-back: the title was edited, the number is the same.");
    public static readonly KiroCode BoxChanged = new("box_changed", FindingWeight.Warning,
        "Write-back: somebody else changed the box meanwhile.");
    public static readonly KiroCode NoBox = new("no_box", FindingWeight.Info, "Write-back: the task has no box of its own.");
    public static readonly KiroCode NotText = new("not_text", FindingWeight.Warning, "Write-back: the file is no UTF-8 text.");

    /// <summary>Every sort there is.</summary>
    public static readonly IReadOnlyList<KiroCode> All =
    [
        NoTasks, NoUnit, LostBoxes, SeveralSpecs, MergeConflict, OpenFence, WrappedFile, BoxInComment, BoxInTable, OddBox, AtWork, Struck,
        NoNumber, NoTitle, LongTitle, NoParent, DuplicateId, WrongOrder, OwnNumbers, ParentOpen, ParentTicked, UnknownDependency,
        DependencyCycle, OwnOrder, UnknownRequirement, UncoveredRequirement, UnknownProperty, NoRequirements, OddRequirements,
        WavesUnreadable, UnknownInWave, BadPath, SettingsUnreadable, NotApproved, TaskGone, TaskMoved, TaskReplaced, TaskRenumbered,
        TitleChanged, BoxChanged, NoBox, NotText,
    ];
}
