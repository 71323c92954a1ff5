using System.Text.Json.Nodes;
using Orchestrator.Runs;

namespace Orchestrator.Client;

/// <summary>Single messages, while no agent has them.</summary>
sealed class MessageCalls(Line line)
{
    public JsonNode Edit(string message, EditMessage.Request request) =>
        line.Patch($"/messages/{message}", request, RunJson.Default.EditMessageRequest);

    public JsonNode Remove(string message) => line.Delete($"/messages/{message}");
}
