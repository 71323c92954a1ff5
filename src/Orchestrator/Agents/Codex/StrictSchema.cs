using System.Text.Json;
using System.Text.Json.Nodes;

namespace Orchestrator.Agents.Codex;

/// <summary>
/// A schema as the provider's strict mode wants it, which Codex always asks for: every property required, no others allowed; anything
/// else is refused with HTTP 400. This only narrows, so whatever matches the narrowed schema matches the one that was demanded.
/// </summary>
static class StrictSchema
{
    /// <summary>The narrowed schema; a text that is no JSON object comes back as it is.</summary>
    public static string Of(string schema)
    {
        try
        {
            if (JsonNode.Parse(schema) is not JsonObject root)
                return schema;
            Narrow(root);
            return root.ToJsonString();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            return schema;
        }
    }

    /// <summary>Goes wherever a schema can lie inside a schema; the parser's own depth limit (64) bounds it.</summary>
    static void Narrow(JsonNode? node)
    {
        if (node is JsonArray list)
        {
            foreach (var item in list)
                Narrow(item);
            return;
        }
        if (node is not JsonObject schema)
            return;
        if (schema["properties"] is JsonObject properties)
        {
            // A word of the schema's author about other members is kept: narrowing it would change what was meant.
            schema.TryAdd("additionalProperties", false);
            schema["required"] = new JsonArray([.. properties.Select(property => (JsonNode)property.Key)]);
            NarrowEach(properties);
        }
        foreach (var inner in new[] { "items", "anyOf", "oneOf", "allOf", "additionalProperties" })
            Narrow(schema[inner]);
        NarrowEach(schema["$defs"] as JsonObject);
        NarrowEach(schema["definitions"] as JsonObject);
    }

    static void NarrowEach(JsonObject? named)
    {
        foreach (var (_, inner) in named ?? [])
            Narrow(inner);
    }
}
