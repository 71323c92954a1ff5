using Orchestrator.Agents;
using Orchestrator.Board;
using Orchestrator.Daemon;
using Orchestrator.Deliveries;
using Orchestrator.Events;
using Orchestrator.Families;
using Orchestrator.Gates;
using Orchestrator.Healing;
using Orchestrator.Http;
using Orchestrator.Items;
using Orchestrator.Notifications;
using Orchestrator.Plans;
using Orchestrator.Profiles;
using Orchestrator.Providers;
using Orchestrator.Recovery;
using Orchestrator.Requests;
using Orchestrator.Reviews;
using Orchestrator.Routing;
using Orchestrator.Runs;
using Orchestrator.Sessions;
using Orchestrator.Spending;
using Orchestrator.Store;
using Orchestrator.Terminals;
using Orchestrator.Tokens;
using Orchestrator.Workspaces;

namespace Orchestrator;

/// <summary>The table of contents: what the daemon is made of, in the order in which data flows. It composes and contains no
/// logic.</summary>
sealed class Features : IDisposable
{
    readonly Lifetime lifetime;
    readonly DaemonSettings settings;
    readonly Database store;
    readonly EventFeed feed = new();
    readonly EventLog events;
    readonly Configuration configuration;
    readonly ProjectStore projects;
    readonly SessionStore sessions;
    readonly RunStore runs;
    readonly ProfileChooser chooser;
    readonly Admission admission;
    readonly WorkspaceStore workspaces;
    readonly ChildWaits childWaits = new();
    readonly RequestStore requests;
    readonly RuleBook ruleBook;
    readonly RuleStore ruleStore;
    readonly FamilyLimits familyLimits;
    readonly ParentSettings parentSettings;
    readonly Inbox inbox;
    readonly Git git = new();
    readonly CoolDownStore coolDowns;
    readonly CheckStore checks;
    readonly CheckRun checkRun;
    readonly DeliveryStore deliveries;
    readonly DeliverRun deliverRun;
    readonly ItemQueue queue;
    readonly PlanDesk plans;
    readonly HealingDesk healing;

    public Features(DaemonSettings settings, Lifetime lifetime, IReadOnlyDictionary<string, string> environment, ILogger log)
    {
        (this.settings, this.lifetime) = (settings, lifetime);
        configuration = Configuration.Load(settings.DataFolder, environment);
        store = Database.Open(settings.DatabasePath, lifetime.Clock);
        feed.StartAt(store.Read(db => db.Number("select value from counters where name = 'event_seq'")) ?? 0);
        store.Committed += feed.Wake;
        events = new EventLog(store, feed);
        Facts = new DaemonFacts(settings.DataFolder, environment, settings.AgentArgs) { Tools = ToolProgram.OfThisProcess() };
        projects = new ProjectStore(store, () => configuration.Projects);
        configuration.Trusted = folder => TrustProject.Trusted(store, folder);
        (sessions, runs) = (new SessionStore(store, events), new RunStore(store, events));
        (workspaces, Reach) = (new WorkspaceStore(events), new Reach(store));
        requests = new RequestStore(runs, childWaits);
        (ruleBook, ruleStore) = (new RuleBook(store, projects, configuration.RequestRules), new RuleStore(store, events));
        // Asked each time: an edit of the file holds at once.
        Func<ConfigFile> said = () => configuration.User;
        (familyLimits, parentSettings) = (new FamilyLimits(said), new ParentSettings(projects, configuration.FindProfile, said));
        var questions = new AgentQuestions(sessions, requests, ruleBook, said);
        coolDowns = new CoolDownStore(store, events, () => said().CoolDown ?? CoolDownRule.Longest);
        EndCoolDowns = new EndCoolDowns(coolDowns, lifetime.Clock, log);
        var person = new AskPerson(requests, () => said().RequestExpiry);
        DayLimits = new DayLimits(runs, lifetime.Clock, DayLimitsOf);
        var budgets = new RunBudgets(requests, new UsageLedger(lifetime.Clock), DayLimits, () => said().RequestExpiry);
        var limits = new RunLimits();
        chooser = new ProfileChooser(projects, configuration.Source);
        admission = new Admission(runs, chooser, limits);
        inbox = new Inbox(sessions, admission, runs);
        Commands = new WorkspaceCommands(store, events, () => AgentEnvironment.Build(environment), settings.DataFolder, lifetime.Clock);
        queue = new ItemQueue(NeedsOfQueue(log));
        plans = NewPlanDesk(log);
        Connect(questions, person, budgets);
        healing = new HealingDesk(runs, Facts, git, () => Snapshots!, () => said().HealingLook, lifetime.Clock, log);
        WakeParents = new WakeParents(sessions, runs, admission, parentSettings, familyLimits, log);
        (ExpireRequests, Removal) = (new ExpireRequests(requests, lifetime.Clock, log), NewRemoval());
        Snapshots = new RunSnapshots(runs, new WorkCapture(git, lifetime.Clock), Facts, lifetime.Clock);
        var runTokens = new RunTokens(runs, Facts, lifetime.Clock);
        Dispatcher = NewDispatcher(runTokens, limits, log);
        checks = new CheckStore(store, events);
        checkRun = new CheckRun(checks, projects, configuration.VerifyOf);
        Checks = NewCheckWorker(environment, log);
        (ReviewDesk, deliveries) = (NewReviewDesk(log), NewDeliveries(checks));
        PullDesk = NewPullDesk(environment, log);
        deliverRun = new DeliverRun(deliveries, projects, git, PullDesk.Settings);
        Landings = queue.DeliverBy(runs, deliveries, deliverRun, git, PullDesk);
        Deliveries = NewDeliveryWorker(log);
        Cgroup.Tidy();
        Book = new TokenBook(lifetime.Clock);
        Tokens = new TokenStore(store, events, Book);
        Book.Load(Tokens.List());
        Doctor = new DoctorDesk(events, store, Facts, lifetime.Clock, log);
        (Refused, Couriers) = (new RefusedDoors(store, events, lifetime.Clock), NewCouriers(environment, log));
        Doorkeeper = new Doorkeeper(settings, Doorkeeper.LocalToken(settings.DataFolder), Book, runTokens,
            Turnstile.For(settings.Listen, () => new DoorLimits(said().RequestsPerMinute, said().BadTokensPerMinute), lifetime.Clock));
    }

