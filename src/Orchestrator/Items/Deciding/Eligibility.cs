namespace Orchestrator.Items;

/// <summary>Who wants an item to start.</summary>
enum Purpose
{
    /// <summary>The scheduler, by itself.</summary>
    AutoRun,
    /// <summary>Somebody who takes whatever is next: a worker's claim, or the next few.</summary>
    Next,
    /// <summary>Somebody who named this very item: limits and pauses are for what starts by itself.</summary>
    Named,
}

/// <summary>One reason why an item does not start.</summary>
/// <param name="Code">A stable word.</param>
/// <param name="Text">In words, with what to do where somebody can do something.</param>
sealed record WhyNot(
    [property: Words("status", "steps", "blocked", "dependency", "file_conflict", "project_limit", "daemon_limit", "provider", "budget",
        "not_before", "paused", "project_paused", "no_auto_run", "nothing_changed", "breaker", "capability", "phase")]
    string Code, string Text);

/// <summary>How a project's queue works.</summary>
/// <param name="Name">Its name; empty for items without one.</param>
/// <param name="MaxParallel">Items at work at once; null for no limit of its own.</param>
/// <param name="AutoRun">Ready items start by themselves.</param>
/// <param name="OwnPlaces">Each item has a worktree or a folder of its own, and what it changes is merged later.</param>
sealed record ProjectRule(string Name, int? MaxParallel, bool AutoRun, bool OwnPlaces)
{
    /// <summary>Of items without a project: a folder each, never started by themselves.</summary>
    public static readonly ProjectRule None = new("", null, false, true);
}

/// <summary>What is looked at before an item starts; the same is told by <c>why</c>.</summary>
sealed record StartFacts(Item Item, Purpose Purpose, ProjectRule Rule, DateTimeOffset Now)
{
    public IReadOnlyList<Item> OpenDependencies { get; init; } = [];

    /// <summary>What is at work in the same project, as far as files matter.</summary>
    public IReadOnlyList<Item> Running { get; init; } = [];

    /// <summary>How many are at work in the project; null for as many as are told above.</summary>
    public long? RunningHere { get; init; }

    /// <summary>Runs of items at work or queued in the whole daemon, and how many it has slots for.</summary>
    public long RunsInAll { get; init; }
    public int Slots { get; init; } = int.MaxValue;

    /// <summary>Why the phase of its plan lets nothing start; null when it is open, or there is none.</summary>
    public string? PhaseHeld { get; init; }

    /// <summary>A person consented to its plan: it starts by itself, whatever its project does otherwise.</summary>
    public bool PlanGoes { get; init; }

    /// <summary>Notes of the pauses that are on; null for none.</summary>
    public string? Paused { get; init; }
    public string? ProjectPaused { get; init; }

    /// <summary>Until when its provider is left alone; null for not.</summary>
    public DateTimeOffset? ProviderFree { get; init; }

    /// <summary>Breakers of the item that are open.</summary>
    public IReadOnlyList<Opening> Breakers { get; init; } = [];

    /// <summary>What may be spent today is spent.</summary>
    public bool BudgetSpent { get; init; }

    /// <summary>Where its reviews are, in words; null when there are none.</summary>
    public string? Review { get; init; }

    /// <summary>What the worker that asks can do; null when it does not say.</summary>
    public IReadOnlySet<string>? Capabilities { get; init; }
}

/// <summary>Decides whether an item may start, and says why not. Pure: rows in, reasons out; the order is that of the answer.</summary>
static class Eligibility
{
    /// <summary>Successful runs in a row that changed nothing, after which nothing more is spent on an item by itself.</summary>
    public const int MostIdleRuns = 2;

    /// <summary>Label of an item that only a worker with that capability may take: needs:gpu.</summary>
    public const string NeedsLabel = "needs:";

    /// <summary>Reasons that hold for every item of the project.</summary>
    public static readonly IReadOnlySet<string> OfProject =
        new HashSet<string> { "project_limit", "daemon_limit", "budget", "paused", "project_paused", "no_auto_run" };

    /// <summary>Empty when it may start.</summary>
    public static IReadOnlyList<WhyNot> Causes(StartFacts facts) =>
        [.. OfItem(facts), .. facts.Purpose == Purpose.Named ? [] : OfQueue(facts)];

