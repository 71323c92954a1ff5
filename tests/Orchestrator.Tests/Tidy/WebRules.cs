using System.Text.RegularExpressions;

namespace Orchestrator.Tests.Tidy;

/// <summary>Rules about the board's sources below web.</summary>
static partial class WebRules
{
    const int FileLimit = 400;
    const int LineLimit = 140;
    const string TokenSheet = "web/src/tokens.css";

    public static readonly Rule[] All =
    [
        new("web-file-length", FileLength),
        new("web-line-length", LineLength),
        new("web-markup", Markup),
        new("web-colours", Colours),
        new("web-outside", Outside),
    ];

    static IEnumerable<SourceFile> Sources(SourceTree tree) =>
        tree.Files.Where(f => f.Under("web") && !f.Path.Contains(".gen.", StringComparison.Ordinal)
            && (IsScript(f) || f.Path.EndsWith(".css", StringComparison.Ordinal)));

    static bool IsScript(SourceFile file) =>
        file.Path.EndsWith(".ts", StringComparison.Ordinal) || file.Path.EndsWith(".tsx", StringComparison.Ordinal);

    static IEnumerable<Finding> FileLength(SourceTree tree) =>
        from file in Sources(tree)
        where file.Lines.Length > FileLimit + 1
        select new Finding(file.Path, FileLimit + 1, $"the file has {file.Lines.Length} lines, {FileLimit} are allowed",
            "cut it by component or by noun into a second file beside it");

    static IEnumerable<Finding> LineLength(SourceTree tree) =>
        from file in Sources(tree)
        from line in file.Lines.Index()
        where line.Item.Length > LineLimit
        select new Finding(file.Path, line.Index + 1, $"the line has {line.Item.Length} characters, {LineLimit} are allowed", "wrap it");

    /// <summary>What agents, documents and people write is text. The content security policy is the second wall, not the first.</summary>
    static IEnumerable<Finding> Markup(SourceTree tree) =>
        Lines(Sources(tree).Where(IsScript).Where(f => f.Under("web/src")), MakesMarkup(), "makes markup or code of a text",
            "React elements made from the parsed text");

    static IEnumerable<Finding> Colours(SourceTree tree) =>
        Lines(Sources(tree).Where(f => f.Under("web/src") && f.Path != TokenSheet), Colour(), "names a colour",
            $"a custom property of {TokenSheet}, which has it for light and dark");

    /// <summary>Nothing is loaded from elsewhere at run time.</summary>
    static IEnumerable<Finding> Outside(SourceTree tree) =>
        Lines(tree.Files.Where(f => f.Path == "web/index.html"
            || (f.Under("web/src") && f.Path.EndsWith(".css", StringComparison.Ordinal))), Elsewhere(),
            "loads something from another place", "a file of ours");

    static IEnumerable<Finding> Lines(IEnumerable<SourceFile> files, Regex forbidden, string what, string instead) =>
        from file in files
        where !file.Path.EndsWith(".test.ts", StringComparison.Ordinal)
        from line in file.Lines.Index()
        from Match match in forbidden.Matches(line.Item)
        select new Finding(file.Path, line.Index + 1, $"'{match.Value}' {what}", instead);

    [GeneratedRegex(@"dangerouslySetInnerHTML|\b(inner|outer)HTML\b|insertAdjacentHTML|document\.write|\beval\(|new Function\(")]
    private static partial Regex MakesMarkup();

    [GeneratedRegex(@"(?<=[\s:('""])#[0-9a-fA-F]{3,8}\b(?!-)|\b(rgb|rgba|hsl|oklch)\(")]
    private static partial Regex Colour();

    [GeneratedRegex(@"(https?:)?//[\w.-]+\.\w+")]
    private static partial Regex Elsewhere();
}
