using System.Text.Json.Nodes;

namespace Orchestrator.Mcp;

/// <summary>One member of an object in a schema.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Of">Its own schema.</param>
/// <param name="Needed">True when it must be there.</param>
sealed record Member(string Name, JsonObject Of, bool Needed = false);

/// <summary>
/// JSON Schema 2020-12 in the few forms tools need. No <c>$schema</c>: that dialect is the protocol's default, and some clients fail on it.
/// </summary>
static class Shape
{
    /// <summary>Arguments: what is not listed is refused, so that a misspelt name is told instead of ignored.</summary>
    public static JsonObject Arguments(params Member[] members)
    {
        var shape = Object(members);
        shape["additionalProperties"] = false;
        return shape;
    }

    /// <summary>An answer, or part of one: further members may come with a new version.</summary>
    public static JsonObject Object(params Member[] members)
    {
        var shape = new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject([.. members.Select(m => KeyValuePair.Create(m.Name, (JsonNode?)m.Of.DeepClone()))]),
        };
        if (members.Any(m => m.Needed))
            shape["required"] = new JsonArray([.. members.Where(m => m.Needed).Select(m => (JsonNode)m.Name)]);
        return shape;
    }

    /// <summary>The same with words that explain it.</summary>
    public static JsonObject Explained(string meaning, JsonObject shape)
    {
        shape["description"] = meaning;
        return shape;
    }

    public static JsonObject Text(string meaning) => Of("string", meaning);

    /// <summary>A text of one of these words.</summary>
    public static JsonObject Word(string meaning, params string[] words)
    {
        var shape = Of("string", meaning);
        shape["enum"] = new JsonArray([.. words.Select(word => (JsonNode)word)]);
        return shape;
    }

    public static JsonObject Flag(string meaning) => Of("boolean", meaning);

    /// <summary>A whole number within bounds.</summary>
    public static JsonObject Whole(string meaning, long least, long most) => Bounded(Of("integer", meaning), least, most);

    /// <summary>A number within bounds, fractions allowed.</summary>
    public static JsonObject Number(string meaning, long least, long most) => Bounded(Of("number", meaning), least, most);

    /// <summary>A list.</summary>
    /// <param name="meaning">What it holds.</param>
    /// <param name="of">Schema of an entry.</param>
    /// <param name="most">Most entries; null for an answer, whose length is the daemon's.</param>
    /// <param name="least">Fewest entries.</param>
    public static JsonObject List(string meaning, JsonObject of, int? most = null, int least = 0)
    {
        var shape = Of("array", meaning);
        shape["items"] = of.DeepClone();
        if (least > 0) shape["minItems"] = least;
        if (most is { } limit) shape["maxItems"] = limit;
        return shape;
    }

    /// <summary>The same, or null.</summary>
    public static JsonObject OrNull(JsonObject shape)
    {
        var both = (JsonObject)shape.DeepClone();
        both["type"] = new JsonArray((string?)shape["type"], "null");
        if (both["enum"] is JsonArray words) words.Add((JsonNode?)null);
        return both;
    }

    static JsonObject Bounded(JsonObject shape, long least, long most)
    {
        shape["minimum"] = least;
        shape["maximum"] = most;
        return shape;
    }

    static JsonObject Of(string type, string meaning) => new() { ["type"] = type, ["description"] = meaning };
}
