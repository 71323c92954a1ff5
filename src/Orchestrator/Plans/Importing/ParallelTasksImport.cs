using System.Text.Json.Nodes;

namespace Orchestrator.Plans;

/// <summary>
/// Reads the text of parallel tasks: blocks of header lines and a body. A text with a mistake is refused as a whole, with all mistakes
/// named by block and id. Pure.
/// <code>
/// ---TASK---
/// id: api
/// workdir: services/api
/// dependencies: schema, config
/// ---CONTENT---
/// Add the endpoint. A line with a colon: is body, not a header.
/// </code>
/// </summary>
static class ParallelTasksImport
{
    const string Begin = "---TASK---", Separator = "---CONTENT---";
    const int TitleLength = 80;

    /// <summary>Headers that mean something to the program this format is of; they are kept and given back.</summary>
    static readonly string[] Kept = ["workdir", "session_id", "backend", "target_window"];

    public static bool Fits(string text) => Lines(text).Any(line => line.Trim() == Begin);

    public static Imported Read(SourceText source)
    {
        var findings = new List<ImportFinding>();
        var items = new List<ItemDraft>();
        var lines = Lines(source.Text);
        if (string.IsNullOrWhiteSpace(source.Text))
            return Imported.Refused(ImportFinding.Of(FindingWeight.Error, "empty", null, "The text is empty.", null,
                $"Give blocks that begin with {Begin}."));
        var starts = lines.Index().Where(line => line.Item.Trim() == Begin).Select(line => line.Index).ToList();
        if (starts.Count == 0)
            return Imported.Refused(ImportFinding.Of(FindingWeight.Error, "no_tasks", "line 1", $"No block begins with {Begin}.", null,
                $"Begin every task with a line {Begin}.", 1));
        if (lines.Take(starts[0]).Any(line => !string.IsNullOrWhiteSpace(line)))
            findings.Add(ImportFinding.Of(FindingWeight.Warning, "text_before", "line 1", "There is text before the first task.",
                "It was left out.", "Move it into a task's body.", 1));
        foreach (var (number, start) in starts.Index())
        {
            var end = number + 1 < starts.Count ? starts[number + 1] : lines.Length;
            if (Block(new Piece(number + 1, start + 1, lines[(start + 1)..end]), findings) is { } item)
                items.Add(item);
        }

        var plan = new PlanDraft
        {
            Title = source.Name.Length > 0 ? Path.GetFileNameWithoutExtension(source.Name) : "Parallel tasks",
            SourceKind = SourceKinds.Wrapper,
            Phases = [new PhaseDraft { Id = "tasks", Name = "Tasks" }],
            Items = items,
        };
        // With errors, too: what else is wrong, between blocks, is named with them, and then it is refused.
        return items.Count == 0 ? Imported.Of(plan, findings) : new Imported(plan, findings);
    }

    /// <param name="Number">Counted from 1.</param>
    /// <param name="Line">The line of its beginning, counted from 1.</param>
    /// <param name="Lines">Those after it.</param>
    sealed record Piece(int Number, int Line, string[] Lines);

    static ItemDraft? Block(Piece piece, List<ImportFinding> findings)
    {
        var cut = Array.FindIndex(piece.Lines, line => line.Trim() == Separator);
        var headers = Headers(piece.Lines[..(cut < 0 ? piece.Lines.Length : cut)]);
        var id = headers.GetValueOrDefault("id");
        bool Refuse(string code, string text, string fix)
        {
            findings.Add(ImportFinding.Of(FindingWeight.Error, code, $"line {piece.Line}",
                $"Block {piece.Number}{(string.IsNullOrEmpty(id) ? "" : $" (id {Texts.Short(id)})")} {text}", null, fix, piece.Line));
            return true;
        }

        var body = cut < 0 ? "" : string.Join('\n', piece.Lines[(cut + 1)..]).Trim();
        var bad = cut < 0 && Refuse("no_separator", $"has no line {Separator}.", $"Put {Separator} between its headers and its text.");
        bad |= string.IsNullOrEmpty(id) && Refuse("no_id", "has no id.", "Add a line like 'id: api'.");
        bad |= cut >= 0 && body.Length == 0 && Refuse("no_content", "has no text.", $"Write what is to be done after {Separator}.");
        bad |= headers.TryGetValue("session_id", out var session) && session.Length == 0
            && Refuse("empty_session_id", "has an empty session_id.", "Name the session to go on with, or leave the line out.");
        // One with an id is looked at further, so that all that is wrong is named at once.
        return bad && string.IsNullOrEmpty(id) ? null : new ItemDraft
        {
            ForeignId = id!,
            Title = Title(body),
            Description = body,
            DependsOn = Split(headers.GetValueOrDefault("dependencies")),
            Writes = Split(headers.GetValueOrDefault("writes")),
            Reads = Split(headers.GetValueOrDefault("reads")),
            Phase = "tasks",
            Unknown = Unknown(headers),
            Line = piece.Line,
            Place = $"line {piece.Line}",
        };
    }

    static Dictionary<string, string> Headers(string[] lines)
    {
        var headers = new Dictionary<string, string>();
        foreach (var line in lines)
            if (line.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon)
                headers[line[..colon].Trim()] = line[(colon + 1)..].Trim();
        return headers;
    }

    static string? Unknown(Dictionary<string, string> headers)
    {
        var kept = new JsonObject();
        foreach (var name in Kept)
            if (headers.TryGetValue(name, out var value))
                kept[name] = value;
        return kept.Count == 0 ? null : kept.ToJsonString(Json.PlainOptions);
    }

    static string Title(string body)
    {
        var first = body.Split('\n')[0].Trim();
        return first.Length <= TitleLength ? first : first[..TitleLength].TrimEnd() + "…";
    }

    static IReadOnlyList<string> Split(string? list) =>
        list?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];

    static string[] Lines(string text) => text.TrimStart('\ufeff').Replace("\r\n", "\n", StringComparison.Ordinal).Split('\n');
}
