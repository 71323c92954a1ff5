namespace Orchestrator.Profiles;

/// <summary>A name for agent + model + effort + permissions + limits, as config.yaml writes it (API.md 4).</summary>
sealed record Profile
{
    /// <summary>The name a user gives it.</summary>
    public required string Name { get; init; }

    /// <summary>Which adapter runs it: a key of <c>AgentCatalog</c>.</summary>
    public required string Agent { get; init; }

    /// <summary>How to speak with it, where the agent has more than one way; null for its plain one.</summary>
    public string? Protocol { get; init; }

    /// <summary>For the plain command agent the whole argument list; for others the program to use instead of the one on PATH.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>Extra arguments (codex: before the subcommand).</summary>
    public IReadOnlyList<string> Args { get; init; } = [];

    /// <summary>Variables added to the agent's environment; they win over the allow-list.</summary>
    public IReadOnlyDictionary<string, string> Env { get; init; } = new Dictionary<string, string>();

    /// <summary>Model name, null for the agent's own default.</summary>
    public string? Model { get; init; }

    /// <summary>low, medium, high, xhigh; null for the agent's own default.</summary>
    public string? Effort { get; init; }

    /// <summary>What the agent may touch.</summary>
    public Sandbox Sandbox { get; init; } = Sandbox.WorkspaceWrite;

    /// <summary>True when a structured result (goal_met, summary, …) is demanded even if the request gives no schema.</summary>
    public bool StructuredResult { get; init; }

    /// <summary>Longest a run may take in all; null for the daemon's default.</summary>
    public TimeSpan? TotalLimit { get; init; }

    /// <summary>Longest a run may be silent; null for the daemon's default.</summary>
    public TimeSpan? IdleLimit { get; init; }

    /// <summary>Most steps of the agent in one run (a message or a tool call each); null for no limit.</summary>
    public long? TurnLimit { get; init; }

    /// <summary>Most tokens of one run, of every kind together; null for no limit.</summary>
    public long? TokenLimit { get; init; }

    /// <summary>Most one run may cost, in US dollars; null for no limit.</summary>
    public decimal? CostLimit { get; init; }

    /// <summary>Profile used after repeated failure; null for none.</summary>
    public string? EscalatesTo { get; init; }

    /// <summary>True when a child's request or end starts a run in the session that spawned it.</summary>
    public bool OnChildRun { get; init; }

    /// <summary>Where it comes from: built in, or the file that defined it.</summary>
    public string Origin { get; init; } = "built in";
}

/// <summary>What an agent may touch, in the words of config.yaml.</summary>
enum Sandbox
{
    /// <summary>read-only: look, change nothing.</summary>
    ReadOnly,
    /// <summary>workspace-write: change the workspace, nothing else; the default.</summary>
    WorkspaceWrite,
    /// <summary>full-access: no protection; only by explicit setting.</summary>
    FullAccess,
}
