using Orchestrator.Profiles;

namespace Orchestrator.Agents;

/// <summary>What exists without any configuration: a plain profile per agent, and three named ways of working (seed fact O29).</summary>
static class BuiltInProfiles
{
    /// <summary>
    /// The plain ones leave model and effort to the agent's own settings. The named ones set only effort and protection, so that they
    /// work with every provider.
    /// </summary>
    public static readonly IReadOnlyList<Profile> All =
    [
        .. AgentCatalog.All.Keys.Select(agent => new Profile { Name = agent, Agent = agent }),
        new() { Name = "spark", Agent = "codex", Effort = "low", EscalatesTo = "deep" },
        new() { Name = "deep", Agent = "codex", Effort = "xhigh" },
        new() { Name = "review", Agent = "codex", Effort = "medium", Sandbox = Sandbox.ReadOnly },
    ];
}
