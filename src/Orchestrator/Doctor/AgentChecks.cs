using Orchestrator.Agents;
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
            return Check.Warn(name, "not found on PATH", $"To use it: {probe.Install}");
        var login = AgentProbes.LoginOf(probe, around.Variable);
        return login.Found
            ? Check.Ok(name, $"{version}; logged in ({login.Evidence})")
            : Check.Warn(name, $"{version}; no login found ({login.Evidence})", $"Log in: {probe.Login}");
    }
}
