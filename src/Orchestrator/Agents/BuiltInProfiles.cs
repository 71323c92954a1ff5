using Orchestrator.Profiles;

namespace Orchestrator.Agents;

/// <summary>What exists without any configuration: a plain profile per agent, and named ways of working.</summary>
static class BuiltInProfiles
{
    /// <summary>
    /// The plain ones leave model and effort to the agent's own settings. The named ones set effort, words and protection but no model,
    /// so that they work with every provider; a person adds a model, or gives plan and manage to another agent, in config.yaml.
    /// </summary>
    public static readonly IReadOnlyList<Profile> All =
    [
        .. AgentCatalog.All.Keys.Select(agent => new Profile { Name = agent, Agent = agent }),
        Codex("spark", "low") with { Verbosity = "low", EscalatesTo = "deep" },
        Codex("deep", "xhigh") with { Args = Detailed },
        Codex("review", "medium") with { Sandbox = Sandbox.ReadOnly },
        // They decide and hand out; the repository is changed by what they start.
        Codex("plan", "high") with { Sandbox = Sandbox.ReadOnly, Args = Detailed },
        Codex("manage", "medium") with { Sandbox = Sandbox.ReadOnly },
    ];

    /// <summary>Its summaries of what it thinks are shown, and long work is followed by them.</summary>
    static IReadOnlyList<string> Detailed => ["-c", "model_reasoning_summary=\"detailed\""];

    /// <summary>Nobody is asked: what the sandbox does not allow is refused.</summary>
    static Profile Codex(string name, string effort) => new() { Name = name, Agent = "codex", Effort = effort, Approval = Approval.Deny };
}
