using System.Globalization;
using System.Text.Json;
using Orchestrator.Agents;

namespace Orchestrator.AgentLoop.Tools;

/// <summary>The arguments of one call, read as forgivingly as makes sense.</summary>
sealed class ToolArguments
{
    readonly JsonElement root;

    ToolArguments(JsonElement root) => this.root = root;

    /// <summary>The arguments as one JSON object.</summary>
    public string Json => root.GetRawText();

    /// <summary>Reads the text of a call; null when it is no JSON object. Nothing stands for no arguments.</summary>
    public static ToolArguments? Parse(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(string.IsNullOrWhiteSpace(text) ? "{}" : text);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                return new(document.RootElement.Clone());
            // Some models put the object into a string once more.
            return document.RootElement.AsText() is { } inner && inner.TrimStart().StartsWith('{') ? Parse(inner) : null;
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>A text; null when it is not given.</summary>
    public string? Text(string name) => root.Field(name) switch
    {
        { ValueKind: JsonValueKind.Undefined or JsonValueKind.Null } => null,
        { ValueKind: JsonValueKind.String } value => value.AsText(),
        { ValueKind: JsonValueKind.Number } value => value.GetRawText(),
        _ => throw new ToolRefusal($"'{name}' must be a string.") { Understood = false },
    };

    /// <summary>A text that must be there.</summary>
    public string Need(string name) => Text(name) ?? throw new ToolRefusal($"'{name}' is missing.") { Understood = false };

    /// <summary>A whole number within bounds, also when it came as a text.</summary>
    public int? Number(string name, int least, int most)
    {
        if (Text(name) is not { } text)
            return null;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? (int)Math.Clamp(number, least, most)
            : throw new ToolRefusal($"'{name}' must be a number.") { Understood = false };
    }

    public bool Flag(string name) =>
        root.IsTrue(name) || (root.Text(name)?.Equals("true", StringComparison.OrdinalIgnoreCase) ?? false);

    /// <summary>A list of texts; null when it is not given as one.</summary>
    public IReadOnlyList<string>? List(string name) => root.Field(name).ValueKind == JsonValueKind.Array
        ? [.. root.Items(name).Select(item => item.AsText() ?? item.GetRawText())]
        : null;
}