    ReviewDesk NewReviewDesk(ILogger log)
    {
        var desk = new ReviewDesk(new ReviewNeeds(store, events, queue.Items, queue.Flow, sessions, runs, admission, git,
            project => configuration.User.ReviewsOf(project), settings.DataFolder, lifetime.Clock, log));
        queue.CheckBy(runs, checks, checkRun, desk.Flow.Passed, desk.Flow.Looks);
        queue.ReviewNote = ReviewNote.Of;
        return desk;
    }

    PlanDesk NewPlanDesk(ILogger log) => new(new PlanNeeds(queue, runs, requests, projects, () => Dispatcher.Slots, lifetime.Clock, log)
    {
        Profiles = project => configuration.ProfilesOf(project is null ? null : projects.Find(project)?.Path),
        ReviewersOfCritical = project => configuration.User.ReviewsOf(project).Reviewers("high"),
        Issues = () => PullDesk.Issues, Sessions = sessions, Admission = admission, Feed = feed, Shutdown = lifetime.Shutdown,
        Heartbeat = () => configuration.User.PlanHeartbeat,
        Accept = (transaction, item, text, actor) => ReviewDesk!.Accept(transaction, item, text, actor),
    });
    PullDesk NewPullDesk(IReadOnlyDictionary<string, string> environment, ILogger log)
    {
        var desk = new PullDesk(deliveries, git, () => configuration.User, environment, settings.DataFolder, lifetime.Clock, log);
        queue.OutputBy(desk, () => configuration.User.GitHub);
        desk.Facts.More.Add(PullFindings.Add);
        return desk;
    }

    Removal NewRemoval() =>
        new(store, workspaces, new Cleanup(git), projects, configuration.WorktreesOf, Commands, LeaseWorktrees.HeldBy, settings.DataFolder);

    Couriers NewCouriers(IReadOnlyDictionary<string, string> environment, ILogger log) => new(configuration.User.Notifications,
        new NotificationStore(store, events), feed, settings.DataFolder, environment, lifetime.Clock, log);

