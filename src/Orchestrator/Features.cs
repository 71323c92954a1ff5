using Orchestrator.Agents;
using Orchestrator.Daemon;
using Orchestrator.Events;
using Orchestrator.Http;
using Orchestrator.Profiles;
using Orchestrator.Runs;
using Orchestrator.Sessions;
using Orchestrator.Store;
using Orchestrator.Terminals;
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
    readonly Git git = new();

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
        var limits = new RunLimits();
        admission = new Admission(runs, projects, configuration.FindProfile, limits);
        var workplace = new Workplace(store, projects, workspaces, new Worktrees(git), settings.DataFolder);
        var launcher = new Launcher(store, projects, configuration.FindProfile, Facts);
        var watch = new Watch(runs, limits, StopTimes.Default, lifetime.Clock);
        var finisher = new Finisher(runs, watch, new WorkCapture(git, lifetime.Clock), limits, lifetime.Clock);
        var runner = new Runner(runs, workplace, launcher, watch, finisher, Facts);
        var slots = settings.MaxConcurrency ?? configuration.MaxConcurrency ?? 4;
        Dispatcher = new Dispatcher(runs, runner, slots, Environment.MachineName, lifetime.Clock, log);
        Cgroup.Tidy();
        Doorkeeper = new Doorkeeper(settings, Doorkeeper.LocalToken(settings.DataFolder), store,
            Turnstile.For(settings.Listen, configuration.RequestsPerMinute, configuration.BadTokensPerMinute, lifetime.Clock));
    }

    public DaemonFacts Facts { get; }

    public Dispatcher Dispatcher { get; }

    public Doorkeeper Doorkeeper { get; }

    public Database Store => store;

    public EventLog Events => events;

    /// <summary>Every operation, feature by feature.</summary>
    public void Map(Routes routes)
    {
        var rules = new SessionRules(projects, admission.Exists);
        Health.Map(routes, store, Dispatcher, feed, settings, lifetime);
        AddProject.Map(routes, projects, events, store, admission.Exists);
        ListWorktrees.Map(routes, store);
        new CleanUpWorktrees(store, workspaces, new Cleanup(git), settings.DataFolder).Map(routes);
        ShowConfiguration.Map(routes, configuration);
        CreateSession.Map(routes, sessions, rules, store);
        ListSessions.Map(routes, sessions);
        PostMessage.Map(routes, sessions, admission, runs);
        StartRun.Map(routes, sessions, rules, admission, runs);
        ListRuns.Map(routes, runs, sessions);
        WaitRun.Map(routes, runs, feed, lifetime.Clock, lifetime.Shutdown);
        CancelRun.Map(routes, runs);
        ResumeRun.Map(routes, sessions, admission, runs);
        DiagnoseRun.Map(routes, runs, Dispatcher, Facts, lifetime.Clock);
        RunOutput.Map(routes, runs, Facts);
        ListEvents.Map(routes, events, store);
        StreamEvents.Map(routes, events, feed, store, lifetime.Clock, lifetime.Shutdown);
        StopDaemon.Map(routes, lifetime);
    }

    public void Dispose()
    {
        Dispatcher.Dispose();
        store.Dispose();
    }
}
