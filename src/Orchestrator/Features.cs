using Orchestrator.Agents;
using Orchestrator.Daemon;
using Orchestrator.Events;
using Orchestrator.Families;
using Orchestrator.Http;
using Orchestrator.Profiles;
using Orchestrator.Providers;
using Orchestrator.Recovery;
using Orchestrator.Requests;
using Orchestrator.Runs;
using Orchestrator.Sessions;
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
    readonly Admission admission;
    readonly WorkspaceStore workspaces;
    readonly ChildWaits childWaits = new();
    readonly RequestStore requests;
    readonly FamilyLimits familyLimits;
    readonly ParentSettings parentSettings;
    readonly Inbox inbox;
    readonly Git git = new();
    readonly OpenLinks links;
    readonly CoolDownStore coolDowns;

    public Features(DaemonSettings settings, Lifetime lifetime, IReadOnlyDictionary<string, string> environment, ILogger log)
    {
        this.settings = settings;
        this.lifetime = lifetime;
        configuration = Configuration.Load(settings.DataFolder);
        store = Database.Open(settings.DatabasePath, lifetime.Clock);
        feed.StartAt(store.Read(db => db.Number("select value from counters where name = 'event_seq'")) ?? 0);
        store.Committed += feed.Wake;
        events = new EventLog(store, feed);
        Facts = new DaemonFacts(settings.DataFolder, environment, settings.AgentArgs) { Tools = ToolProgram.OfThisProcess() };
        projects = new ProjectStore(store, () => configuration.Projects);
        sessions = new SessionStore(store, events);
        runs = new RunStore(store, events);
        workspaces = new WorkspaceStore(events);
        Reach = new Reach(store);
        requests = new RequestStore(runs, childWaits);
        familyLimits = new FamilyLimits(configuration.User.SpawnDepth ?? FamilyLimits.DefaultDepth,
            configuration.User.ChildrenPerRun ?? FamilyLimits.DefaultChildren,
            configuration.User.RunsPerFamily ?? FamilyLimits.DefaultRuns);
        parentSettings = new ParentSettings(projects, configuration.FindProfile, configuration.User.RequestExpiry,
            configuration.User.RequestOnExpiry);
        runs.AfterStart((transaction, run) => requests.Settle(transaction, run.Id));
        runs.BeforeEnd((transaction, run, _, _) => requests.WithdrawAll(transaction, run));
        var questions = new AgentQuestions(sessions, requests, configuration.User.RequestExpiry, configuration.User.RequestOnExpiry);
        runs.WhenAsked(questions.Follow);
        runs.WhenTaken(questions.Taken);
        coolDowns = new CoolDownStore(store, events, configuration.User.CoolDown ?? CoolDownRule.Longest);
        EndCoolDowns = new EndCoolDowns(coolDowns, lifetime.Clock, log);
        var person = new AskPerson(requests, configuration.User.RequestExpiry);
        requests.WhenClosed(person.Answered);
        runs.AfterStart(person.Overtaken);
        runs.Recover(new RunRecovery(runs, person, coolDowns, lifetime.Clock).Follow);
        runs.AfterEnd((transaction, run, _, _) => new ChildEnd(sessions, runs).Report(transaction, run));
        var limits = new RunLimits();
        admission = new Admission(runs, projects, configuration.FindProfile, configuration.ProfileNames, limits);
        inbox = new Inbox(sessions, admission, runs);
        runs.BeforeEnd(inbox.QueueUnheard);
        WakeParents = new WakeParents(sessions, runs, admission, parentSettings, familyLimits, log);
        ExpireRequests = new ExpireRequests(requests, lifetime.Clock, log);
        var workplace = new Workplace(store, projects, workspaces, new Worktrees(git), settings.DataFolder);
        var launcher = new Launcher(store, projects, configuration.FindProfile, Facts);
        var watch = new Watch(runs, limits, StopTimes.Default, lifetime.Clock);
        var finisher = new Finisher(runs, watch, new WorkCapture(git, lifetime.Clock), limits, lifetime.Clock);
        var runTokens = new RunTokens(runs, Facts, lifetime.Clock);
        var runner = new Runner(runs, workplace, launcher, watch, finisher, Facts, runTokens);
        var slots = settings.MaxConcurrency ?? configuration.MaxConcurrency ?? 4;
        Dispatcher = new Dispatcher(runs, runner, slots, Environment.MachineName, lifetime.Clock, log);
        Cgroup.Tidy();
        Book = new TokenBook(lifetime.Clock);
        Tokens = new TokenStore(store, events, Book);
        Book.Load(Tokens.List());
        Refused = new RefusedDoors(store, events, lifetime.Clock);
        links = new OpenLinks(lifetime.Clock);
        Doorkeeper = new Doorkeeper(settings, Doorkeeper.LocalToken(settings.DataFolder), Book, runTokens,
            Turnstile.For(settings.Listen, configuration.RequestsPerMinute, configuration.BadTokensPerMinute, lifetime.Clock));
    }

    public DaemonFacts Facts { get; }

    public Dispatcher Dispatcher { get; }

    public Doorkeeper Doorkeeper { get; }

    public TokenBook Book { get; }

    public TokenStore Tokens { get; }

    public RefusedDoors Refused { get; }

    /// <summary>What a run's own token reaches.</summary>
    public Reach Reach { get; }

    /// <summary>Passes on what children said to parents that want to hear it.</summary>
    public WakeParents WakeParents { get; }

    /// <summary>Ends questions nobody answered in time.</summary>
    public ExpireRequests ExpireRequests { get; }

    /// <summary>Ends cool-downs of providers when their time is over.</summary>
    public EndCoolDowns EndCoolDowns { get; }

    public RequestStore Requests => requests;

    public Database Store => store;

    public EventLog Events => events;

    /// <summary>Every operation, feature by feature.</summary>
    public void Map(Routes routes)
    {
        var rules = new SessionRules(projects, admission.NeedProfile);
        Health.Map(routes, store, Dispatcher, feed, settings, lifetime);
        AddProject.Map(routes, projects, events, store, admission.NeedProfile);
        ListWorktrees.Map(routes, store);
        new CleanUpWorktrees(store, workspaces, new Cleanup(git), settings.DataFolder).Map(routes);
        ShowConfiguration.Map(routes, configuration);
        CreateSession.Map(routes, sessions, rules, store);
        ListSessions.Map(routes, sessions);
        PostMessage.Map(routes, sessions, admission, inbox, familyLimits.CheckRuns);
        EditMessage.Map(routes, sessions, runs);
        StartRun.Map(routes, sessions, rules, admission, runs);
        ListRuns.Map(routes, runs, sessions);
        new WaitRun(requests, childWaits, feed, lifetime.Clock, lifetime.Shutdown).Map(routes);
        ReportOutcome.Map(routes, runs);
        CancelRun.Map(routes, runs);
        ResumeRun.Map(routes, sessions, admission, runs);
        DiagnoseRun.Map(routes, runs, Dispatcher, Facts, lifetime.Clock);
        RunOutput.Map(routes, runs, Facts);
        new SpawnSession(sessions, runs, admission, familyLimits).Map(routes);
        new SendToSession(sessions, admission, inbox, requests, familyLimits).Map(routes);
        new ReplyParent(sessions, requests, parentSettings).Map(routes);
        ArchiveSession.Map(routes, sessions, requests);
        ListProviders.Map(routes, coolDowns);
        LiftCoolDown.Map(routes, coolDowns);
        ListRequests.Map(routes, requests, feed, lifetime.Clock, lifetime.Shutdown);
        AnswerRequest.Map(routes, requests);
        ListEvents.Map(routes, events, store);
        StreamEvents.Map(routes, events, feed, store, lifetime.Clock, Reach.Allows, lifetime.Shutdown);
        CreateToken.Map(routes, Tokens);
        ListTokens.Map(routes, Tokens);
        RevokeToken.Map(routes, Tokens);
        MakeOpenLink.Map(routes, Tokens, links, () => Facts.Url);
        EnterByLink.Map(routes, Tokens, links);
        StopDaemon.Map(routes, lifetime);
        OpenApi.Map(routes);
        Front.Map(routes);
    }

    public void Dispose()
    {
        Dispatcher.Dispose();
        WakeParents.Dispose();
        store.Dispose();
    }
}
