using System.Text.RegularExpressions;

namespace Orchestrator.Tests.Tidy;

/// <summary>Rules about plain text: what is switched off and why, links, white space, paths of one machine.</summary>
static partial class TextRules
{
    public static readonly Rule[] All =
    [
        new("suppression-needs-reason", Suppressions),
        new("package-needs-reason", Packages),
        new("docs-links", Links),
        new("docs-paths", Paths),
        new("trailing-space", TrailingSpace),
        new("last-line", LastLine),
        new("machine-path", MachinePaths),
    ];

    static IEnumerable<Finding> Suppressions(SourceTree tree)
    {
        const string Instead = "say why on the same line or in a comment directly above";
        foreach (var file in tree.Files)
        {
            foreach (var (index, line) in file.Lines.Index())
            {
                var above = index > 0 ? file.Lines[index - 1].Trim() : "";
                if (IsProject(file) && line.Contains("<NoWarn", StringComparison.Ordinal)
                    && !line.Contains("<!--", StringComparison.Ordinal) && !above.EndsWith("-->", StringComparison.Ordinal))
                    yield return new(file.Path, index + 1, "NoWarn without a reason", Instead);
                if (file.Path.EndsWith(".editorconfig", StringComparison.Ordinal) && SeverityNone().IsMatch(line)
                    && !ReasonAbove(file, index))
                    yield return new(file.Path, index + 1, "a rule is switched off without a reason",
                        "a # line directly above that says why");
                if (file.IsCSharp && PragmaWithoutReason().IsMatch(line) && !above.StartsWith("//", StringComparison.Ordinal))
                    yield return new(file.Path, index + 1, "a warning is switched off without a reason", Instead);
                if (file.IsCSharp && file.Code[index].Contains("[SuppressMessage", StringComparison.Ordinal) &&
                    !string.Concat(file.Code.Skip(index).Take(3)).Contains("Justification", StringComparison.Ordinal))
                    yield return new(file.Path, index + 1, "a warning is switched off without a reason",
                        "SuppressMessage(…, Justification = \"…\")");
            }
        }
    }

    /// <summary>One reason may stand above a group of switched-off rules.</summary>
    static bool ReasonAbove(SourceFile file, int index)
    {
        while (--index >= 0 && SeverityNone().IsMatch(file.Lines[index])) { }
        return index >= 0 && file.Lines[index].StartsWith('#');
    }

    /// <summary>Recorded agent output shows what an agent once said, on the machine where it said it; it is not ours to tidy.</summary>
    static bool IsRecording(SourceFile file) => file.Path.Contains("/Captures/", StringComparison.Ordinal);

    static bool IsProject(SourceFile file) =>
        file.Path.EndsWith(".csproj", StringComparison.Ordinal) || file.Path.EndsWith(".props", StringComparison.Ordinal);

    static IEnumerable<Finding> Packages(SourceTree tree) =>
        from file in tree.Files
        where file.Path == "Directory.Packages.props"
        from line in file.Lines.Index()
        where line.Item.Contains("<PackageVersion ", StringComparison.Ordinal)
        let above = Enumerable.Range(0, line.Index).Reverse()
            .Select(i => file.Lines[i].Trim())
            .FirstOrDefault(l => !l.StartsWith("<PackageVersion ", StringComparison.Ordinal))
        where above is null || !above.EndsWith("-->", StringComparison.Ordinal)
        select new Finding(file.Path, line.Index + 1, "a package without a reason",
            "a comment directly above: what it does that we do not write ourselves");

    static IEnumerable<Finding> Links(SourceTree tree)
    {
        foreach (var file in tree.Markdown)
        {
            foreach (var (line, target) in MarkdownText.Links(file))
            {
                if (target.Contains("://", StringComparison.Ordinal) || target.StartsWith("mailto:", StringComparison.Ordinal)) continue;
                var parts = target.Split('#', 2);
                var path = parts[0].Length == 0 ? file.Path : MarkdownText.Resolve(file.Folder, parts[0]);
                if (!tree.Has(path))
                    yield return new(file.Path, line, $"the link '{target}' leads nowhere", "link to a file that exists");
                else if (parts.Length == 2 && tree.Files.FirstOrDefault(f => f.Path == path) is { } page
                    && !MarkdownText.Anchors(page).Contains(parts[1]))
                    yield return new(file.Path, line, $"'{path}' has no heading '#{parts[1]}'", "use the heading as it is written now");
            }
        }
    }

    /// <summary>A path in backticks is a promise too. The changelog speaks of the past and is left out.</summary>
    static IEnumerable<Finding> Paths(SourceTree tree) =>
        from file in tree.Markdown
        where file.Path != "CHANGELOG.md"
        from span in MarkdownText.CodeSpans(file)
        where RepositoryPath().IsMatch(span.Text) && !tree.Has(span.Text.TrimEnd('/')) && !tree.Has(SourceTree.Production + "/" + span.Text)
        select new Finding(file.Path, span.Line, $"there is no file '{span.Text}'", "name the file as it is called now");

    static IEnumerable<Finding> TrailingSpace(SourceTree tree) =>
        from file in tree.Files
        where !IsRecording(file)
        from line in file.Lines.Index()
        where line.Item.Length > 0 && (line.Item[^1] is ' ' or '\t' or '\r')
        select new Finding(file.Path, line.Index + 1, "white space at the end of the line", "nothing; lines end in LF alone");

    static IEnumerable<Finding> LastLine(SourceTree tree) =>
        from file in tree.Files
        where (file.IsCSharp || file.Path.EndsWith(".md", StringComparison.Ordinal)) && file.Text.Length > 0 && !file.Text.EndsWith('\n')
        select new Finding(file.Path, file.Lines.Length, "the last line has no line end", "end every line, the last one too");

    static IEnumerable<Finding> MachinePaths(SourceTree tree) =>
        from file in tree.Files
        where !IsRecording(file)
        from line in file.Lines.Index()
        from Match match in MachinePath().Matches(line.Item)
        select new Finding(file.Path, line.Index + 1, $"'{match.Value}' is a path of one machine",
            "a path relative to the repository, a temporary folder, or ~ in prose");

    [GeneratedRegex(@"\.severity\s*=\s*none\b")]
    private static partial Regex SeverityNone();

    [GeneratedRegex(@"^\s*#pragma\s+warning\s+disable\b(?!.*//)")]
    private static partial Regex PragmaWithoutReason();

    [GeneratedRegex(@"^(src|tests|docs|bench|bin|web)/[\w./-]+$|^[A-Z]\w+/[\w/]+\.cs$")]
    private static partial Regex RepositoryPath();

    // me, you, user and dev are people of examples.
    // Written with one-letter classes so that this very line is not one of them.
    [GeneratedRegex(@"(?<![\w./~-])/([h]ome|[U]sers)/(?!(me|you|user|dev)\b)\w+|(?<![\w./~-])/([w]ork|[r]oot)/\w+|\b[A-Z]:\\[U]sers")]
    private static partial Regex MachinePath();
}
