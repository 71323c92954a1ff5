using System.Text.Json.Nodes;

namespace Orchestrator.Http;

/// <summary>Small JSON Schemas for what is not a record of ours. Each call makes a new one: a node stands in one place.</summary>
static class Shape
{
    public static JsonObject Text => Of("string");

    public static JsonObject Whole => Of("integer");

    public static JsonObject Number => Of("number");

    public static JsonObject Flag => Of("boolean");

    /// <summary>RFC 3339 in UTC.</summary>
    public static JsonObject Time => new() { ["type"] = "string", ["format"] = "date-time" };

    /// <summary>Any JSON.</summary>
    public static JsonObject Any => [];

    /// <summary>One of these words.</summary>
    public static JsonObject Word(params IEnumerable<string> words) => new()
    {
        ["type"] = "string",
        ["enum"] = new JsonArray([.. words.Select(word => (JsonNode)word)]),
    };

    public static JsonObject List(JsonObject items) => new() { ["type"] = "array", ["items"] = items };

    /// <summary>An object whose members are all there; later versions may add some.</summary>
    public static JsonObject Members(params ReadOnlySpan<(string Name, JsonObject Shape)> members)
    {
        var (properties, required) = (new JsonObject(), new JsonArray());
        foreach (var (name, shape) in members)
        {
            properties[name] = shape;
            required.Add(name);
        }

        return new() { ["type"] = "object", ["properties"] = properties, ["required"] = required };
    }

    /// <summary>The same with a member that is not always there.</summary>
    public static JsonObject Perhaps(JsonObject members, string name, JsonObject shape)
    {
        members["properties"]![name] = shape;
        return members;
    }

    /// <summary>That, or null.</summary>
    public static JsonObject Maybe(JsonObject shape)
    {
        if (shape["type"] is not JsonValue type || shape.ContainsKey("enum"))
            return new() { ["anyOf"] = new JsonArray(shape, Of("null")) };
        shape["type"] = new JsonArray((string)type!, "null");
        return shape;
    }

    /// <summary>A named schema of the document.</summary>
    public static JsonObject Named(string name) => new() { ["$ref"] = $"#/components/schemas/{name}" };

    static JsonObject Of(string type) => new() { ["type"] = type };
}
