using Orchestrator.GitHub;
using Orchestrator.Profiles;
using Orchestrator.Workspaces;

namespace Orchestrator.Deliveries;

/// <summary>Deliveries to GitHub put together.</summary>
sealed class PullDesk : IDisposable
{
    readonly PullNeeds needs;
    readonly GitHubApi api;
    readonly ILogger log;

    /// <param name="settings">What config.yaml says now.</param>
    /// <param name="environment">The daemon's own variables.</param>
    /// <param name="dataFolder">Below it, repositories are made to push from.</param>
    public PullDesk(DeliveryStore deliveries, Git git, Func<ConfigFile> settings, IReadOnlyDictionary<string, string> environment,
        string dataFolder, TimeProvider clock, ILogger log)
    {
        this.log = log;
        Token = new GitHubToken(environment, () => settings().GitHub);
        api = new GitHubApi(Token, () => settings().GitHub, clock);
        Issues = new IssueCalls(api);
        Calls = new PullCalls(api);
        var pushes = Path.Combine(dataFolder, "pushes");
        Clear(pushes);
        Pusher = new Pusher(git, environment, pushes);
        Facts = new PullFactsOf(deliveries.Store, git);
        needs = new PullNeeds(deliveries, Calls, Token, Pusher, Facts, git,
            project => project is not null && settings().Projects.GetValueOrDefault(project) is { } known ? known.GitHub : new(),
            () => settings().GitHub, clock);
    }

    /// <summary>Takes away what a daemon that died left; nothing is kept there.</summary>
    static void Clear(string folder)
    {
        foreach (var left in Directory.Exists(folder) ? Directory.GetDirectories(folder) : [])
            Directory.Delete(left, recursive: true);
    }

    public GitHubToken Token { get; }

    public PullCalls Calls { get; }

    /// <summary>Issues of repositories.</summary>
    public IssueCalls Issues { get; }

    public Pusher Pusher { get; }

    /// <summary>What pull requests tell; items and reviews add to it.</summary>
    public PullFactsOf Facts { get; }

    /// <summary>How those of a project are made.</summary>
    public Func<string?, PullRequestSettings> Settings => needs.Settings;

    /// <summary>Publishes and watches; null until <see cref="HeardBy"/> was said.</summary>
    public PullWorker? Worker { get; private set; }

    /// <summary>Says what becomes of what GitHub says against work.</summary>
    public void HeardBy(PullHearing hear) => Worker = new PullWorker(needs, hear, log);

    public void Dispose()
    {
        Worker?.Dispose();
        api.Dispose();
    }
}
