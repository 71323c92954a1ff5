using System.Text.Json.Nodes;

namespace Orchestrator.FakeModel;

/// <summary>Makes up a value that follows a JSON schema, so that a script need not spell out every structured answer.</summary>
static class SchemaExample
{
    /// <summary>The first of enum and of anyOf/oneOf, true, 1 (or the minimum), "done", the required names of an object.</summary>
    public static JsonNode Of(JsonNode schema) => Any(schema, schema);

    static JsonNode Any(JsonNode schema, JsonNode root)
    {
        if ((string?)schema["$ref"] is { } reference) return Any(Follow(reference, root), root);
        if (schema["const"] is { } only) return only.DeepClone();
        if (schema["enum"] is JsonArray { Count: > 0 } values) return values[0]!.DeepClone();
        if ((schema["anyOf"] ?? schema["oneOf"]) is JsonArray { Count: > 0 } choices) return Any(choices[0]!, root);
        var type = schema["type"] is JsonArray several ? (string?)several[0] : (string?)schema["type"];
        return type switch
        {
            "boolean" => true,
            "integer" or "number" => schema["minimum"]?.DeepClone() ?? JsonValue.Create(1),
            "string" => "done",
            "array" => Items(schema, root),
            "null" => JsonValue.Create((string?)null)!,
            _ => Properties(schema, root),
        };
    }

    static JsonArray Items(JsonNode schema, JsonNode root)
    {
        var items = new JsonArray();
        for (var count = (int?)schema["minItems"] ?? 0; count > 0; count--) items.Add(Any(schema["items"]!, root));
        return items;
    }

    static JsonObject Properties(JsonNode schema, JsonNode root)
    {
        var example = new JsonObject();
        foreach (var name in schema["required"] is JsonArray required ? required.Select(name => (string)name!) : [])
            example[name] = schema["properties"]?[name] is { } property ? Any(property, root) : "done";
        return example;
    }

    /// <summary>Only references into the same document, e.g. <c>#/$defs/finding</c>.</summary>
    static JsonNode Follow(string reference, JsonNode root) =>
        reference.TrimStart('#').Split('/', StringSplitOptions.RemoveEmptyEntries).Aggregate(root, (node, name) => node[name]!);
}