    CheckWorker NewCheckWorker(IReadOnlyDictionary<string, string> environment, ILogger log) => new(checks, new Checker(checks,
        new WorkFacts(store, git, settings.DataFolder), environment, ChecksFolder, lifetime.Clock), lifetime.Clock, log);

    DeliveryStore NewDeliveries(CheckStore checks)
    {
        var made = new DeliveryStore(store, events);
        made.WhenEnded((transaction, ended) => checks.Abandon(transaction, ended.CheckId, "Its delivery was called off."));
        return made;
    }

    DeliveryWorker NewDeliveryWorker(ILogger log) => new(deliveries, new Deliverer(deliveries, checks, projects, configuration.VerifyOf,
        git, feed, Path.Combine(settings.DataFolder, "deliveries"), lifetime.Clock), lifetime.Clock, log);

    Dispatcher NewDispatcher(RunTokens runTokens, RunLimits limits, ILogger log)
    {
        var workplace = new Workplace(store, projects, workspaces, new Worktrees(git), configuration.WorktreesOf, Commands, git,
            settings.DataFolder, ItemOrigins.Of);
        var launcher = new Launcher(store, projects, configuration.FindTrusted, Facts);
        var watch = new Watch(runs, limits, StopTimes.Default, Snapshots, lifetime.Clock);
        var finisher = new Finisher(runs, watch, new WorkCapture(git, lifetime.Clock), Snapshots, limits, lifetime.Clock);
        var runner = new Runner(runs, workplace, launcher, watch, finisher, Facts, runTokens);
        return new Dispatcher(runs, runner, () => settings.MaxConcurrency ?? configuration.User.MaxConcurrency ?? Dispatcher.DefaultSlots,
            Environment.MachineName, lifetime.Clock, log);
    }

    QueueNeeds NeedsOfQueue(ILogger log) => new(store, events, projects, sessions, admission, () => configuration.User.Projects,
        BackOff.Wait, () => Dispatcher.Slots, settings.DataFolder, lifetime.Clock, log)
    {
        Runs = runs, Workspaces = workspaces, Git = git, WorktreesOf = configuration.WorktreesOf, Commands = Commands,
        Breakers = () => configuration.User.Breakers,
    };

    /// <summary>What follows from what, each within the transaction of its cause; the order is that of the calls.</summary>
    void Connect(AgentQuestions questions, AskPerson person, RunBudgets budgets)
    {
        runs.AfterStart((transaction, run) => requests.Settle(transaction, run.Id));
        runs.AfterStart(person.Overtaken);
        runs.BeforeEnd((transaction, run, _, _) => requests.WithdrawAll(transaction, run));
        runs.BeforeEnd(inbox.QueueUnheard);
        runs.BeforeAsked(questions.Look);
        runs.WhenAsked(questions.Follow);
        runs.WhenTaken(questions.Taken);
        requests.WhenClosed(person.Answered);
        requests.WhenClosed(budgets.Answered);
        var after = new RunRecovery(runs, person, coolDowns, lifetime.Clock) { Advise = StepReports.Advice, Hold = queue.Breakers.Holds };
        runs.Recover(after.Follow);
        runs.AfterEnd((transaction, run, _, _) => new ChildEnd(sessions, runs).Report(transaction, run));
        runs.PriceBy((usage, model) => new Prices(configuration.User.Prices).Priced(usage, model));
        runs.WhenUsed(budgets.Follow);
        runs.AfterStart(queue.Runs.Started);
        runs.AfterEnd(plans.Ended);
        runs.AfterEnd(queue.Runs.Ended);
    }

    /// <summary>A configuration file says something else: what does not ask for it each time follows, in the same transaction.</summary>
    public void Reconfigure(WriteTransaction transaction)
    {
        DayLimits.CheckAll(transaction);
        Couriers.Follow(transaction, configuration.User.Notifications);
    }

    public DaemonFacts Facts { get; }

    public Dispatcher Dispatcher { get; }

    public Doorkeeper Doorkeeper { get; }

    public TokenBook Book { get; }

    public TokenStore Tokens { get; }

    public RefusedDoors Refused { get; }

    /// <summary>The check of the whole machine for who is not at its terminal.</summary>
    public DoctorDesk Doctor { get; }

    public Configuration Configuration => configuration;

