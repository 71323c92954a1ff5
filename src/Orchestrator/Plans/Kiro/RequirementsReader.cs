using System.Text;
using Orchestrator.Plans.Kiro.Lines;

namespace Orchestrator.Plans.Kiro;

/// <summary>
/// Reads requirements.md and bugfix.md: headings with a number are requirements, numbered lines below them are criteria.
/// </summary>
sealed class RequirementsReader
{
    static readonly string[] Words =
    [
        "non-functional requirement", "functional requirement", "requirement", "requisito", "exigence", "anforderung", "требование",
            "вимога",
        "المتطلب", "متطلب", "yêu cầu", "需求", "要件", "要求", "요구사항", "user story", "req", "wymaganie", "gereksinim", "vereiste",
    ];

    readonly List<(string Id, string Title, int Line, List<Criterion> Criteria, List<string> Story)> found = [];
    readonly Dictionary<string, int> ids = [];
    readonly List<(string Id, string Title, int Line, List<Criterion> Criteria, List<string> Story)> listed = [];

    /// <summary>A numbered list below "Requirements" or "Acceptance Criteria": each entry is a requirement where no heading is one.
    /// </summary>
    readonly List<Requirement> flat = [];

    /// <summary>Some headings have the word: then a bare number, as in a log of decisions, is no requirement's.</summary>
    bool hasWords;
    int level;
    bool inCriteria;
    int lastSaid;
    int unnumbered;
    string headingTitle = "";
    int headingLine;

    /// <summary>Reads any text; never refuses one.</summary>
    public static IReadOnlyList<Requirement> Read(string text, FindingList findings)
    {
        var lines = MarkdownLines.Of(text, findings);
        var reader = new RequirementsReader
        {
            hasWords = lines.Any(line => line.Kind == LineKind.Text && MarkdownText.Heading(line.Text) is { } heading
                && StartsWithWord(MarkdownText.Bare(heading.Text)) && IdOf(MarkdownText.Bare(heading.Text), false) is not null),
        };
        foreach (var line in lines)
            if (line.Kind == LineKind.Text)
                reader.Line(line.Text, line.Line.Number);
        if (reader.found.Count + reader.listed.Count == 0)
            return reader.flat;
        reader.found.AddRange(reader.listed.Where(one => !reader.ids.ContainsKey(one.Id)));
        return [.. reader.found.Select(one => new Requirement(one.Id, one.Title, string.Join('\n', one.Story).Trim(), one.Line,
            one.Criteria))];
    }

    void Line(string text, int line)
    {
        if (MarkdownText.Heading(text) is { } heading)
            Heading(heading.Level, heading.Text, line);
        else if (text.StartsWith("**", StringComparison.Ordinal) && text.Length < 300 && IdOf(MarkdownText.Bare(text), false) is { } bold
                 && text.TrimEnd().EndsWith("**", StringComparison.Ordinal))
            Start(bold.Id, bold.Title, line, 7);
        else if (CriterionOf(text) is { } criterion)
            Add(criterion.Id, criterion.Text, line);
        else if (ListedOf(text) is { } one)
            listed.Add((one.Id, one.Title, line, [], []));
        else if (inCriteria && level > 0 && MarkdownText.Bullet(text) is { Indent: < 2 } bullet && found[^1].Criteria.Count == unnumbered)
        {
            Add((++unnumbered).ToString(System.Globalization.CultureInfo.InvariantCulture),
                bullet.Text.Replace("**", "", StringComparison.Ordinal), line);
        }
        else if (text.Trim() is { Length: > 0 } more && found.Count > 0)
            Continue(text, more);
    }

    void Heading(int depth, string text, int line)
    {
        (headingTitle, headingLine) = (MarkdownText.Bare(text), line);
        if (IdOf(MarkdownText.Bare(text), depth > 1 && !hasWords) is { } of
            && (level == 0 || depth <= level || StartsWithWord(MarkdownText.Bare(text))))
            Start(of.Id, of.Title, line, depth);
        else if (level > 0 && depth <= level)
            (level, inCriteria) = (0, false);
        else if (level > 0)
            inCriteria = true;
    }

    void Start(string id, string title, int line, int depth)
    {
        if (!ids.TryAdd(id, found.Count))
            return;
        (level, inCriteria, lastSaid, unnumbered) = (depth, false, 0, 0);
        found.Add((id, title, line, [], []));
    }

    // ### Requirement 1: Title     ### R1 — Title     ### FR-1: Title     ### 1. Title     ### 要件 1: Title     **Requirement 2: Title**
    static (string Id, string Title)? IdOf(string bare, bool bareNumbers)
    {
        var text = bare;
        var word = Words.FirstOrDefault(one => bare.StartsWith(one, StringComparison.OrdinalIgnoreCase));
        if (word is not null)
            text = bare[word.Length..].TrimStart(' ', '#', '-', '\u00A0');
        var end = 0;
        while (end < text.Length && end < 40 && (char.IsLetterOrDigit(text[end]) || text[end] is '-' or '.' or '_'))
            end++;
        var id = References.PlainId(text[..end].TrimEnd('.', '-'));
        if (id is null || (word is null && !bareNumbers && char.IsAsciiDigit(text[0])))
            return null;
        var title = text[end..].TrimStart(' ', ':', '：', '-', '–', '—', '.', ')', '\u00A0');
        return (id, title);
    }

