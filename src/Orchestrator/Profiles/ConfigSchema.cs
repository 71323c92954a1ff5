using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Orchestrator.Profiles;

/// <summary>The key table as JSON Schema, for editors: published as docs/config.schema.json.</summary>
static class ConfigSchema
{
    /// <summary>The whole document, ending with a line end.</summary>
    public static string Write(IReadOnlyList<string> agents)
    {
        var schema = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "Agent Orchestrator: config.yaml and .agent-orchestrator.yaml",
        };
        foreach (var (name, value) in Of(ConfigKeys.Root(agents)).ToList())
            schema[name] = value?.DeepClone();
        using var stream = new MemoryStream();
        var format = new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var writer = new Utf8JsonWriter(stream, format))
            schema.WriteTo(writer);
        return System.Text.Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    /// <summary>Every value may also be null: it undoes a lower layer.</summary>
    static JsonObject Of(ConfigKey key)
    {
        var schema = key.Kind switch
        {
            ConfigKind.Word => new JsonObject { ["enum"] = new JsonArray([.. key.Words.Select(w => (JsonNode?)w), null]) },
            ConfigKind.Flag => Typed("boolean"),
            ConfigKind.Count => Typed("integer", ("minimum", 1)),
            ConfigKind.Dollars => Typed("number", ("minimum", 0), ("maximum", 1_000_000)),
            ConfigKind.Seconds => Typed("number", ("exclusiveMinimum", 0), ("maximum", 31_536_000)),
            ConfigKind.Texts => Typed("array", ("items", Text())),
            ConfigKind.TextLists => Typed("array", ("items", new JsonObject { ["type"] = "array", ["items"] = Text() })),
            ConfigKind.OneOrMore => new JsonObject { ["anyOf"] = new JsonArray(One(key), Typed("array", ("items", One(key)))) },
            ConfigKind.TextMap => Typed("object", ("additionalProperties", Text())),
            ConfigKind.Group => Group(key),
            ConfigKind.Entries => Typed("array", ("items", Group(key))),
            ConfigKind.Named => Typed("object", ("additionalProperties", Group(key))),
            _ => new JsonObject { ["type"] = new JsonArray("string", "number", "boolean", "null") },
        };
        schema["description"] = key.Meaning;
        return schema;
    }

    static JsonObject Group(ConfigKey key)
    {
        var members = new JsonObject();
        foreach (var member in key.Members)
            members[member.Name] = Of(member);
        return Typed("object", ("properties", members), ("additionalProperties", false));
    }

    static JsonObject One(ConfigKey key) => key.Words.Count == 0
        ? Text()
        : new JsonObject { ["enum"] = new JsonArray([.. key.Words.Select(w => (JsonNode?)w)]) };

    /// <summary>YAML writes 5 where the text "5" is meant, and that is accepted.</summary>
    static JsonObject Text() => new() { ["type"] = new JsonArray("string", "number", "boolean") };

    static JsonObject Typed(string type, params (string Name, JsonNode? Value)[] rest)
    {
        var schema = new JsonObject { ["type"] = new JsonArray(type, "null") };
        foreach (var (name, value) in rest)
            schema[name] = value;
        return schema;
    }
}