    /// <summary>What a run's own token reaches.</summary>
    public Reach Reach { get; }

    /// <summary>Passes on what children said to parents that want to hear it.</summary>
    public WakeParents WakeParents { get; }

    /// <summary>Ends questions nobody answered in time.</summary>
    public ExpireRequests ExpireRequests { get; }

    /// <summary>Ends cool-downs of providers when their time is over.</summary>
    public EndCoolDowns EndCoolDowns { get; }

    /// <summary>Work items, and what they wait for.</summary>
    public ItemQueue Queue => queue;

    /// <summary>What reviewers and people think of work.</summary>
    public ReviewDesk ReviewDesk { get; }

    /// <summary>Documents that became work.</summary>
    public PlanDesk Plans => plans;

    public RequestStore Requests => requests;

    /// <summary>Setup and teardown of worktrees.</summary>
    public WorkspaceCommands Commands { get; }

    /// <summary>Snapshots of runs that go on.</summary>
    public RunSnapshots Snapshots { get; }

    /// <summary>Removes worktrees.</summary>
    public Removal Removal { get; }

    /// <summary>Tells people and programs what happened, as config.yaml wants it.</summary>
    public Couriers Couriers { get; }

    /// <summary>Does the checks that are wanted.</summary>
    public CheckWorker Checks { get; }

    /// <summary>Works on what is to be delivered.</summary>
    public DeliveryWorker Deliveries { get; }

    /// <summary>Brings accepted work of items onto its branch.</summary>
    public LandingWorker Landings { get; }

    /// <summary>Deliveries to GitHub put together.</summary>
    PullDesk PullDesk { get; }

    /// <summary>Publishes deliveries to GitHub, and watches them.</summary>
    public PullWorker Pulls => PullDesk.Worker!;

    /// <summary>Makes repositories that items are to come out as.</summary>
    public RepoOutputWorker Outputs => queue.Outputs!;

    /// <summary>Where the output of the checks' commands is.</summary>
    string ChecksFolder => Path.Combine(settings.DataFolder, "checks");

    /// <summary>What may be spent on a day.</summary>
    public DayLimits DayLimits { get; }

    public Database Store => store;

    public EventLog Events => events;

    IReadOnlyList<DayLimit> DayLimitsOf() =>
    [
        DayLimit.Of("", configuration.User.PerDayUsd, configuration.User.PerDayTokens),
        .. configuration.User.Projects.Values.Select(project => DayLimit.Of(project.Name, project.PerDayUsd, project.PerDayTokens)),
    ];

    /// <summary>Every operation, feature by feature.</summary>
    public void Map(Routes routes)
    {
        var rules = new SessionRules(projects, chooser.Need);
        Health.Map(routes, store, Dispatcher, feed, settings, lifetime, () =>
        [
            .. configuration.Problems.Select(problem => $"An edit of the configuration does not hold, what held before does: {problem}"),
            .. Couriers.Troubles(),
        ], db => ShowUsage.Today(db, DayLimits, lifetime.Clock));
        AddProject.Map(routes, projects, events, store, chooser.Need);
        MapWorktrees(routes);
        ShowConfiguration.Map(routes, configuration, projects, Concurrency);
        SetConfiguration.Map(routes, configuration, events, store);
        new TrustProject(store, events, projects, folder => configuration.Of(folder).Danger).Map(routes);
        TryRoute.Map(routes, chooser);
        CreateSession.Map(routes, sessions, rules, store);
        ListSessions.Map(routes, sessions);
        PostMessage.Map(routes, sessions, admission, inbox, familyLimits.CheckRuns);
        EditMessage.Map(routes, sessions, inbox);
        StartRun.Map(routes, sessions, rules, admission, runs, DayLimits.Note);
        ListRuns.Map(routes, runs, sessions);
        new WaitRun(requests, childWaits, feed, lifetime.Clock, lifetime.Shutdown).Map(routes);
        ReportOutcome.Map(routes, runs);
        CancelRun.Map(routes, runs);
        ResumeRun.Map(routes, sessions, admission, runs, DayLimits.Note);
        DiagnoseRun.Map(routes, runs, Dispatcher, Facts, lifetime.Clock, DayLimits.Note);
        RunOutput.Map(routes, runs, Facts);
        new SpawnSession(sessions, runs, admission, familyLimits).Map(routes);
        new SendToSession(sessions, admission, inbox, requests, familyLimits).Map(routes);
        new ReplyParent(sessions, requests, parentSettings, ruleBook).Map(routes);
        ArchiveSession.Map(routes, sessions, requests);
        ListProviders.Map(routes, coolDowns);
        LiftCoolDown.Map(routes, coolDowns);
        ListRequests.Map(routes, requests, feed, lifetime.Clock, lifetime.Shutdown);
        ShowUsage.Map(routes, store, DayLimits, lifetime.Clock);
        RaiseBudget.Map(routes, runs, DayLimits, lifetime.Clock);
        AnswerRequest.Map(routes, requests, new AnswerRule(ruleBook, ruleStore));
        RuleRoutes.Map(routes, ruleBook, ruleStore, runs);
        MapQueue(routes);
        ListEvents.Map(routes, events, store);
        StreamEvents.Map(routes, events, feed, store, lifetime.Clock, Reach.Allows, lifetime.Shutdown);
        ListNotifications.Map(routes, Couriers);
        TestNotifications.Map(routes, Couriers, lifetime.Clock);
        GiveSessionToken.Map(routes, sessions, Tokens);
        TokenRoutes.Map(routes, Tokens, lifetime.Clock, () => Facts.Url);
        StopDaemon.Map(routes, lifetime);
        Doctor.Map(routes);
        OpenApi.Map(routes);
        BoardRoutes.Map(routes, store, queue.RuleOf, () => Dispatcher.Slots, lifetime.Clock);
        Front.Map(routes, new BoardFiles(settings.BoardFolder));
    }

