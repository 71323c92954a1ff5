using System.Text;
using System.Text.RegularExpressions;

namespace Orchestrator.Plans;

/// <summary>
/// PROJECT_PULSE.md: four sections in which people write, too. What is ours stands between two remarks and nothing else is ever touched:
/// written any number of times from the same state it is the same file, and a person's text stays byte for byte. Pure.
/// <code>
/// ## Narrative Delta
/// Somebody's own words.
/// &lt;!-- plan: narrative --&gt;
/// 3 of 8 are done.
/// &lt;!-- /plan --&gt;
/// </code>
/// </summary>
static partial class PulseDocument
{
    public const string MentalModel = "Mental Model";
    public const string Narrative = "Narrative Delta";
    public const string Risks = "Risks & Debt";
    public const string Warnings = "Cognitive Load Warnings";
    public const string Debt = "Technical Debt";
    public const string Decisions = "Pending Decisions";
    public const string Anchors = "Semantic Anchors";

    const string End = "<!-- /plan -->", Nothing = "- None";

    /// <summary>Headings that must be there, with their level, in order.</summary>
    static readonly (string Name, int Level)[] Sections =
        [(MentalModel, 2), (Narrative, 2), (Risks, 2), (Warnings, 3), (Debt, 3), (Decisions, 3), (Anchors, 2)];

    /// <summary>Sections of the second level that a text lacks.</summary>
    public static IReadOnlyList<string> Missing(string text)
    {
        var lines = Lines(text);
        return [.. Sections.Where(section => section.Level == 2 && HeadingAt(lines, section.Name, 2, 0, lines.Count) < 0).Select(one =>
            one.Name)];
    }

    /// <summary>An empty one.</summary>
    public static string New(string title) => $"# {title}\n\n" + string.Concat(Sections.Select(section =>
        $"{new string('#', section.Level)} {section.Name}\n\n"));

    /// <summary>The text with our part of each of these sections as given; the mental model is a person's once there is one.</summary>
    public static string Sync(string text, IReadOnlyDictionary<string, IReadOnlyList<string>> parts)
    {
        foreach (var (name, level) in Sections)
            if (parts.TryGetValue(name, out var part))
                text = Put(text, name, level, part);
        return text;
    }

    static string Put(string text, string name, int level, IReadOnlyList<string> part)
    {
        var lines = Lines(text);
        var newLine = text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
        var (from, to) = level == 2 ? (0, lines.Count) : Range(lines, Risks, 2, 0, lines.Count);
        var heading = HeadingAt(lines, name, level, from, to);
        if (heading < 0)
        {
            // A part of a section that somebody took away, or never made.
            lines.Insert(to, $"{new string('#', level)} {name}{newLine}");
            heading = to;
            to++;
        }

        var end = EndOf(lines, heading, level, Math.Max(to, heading + 1));
        var begin = $"<!-- plan: {name.ToLowerInvariant()} -->";
        var block = new List<string>([begin, .. part.Count > 0 ? part : [Nothing], End]).ConvertAll(line => line + newLine);
        var at = lines.FindIndex(heading, end - heading, line => line.Trim() == begin);
        if (at >= 0 && lines.FindIndex(at, end - at, line => line.Trim() == End) is >= 0 and var close)
            lines.RemoveRange(at, close - at + 1);
        else
            at = Place(lines, heading, end, newLine);
        lines.InsertRange(at, block);
        return string.Concat(lines);
    }

    /// <summary>Behind what is there; a lone "- None" only says that nothing is.</summary>
    static int Place(List<string> lines, int heading, int end, string newLine)
    {
        var body = Enumerable.Range(heading + 1, end - heading - 1).Where(at => lines[at].Trim().Length > 0).ToList();
        if (body.Count == 1 && lines[body[0]].Trim() == Nothing)
        {
            lines.RemoveAt(body[0]);
            return body[0];
        }

        if (!lines[end - 1].EndsWith('\n'))
            lines[end - 1] += newLine;
        if (body.Count > 0)
            return body[^1] + 1;
        // After the blank line that follows a heading.
        return heading + 1 < end ? heading + 2 : heading + 1;
    }

    static (int From, int To) Range(List<string> lines, string name, int level, int from, int to)
    {
        var heading = HeadingAt(lines, name, level, from, to);
        return heading < 0 ? (to, to) : (heading, EndOf(lines, heading, level, to));
    }

    static int EndOf(List<string> lines, int heading, int level, int to)
    {
        var fenced = false;
        for (var at = heading + 1; at < to; at++)
        {
            if (lines[at].TrimStart().StartsWith("```", StringComparison.Ordinal))
                fenced = !fenced;
            if (!fenced && Heading().Match(lines[at]) is { Success: true } found && found.Groups["marks"].Length <= level)
                return at;
        }

        return to;
    }

    /// <summary>Signs before the name, and its case, do not matter.</summary>
    static int HeadingAt(List<string> lines, string name, int level, int from, int to)
    {
        var fenced = false;
        for (var at = from; at < to; at++)
        {
            if (lines[at].TrimStart().StartsWith("```", StringComparison.Ordinal))
                fenced = !fenced;
            if (!fenced && Heading().Match(lines[at]) is { Success: true } found && found.Groups["marks"].Length == level
                && Bare(found.Groups["name"].Value).Equals(Bare(name), StringComparison.OrdinalIgnoreCase))
                return at;
        }

        return -1;
    }

    static string Bare(string heading) => string.Concat(heading.Where(c => char.IsAsciiLetterOrDigit(c) || c is '&')).Trim();

    /// <summary>With their ends, so that joined they are the text.</summary>
    static List<string> Lines(string text)
    {
        var lines = new List<string>();
        for (var at = 0; at < text.Length;)
        {
            var end = text.IndexOf('\n', at) is >= 0 and var found ? found + 1 : text.Length;
            lines.Add(text[at..end]);
            at = end;
        }

        return lines;
    }

    [GeneratedRegex(@"^(?<marks>#{1,6})[ \t]+(?<name>[^\r\n]*)")]
    private static partial Regex Heading();
}
