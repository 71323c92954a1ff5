namespace Orchestrator.Plans.Kiro.Lines;

/// <summary>What a task's own line says besides its title. Pure.</summary>
static class TitleFields
{
    static readonly string[] Words = ["req", "requirement", "requisito", "需求", "要件", "要求", "요구사항", "требовани"];

    // Read the settings — _Requirements: 2.1_       Read the settings _Requirements: 2.1_ _Depends: 1_
    /// <summary>The title, and the known fields behind it as a line of their own; empty for none.</summary>
    public static (string Title, string Fields) Split(string title)
    {
        if (!title.EndsWith('_'))
            return (title, "");
        for (var at = title.IndexOf('_', StringComparison.Ordinal); at > 0; at = title.IndexOf('_', at + 1))
            if (SourceLines.IsBlank(title[at - 1]) && FieldLine.Read(title[at..]).FirstOrDefault() is { Kind: not FieldKind.Other })
                return title[..at].TrimEnd(' ', '\u00A0', '—', '–', '-', '|', '·', '.', ';') is { Length: > 0 } plain
                    ? (plain, title[at..]) : (title, "");
        return (title, "");
    }

    // Test the parser (Req 1.2, 2.6)
    /// <summary>Ids of requirements in parentheses at the end of a title.</summary>
    public static IReadOnlyList<string> Requirements(string title)
    {
        if (!title.EndsWith(')') || title.LastIndexOf('(') is not (> 0 and var open))
            return [];
        var inside = title[(open + 1)..^1].Trim();
        return Words.Any(word => inside.StartsWith(word, StringComparison.OrdinalIgnoreCase))
            && References.Requirements(inside.Replace('(', ' ')) is { Ids.Count: > 0, Rest: "" } found ? found.Ids : [];
    }
}
