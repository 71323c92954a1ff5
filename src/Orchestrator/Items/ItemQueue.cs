using Orchestrator.Deliveries;
using Orchestrator.Events;
using Orchestrator.Gates;
using Orchestrator.Http;
using Orchestrator.Profiles;
using Orchestrator.Runs;
using Orchestrator.Sessions;
using Orchestrator.Store;
using Orchestrator.Workspaces;

namespace Orchestrator.Items;

/// <summary>What the queue needs of the rest.</summary>
/// <param name="Configured">Projects as config.yaml has them.</param>
/// <param name="BackOff">How long to wait before the nth try of something.</param>
/// <param name="Slots">Runs the daemon has at once.</param>
sealed record QueueNeeds(Database Store, EventLog Events, ProjectStore Projects, SessionStore Sessions, Admission Admission,
    Func<IReadOnlyDictionary<string, ProjectSettings>> Configured, Func<int, string, TimeSpan> BackOff, Func<int> Slots, string DataFolder,
    TimeProvider Clock, ILogger Log)
{
    public required RunStore Runs { get; init; }
    public required WorkspaceStore Workspaces { get; init; }
    public required Git Git { get; init; }

    /// <summary>How often something may repeat at one item.</summary>
    public required Func<BreakerPolicy> Breakers { get; init; }

    /// <summary>How worktrees of a project are made.</summary>
    public required Func<Project, WorktreeSettings> WorktreesOf { get; init; }

    /// <summary>Runs the project's setup.</summary>
    public required WorkspaceCommands Commands { get; init; }
}

/// <summary>The queue put together: its store, its leases, its scheduler and its operations.</summary>
sealed class ItemQueue : IDisposable
{
    readonly QueueNeeds needs;
    readonly QueueRules rules;
    readonly Leases leases;
    readonly WorkFolders folders;
    readonly LeaseWorktrees places;
    RepoOutputs? outputs;

    public ItemQueue(QueueNeeds needs)
    {
        this.needs = needs;
        Items = new ItemStore(needs.Store, needs.Events);
        Flow = new ItemFlow(Items);
        rules = new QueueRules(needs.Store, needs.Projects, needs.Configured);
        leases = new Leases(Items, Flow, needs.BackOff);
        Breakers = new Breakers(Items, needs.Breakers, needs.Clock);
        Runs = new ItemRuns(Items, Flow, needs.Sessions, needs.Admission, Breakers);
        folders = new WorkFolders(needs.DataFolder, needs.Clock);
        places = new LeaseWorktrees(needs);
        SetUps = new SetUpWork(needs, Items);
        Collect = new CollectWork(leases, folders, places, needs.Clock, needs.Log);
        Scheduler = new ItemScheduler(Items, Runs, rules, needs.Slots, needs.Clock, needs.Log);
    }

    public ItemStore Items { get; }

    /// <summary>What becomes of work that was done; who checks work is set here.</summary>
    public ItemFlow Flow { get; }

    /// <summary>What stops items at which something repeats itself.</summary>
    public Breakers Breakers { get; }

    /// <summary>What runs mean for items.</summary>
    public ItemRuns Runs { get; }

    /// <summary>Takes in what prepared work came to, and ends leases.</summary>
    public CollectWork Collect { get; }

    /// <summary>Sets up worktrees of workers outside.</summary>
    public SetUpWork SetUps { get; }

    /// <summary>Starts ready items of projects that run by themselves.</summary>
    public ItemScheduler Scheduler { get; }

    /// <summary>What reviewers have to say of an item, for <c>why</c>; null when they have nothing to say.</summary>
    public Func<Connection, Item, string?> ReviewNote { get; set; } = (_, _) => null;

    /// <summary>Why an item does not start by itself; empty when it may.</summary>
    public IReadOnlyList<WhyNot> Why(Connection db, Item item, ProjectRule rule)
    {
        var now = needs.Clock.GetUtcNow().Micros();
        return Eligibility.Causes(QueueView.Read(db, now, LocalDay.Of(now, needs.Clock), needs.Slots())
            .Of(db, item, rule, Purpose.AutoRun) with
        {
            Review = ReviewNote(db, item) ?? LandingNote.Of(db, item) ?? HealthNote.Of(db, item),
        });
    }