    static IEnumerable<WhyNot> OfItem(StartFacts facts)
    {
        var item = facts.Item;
        if (item.Steps > 0)
            yield return new("steps", $"It has {item.Steps} steps; they are what is worked on.");
        else if (item.State == ItemStatus.Blocked)
            foreach (var cause in item.Causes.DefaultIfEmpty(new(CauseKinds.External, "Somebody blocked it.", "")))
                yield return new("blocked", $"{cause.Text} When that is gone: agentctl ready {item.Id}");
        else if (item.State != ItemStatus.Ready && !(facts.Purpose != Purpose.AutoRun
            && item.State is ItemStatus.Inbox or ItemStatus.Planning))
            yield return new("status", facts.Review ?? Status(item));
        if (facts.PhaseHeld is { } held)
            yield return new("phase", held);
        foreach (var on in facts.OpenDependencies)
            yield return new("dependency", $"It waits for item {on.Id} ({on.Title}), which is {on.Status}.");
        foreach (var other in facts.Running.Where(other => other.Id != item.Id))
            if (FileConflict(item, other, facts.Rule) is { } text)
                yield return new("file_conflict", text);
        var lacks = item.Labels.Where(label => label.StartsWith(NeedsLabel, StringComparison.Ordinal))
            .Select(label => label[NeedsLabel.Length..]).Where(need => facts.Capabilities?.Contains(need) == false).ToList();
        if (lacks.Count > 0)
            yield return new("capability", $"It needs a worker with {string.Join(", ", lacks)}.");
    }

    static string Status(Item item) => item.State switch
    {
        ItemStatus.Inbox or ItemStatus.Planning => $"It is in {item.Status}: agentctl ready {item.Id} lets it start.",
        ItemStatus.InFlight => $"It is at work already: {item.AssignedAgentId ?? item.RunId} has it.",
        ItemStatus.Review => "Its work is there and waits to be looked at.",
        _ => $"It is {item.Status}.",
    };

    static string? FileConflict(Item item, Item other, ProjectRule rule)
    {
        if (FileClaims.Conflict(item, other) is { } why)
            return $"They would meet: {why}.";
        if (rule.OwnPlaces)
            return null;
        return item.Writes.Count == 0 ? $"It declares no files to write and shares its folder: it waits for item {other.Id}."
            : other.Writes.Count == 0 ? $"Item {other.Id} is at work in the same folder and declares no files." : null;
    }

    static IEnumerable<WhyNot> OfQueue(StartFacts facts)
    {
        var (item, rule) = (facts.Item, facts.Rule);
        if (rule.MaxParallel is { } most && (facts.RunningHere ?? facts.Running.Count) is var here && here >= most)
            yield return new("project_limit", $"{here} items of the project are at work, and {most} may be.");
        if (facts.RunsInAll >= facts.Slots)
            yield return new("daemon_limit", $"{facts.RunsInAll} items have runs, and there are {facts.Slots} slots.");
        if (facts.Paused is { } note)
            yield return new("paused", $"The queue is paused{Note(note)}: agentctl unpause");
        if (facts.ProjectPaused is { } projectNote)
            yield return new("project_paused", $"The project is paused{Note(projectNote)}: agentctl unpause --project {rule.Name}");
        if (facts.BudgetSpent)
            yield return new("budget", "What may be spent today is spent: agentctl usage");
        if (item.NotBefore is { } time && time > facts.Now)
            yield return new("not_before", $"It waits until {time.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC before it is tried again.");
        if (facts.Purpose == Purpose.AutoRun)
        {
            if (!rule.AutoRun && !facts.PlanGoes && facts.PhaseHeld is null)
                yield return new("no_auto_run", rule.Name.Length == 0 ? $"It has no project, so it starts when somebody says so: "
                    + $"agentctl exec {item.Id}" : "Its project does not run by itself (auto_run): agentctl exec-next starts it.");
            if (facts.ProviderFree is { } free && free > facts.Now)
                yield return new("provider", $"Its provider is left alone until {free.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC.");
            foreach (var open in facts.Breakers.Where(open => open.Kind != BreakerKinds.NoProgress || item.IdleRuns < MostIdleRuns))
                yield return new("breaker", $"Its breaker is open ({open.Kind}): {open.Text} What is to be done otherwise? A person's move "
                    + $"closes it: agentctl ready {item.Id}, or agentctl exec {item.Id}");
            if (item.IdleRuns >= MostIdleRuns)
                yield return new("nothing_changed",
                    $"{item.IdleRuns} runs in a row ended well and changed nothing; a person looks first: agentctl exec {item.Id}");
        }
    }

    static string Note(string note) => note.Length > 0 ? $" ({note})" : "";
}
