using System.Text.Json;
using System.Text.Json.Nodes;

namespace Orchestrator.Cli;

/// <summary>Small steps over answers, so that verbs read as sentences.</summary>
static class AnswerJson
{
    /// <summary>The text at a path like <c>run.result.summary</c>; null when it is missing or no text.</summary>
    public static string? Text(this JsonNode? document, string path) =>
        Output.TryFind(document, path, out var found) && found is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    /// <summary>What stands at a path as a cell of a table: "-" for nothing, and nothing that could break the line.</summary>
    public static string Cell(this JsonNode? document, string path) =>
        Output.TryFind(document, path, out var found) && found is not null && found.ToString() is { Length: > 0 } text
            ? Output.Printable(text)
            : "-";

    /// <summary>The object in a small file; null when it is missing or no object.</summary>
    public static JsonObject? FromFile(string path)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllBytes(path)) as JsonObject;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>The entries of an array member; empty when it is missing.</summary>
    public static IEnumerable<JsonNode> Entries(this JsonNode? document, string name) =>
        (document?[name] as JsonArray ?? []).OfType<JsonNode>();
}