    /// <summary>How a project's queue works; reads files.</summary>
    public ProjectRule RuleOf(string? project) => rules.Of(project);

    /// <summary>The daemon's own checks decide what becomes of work.</summary>
    /// <param name="whenPassed">What becomes of an item whose run's work passed; it moves the item.</param>
    /// <param name="reviewed">Whether somebody looks at work on the item before it is done.</param>
    public void CheckBy(RunStore runs, CheckStore checks, CheckRun checkRun, Action<WriteTransaction, Item, Check> whenPassed,
        Func<Item, bool> reviewed)
    {
        var outside = new OutsideWork(Items, leases, Flow, checkRun, item => reviewed(item)
            || (item.Project is { } project && needs.Configured().GetValueOrDefault(project)?.Deliver is not null));
        var gate = new ItemGate(Items, needs.Sessions, runs, checks, checkRun, outside, Breakers, whenPassed);
        Flow.CheckBy(gate.Look);
        checks.WhenFinished(gate.Follow);
    }

    /// <summary>Accepted work of projects that say so gets onto its branch by itself.</summary>
    /// <param name="pulls">Deliveries to GitHub; what items tell there, and what becomes of them, is set here.</param>
    public LandingWorker DeliverBy(RunStore runs, DeliveryStore deliveries, DeliverRun deliver, Git git,
        PullDesk pulls)
    {
        var landings = new ItemLandings(Items, Flow, needs.Sessions, runs, deliveries,
            project => needs.Configured().GetValueOrDefault(project));
        Flow.DeliverBy(landings.Want);
        deliveries.WhenBegun(landings.Begun);
        pulls.Facts.More.Add((db, delivery, facts) => delivery.ItemId is { } id && ItemRows.Find(db, id) is { } item ? facts with
        {
            Title = item.Title,
            Number = item.Number,
            Issue = item.Issue,
            Description = item.Description,
            Criteria = item.AcceptanceCriteria,
        } : facts);
        Items.WhenMoved(landings.Moved);
        deliveries.WhenEnded(landings.Follow);
        pulls.HeardBy(landings.Hear);
        return new LandingWorker(landings, deliver, new CatchUp(git, new Integrator(git)), needs.Clock, needs.Log);
    }

    /// <summary>Items that are to come out as a repository are done when that is there.</summary>
    public void OutputBy(PullDesk github, Func<GitHubSettings> settings)
    {
        outputs = new RepoOutputs(Items);
        Flow.OutputBy(outputs.Want);
        Items.WhenMoved(outputs.Moved);
        Outputs = new RepoOutputWorker(outputs, github, needs.Git, settings, needs.DataFolder, needs.Clock, needs.Log);
    }

    /// <summary>Makes repositories that items are to come out as.</summary>
    public RepoOutputWorker? Outputs { get; private set; }

    /// <summary>Its operations.</summary>
    public void Map(Routes routes, Action<string, string, string?> needProfile)
    {
        var intake = new Intake(needs.Store, needs.Projects, needProfile);
        AddItem.Map(routes, Items, intake);
        EditItem.Map(routes, Items, intake);
        ListItems.Map(routes, Items, needs.Events);
        TransitionItem.Map(routes, Items, needs.Runs);
        ClearItems.Map(routes, Items);
        WhyItem.Map(routes, Items, rules, Why);
        ShowQueue.Map(routes, needs.Store, rules, Why);
        ClaimItem.Map(routes, leases, rules, needs.Projects, needs.Clock);
        ReportWork.Map(routes, leases, places, needs.Clock);
        Workers.Map(routes, leases, needs.Clock);
        new RunItem(leases, Runs, folders, places, SetUps, rules, needs).Map(routes);
        CheckWork.Map(routes, Items, Collect, needs.Clock);
        MakeOutput.Map(routes, outputs ?? throw new InvalidOperationException("Who makes outputs was not said."));
        PauseQueue.Map(routes, Items, needs.Projects);
        RemoveProject.Map(routes, Items, needs.Projects);
        new QueueProjects(Items, needs.Projects, rules, needs.DataFolder).Map(routes);
    }

    public void Dispose()
    {
        Scheduler.Dispose();
        SetUps.Dispose();
        Outputs?.Dispose();
    }
}
