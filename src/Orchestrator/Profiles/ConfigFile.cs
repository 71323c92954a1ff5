using System.Globalization;

namespace Orchestrator.Profiles;

/// <summary>How work in one project is done; what is null was not said.</summary>
sealed record ProjectSettings
{
    /// <summary>The name in the file.</summary>
    public required string Name { get; init; }

    /// <summary>Absolute folder of the repository.</summary>
    public string? Path { get; init; }

    /// <summary>worktree, shared or none.</summary>
    public string? Isolation { get; init; }

    /// <summary>Commands that decide whether work is done, each program and arguments.</summary>
    public IReadOnlyList<IReadOnlyList<string>>? Verify { get; init; }

    /// <summary>Longest time for each of them; null for the default.</summary>
    public TimeSpan? VerifyLimit { get; init; }

    /// <summary>Pattern of its branches.</summary>
    public string? Branch { get; init; }

    /// <summary>Commands in a new worktree, each program and arguments.</summary>
    public IReadOnlyList<IReadOnlyList<string>>? Setup { get; init; }

    /// <summary>Commands before a worktree is removed.</summary>
    public IReadOnlyList<IReadOnlyList<string>>? Teardown { get; init; }

    /// <summary>Longest one of these commands may take.</summary>
    public TimeSpan? SetupLimit { get; init; }

    /// <summary>Ports of its worktrees.</summary>
    public PortPlan? Ports { get; init; }

    /// <summary>Runs of the project at the same time.</summary>
    public int? MaxParallel { get; init; }

    /// <summary>Start ready items without being asked.</summary>
    public bool? AutoRun { get; init; }

    /// <summary>How accepted work of its items gets onto its branch by itself; null for not.</summary>
    public DeliverySettings? Deliver { get; init; }

    /// <summary>How its work becomes pull requests.</summary>
    public PullRequestSettings GitHub { get; init; } = new();

    /// <summary>Most its runs of one day may cost together, in US dollars.</summary>
    public decimal? PerDayUsd { get; init; }

    /// <summary>Most tokens of its runs of one day together.</summary>
    public long? PerDayTokens { get; init; }

    /// <summary>How closely its work is reviewed; null for as the file says.</summary>
    public ConfigGroup? Reviews { get; init; }

    /// <summary>The project's own file may allow requests.</summary>
    public bool TrustRequestRules { get; init; }

    /// <summary>Phase of work → profile.</summary>
    public IReadOnlyDictionary<string, PhaseProfile> Profiles { get; init; } = new Dictionary<string, PhaseProfile>();

    /// <summary>File and line of the entry.</summary>
    public required string Place { get; init; }
}

/// <summary>How accepted work gets onto its branch by itself.</summary>
/// <param name="Strategy">merge, squash, rebase or pull_request.</param>
/// <param name="Into">The branch; null for the one the project's folder is on.</param>
/// <param name="UpdateCheckout">A checkout of that branch may follow by a fast-forward.</param>
sealed record DeliverySettings(string Strategy, string? Into, bool UpdateCheckout);

