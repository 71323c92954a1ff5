using System.Text.Json;

namespace Orchestrator.Agents;

/// <summary>Whether something is a schema at all: the keywords that <see cref="SchemaCheck"/> reads must have the form they need.</summary>
static class SchemaForm
{
    const int MaxDepth = 64;

    static readonly string[] Types = ["object", "array", "string", "number", "integer", "boolean", "null"];
    static readonly string[] OneSchema = ["items", "additionalProperties", "not", "contains", "if", "then", "else", "propertyNames"];
    static readonly string[] NamedSchemas = ["properties", "patternProperties", "$defs", "definitions"];
    static readonly string[] ManySchemas = ["anyOf", "oneOf", "allOf", "prefixItems"];

    static readonly string[] Numbers = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength",
        "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"];

    /// <summary>The first thing that is wrong, as "path: problem"; null when nothing is.</summary>
    public static string? Problem(JsonElement schema, string path, int depth)
    {
        if (depth > MaxDepth)
            return $"{path}: is nested deeper than {MaxDepth} levels";
        if (schema.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return null;
        if (schema.ValueKind != JsonValueKind.Object)
            return $"{path}: a schema is an object, or true or false";
        foreach (var member in schema.EnumerateObject())
            if (OfMember(member, $"{path}.{member.Name}", depth + 1) is { } problem)
                return problem;
        return null;
    }

    static string? OfMember(JsonProperty member, string path, int depth) => member.Name switch
    {
        "type" => OfType(member.Value, path),
        "enum" => member.Value.ValueKind == JsonValueKind.Array && member.Value.GetArrayLength() > 0 ? null
            : $"{path}: must be a list of the values that are allowed",
        "required" => member.Value.ValueKind == JsonValueKind.Array
            && member.Value.EnumerateArray().All(name => name.ValueKind == JsonValueKind.String) ? null
            : $"{path}: must be a list of names",
        "$ref" or "pattern" => member.Value.ValueKind == JsonValueKind.String ? null : $"{path}: must be a text",
        // Old drafts allow a list of schemas here.
        "items" when member.Value.ValueKind == JsonValueKind.Array => OfList(member.Value, path, depth),
        var name when OneSchema.Contains(name) => Problem(member.Value, path, depth),
        var name when NamedSchemas.Contains(name) => OfNamed(member.Value, path, depth),
        var name when ManySchemas.Contains(name) =>
            member.Value.ValueKind == JsonValueKind.Array && member.Value.GetArrayLength() > 0 ? OfList(member.Value, path, depth)
            : $"{path}: must be a list of schemas",
        // exclusiveMinimum and its like are true or false in draft 4.
        var name when Numbers.Contains(name) =>
            member.Value.ValueKind is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False ? null
            : $"{path}: must be a number",
        _ => null,
    };

    static string? OfType(JsonElement type, string path)
    {
        string?[] words = type.ValueKind == JsonValueKind.Array
            ? [.. type.EnumerateArray().Select(word => word.AsText())]
            : [type.AsText()];
        return words.Length > 0 && Array.TrueForAll(words, word => Types.Contains(word)) ? null
            : $"{path}: must be one of {string.Join(", ", Types)}, or a list of them";
    }

    static string? OfNamed(JsonElement named, string path, int depth)
    {
        if (named.ValueKind != JsonValueKind.Object)
            return $"{path}: must be an object of names with schemas";
        foreach (var one in named.EnumerateObject())
            if (Problem(one.Value, $"{path}.{one.Name}", depth) is { } problem)
                return problem;
        return null;
    }

    static string? OfList(JsonElement list, string path, int depth)
    {
        var index = 0;
        foreach (var one in list.EnumerateArray())
            if (Problem(one, $"{path}[{index++}]", depth) is { } problem)
                return problem;
        return null;
    }
}
