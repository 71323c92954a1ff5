using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Orchestrator.Runs;

namespace Orchestrator.Board;

/// <summary>What a run said last, in one line that can be shown anywhere. Pure.</summary>
static partial class LastLine
{
    const int Most = 160;

    /// <summary>The events it is taken from.</summary>
    public static readonly IReadOnlyList<string> Types = [RunEvents.Output, RunEvents.Message, RunEvents.ToolCall];

    /// <summary>Null when there is nothing to show.</summary>
    public static string? Of(string type, string data)
    {
        using var parsed = JsonDocument.Parse(data);
        var said = parsed.RootElement;
        return type == RunEvents.ToolCall ? Clean($"{Text(said, "name")} {Input(said)}") : Clean(Text(said, "text"));
    }

    /// <summary>The last line that says something, without control characters, escape sequences and marks that turn text around.</summary>
    public static string? Clean(string? text)
    {
        foreach (var line in (text ?? "").Split('\n').Reverse())
        {
            var plain = new StringBuilder();
            foreach (var rune in Escapes().Replace(line, "").EnumerateRunes())
                if (Rune.IsControl(rune))
                    plain.Append(' ');
                else if (!TurnsAround(rune.Value))
                    plain.Append(rune);
            var words = string.Join(' ', plain.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries));
            if (words.Length > Most)
                words = words[..(char.IsHighSurrogate(words[Most - 1]) ? Most - 1 : Most)] + "…";
            if (words.Length > 0)
                return words;
        }

        return null;
    }

    static bool TurnsAround(int rune) => rune is (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069) or 0x200E or 0x200F or 0x061C;

    // {"command":["ls","-l"]}  {"command":"dotnet test"}  {"file_path":"src/a.cs","content":"…"}
    static string? Input(JsonElement call)
    {
        if (!call.TryGetProperty("input", out var input) || input.ValueKind != JsonValueKind.Object)
            return null;
        foreach (var member in input.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.String)
                return member.Value.GetString();
            if (member.Value.ValueKind == JsonValueKind.Array)
                return string.Join(' ', member.Value.EnumerateArray().Where(word => word.ValueKind == JsonValueKind.String)
                    .Select(word => word.GetString()));
        }

        return null;
    }

    static string? Text(JsonElement of, string name) =>
        of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    // ESC [ 31 m      ESC ] 0 ; title BEL
    [GeneratedRegex(@"\x1b(\[[0-9;?]*[ -/]*[@-~]|\][^\a\x1b]*(\a|\x1b\\)?|[@-Z\\^_])")]
    private static partial Regex Escapes();
}
