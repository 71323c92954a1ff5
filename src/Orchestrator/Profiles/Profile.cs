using System.Text.Json;
using System.Text.Json.Serialization;

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

    /// <summary>Variables added to the agent's environment; they win over the allow-list. Not kept with a run: they may hold
    /// keys.</summary>
    [JsonIgnore]
    public IReadOnlyDictionary<string, string> Env { get; init; } = new Dictionary<string, string>();

    /// <summary>Model name, null for the agent's own default.</summary>
    public string? Model { get; init; }

    /// <summary>low, medium, high, xhigh; null for the agent's own default.</summary>
    public string? Effort { get; init; }

    /// <summary>low, medium, high: how much it writes; null for the agent's own default.</summary>
    public string? Verbosity { get; init; }

    /// <summary>What becomes of what the agent wants and its sandbox or rules do not allow; null for what its protocol does by
    /// itself.</summary>
    public Approval? Approval { get; init; }

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

    /// <summary>What is done by itself after a run that failed.</summary>
    public RetryPolicy Retry { get; init; } = new();

    /// <summary>When its silence means something, and what is done about it.</summary>
    public HealingPolicy Healing { get; init; } = new();

    /// <summary>The profiles it escalates to, one after the other; their own chains are empty. A run keeps them in its plan.</summary>
    [JsonIgnore]
    public IReadOnlyList<Profile> Chain { get; init; } = [];

    /// <summary>True when a child's request or end starts a run in the session that spawned it.</summary>
    public bool OnChildRun { get; init; }

    /// <summary>Where it comes from: built in, or the file that defined it.</summary>
    public string Origin { get; init; } = "built in";
}

/// <summary>
/// A profile as a run keeps it from the moment it is accepted: what is edited later does not reach it, so a run never changes its model,
/// its permissions or its limits on the way.
/// </summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(Profile))]
sealed partial class KeptProfile : JsonSerializerContext
{
    public static string Write(Profile profile) => JsonSerializer.Serialize(profile, Default.Profile);

    /// <summary>The profile without its variables; null when another version wrote it in words this one does not know.</summary>
    public static Profile? Read(string? kept)
    {
        try
        {
            return kept is null ? null : JsonSerializer.Deserialize(kept, Default.Profile);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>What becomes of what an agent wants to do beyond its sandbox or rules, in the words of config.yaml.</summary>
enum Approval
{
    /// <summary>deny: it is refused, and nobody is asked.</summary>
    Deny,
    /// <summary>ask: it becomes a request that somebody answers.</summary>
    Ask,
    /// <summary>ask-first: so does every change and every command not known to be harmless, also within the sandbox.</summary>
    AskFirst,
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
