using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Agents;

/// <summary>
/// What real agents said by the Agent Client Protocol: a file of lines per conversation, from the journal of a run of the agents' table.
/// Renewed by running <c>SlowAgentTableSpecs</c> with UPDATE_CAPTURES=1. /repo stands for the workspace, /elsewhere for other folders of
/// the machine that recorded it.
/// </summary>
static class AcpCapture
{
    public static string Folder => Path.Combine(Path.GetDirectoryName(Capture.Folder)!, "AcpCaptures");

    /// <summary>Keeps what the agent of that run said, when asked to.</summary>
    /// <param name="agents">Whose homes are no matter of the capture.</param>
    /// <param name="daemon">Has the journal.</param>
    /// <param name="run">The run.</param>
    /// <param name="agent">Folder of the captures.</param>
    /// <param name="name">Name of this one.</param>
    internal static void Renew(RealAgents agents, TestDaemon daemon, JsonNode run, string agent, string name)
    {
        if (Environment.GetEnvironmentVariable("UPDATE_CAPTURES") != "1")
            return;
        var text = File.ReadAllText(Path.Combine(daemon.Data, "runs", (string)run["id"]!, "stdout"))
            .Replace(agents.Folder(run), "/repo", StringComparison.Ordinal);
        text = Regex.Replace(text, Regex.Escape(TestPrograms.RepositoryRoot) + @"[^""\s\\]*", "/elsewhere")
            .Replace(agents.Model.Address, "http://127.0.0.1:1", StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(Folder, agent)).FullName, name + ".jsonl"), text);
    }
}
