using Orchestrator.Profiles;
using Orchestrator.Store;
using Orchestrator.Workspaces;

namespace Orchestrator.Items;

/// <summary>How projects' queues work: what config.yaml says, and above it what was said by command. It reads files, so never on the
/// writing thread.</summary>
sealed class QueueRules(Database store, ProjectStore projects, Func<IReadOnlyDictionary<string, ProjectSettings>> configured)
{
    /// <summary>A project's rule; that of items without one for an empty name.</summary>
    public ProjectRule Of(string? project)
    {
        if (string.IsNullOrEmpty(project))
            return ProjectRule.None;
        var said = store.Read(db => QueueProjects.Find(db, project));
        var settings = configured().GetValueOrDefault(project);
        var known = projects.Find(project);
        return new ProjectRule(project, said?.MaxParallel ?? settings?.MaxParallel, said?.AutoRun ?? settings?.AutoRun ?? false,
            known is { Isolation: "worktree", Repository: true });
    }

    /// <summary>The rules of every project that has something to start, and of those named.</summary>
    public IReadOnlyDictionary<string, ProjectRule> OfAllWithWork() =>
        store.Read(ItemRows.ProjectsWithWork).ToDictionary(name => name, name => Of(name));
}

/// <summary>What the queue looks like at one moment: read as far as it is asked for, and once.</summary>
sealed class QueueView
{
    readonly Dictionary<string, (long Count, IReadOnlyList<Item> Items)> atWork = [];
    readonly IReadOnlyDictionary<string, string> pauses;
    readonly IReadOnlySet<string> spent;
    readonly PlanHolds plans;
    readonly int slots;
    readonly DateTimeOffset now;
    long? runs;
    ILookup<string, Opening>? breakers;

    QueueView(IReadOnlyDictionary<string, string> pauses, IReadOnlySet<string> spent, PlanHolds plans, int slots, DateTimeOffset now)
    {
        (this.pauses, this.spent, this.plans, this.slots, this.now) = (pauses, spent, plans, slots, now);
    }

    /// <summary>Some plan starts its items by itself.</summary>
    public bool PlansGo => plans.Any;

    /// <param name="db">Where it is read.</param>
    /// <param name="now">Microseconds since 1970.</param>
    /// <param name="today">The local day, as budgets count it.</param>
    /// <param name="slots">Runs the daemon has at once.</param>
    public static QueueView Read(Connection db, long now, string today, int slots) => new(
        db.Query("select project, coalesce(note, '') from queue_pauses", row => (row.GetString(0), row.GetString(1)))
            .ToDictionary(row => row.Item1, row => row.Item2),
        db.Query("select project from spending_holds where day = @today", row => row.GetString(0), ("@today", today)).ToHashSet(),
        PlanHolds.Read(db), slots, Times.From(now));

    /// <summary>What is known of one item's start.</summary>
    public StartFacts Of(Connection db, Item item, ProjectRule rule, Purpose purpose)
    {
        var (count, items) = AtWork(db, item, rule);
        return new StartFacts(item, purpose, rule, now)
        {
            OpenDependencies = item.OpenDependencies == 0 ? [] : Dependencies.Open(db, item.Id),
            Running = items,
            RunningHere = count,
            RunsInAll = purpose == Purpose.AutoRun ? runs ??= ItemRows.CountAtWork(db, null) : 0,
            // Work that others do takes no slot of ours.
            Slots = purpose == Purpose.AutoRun ? slots : int.MaxValue,
            PhaseHeld = plans.Held(item),
            PlanGoes = plans.Goes(item),
            Paused = pauses.GetValueOrDefault(""),
            ProjectPaused = item.Project is { } project ? pauses.GetValueOrDefault(project) : null,
            Breakers = purpose == Purpose.AutoRun ? [.. (breakers ??= Breakers.Open(db, now.Micros()))[item.Id]] : [],
            BudgetSpent = spent.Contains("") || (item.Project is { } named && spent.Contains(named)),
        };
    }

    (long Count, IReadOnlyList<Item> Items) AtWork(Connection db, Item item, ProjectRule rule)
    {
        if (item.Project is not { } project)
            return (0, []);
        if (!atWork.TryGetValue(project, out var found))
            atWork[project] = found =
                (ItemRows.CountAtWork(db, project), ItemRows.AtWork(db, project, claimsOnly: rule.OwnPlaces));
        return found;
    }
}

/// <summary>Chooses what starts next: the best of each project's first that may, read from the index that holds their order.</summary>
static class NextItem
{
    const int FirstPage = 2, Page = 64;

    /// <summary>The item that starts next, or null.</summary>
    /// <param name="db">Where it is read.</param>
    /// <param name="view">What is at work and paused.</param>
    /// <param name="rules">How each project's queue works.</param>
    /// <param name="purpose">Who asks.</param>
    /// <param name="only">Only of this project; null for all.</param>
    /// <param name="also">A further condition; null for none.</param>
    /// <param name="capabilities">What the asker can do; null when not said.</param>
    public static Item? Choose(Connection db, QueueView view, IReadOnlyDictionary<string, ProjectRule> rules, Purpose purpose,
        string? only = null, Func<Item, bool>? also = null, IReadOnlySet<string>? capabilities = null)
    {
        Item? best = null;
        foreach (var project in only is null ? ItemRows.ProjectsWithWork(db) : [only])
            // A project that was made since the rules were read has its turn next time.
            if ((project.Length == 0 ? ProjectRule.None : rules.GetValueOrDefault(project)) is { } rule
                && First(db, view, rule, purpose, also, capabilities) is { } first && IsBefore(first, best))
                best = first;
        return best;
    }

    static bool IsBefore(Item one, Item? other) =>
        other is null || one.Rank > other.Rank || (one.Rank == other.Rank && one.Number < other.Number);

    static Item? First(Connection db, QueueView view, ProjectRule rule, Purpose purpose, Func<Item, bool>? also,
        IReadOnlySet<string>? capabilities)
    {
        // Where nothing starts by itself, plans do that somebody consented to.
        var ofPlans = purpose == Purpose.AutoRun && !rule.AutoRun;
        if (ofPlans && !view.PlansGo)
            return null;
        for (var (skip, take) = (0, FirstPage); ; (skip, take) = (skip + take, Page))
        {
            var page = ItemRows.Next(db, rule.Name, ofPlans, skip, take);
            foreach (var item in page)
            {
                var causes = Eligibility.Causes(view.Of(db, item, rule, purpose) with { Capabilities = capabilities });
                if (causes.Count == 0 && also?.Invoke(item) != false)
                    return item;
                if (causes.Any(cause => Eligibility.OfProject.Contains(cause.Code)))
                    return null;
            }

            if (page.Count < take)
                return null;
        }
    }
}
