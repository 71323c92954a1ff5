using Orchestrator.Agents;
using Orchestrator.Agents.OpenAi;
using Orchestrator.Cli;

namespace Orchestrator.Doctor;

/// <summary>Which agents can be used on this machine.</summary>
static class AgentChecks
{
    /// <summary>An agent that is missing is no failure: nobody needs all of them.</summary>
    public static async Task<Check> Of(AgentProbe probe, Surroundings around, CancellationToken stop)
    {
        var name = $"agent {probe.Name}";
        var version = await MachineChecks.Ask([probe.Program, .. probe.VersionArguments], around, stop);
        if (version is null)
            return Check.Warn(name, "not found on PATH, or without a version", $"To use it: {probe.Install}@{probe.Tested}");
        var protocols = AgentProbes.ProtocolsOf(probe.Name);
        var found = protocols.Length > 0 ? $"{version} (by {protocols})" : version;
        var login = AgentProbes.LoginOf(probe, around.Variable);
        if (!login.Found)
            return Check.Warn(name, $"{found}; no login found ({login.Evidence})", $"Log in: {probe.Login}");
        found = $"{found}; logged in ({login.Evidence})";
        return AgentProbes.DoubtAbout(probe, version) is { } doubt
            ? Check.Warn(name, $"{found}; {doubt}", $"If runs fail oddly: {probe.Install}@{probe.Tested}")
            : Check.Ok(name, found);
    }

    /// <summary>Our own agent: a key and an endpoint, as far as variables tell.</summary>
    public static Check OfEndpoint(Surroundings around)
    {
        var state = AgentProbes.EndpointOf(around.Variable);
        return state.Found
            ? Check.Ok("agent openai", state.Evidence)
            : Check.Warn("agent openai", state.Evidence,
                $"To use it: set {LoopProtocol.KeyVariable}, and {LoopProtocol.UrlVariable} for another endpoint than OpenAI's; "
                + "or both in a profile's env (docs/openai-endpoints.md).");
    }
}
