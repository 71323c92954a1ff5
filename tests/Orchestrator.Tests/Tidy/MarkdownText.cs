using System.Text.RegularExpressions;

namespace Orchestrator.Tests.Tidy;

/// <summary>What the docs rules need to know of Markdown: links, code spans, headings' anchors, fenced blocks.</summary>
static partial class MarkdownText
{
    /// <summary>Lines outside fenced code, with their number from 1.</summary>
    static IEnumerable<(int Line, string Text)> Prose(SourceFile file)
    {
        var fenced = false;
        foreach (var (index, line) in file.Lines.Index())
        {
            if (line.TrimStart().StartsWith("```", StringComparison.Ordinal)) fenced = !fenced;
            else if (!fenced) yield return (index + 1, line);
        }
    }

    public static IEnumerable<(int Line, string Target)> Links(SourceFile file) =>
        from line in Prose(file)
        from Match match in Link().Matches(CodeSpan().Replace(line.Text, ""))
        select (line.Line, match.Groups[1].Value);

    public static IEnumerable<(int Line, string Text)> CodeSpans(SourceFile file) =>
        from line in Prose(file)
        from Match match in CodeSpan().Matches(line.Text)
        select (line.Line, match.Groups[1].Value);

    /// <summary>Anchors as the common forges make them: lower case, spaces to hyphens, punctuation dropped.</summary>
    public static HashSet<string> Anchors(SourceFile file) =>
        [.. from line in Prose(file)
            where line.Text.StartsWith('#')
            let heading = line.Text.TrimStart('#').Trim().ToLowerInvariant()
            select string.Concat(heading.Where(c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_')).Replace(' ', '-')];

    /// <summary>Fenced blocks whose first line is ``` followed by exactly this info text.</summary>
    public static IEnumerable<(int Line, string[] Body)> Blocks(SourceFile file, string info)
    {
        for (var i = 0; i < file.Lines.Length; i++)
        {
            if (file.Lines[i].Trim() != "```" + info) continue;
            var body = file.Lines.Skip(i + 1).TakeWhile(l => l.Trim() != "```").ToArray();
            yield return (i + 1, body);
            i += body.Length + 1;
        }
    }

    /// <summary>"docs/adr" + "../x.md" → "docs/x.md".</summary>
    public static string Resolve(string folder, string target)
    {
        var steps = new List<string>(folder.Split('/', StringSplitOptions.RemoveEmptyEntries));
        foreach (var step in target.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (step == "..") steps.RemoveRange(Math.Max(0, steps.Count - 1), Math.Min(1, steps.Count));
            else if (step != ".") steps.Add(step);
        }
        return string.Join('/', steps);
    }

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex CodeSpan();
}
