using System.Text.Json.Nodes;

namespace Orchestrator.AgentLoop;

/// <summary>Members of a request that an endpoint may refuse; without them it still makes sense.</summary>
enum Extra
{
    /// <summary>stream_options: asks for the token counts.</summary>
    StreamOptions,
    /// <summary>response_format: asks for an answer that follows the schema.</summary>
    ResponseFormat,
    /// <summary>reasoning_effort.</summary>
    Effort,
}

/// <summary>What is asked of the endpoint each time. Pure.</summary>
static class ModelRequest
{
    /// <summary>Words in a refusal that speak of the member.</summary>
    static readonly (Extra Extra, string[] Words)[] Named =
    [
        (Extra.StreamOptions, ["stream_options", "include_usage"]),
        (Extra.ResponseFormat, ["response_format", "json_schema", "structured output", "structured_output"]),
        (Extra.Effort, ["reasoning_effort", "reasoning effort"]),
    ];

    /// <summary>The body of one request.</summary>
    /// <param name="model">The model.</param>
    /// <param name="system">The system prompt.</param>
    /// <param name="messages">The conversation without it.</param>
    /// <param name="tools">The tools offered.</param>
    /// <param name="effort">reasoning_effort; null for the endpoint's default.</param>
    /// <param name="schema">A schema the answer must follow now; null while tools may be called.</param>
    /// <param name="without">What the endpoint has refused before.</param>
    public static JsonObject Body(string model, string system, IReadOnlyList<JsonObject> messages, JsonArray tools, string? effort,
        string? schema, IReadOnlySet<Extra> without)
    {
        var body = new JsonObject
        {
            ["model"] = model,
            ["messages"] = Messages(system, messages),
            ["stream"] = true,
            ["tools"] = tools.DeepClone(),
        };
        if (!without.Contains(Extra.StreamOptions))
            body["stream_options"] = new JsonObject { ["include_usage"] = true };
        if (effort is not null && !without.Contains(Extra.Effort))
            body["reasoning_effort"] = effort;
        if (schema is not null && !without.Contains(Extra.ResponseFormat))
            body["response_format"] = new JsonObject
            {
                ["type"] = "json_schema",
                ["json_schema"] = new JsonObject { ["name"] = "result", ["strict"] = true, ["schema"] = JsonNode.Parse(schema) },
            };
        if (schema is not null)
            body["tool_choice"] = "none";
        return body;
    }

    /// <summary>The member of the body that the refusal speaks of; null when it is about something else.</summary>
    public static Extra? Refused(string refusal, JsonObject body) =>
        Named.Where(each => body.ContainsKey(MemberOf(each.Extra))
                && Array.Exists(each.Words, word => refusal.Contains(word, StringComparison.OrdinalIgnoreCase)))
            .Select(each => (Extra?)each.Extra).FirstOrDefault();

    /// <summary>The member's name in the body.</summary>
    public static string MemberOf(Extra extra) => extra switch
    {
        Extra.StreamOptions => "stream_options",
        Extra.ResponseFormat => "response_format",
        _ => "reasoning_effort",
    };

    /// <summary>What a model thought aloud is given back to it in the turn it belongs to only; later it is dead weight.</summary>
    static JsonArray Messages(string system, IReadOnlyList<JsonObject> messages)
    {
        var all = new JsonArray(new JsonObject { ["role"] = "system", ["content"] = system });
        var turn = messages.Count - 1;
        while (turn > 0 && (string?)messages[turn]["role"] != "user")
            turn--;
        foreach (var (at, message) in messages.Index())
        {
            var copy = (JsonObject)message.DeepClone();
            if (at < turn)
            {
                copy.Remove("reasoning_content");
                copy.Remove("reasoning");
            }
            all.Add((JsonNode)copy);
        }
        return all;
    }
}
