using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Agents;

namespace Orchestrator.AgentLoop;

/// <summary>A tool the model wants called.</summary>
/// <param name="Arguments">As the model wrote them; should be a JSON object.</param>
sealed record WantedCall(string Id, string Name, string Arguments);

/// <summary>One whole answer of the model.</summary>
/// <param name="Text">What it says; empty when it only calls tools.</param>
/// <param name="Reasoning">What it thinks aloud; empty with most.</param>
/// <param name="ReasoningField">The member it came in: some models want it back under that name while a turn lasts.</param>
/// <param name="FinishReason">stop, tool_calls, length, content_filter, …</param>
/// <param name="Usage">Tokens of this answer; null when the endpoint does not count.</param>
sealed record ModelAnswer(string Text, string Reasoning, string? ReasoningField, IReadOnlyList<WantedCall> Calls, string? FinishReason,
    Usage? Usage)
{
    /// <summary>The answer as a message of the conversation.</summary>
    public JsonObject AsMessage()
    {
        var message = new JsonObject { ["role"] = "assistant", ["content"] = Text.Length > 0 || Calls.Count == 0 ? Text : null };
        if (Reasoning.Length > 0 && ReasoningField is not null)
            message[ReasoningField] = Reasoning;
        if (Calls.Count > 0)
            message["tool_calls"] = new JsonArray([.. Calls.Select(call => (JsonNode)new JsonObject
            {
                ["id"] = call.Id,
                ["type"] = "function",
                // Servers parse these again for the model's template: what is no JSON would fail every later request.
                ["function"] = new JsonObject
                {
                    ["name"] = call.Name, ["arguments"] = IsObject(call.Arguments) ? call.Arguments : "{}",
                },
            })]);
        return message;
    }

    static bool IsObject(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            return false;
        }
    }
}
