using System.Text.Json.Nodes;

namespace Orchestrator.Client;

/// <summary>What a person sees at a glance.</summary>
sealed class BoardCalls(Line line)
{
    public JsonNode Needs(string? project) => line.Get($"/board/needs", [("project", project)]);
}