    /// <summary>What follows work that was done, each from its own rows: checks, reviews, deliveries and plans.</summary>
    public Task FollowWork(CancellationToken draining) => Task.WhenAll(Checks.Run(draining), Deliveries.Run(draining),
        Landings.Run(draining), Pulls.Run(draining), Outputs.Run(draining), ReviewDesk.Worker.Run(draining), Plans.Worker.Run(draining),
        Plans.Wishes.Run(draining), Plans.Consults.Run(draining), Plans.Boxes.Run(draining), Plans.Heartbeat.Run(draining),
        healing.Watch.Run(draining), queue.SetUps.Run(draining));

    void MapQueue(Routes routes)
    {
        queue.Map(routes, chooser.Need);
        checkRun.Map(routes);
        ListChecks.Map(routes, store, feed, ChecksFolder, lifetime.Clock, lifetime.Shutdown);
        deliverRun.Map(routes);
        ListDeliveries.Map(routes, deliveries, feed, lifetime.Clock, lifetime.Shutdown);
        ReviewDesk.Map(routes);
        plans.Map(routes);
    }

    void MapWorktrees(Routes routes)
    {
        ListWorktrees.Map(routes, store);
        new CleanUpWorktrees(store, Removal).Map(routes);
        new RestoreWorktree(store, events, workspaces, new Worktrees(git), git, settings.DataFolder).Map(routes);
        new RepairWorktrees(new Reconciler(store, workspaces, projects, git, Removal, new Cleanup(git), configuration.WorktreesOf,
            () => configuration.User.Worktrees.Grace ?? WorktreeDefaults.DefaultGrace, settings.DataFolder, lifetime.Clock), store, events)
            .Map(routes);
        ShowWorktree.Map(routes, store, new WorktreeFacts(git), Commands);
    }

    /// <summary>Slots for runs with their origin: a flag wins over the file.</summary>
    SettingRow Concurrency() => new("limits.max_concurrency", Dispatcher.Slots, settings.MaxConcurrency is not null ? "--max-concurrency"
        : configuration.Of(null).Rows().FirstOrDefault(row => row.Key == "limits.max_concurrency")?.Origin ?? "default");

    public void Dispose()
    {
        queue.Dispose();
        ReviewDesk.Dispose();
        plans.Dispose();
        Dispatcher.Dispose();
        Checks.Dispose();
        Deliveries.Dispose();
        Landings.Dispose();
        PullDesk.Dispose();
        WakeParents.Dispose();
        Couriers.Dispose();
        Removal.Dispose();
        Doctor.Dispose();
        store.Dispose();
    }
}