/// <summary>One configuration file, read and checked.</summary>
/// <param name="File">Its path, or an empty text for a file that is not there.</param>
/// <param name="Profiles">Name → the keys it sets; <see cref="ProfileBook"/> lays them over lower layers.</param>
/// <param name="Projects">The projects it names.</param>
/// <param name="MaxConcurrency">Runs at the same time; null when not said.</param>
sealed record ConfigFile(
    string File,
    IReadOnlyDictionary<string, ConfigGroup> Profiles,
    IReadOnlyDictionary<string, ProjectSettings> Projects,
    int? MaxConcurrency)
{
    /// <summary>Its rules that choose a profile, in their order.</summary>
    public IReadOnlyList<RouteRule> Routes { get; init; } = [];

    /// <summary>Every key it sets, as it stands in the file.</summary>
    public ConfigGroup Root { get; init; } = ConfigGroup.None;

    /// <summary>The entries of <c>request_rules</c>, in order.</summary>
    public IReadOnlyList<ConfigGroup> RequestRules { get; init; } = [];

    /// <summary>Requests a minute for each token; null when not said.</summary>
    public int? RequestsPerMinute { get; init; }

    /// <summary>Bad tokens a minute for each address; null when not said.</summary>
    public int? BadTokensPerMinute { get; init; }

    /// <summary>Generations below a first session; null for the default.</summary>
    public int? SpawnDepth { get; init; }

    /// <summary>Children of one run; null for the default.</summary>
    public int? ChildrenPerRun { get; init; }

    /// <summary>Runs of a whole family; null for the default.</summary>
    public int? RunsPerFamily { get; init; }

    /// <summary>How long a question waits for its answer; null for ever.</summary>
    public TimeSpan? RequestExpiry { get; init; }

    /// <summary>deny, park or continue; null for the default.</summary>
    public string? RequestOnExpiry { get; init; }

    /// <summary>What is done after a failure in every profile; none for the defaults.</summary>
    public ConfigGroup Retry { get; init; } = ConfigGroup.None;

    /// <summary>When silence means something in every profile; none for the defaults.</summary>
    public ConfigGroup Healing { get; init; } = ConfigGroup.None;

    /// <summary>How often the daemon looks at what runs do; null for the default.</summary>
    public TimeSpan? HealingLook => Healing.Number<double>("look_s") is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    /// <summary>How often something may repeat at one item.</summary>
    public BreakerPolicy Breakers { get; init; } = new();

    /// <summary>How often the state of plans is told; null for the default.</summary>
    public TimeSpan? PlanHeartbeat { get; init; }

    /// <summary>How closely work is reviewed; none for the defaults.</summary>
    public ConfigGroup Reviews { get; init; } = ConfigGroup.None;

    /// <summary>Longest time a provider is left alone; null for the default.</summary>
    public TimeSpan? CoolDown { get; init; }

    /// <summary>Profile of the agent that <c>orch</c> starts; null for one that is found.</summary>
    public string? Lead { get; init; }

    /// <summary>Where watched runs are shown.</summary>
    public PaneSettings Panes { get; init; } = new();

    /// <summary>Who is told of what, the built-in rule included.</summary>
    public IReadOnlyList<NotificationRule> Notifications { get; init; } = [NotificationRule.Log];

    /// <summary>Most all runs of one day may cost together, in US dollars; null for no limit.</summary>
    public decimal? PerDayUsd { get; init; }

    /// <summary>Most tokens of all runs of one day together; null for no limit.</summary>
    public long? PerDayTokens { get; init; }

    /// <summary>Prices by model or pattern.</summary>
    public IReadOnlyList<ModelPrice> Prices { get; init; } = [];

    /// <summary>What is said of all worktrees.</summary>
    public WorktreeDefaults Worktrees { get; init; } = new();

    /// <summary>Where GitHub is and how it is asked.</summary>
    public GitHubSettings GitHub { get; init; } = new();

    /// <summary>Name in the data folder.</summary>
    public const string UserName = "config.yaml";

    /// <summary>Name in a project's folder.</summary>
    public const string ProjectName = ".agent-orchestrator.yaml";

    /// <summary>Longest file that is read, in bytes: a configuration is written by hand.</summary>
    const int MaxLength = 1024 * 1024;

    /// <summary>Most mistakes told at once.</summary>
    const int MaxProblems = 10;

    /// <summary>A file that says nothing.</summary>
    public static readonly ConfigFile None =
        new("", new Dictionary<string, ConfigGroup>(), new Dictionary<string, ProjectSettings>(), null);

    /// <summary>Reads a file; one that is not there says nothing. Mistakes, and a file that cannot be read, are refusals.</summary>
    public static ConfigFile Load(string path, IReadOnlyList<string> agents)
    {
        var file = new FileInfo(path);
        // What has no length says nothing; it may be a pipe, and opening that would wait for ever.
        if (!file.Exists || file.Length == 0)
            return None;
        if (file.Length > MaxLength)
            throw new Fault(FaultCode.InvalidRequest, $"{path}: longer than 1 MiB; this is no configuration file.");
        try
        {
            return Parse(System.IO.File.ReadAllText(path), path, agents);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new Fault(FaultCode.InvalidRequest, $"{path}: it cannot be read: {e.Message}");
        }
    }

    /// <summary>Checks a text; the refusal names every mistake with file, line and key.</summary>
    public static ConfigFile Parse(string text, string file, IReadOnlyList<string> agents)
    {
        var reader = new ConfigReader(file);
        var root = reader.Read(text, ConfigKeys.Root(agents));
        var routes = (root.Get<List<ConfigGroup>>("routes") ?? []).Select((entry, i) => Route(entry, i, file, reader)).ToList();
        var projects = Groups(root, "projects").ToDictionary(p => p.Key, p => Project(p.Key, p.Value, file, reader));
        var worktrees = WorktreeDefaults.Of(root.Get<ConfigGroup>("worktrees"), reader);
        var github = GitHubSettings.Of(root.Get<ConfigGroup>("github"), reader);
        if (reader.Problems.Count > 0)
        {
            var more = reader.Problems.Count - MaxProblems;
            var lines = reader.Problems.Take(MaxProblems).Append(more > 0 ? $"… and {more} more" : null).OfType<string>();
            throw new Fault(FaultCode.InvalidRequest, string.Join("\n", lines), "Every key with its meaning: docs/config.schema.json.");
        }
        var limits = root.Get<ConfigGroup>("limits");
        return new ConfigFile(
            file,
            Groups(root, "profiles"),
            projects,
            (int?)limits?.Number<long>("max_concurrency"))
        {
            Root = root,
            Worktrees = worktrees,
            GitHub = github,
            Routes = routes,
            RequestRules = root.Get<List<ConfigGroup>>("request_rules") ?? [],
            RequestsPerMinute = (int?)limits?.Number<long>("requests_per_minute"),
            BadTokensPerMinute = (int?)limits?.Number<long>("bad_tokens_per_minute"),
            SpawnDepth = (int?)limits?.Number<long>("spawn_depth"),
            ChildrenPerRun = (int?)limits?.Number<long>("children_per_run"),
            RunsPerFamily = (int?)limits?.Number<long>("runs_per_family"),
            RequestExpiry = limits?.Number<double>("request_expiry_s") is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            RequestOnExpiry = limits?.Get<string>("request_on_expiry"),
            Retry = root.Get<ConfigGroup>("retry") ?? ConfigGroup.None,
            Breakers = BreakerPolicy.Of(root.Get<ConfigGroup>("breakers")),
            PlanHeartbeat = root.Get<ConfigGroup>("plans")?.Number<double>("heartbeat_s") is { } beat ? TimeSpan.FromSeconds(beat) : null,
            Healing = root.Get<ConfigGroup>("healing") ?? ConfigGroup.None,
            Reviews = root.Get<ConfigGroup>("reviews") ?? ConfigGroup.None,
            CoolDown = limits?.Number<double>("cool_down_s") is { } longest ? TimeSpan.FromSeconds(longest) : null,
            Notifications = NotificationRule.Of(Groups(root, "notifications"), file),
            Lead = root.Get<string>("lead"),
            Panes = PaneSettings.Of(root.Get<ConfigGroup>("panes")),
            PerDayUsd = limits?.Number<decimal>("per_day_usd"),
            PerDayTokens = limits?.Number<long>("per_day_tokens"),
            Prices = [.. Groups(root, "prices").Select(price => Price(price.Key, price.Value, file))],
        };
    }

    /// <summary>How closely the work of a project is reviewed; null for items without one.</summary>
    public ReviewPolicy ReviewsOf(string? project)
    {
        var policy = new ReviewPolicy().With(Reviews);
        return project is not null && Projects.GetValueOrDefault(project)?.Reviews is { } own ? policy.With(own) : policy;
    }

    static Dictionary<string, ConfigGroup> Groups(ConfigGroup root, string key) =>
        root.Get<ConfigGroup>(key)?.Values.ToDictionary(entry => entry.Key, entry => (ConfigGroup)entry.Value!) ?? [];

    static ProjectSettings Project(string name, ConfigGroup group, string file, ConfigReader reader) => new()
    {
        Name = name,
        Path = group.Get<string>("path") is { } path ? Absolute(path, file) : null,
        Isolation = group.Get<string>("isolation"),
        Verify = group.Get<List<List<string>>>("verify"),
        VerifyLimit = group.Number<double>("verify_timeout_s") is { } limit ? TimeSpan.FromSeconds(limit) : null,
        Branch = WorktreeDefaults.BranchOf(group, $"projects.{name}", reader),
        Setup = Commands(group, "setup", name, reader),
        Teardown = Commands(group, "teardown", name, reader),
        SetupLimit = group.Number<double>("setup_s") is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        Ports = PortPlan.Of(group.Get<ConfigGroup>("ports"), $"projects.{name}.ports", reader),
        MaxParallel = (int?)group.Number<long>("max_parallel"),
        AutoRun = group.Number<bool>("auto_run"),
        Deliver = group.Get<string>("deliver") is { } strategy
            ? new DeliverySettings(strategy, group.Get<string>("deliver_into"), group.Number<bool>("update_checkout") ?? false) : null,
        GitHub = PullRequestSettings.Of(group.Get<ConfigGroup>("github"), $"projects.{name}.github", reader),
        Reviews = group.Get<ConfigGroup>("reviews"),
        TrustRequestRules = group.Number<bool>("trust_request_rules") ?? false,
        Place = $"{file}:{Line(group.Line)}",
        Profiles = group.Get<ConfigGroup>("profiles") is { } phases
            ? phases.Values.Where(phase => phase.Value is string).ToDictionary(phase => phase.Key, phase => new PhaseProfile(
                (string)phase.Value!, $"{file}:{Line(phases.Lines.GetValueOrDefault(phase.Key, phases.Line))}", IsProjectFile(file)))
            : new Dictionary<string, PhaseProfile>(),
        PerDayUsd = group.Get<ConfigGroup>("limits")?.Number<decimal>("per_day_usd"),
        PerDayTokens = group.Get<ConfigGroup>("limits")?.Number<long>("per_day_tokens"),
    };

    static List<List<string>>? Commands(ConfigGroup group, string key, string project, ConfigReader reader)
    {
        var commands = group.Get<List<List<string>>>(key);
        if (commands?.Any(command => command.Count == 0 || command[0].Length == 0) == true)
            reader.Missing(group.Lines.GetValueOrDefault(key, group.Line), $"projects.{project}.{key}", "a command needs a program");
        return commands;
    }

    /// <summary>True for the file a repository brings along.</summary>
    static bool IsProjectFile(string file) => System.IO.Path.GetFileName(file) == ProjectName;

    static string Line(int line) => line.ToString(CultureInfo.InvariantCulture);

    static RouteRule Route(ConfigGroup entry, int index, string file, ConfigReader reader)
    {
        if (entry.Get<string>("profile") is null)
            reader.Missing(entry.Line, $"routes[{Line(index)}].profile", "is missing: which profile does the rule give?");
        return new RouteRule
        {
            Name = entry.Get<string>("name"),
            Profile = entry.Get<string>("profile") ?? "",
            Place = $"{file}:{Line(entry.Line)}",
            OfProjectFile = IsProjectFile(file),
            Projects = entry.Get<List<string>>("project") ?? [],
            Phases = entry.Get<List<string>>("phase") ?? [],
            Kinds = entry.Get<List<string>>("kind") ?? [],
            Labels = entry.Get<List<string>>("labels") ?? [],
        };
    }

    static ModelPrice Price(string pattern, ConfigGroup group, string file)
    {
        decimal Need(string key) => group.Number<decimal>(key) ?? throw new Fault(FaultCode.InvalidRequest,
            $"{file}:{group.Line}: prices.{pattern}: '{key}' is missing: US dollars for a million tokens.");
        return new ModelPrice(pattern, Need("input"), group.Number<decimal>("cached") ?? Need("input"), Need("output")) { Origin = file };
    }

    /// <summary>Relative to the folder of the file; ~ is the home folder.</summary>
    static string Absolute(string path, string file)
    {
        if (path == "~" || path.StartsWith("~/", StringComparison.Ordinal))
            path = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + path[1..];
        var folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(file)) ?? "/";
        return System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path, folder));
    }
}
