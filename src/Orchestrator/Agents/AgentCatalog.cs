using Orchestrator.Agents.Claude;
using Orchestrator.Agents.Codex;
using Orchestrator.Agents.Command;

namespace Orchestrator.Agents;

/// <summary>Every agent this program can run, by the word config.yaml uses. A new agent: one line here, one folder beside it.</summary>
static class AgentCatalog
{
    public static readonly IReadOnlyDictionary<string, IAgent> All = new Dictionary<string, IAgent>
    {
        ["codex"] = new CodexExec(),
        ["claude"] = new ClaudePrint(),
        ["command"] = new CommandAgent(),
    };

    /// <summary>The adapter of that name, or a refusal that lists the names there are.</summary>
    public static IAgent Of(string name) =>
        All.TryGetValue(name, out var agent)
            ? agent
            : throw new Fault(FaultCode.Unprocessable, $"There is no agent '{name}'.", $"Agents: {string.Join(", ", All.Keys)}.");
}
