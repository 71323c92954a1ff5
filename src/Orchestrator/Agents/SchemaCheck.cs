using System.Globalization;
using System.Text.Json;

namespace Orchestrator.Agents;

/// <summary>
/// Checks JSON against the part of JSON Schema that agents' result schemas use: type, required, properties, items, enum, const,
/// additionalProperties, minimum, maximum and their exclusive forms, lengths and counts, anyOf, oneOf, allOf, local $ref.
/// Other keywords are ignored. Agents do not reliably check what they were given, so the daemon does.
/// </summary>
static class SchemaCheck
{
    /// <summary>Deeper nesting, or a $ref that goes in circles, is a mismatch instead of a crash.</summary>
    const int MaxDepth = 64;

    /// <summary>What is wrong with a schema itself, in a sentence; null when it can be used.</summary>
    public static string? Flaw(string schema)
    {
        try
        {
            using var document = JsonDocument.Parse(schema);
            return document.RootElement.ValueKind == JsonValueKind.Object ? SchemaForm.Problem(document.RootElement, "$", 0)
                : "must be a JSON Schema object";
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            return $"is no JSON: {e.Message}";
        }
    }

    /// <summary>The first place where the JSON does not match, as "path: problem"; null when it matches.</summary>
    public static string? Mismatch(string schema, string json)
    {
        try
        {
            using var rules = JsonDocument.Parse(schema);
            using var value = JsonDocument.Parse(json);
            return new Check(rules.RootElement).At(rules.RootElement, value.RootElement, "$", 0);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            return $"$: it cannot be read: {e.Message}";
        }
    }

    /// <summary>One check; knows the root for $ref.</summary>
    sealed class Check(JsonElement root)
    {
        public string? At(JsonElement schema, JsonElement value, string path, int depth)
        {
            if (depth > MaxDepth)
                return $"{path}: nested deeper than {Number(MaxDepth)} levels";
            if (schema.ValueKind == JsonValueKind.False)
                return $"{path}: nothing is allowed here";
            if (schema.ValueKind != JsonValueKind.Object)
                return null;
            if (schema.Text("$ref") is { } reference && Resolve(reference) is { } target && At(target, value, path, depth + 1) is { } inRef)
                return inRef;
            return OfType(schema, value, path)
                ?? OfValues(schema, value, path)
                ?? OfNumber(schema, value, path)
                ?? OfText(schema, value, path)
                ?? OfObject(schema, value, path, depth)
                ?? OfArray(schema, value, path, depth)
                ?? OfChoice(schema, value, path, depth);
        }

        /// <summary>"#/$defs/x" by members of the root; null when it leads nowhere.</summary>
        JsonElement? Resolve(string reference)
        {
            if (!reference.StartsWith('#'))
                return null;
            var at = root;
            foreach (var step in reference.Split('/', StringSplitOptions.RemoveEmptyEntries).Skip(1))
                at = at.Field(step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal));
            return at.ValueKind == JsonValueKind.Undefined ? null : at;
        }

        static string? OfType(JsonElement schema, JsonElement value, string path)
        {
            var type = schema.Field("type");
            var names = type.ValueKind == JsonValueKind.Array
                ? [.. type.EnumerateArray().Select(t => t.AsText() ?? "")]
                : type.AsText() is { } one ? new[] { one } : [];
            return names.Length == 0 || Array.Exists(names, name => IsOf(name, value))
                ? null
                : $"{path}: {string.Join(" or ", names)} expected, found {Kind(value)}";
        }

        static bool IsOf(string type, JsonElement value) => type switch
        {
            "object" => value.ValueKind == JsonValueKind.Object,
            "array" => value.ValueKind == JsonValueKind.Array,
            "string" => value.ValueKind == JsonValueKind.String,
            "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            "null" => value.ValueKind == JsonValueKind.Null,
            "number" => value.ValueKind == JsonValueKind.Number,
            "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var d) && d == Math.Floor(d),
            _ => true,
        };

