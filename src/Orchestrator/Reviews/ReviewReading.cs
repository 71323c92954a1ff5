using System.Text;
using System.Text.Json;
using Orchestrator.Agents;

namespace Orchestrator.Reviews;

/// <summary>A finding as a reviewer said it, made harmless.</summary>
sealed record SaidFinding(string Severity, string? File, int? Line, int? EndLine, string Title, string Detail, string? Suggestion);

/// <summary>What a reviewer's answer says.</summary>
/// <param name="Verdict">accept or changes.</param>
/// <param name="Summary">In its words.</param>
/// <param name="Findings">The worst first.</param>
/// <param name="LeftOut">Findings beyond the most that are kept; the mildest.</param>
sealed record ReadReview(string Verdict, string Summary, IReadOnlyList<SaidFinding> Findings, int LeftOut);

/// <summary>
/// Reads what a reviewer answered. Nothing in it is believed: texts lose control characters and are cut, files outside of the repository
/// are named and not followed, and what contradicts itself is read as the worse. Pure.
/// </summary>
static class ReviewReading
{
    public const string Accept = "accept", Changes = "changes";

    /// <summary>Findings kept of one review.</summary>
    public const int Most = 200;

    const int TitleLength = 200, TextLength = 8000, PathLength = 1000, LastLine = 10_000_000;

    /// <summary>The schema a review is asked and checked with.</summary>
    public const string Schema = """
        {"type":"object","properties":{
        "verdict":{"type":"string","enum":["accept","changes"],"description":"changes when a critical or high finding is there."},
        "summary":{"type":"string","description":"What you think of the work, in a few sentences."},
        "findings":{"type":"array","items":{"type":"object","properties":{
        "severity":{"type":"string","enum":["critical","high","medium","low"]},
        "file":{"type":["string","null"],"description":"Path from the repository's top; null when it is about no file."},
        "line":{"type":["integer","null"],"description":"First line, as the file is now."},
        "end_line":{"type":["integer","null"]},
        "title":{"type":"string","description":"What is wrong, in a line."},
        "detail":{"type":"string","description":"What goes wrong and when."},
        "suggestion":{"type":["string","null"],"description":"How to mend it."}},
        "required":["severity","title","detail"]}}},
        "required":["verdict","summary","findings"]}
        """;

    /// <summary>Reads it; null and a sentence when it cannot be used.</summary>
    /// <param name="json">The JSON object that the run's result is; null when there is none.</param>
    /// <param name="folders">Folders in which reviewer and author see the repository: paths below them are its own.</param>
    public static (ReadReview? Review, string? Problem) Read(string? json, IReadOnlyList<string> folders)
    {
        if (json is null)
            return (null, "There is no JSON object in it.");
        if (SchemaCheck.Mismatch(Schema, json) is { } flaw)
            return (null, $"It does not match the schema: {flaw}");
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        var said = root.GetProperty("findings").EnumerateArray().Select(one => One(one, folders)).ToList();
        var verdict = root.GetProperty("verdict").GetString()!;
        var summary = Text(root.GetProperty("summary").GetString(), TextLength);
        // It wants changes and does not say which: somebody has to look, and silence would pass it.
        if (verdict == Changes && said.Count == 0)
            said.Add(new SaidFinding(Severities.High, null, null, null, "The reviewer wants changes and names none.",
                summary.Length > 0 ? summary : "It gave no reason.", null));
        var sorted = said.OrderBy(one => Severities.Rank(one.Severity)).ToList();
        return (new ReadReview(verdict, summary, [.. sorted.Take(Most)], Math.Max(0, sorted.Count - Most)), null);
    }

    static SaidFinding One(JsonElement one, IReadOnlyList<string> folders)
    {
        var (file, outside) = FileOf(Member(one, "file"), folders);
        var detail = Text(Member(one, "detail"), TextLength);
        var title = Text(Member(one, "title"), TextLength).Split('\n', 2)[0].Trim();
        if (title.Length == 0)
            title = detail.Split('\n', 2)[0].Trim() is { Length: > 0 } first ? first : "(no title)";
        if (outside is not null)
            detail = $"{detail}\n(It names a file outside of the repository: {outside})".TrimStart('\n');
        var line = file is null ? null : Number(one, "line");
        var end = line is null ? null : Number(one, "end_line");
        return new SaidFinding(Member(one, "severity")!, file, line, end > line ? end : null, Cut(title, TitleLength), detail,
            Text(Member(one, "suggestion"), TextLength) is { Length: > 0 } suggestion ? suggestion : null);
    }

    static string? Member(JsonElement one, string name) =>
        one.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    static int? Number(JsonElement one, string name) =>
        one.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number)
            && number is >= 1 and <= LastLine ? (int)number : null;

    /// <summary>The path from the repository's top, or what is shown instead of one that is not in it.</summary>
    public static (string? File, string? Outside) FileOf(string? said, IReadOnlyList<string> folders)
    {
        var path = Text(said, PathLength + 1).Replace('\n', ' ').Trim();
        if (path.Length == 0)
            return (null, null);
        foreach (var folder in folders)
            if (path.StartsWith(folder.TrimEnd('/') + "/", StringComparison.Ordinal))
                path = path[(folder.TrimEnd('/').Length + 1)..];
        while (path.StartsWith("./", StringComparison.Ordinal))
            path = path[2..];
        var isInside = path.Length is > 0 and <= PathLength && path[0] is not ('/' or '~') && !path.Split('/', '\\').Contains("..")
            && !(path.Length > 1 && path[1] == ':');
        return isInside ? (path, null) : (null, Cut(path, TitleLength));
    }

    /// <summary>A text without control characters but tab and line break, and without marks that turn the direction of writing.</summary>
    public static string Text(string? said, int longest)
    {
        if (said is null)
            return "";
        var text = new StringBuilder();
        foreach (var rune in PlainText.Of(said.ReplaceLineEndings("\n")).EnumerateRunes())
        {
            if (text.Length >= longest)
                return text.Append('…').ToString();
            if (rune.Value is '\n' or '\t' || !(Rune.IsControl(rune) || IsUnseen(rune.Value)))
                text.Append(rune.ToString());
        }
        return text.ToString().Trim();
    }

    /// <summary>Marks of direction (Trojan Source, CVE-2021-42574) and signs without a shape.</summary>
    static bool IsUnseen(int c) => c is 0x061c or 0x200b or 0x200e or 0x200f or (>= 0x202a and <= 0x202e) or (>= 0x2060 and <= 0x206f)
        or 0xfeff or (>= 0xe0000 and <= 0xe007f);

    static string Cut(string text, int longest) => text.Length <= longest ? text : text[..longest] + "…";
}
