using Orchestrator.Agents;
using Orchestrator.Cli;
using Orchestrator.Client;
using Orchestrator.Profiles;

namespace Orchestrator.Doctor;

/// <summary>Whether config.yaml says what can hold.</summary>
static class ConfigChecks
{
    const string Name = "configuration";

    /// <summary>As the running daemon sees it; without one, as the next one will.</summary>
    public static Check Of(Invocation call, bool running)
    {
        try
        {
            return running ? OfDaemon(call) : OfFile(Path.Combine(call.Settings.Data, ConfigFile.UserName), AgentsOf(call.Around));
        }
        catch (Fault fault)
        {
            return Check.Warn(Name, $"not checked: {fault.Message}", fault.Hint ?? "Use a token that may do this.");
        }
    }

    static Check OfDaemon(Invocation call)
    {
        var answer = call.Api().Daemon.Configuration(null);
        static string Texts(System.Text.Json.Nodes.JsonNode answer, string name) =>
            string.Join("; ", answer.Entries(name).Select(text => text.ToString()));
        if (Texts(answer, "problems") is { Length: > 0 } problems)
            return Check.Fail(Name, problems, "Mend the file; until then what it said before holds.");
        return Said(Texts(answer, "warnings"), answer.Text("file") ?? "");
    }

    static Check OfFile(string path, AgentConfig agents)
    {
        try
        {
            var holds = agents.Of(AgentConfig.Read(path), ConfigFile.None);
            return Said(string.Join("; ", holds.Warnings), File.Exists(path) ? path : "none; everything is as built in");
        }
        catch (Fault fault)
        {
            return Check.Fail(Name, fault.Message.ReplaceLineEndings("; "), "Mend the file: the daemon does not start with it.");
        }
    }

    static AgentConfig AgentsOf(Surroundings around) => new(AgentProbes.All.Select(probe => probe.HomeVariable).Append("HOME").Distinct()
        .Select(name => (Name: name, Value: around.Variable(name))).Where(pair => pair.Value is not null)
        .ToDictionary(pair => pair.Name, pair => pair.Value!));

    static Check Said(string warnings, string found) => warnings.Length > 0
        ? Check.Warn(Name, warnings, "Leave out what has no effect.")
        : Check.Ok(Name, found);
}
