using System.Text.Json.Nodes;

namespace Orchestrator.Tests.Support;

/// <summary>
/// A running run of the scripted agent, so that a test can act as the agent: with its variables, its token among them, until it lets the
/// agent end.
/// </summary>
sealed class AgentSeat
{
    readonly string gate;

    AgentSeat(TestDaemon daemon, JsonNode run, string token, string gate)
    {
        (RunId, SessionId, this.gate) = ((string)run["id"]!, (string)run["session_id"]!, gate);
        Variables = new Dictionary<string, string>
        {
            ["AGENTCTL_URL"] = daemon.Url,
            ["AGENTCTL_RUN_ID"] = RunId,
            ["AGENTCTL_SESSION_ID"] = SessionId,
            ["AGENTCTL_AUTH_TOKEN"] = token,
        };
    }

    public string RunId { get; }

    public string SessionId { get; }

    /// <summary>What the agent's own process has in its environment.</summary>
    public Dictionary<string, string> Variables { get; }

    /// <summary>Starts such a run and waits until it is the test's turn.</summary>
    public static async Task<AgentSeat> Take(TestDaemon daemon)
    {
        var gate = Path.Combine(daemon.Root, $"gate-{Ids.New()}");
        var id = await daemon.Run("env AGENTCTL_AUTH_TOKEN", $"wait-file \"{gate}\"");
        return await Of(daemon, id, gate);
    }

    /// <summary>Steps of a child that is to be a seat too: <see cref="Of"/> takes it with the same gate.</summary>
    public static string Script(string gate) => $"work\n!env AGENTCTL_AUTH_TOKEN\n!wait-file \"{gate}\"";

    /// <summary>Takes the seat of a run that plays <see cref="Script"/>.</summary>
    public static async Task<AgentSeat> Of(TestDaemon daemon, string runId, string gate)
    {
        const string name = "AGENTCTL_AUTH_TOKEN=";
        var run = (await daemon.Get($"/runs/{runId}"))["run"]!;
        var output = Path.Combine(daemon.Data, "runs", (string)run["id"]!, "stdout");
        var line = await Eventually.Value(() => File.Exists(output) && File.ReadAllText(output) is var text && text.Contains('\n')
            ? text.Split('\n').FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal)) : null, "the agent says its token");
        return new AgentSeat(daemon, run, line[name.Length..], gate);
    }

    /// <summary>Lets the agent end.</summary>
    public void Leave() => File.WriteAllText(gate, "");
}
