using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Orchestrator.Agents.Codex;

/// <summary>A tool server of the agent's asks its user something (<c>elicitation/create</c> of the Model Context Protocol).</summary>
static class CodexElicitation
{
    const int MostFields = 20;

    // "params":{"serverName":"deploy","mode":"form","message":"Which stage?","requestedSchema":{"type":"object",
    //   "properties":{"stage":{"type":"string","enum":["test","live"]}},"required":["stage"]}}
    // "params":{"serverName":"docs","mode":"url","message":"Log in","url":"https://…","elicitationId":"e1"}
    public static (ApprovalAsked?, JsonObject?) Read(string id, JsonElement asked)
    {
        var properties = asked.Field("requestedSchema").Field("properties");
        var fields = properties.Members().Distinct().ToList();
        // Other modes want a proof or a form of one maker's own.
        if (fields.Count > MostFields || asked.Text("mode") is not (null or "form" or "url"))
            return default;
        var detail = new JsonObject
        {
            ["tool"] = $"mcp__{asked.Text("serverName") ?? "?"}",
            ["input"] = ClippedText.Clip(asked.Json(), CodexAsks.DetailText),
        };
        if (asked.Json().Length > CodexAsks.DetailText)
            detail["partial"] = true;
        var text = $"{asked.Text("serverName") ?? "A tool server"} asks: {asked.Text("message") ?? "?"}"
            + (asked.Text("url") is { } url ? $" ({url})" : "");
        var json = detail.ToJsonString(Json.PlainOptions);
        if (fields.Count == 0)
            return (new ApprovalAsked(id, AskKind.Permission, text, json, []), Kept([]));
        var kinds = new JsonObject();
        foreach (var field in fields)
            kinds[field] = properties.Field(field).Text("type") ?? "string";
        return fields.Count == 1
            ? (new ApprovalAsked(id, AskKind.Question, text, json, Options(properties.Field(fields[0]))), Kept(kinds))
            : (new ApprovalAsked(
                id, AskKind.Question, $"{text}\nAnswer with a JSON object that has: {string.Join(", ", fields)}.", json, []), Kept(kinds));
    }

    /// <summary>The result of the call, and whether the words of a no must follow as a message.</summary>
    public static (JsonObject Result, bool WordsFollow) Answer(JsonObject kept, AnswerCommand answer)
    {
        if (!answer.Approved || kept["fields"] is not JsonObject fields)
            return (new JsonObject { ["action"] = "decline" }, true);
        return Content(fields, answer.Words) is { } content
            ? (new JsonObject { ["action"] = "accept", ["content"] = content }, false)
            // Nothing that fits was said: no answer is better than one nobody gave.
            : (new JsonObject { ["action"] = "cancel" }, false);
    }

    static JsonObject Kept(JsonObject fields) => new() { ["fields"] = fields };

    static List<string> Options(JsonElement field)
    {
        if (field.Text("type") == "boolean")
            return ["true", "false"];
        var titled = field.Items("oneOf").Concat(field.Items("anyOf")).Select(option => option.Text("const"));
        return [.. field.Items("enum").Select(option => option.AsText()).Concat(titled).OfType<string>().Distinct()];
    }

    static JsonObject? Content(JsonObject fields, string? words)
    {
        if (fields.Count == 0)
            return [];
        if (fields.Count == 1)
        {
            var (name, kind) = fields.First();
            return Value(kind!.ToString(), words ?? "") is { } value ? new JsonObject { [name] = value } : null;
        }
        try
        {
            return words is null ? null : JsonNode.Parse(words) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    static JsonNode? Value(string kind, string words) => kind switch
    {
        "boolean" => words.Trim().ToLowerInvariant() switch
        {
            "true" or "yes" => JsonValue.Create(true),
            "false" or "no" => JsonValue.Create(false),
            _ => null,
        },
        "integer" => long.TryParse(words, NumberStyles.Integer, CultureInfo.InvariantCulture, out var whole)
            ? JsonValue.Create(whole) : null,
        "number" => double.TryParse(words, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? JsonValue.Create(number) : null,
        "array" => new JsonArray(words),
        _ => JsonValue.Create(words),
    };
}
