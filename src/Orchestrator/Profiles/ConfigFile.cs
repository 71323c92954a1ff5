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

    /// <summary>Runs of the project at the same time.</summary>
    public int? MaxParallel { get; init; }

    /// <summary>Start ready items without being asked.</summary>
    public bool? AutoRun { get; init; }

    /// <summary>The project's own file may allow requests.</summary>
    public bool TrustRequestRules { get; init; }

    /// <summary>Phase of work → profile.</summary>
    public IReadOnlyDictionary<string, string> Profiles { get; init; } = new Dictionary<string, string>();
}

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
            Groups(root, "projects").ToDictionary(p => p.Key, p => Project(p.Key, p.Value, file)),
            (int?)limits?.Number<long>("max_concurrency"))
        {
            RequestRules = root.Get<List<ConfigGroup>>("request_rules") ?? [],
            RequestsPerMinute = (int?)limits?.Number<long>("requests_per_minute"),
            BadTokensPerMinute = (int?)limits?.Number<long>("bad_tokens_per_minute"),
            SpawnDepth = (int?)limits?.Number<long>("spawn_depth"),
            ChildrenPerRun = (int?)limits?.Number<long>("children_per_run"),
            RunsPerFamily = (int?)limits?.Number<long>("runs_per_family"),
            RequestExpiry = limits?.Number<double>("request_expiry_s") is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            RequestOnExpiry = limits?.Get<string>("request_on_expiry"),
        };
    }

    static Dictionary<string, ConfigGroup> Groups(ConfigGroup root, string key) =>
        root.Get<ConfigGroup>(key)?.Values.ToDictionary(entry => entry.Key, entry => (ConfigGroup)entry.Value!) ?? [];

    static ProjectSettings Project(string name, ConfigGroup group, string file) => new()
    {
        Name = name,
        Path = group.Get<string>("path") is { } path ? Absolute(path, file) : null,
        Isolation = group.Get<string>("isolation"),
        Verify = group.Get<List<List<string>>>("verify"),
        MaxParallel = (int?)group.Number<long>("max_parallel"),
        AutoRun = group.Number<bool>("auto_run"),
        TrustRequestRules = group.Number<bool>("trust_request_rules") ?? false,
        Profiles = group.Get<Dictionary<string, string>>("profiles") ?? [],
    };

    /// <summary>Relative to the folder of the file; ~ is the home folder.</summary>
    static string Absolute(string path, string file)
    {
        if (path == "~" || path.StartsWith("~/", StringComparison.Ordinal))
            path = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + path[1..];
        var folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(file)) ?? "/";
        return System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path, folder));
    }
}
