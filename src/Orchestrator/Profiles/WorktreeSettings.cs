using System.Globalization;

namespace Orchestrator.Profiles;

/// <summary>Ports for worktrees: each gets a range of its own.</summary>
/// <param name="From">First port of the first worktree.</param>
/// <param name="Count">Ports of each.</param>
sealed record PortPlan(int From, int Count)
{
    public const int DefaultCount = 10;

    static readonly IReadOnlyList<ConfigKey> Members =
    [
        new("from", ConfigKind.Count, "First port of the first worktree, from 1024 on."),
        new("count", ConfigKind.Count, "Ports of each worktree; unset: 10."),
    ];

    /// <summary>The key, at both places where it may stand.</summary>
    public static ConfigKey Key(string whose) => new("ports", ConfigKind.Group,
        $"A range of ports for each worktree {whose}, in AGENTCTL_PORT_BASE and AGENTCTL_PORT_COUNT; unset: none. No two that stand "
        + "share one.")
    {
        Members = Members,
    };

    /// <summary>Null when nothing was said; a mistake goes to the reader.</summary>
    public static PortPlan? Of(ConfigGroup? group, string path, ConfigReader reader)
    {
        if (group is null)
            return null;
        var (from, count) = (group.Number<long>("from"), group.Number<long>("count") ?? DefaultCount);
        if (from is not { } first)
            reader.Missing(group.Line, path + ".from", "is missing: which is the first port?");
        else if (first is < 1024 or > 65535 || count > 1000 || first + count - 1 > 65535)
            reader.Missing(group.Line, path, "a port from 1024 to 65535 expected, and at most 1000 of them, none beyond 65535");
        else
            return new PortPlan((int)first, (int)count);
        return null;
    }
}

/// <summary>What config.yaml says about all worktrees, in its group <c>worktrees</c>; what is null was not said.</summary>
sealed record WorktreeDefaults
{
    /// <summary>How long something must have been out of order before a repair may remove it, unless somebody says otherwise.</summary>
    public static readonly TimeSpan DefaultGrace = TimeSpan.FromHours(24);

    public string? Branch { get; init; }

    public PortPlan? Ports { get; init; }

    public TimeSpan? Grace { get; init; }

    public static ConfigKey Key { get; } = new("worktrees", ConfigKind.Group,
        "Worktrees of all projects; counts in the data folder's config.yaml only.")
    {
        Members =
        [
            BranchKey("of all projects"),
            PortPlan.Key("of all projects"),
            new("grace_s", ConfigKind.Seconds,
                "How long something must be out of order before 'doctor --fix' may remove it, in seconds; unset: 86400."),
        ],
    };

    /// <summary>The key, at both places where it may stand.</summary>
    public static ConfigKey BranchKey(string whose) => new("branch", ConfigKind.Text,
        $"Name of the branches {whose}, with {{id}}, {{slug}} and {{project}} in it; unset: {BranchPattern.Default}.");

    public static WorktreeDefaults Of(ConfigGroup? group, ConfigReader reader) => group is null ? new() : new()
    {
        Branch = BranchOf(group, "worktrees", reader),
        Ports = PortPlan.Of(group.Get<ConfigGroup>("ports"), "worktrees.ports", reader),
        Grace = group.Number<double>("grace_s") is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
    };

    /// <summary>A pattern that git would refuse is a mistake in the file.</summary>
    public static string? BranchOf(ConfigGroup group, string path, ConfigReader reader)
    {
        if (group.Get<string>("branch") is not { } pattern)
            return null;
        if (BranchPattern.Problem(pattern) is { } problem)
            reader.Missing(group.Lines.GetValueOrDefault("branch", group.Line), path + ".branch", $"'{pattern}' is no pattern: {problem}");
        return pattern;
    }
}

/// <summary>How worktrees of one project are made and removed, as it holds now.</summary>
sealed record WorktreeSettings
{
    /// <summary>Longest one command of setup or teardown may take, unless somebody says otherwise.</summary>
    public static readonly TimeSpan DefaultLimit = TimeSpan.FromMinutes(10);

    public string Branch { get; init; } = BranchPattern.Default;

    public PortPlan? Ports { get; init; }

    /// <summary>Commands before the first run's agent starts, each program and arguments.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Setup { get; init; } = [];

    /// <summary>Commands before the worktree is removed.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Teardown { get; init; } = [];

    /// <summary>Longest one of these commands may take.</summary>
    public TimeSpan Limit { get; init; } = DefaultLimit;

    /// <summary>The repository's own file names the commands, and nobody has trusted it; null when that is not so.</summary>
    public Fault? Untrusted { get; init; }

    /// <summary>The keys of a project.</summary>
    public static IReadOnlyList<ConfigKey> Keys { get; } =
    [
        WorktreeDefaults.BranchKey("of its worktrees"),
        new("setup", ConfigKind.TextLists,
            "Commands in a new worktree before the first agent starts there, each a list of program and arguments."),
        new("teardown", ConfigKind.TextLists, "Commands in a worktree before it is removed, each a list of program and arguments."),
        new("setup_s", ConfigKind.Seconds, "Longest one command of setup or teardown may take, in seconds; unset: 600."),
        PortPlan.Key("of this project"),
    ];

    /// <summary>What the two files say of the project together; the project's own file wins.</summary>
    public static WorktreeSettings Of(InForce holds, string project, Func<bool> trusted)
    {
        var (user, own) = (holds.User.Projects.GetValueOrDefault(project), holds.Own.Projects.GetValueOrDefault(project));
        var brought = own?.Setup is { Count: > 0 } || own?.Teardown is { Count: > 0 };
        return new WorktreeSettings
        {
            Branch = own?.Branch ?? user?.Branch ?? holds.User.Worktrees.Branch ?? BranchPattern.Default,
            Ports = own?.Ports ?? user?.Ports ?? holds.User.Worktrees.Ports,
            Setup = own?.Setup ?? user?.Setup ?? [],
            Teardown = own?.Teardown ?? user?.Teardown ?? [],
            Limit = own?.SetupLimit ?? user?.SetupLimit ?? DefaultLimit,
            Untrusted = brought && !trusted() ? NeedsTrust(holds.Own.File, project) : null,
        };
    }

    static Fault NeedsTrust(string file, string project) => new(FaultCode.Conflict,
        $"{file} names commands for setup or teardown, and nobody has trusted what it says now.",
        string.Create(CultureInfo.InvariantCulture, $"Look at it, then: agentctl project trust '{project}'"));
}