    // - **FR-LIST-01**: 一覧
    /// <summary>A requirement that is an entry of a list; its id has letters and a hyphen.</summary>
    static (string Id, string Title)? ListedOf(string line)
    {
        if (MarkdownText.Bullet(line) is not { } bullet || !bullet.Text.StartsWith("**", StringComparison.Ordinal))
            return null;
        var end = bullet.Text.IndexOf("**", 2, StringComparison.Ordinal);
        return end is > 2 and < 40 && References.PlainId(bullet.Text[2..end].TrimEnd(':')) is { } id
            && id.Contains('-', StringComparison.Ordinal)
            ? (id, MarkdownText.Bare(bullet.Text[(end + 2)..]).TrimStart(':', '：', ' ', '-', '–', '—')) : null;
    }

    static bool StartsWithWord(string bare) => Words.Any(one => bare.StartsWith(one, StringComparison.OrdinalIgnoreCase));

    // 1. WHEN …     1.1. The system …     1.1 WHEN …     - **AC1.2**: …     **1.1.** When …     - 1.2 WHEN …
    static (string Id, string Text)? CriterionOf(string line)
    {
        if (SourceLines.Indent(line) > 5)
            return null;
        var text = line.Trim();
        var bullet = text.Length > 1 && text[0] is '-' or '*' or '+' && SourceLines.IsBlank(text[1]);
        if (bullet)
            text = text[2..].TrimStart();
        var at = 0;
        while (at < text.Length && text[at] is '*' or '_' or '[')
            at++;
        if (text.AsSpan(at).StartsWith("AC", StringComparison.Ordinal))
            at += text.Length > at + 2 && text[at + 2] is '-' or ' ' ? 3 : 2;
        var (number, end) = TaskNumber.ReadAt(text, at);
        if (number is null || number.Prefix is not ("" or "R") || end >= text.Length)
            return null;
        var close = end;
        while (close < text.Length && text[close] is '.' or ')' or ':' or '：' or '*' or '_' or ']')
            close++;
        if (close >= text.Length || !(SourceLines.IsBlank(text[close]) || (close > end && text[close] > '\u02FF'))
            || (close == end && number.Depth == 1) || (bullet && number.Depth == 1))
            return null;
        return (References.PlainId(number.Text)!, text[close..].Trim());
    }

    void Add(string said, string text, int line)
    {
        if (found.Count == 0 || level == 0)
        {
            // bugfix.md: "### Current Behavior (Defect)" and below it "1.1 WHEN …"
            if (TaskNumber.Whole(said) is not { Depth: > 1, Parent: { } above })
            {
                if (found.Count == 0 && IsListHeading() && flat.All(one => one.Id != said))
                    flat.Add(new(said, text, "", line, [new(said, text, line)]));
                return;
            }

            Start(above.Text, headingTitle, headingLine, 0);
        }
        else if (level == 0 || (TaskNumber.Whole(said)?.Parent is { } other && other.Text != found[^1].Id && !ids.ContainsKey(other.Text)
            && headingLine > found[^1].Line))
            Start(TaskNumber.Whole(said)!.Parent!.Text, headingTitle, headingLine, level);
        var (id, _, _, criteria, _) = found[^1];
        if (TaskNumber.Whole(said) is { Depth: > 1 } whole)
        {
            found[ids.GetValueOrDefault(whole.Parent!.Text, found.Count - 1)].Criteria.Add(new(said, text, line));
            return;
        }
        // A list before the criteria, say of terms, counts on with them otherwise.
        if (TaskNumber.Whole(said)!.First == 1 && criteria.Count > 0 && inCriteria && lastSaid > 0 && criteria[^1].Line < headingLine)
            criteria.Clear();
        lastSaid = TaskNumber.Whole(said)!.First;
        criteria.Add(new($"{id}.{said}", text, line));
    }

    bool IsListHeading() => FieldLine.IsCriteria(headingTitle)
        || (StartsWithWord(headingTitle) && headingTitle.Length < 40 && !headingTitle.Any(char.IsDigit));

    /// <summary>Text that goes on: the story until there are criteria, the last criterion then.</summary>
    void Continue(string text, string more)
    {
        var (_, _, _, criteria, story) = found[^1];
        if (level == 0 && criteria.Count == 0)
            return;
        if (criteria.Count > 0 && (SourceLines.Indent(text) > 1 || MarkdownText.Bullet(text) is not null)
            && criteria[^1].Text.Length < 2000)
            criteria[^1] = criteria[^1] with { Text = $"{criteria[^1].Text} {more}" };
        else if (criteria.Count == 0 && !inCriteria && story.Count < 20 && level > 0)
            story.Add(WithoutLabel(more));
    }

    // **User Story:** As a user, …
    static string WithoutLabel(string text)
    {
        var bare = new StringBuilder(text).Replace("**", "").ToString();
        var colon = bare.IndexOfAny([':', '：']);
        return text.StartsWith("**", StringComparison.Ordinal) && colon is > 0 and < 40 ? bare[(colon + 1)..].Trim() : bare;
    }
}
