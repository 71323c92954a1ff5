using Orchestrator.Agents;
using Orchestrator.Agents.Acp;
using Orchestrator.Cli;
using Orchestrator.Profiles;
using Orchestrator.Terminals;

namespace Orchestrator.Doctor;

/// <summary>Profiles whose agent is any program that speaks ACP: is it there, and does it?</summary>
static class AcpChecks
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>One check for each such profile of the user's file; one that says how to have one when there is none.</summary>
    public static async Task<IReadOnlyList<Check>> Of(string dataFolder, Surroundings around, CancellationToken stop)
    {
        try
        {
            var file = ConfigFile.Load(Path.Combine(dataFolder, ConfigFile.UserName), AgentCatalog.Names);
            var profiles = ProfileBook.Merge(BuiltInProfiles.All, file).All.Values
                .Where(profile => profile.Agent == AcpPrograms.Any.Name && profile.Name != AcpPrograms.Any.Name).ToList();
            return profiles.Count == 0
                ? [Check.Ok("agent acp", "no profile uses it. One with 'agent: acp' and 'command: [program, …]' runs any ACP agent")]
                : await Task.WhenAll(profiles.Select(profile => One(profile, around, stop)));
        }
        catch (Fault fault)
        {
            return [Check.Fail("agent acp", fault.Message, "Correct the file; the daemon does not start with it.")];
        }
    }

    static async Task<Check> One(Profile profile, Surroundings around, CancellationToken stop)
    {
        var name = $"agent acp ({profile.Name})";
        if (profile.Command.Count == 0)
            return Check.Fail(name, $"profiles.{profile.Name}: 'command' is missing", $"Set it, for example: {AcpPrograms.Example}");
        try
        {
            var said = await ShortProcess.Run(new ShortOrder
            {
                Argv = [.. profile.Command, .. profile.Args],
                Folder = around.Folder,
                Stdin = AcpHandshake.Line,
                Limit = Limit,
                MaxOutput = 1 << 20,
                Overrides = profile.Env.ToDictionary(pair => pair.Key, pair => (string?)pair.Value),
            }, stop);
            return AcpHandshake.Read(said.Stdout) is { } words
                ? Check.Ok(name, words)
                : Check.Warn(name, $"{profile.Command[0]} did not answer 'initialize' (exit code {said.ExitCode})",
                    "It must speak the Agent Client Protocol on its standard streams; some need an argument for that.");
        }
        catch (SpawnFailure missing)
        {
            return Check.Warn(name, missing.Message, $"Install it, or correct 'command' of profiles.{profile.Name}.");
        }
    }
}