        static string? OfValues(JsonElement schema, JsonElement value, string path)
        {
            if (schema.TryGetProperty("const", out var only) && !JsonElement.DeepEquals(only, value))
                return $"{path}: must be {Short(only)}";
            return schema.Field("enum").ValueKind == JsonValueKind.Array
                && !schema.Items("enum").Any(allowed => JsonElement.DeepEquals(allowed, value))
                ? $"{path}: must be one of {Short(schema.Field("enum"))}"
                : null;
        }

        static string? OfNumber(JsonElement schema, JsonElement value, string path)
        {
            if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var number))
                return null;
            if (Limit(schema, "minimum") is { } least && number < least)
                return $"{path}: must be at least {Number(least)}";
            if (Limit(schema, "maximum") is { } most && number > most)
                return $"{path}: must be at most {Number(most)}";
            if (Limit(schema, "exclusiveMinimum") is { } above && number <= above)
                return $"{path}: must be more than {Number(above)}";
            return Limit(schema, "exclusiveMaximum") is { } below && number >= below ? $"{path}: must be less than {Number(below)}" : null;
        }

        static string? OfText(JsonElement schema, JsonElement value, string path)
        {
            if (value.AsText() is not { } text)
                return null;
            var length = text.EnumerateRunes().Count();
            if (Limit(schema, "minLength") is { } least && length < least)
                return $"{path}: must have at least {Number(least)} characters";
            return Limit(schema, "maxLength") is { } most && length > most ? $"{path}: must have at most {Number(most)} characters" : null;
        }

        string? OfObject(JsonElement schema, JsonElement value, string path, int depth)
        {
            if (value.ValueKind != JsonValueKind.Object)
                return null;
            foreach (var name in schema.Items("required"))
                if (name.AsText() is { } required && !value.TryGetProperty(required, out _))
                    return $"{path}: '{required}' is missing";
            var properties = schema.Field("properties");
            var others = schema.Field("additionalProperties");
            foreach (var member in value.EnumerateObject())
            {
                var rule = properties.Field(member.Name);
                if (rule.ValueKind == JsonValueKind.Undefined && others.ValueKind == JsonValueKind.False)
                    return $"{path}: '{member.Name}' is not allowed";
                var within = rule.ValueKind == JsonValueKind.Undefined ? others : rule;
                if (At(within, member.Value, $"{path}.{member.Name}", depth + 1) is { } problem)
                    return problem;
            }
            return null;
        }

        string? OfArray(JsonElement schema, JsonElement value, string path, int depth)
        {
            if (value.ValueKind != JsonValueKind.Array)
                return null;
            var count = value.GetArrayLength();
            if (Limit(schema, "minItems") is { } least && count < least)
                return $"{path}: must have at least {Number(least)} items";
            if (Limit(schema, "maxItems") is { } most && count > most)
                return $"{path}: must have at most {Number(most)} items";
            var rule = schema.Field("items");
            var index = 0;
            foreach (var item in value.EnumerateArray())
            {
                if (At(rule, item, $"{path}[{Number(index)}]", depth + 1) is { } problem)
                    return problem;
                index++;
            }
            return null;
        }

        string? OfChoice(JsonElement schema, JsonElement value, string path, int depth)
        {
            foreach (var rule in schema.Items("allOf"))
                if (At(rule, value, path, depth + 1) is { } problem)
                    return problem;
            var any = schema.Items("anyOf").ToList();
            if (any.Count > 0 && any.All(rule => At(rule, value, path, depth + 1) is not null))
                return $"{path}: matches none of the {Number(any.Count)} allowed forms";
            var one = schema.Items("oneOf").ToList();
            var matching = one.Count(rule => At(rule, value, path, depth + 1) is null);
            return one.Count > 0 && matching != 1
                ? $"{path}: matches {Number(matching)} of {Number(one.Count)} forms, exactly one is allowed"
                : null;
        }

        static double? Limit(JsonElement schema, string name) =>
            schema.Field(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetDouble(out var number) ? number : null;

        static string Number(double value) => value.ToString(CultureInfo.InvariantCulture);

        static string Short(JsonElement value) => value.GetRawText() is { Length: > 200 } text ? text[..200] + "…" : value.GetRawText();

        static string Kind(JsonElement value) => value.ValueKind switch
        {
            JsonValueKind.True or JsonValueKind.False => "boolean",
            var kind => kind.ToString().ToLowerInvariant(),
        };
    }
}
