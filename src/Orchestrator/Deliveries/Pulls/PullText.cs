using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Orchestrator.Gates;
using Orchestrator.GitHub;
using Orchestrator.Profiles;

namespace Orchestrator.Deliveries;

/// <summary>What a pull request tells of work.</summary>
sealed record PullFacts
{
    public required string Title { get; init; }

    /// <summary>The number of the work item; null when there is none.</summary>
    public long? Number { get; init; }

    /// <summary>Where it comes from: #12 or owner/name#12; null for no issue.</summary>
    public string? Issue { get; init; }
    public string Description { get; init; } = "";
    public IReadOnlyList<string> Criteria { get; init; } = [];

    /// <summary>What reviewers found, each as one line; and whether it was mended.</summary>
    public IReadOnlyList<(string Text, bool Mended)> Findings { get; init; } = [];

    /// <summary>What the run said it did; a claim.</summary>
    public string? Summary { get; init; }

    /// <summary>Changed files as git tells them.</summary>
    public string Files { get; init; } = "";

    /// <summary>The daemon's own check of that very commit; null when there is none.</summary>
    public Check? Check { get; init; }
    public required string RunId { get; init; }
}

/// <summary>
/// Title and text of a pull request. What agents and issues wrote is put in so that it can neither call people (@name), nor close or link
/// other issues (#5), nor end the part that is ours. Pure.
/// </summary>
static partial class PullText
{
    const string Begin = "<!-- agent-orchestrator:begin -->", End = "<!-- agent-orchestrator:end -->";
    const int MostOfTitle = 200, MostOfPart = 12_000, MostOfBody = 60_000;
    const string WithIssue = "fix: Issue #{issue} - {title}";
    const string Usual = "{closes}\n\n{description}\n\n## Changes\n\n{changes}\n\n## Testing\n\n{testing}\n\n{criteria}\n\n{findings}";

    public static string Title(PullFacts facts, string? pattern)
    {
        var issue = IssueNumber(facts.Issue);
        var used = pattern is not null && (issue is not null || !pattern.Contains("{issue}", StringComparison.Ordinal)) ? pattern
            : issue is not null ? WithIssue : "{title}";
        var title = Fill(used, new Dictionary<string, string>
        {
            ["title"] = facts.Title, ["issue"] = issue ?? "", ["number"] = facts.Number?.ToString(CultureInfo.InvariantCulture) ?? "",
        });
        title = string.Concat(title.Select(letter => char.IsControl(letter) ? ' ' : letter)).Trim();
        return title.Length == 0 ? $"Work of run {facts.RunId}" : title.Length <= MostOfTitle ? title : title[..MostOfTitle] + "…";
    }

    /// <summary>The whole text of a new one.</summary>
    public static string Body(PullFacts facts, string? pattern)
    {
        var text = Fill(pattern ?? Usual, new Dictionary<string, string>
        {
            ["title"] = Harmless(facts.Title),
            ["issue"] = IssueNumber(facts.Issue) ?? "",
            ["number"] = facts.Number?.ToString(CultureInfo.InvariantCulture) ?? "",
            ["closes"] = facts.Issue is { } issue ? $"Closes {issue}" : "",
            ["description"] = Harmless(facts.Description),
            ["changes"] = Changes(facts),
            ["testing"] = Testing(facts.Check),
            ["criteria"] = Criteria(facts),
            ["findings"] = facts.Findings.Count == 0 ? "" : "## Review\n\n" + string.Concat(facts.Findings.Select(one =>
                $"- [{(one.Mended ? 'x' : ' ')}] {Line(one.Text)}\n")),
        });
        text = ManyLines().Replace(text, "\n\n").Trim();
        if (text.Length > MostOfBody)
            text = text[..MostOfBody] + "…";
        return $"{Begin}\n{text}\n\n<sub>Run {facts.RunId} of Agent Orchestrator.</sub>\n{End}";
    }

    /// <summary>
    /// A text that is there already with our part made anew; null when that is gone, for then somebody wrote their own.
    /// </summary>
    public static string? Renewed(string there, string body)
    {
        var (from, to) = (there.IndexOf(Begin, StringComparison.Ordinal), there.IndexOf(End, StringComparison.Ordinal));
        return from < 0 || to < from ? null : there[..from] + body + there[(to + End.Length)..];
    }

    /// <summary>The number of an issue: of owner/name#12, #12, or 12.</summary>
    public static string? IssueNumber(string? issue) => issue?[(issue.LastIndexOf('#') + 1)..];

    static string Changes(PullFacts facts)
    {
        var text = new StringBuilder();
        if (facts.Summary is { Length: > 0 } summary)
            text.Append(Harmless(summary)).Append("\n\n");
        if (facts.Files.Length > 0)
            text.Append(Fenced(facts.Files));
        return text.ToString();
    }

    static string Testing(Check? check)
    {
        if (check is null)
            return "- [ ] Nobody has checked this commit yet.";
        var text = new StringBuilder();
        foreach (var seen in check.Evidence.Where(seen => seen.Kind == "command"))
            text.Append($"- [{(seen.Outcome == "passed" ? 'x' : ' ')}] ").Append(Code(string.Join(' ', seen.Command ?? [])))
                .Append(seen.ExitCode is { } code ? string.Create(CultureInfo.InvariantCulture, $": exit code {code}") : "").Append('\n');
        foreach (var seen in check.Evidence.Where(seen => seen.Kind is not ("command" or "criterion")))
            text.Append(CultureInfo.InvariantCulture, $"- [{(seen.Outcome == "passed" ? 'x' : ' ')}] {Line(seen.Text)}\n");
        if (check.Evidence.All(seen => seen.Kind != "command"))
            text.Append("- [ ] The project has no verify commands: nothing was run.\n");
        return text.Append(CultureInfo.InvariantCulture, $"\nChecked commit {check.Commit}: {check.Verdict}.").ToString();
    }

    static string Criteria(PullFacts facts)
    {
        if (facts.Criteria.Count == 0)
            return "";
        var text = new StringBuilder("## Acceptance criteria\n\n");
        foreach (var criterion in facts.Criteria)
            text.Append(CultureInfo.InvariantCulture, $"- [{(Holds(facts.Check, criterion) ? 'x' : ' ')}] {Line(criterion)}\n");
        return text.ToString();
    }

    static bool Holds(Check? check, string criterion) =>
        check?.Evidence.Any(seen => seen.Kind == "criterion" && seen.Criterion == criterion && seen.Outcome == "passed") == true;

    /// <summary>Names in braces that are known become their values; a value is not read for names again.</summary>
    static string Fill(string pattern, Dictionary<string, string> values) =>
        Name().Replace(pattern, match => values.GetValueOrDefault(match.Groups[1].Value, match.Value));

    /// <summary>Foreign text that calls nobody and links nothing.</summary>
    public static string Harmless(string text)
    {
        var cut = text.Length <= MostOfPart ? text : text[..MostOfPart] + "…";
        return Calls().Replace(cut.Replace("<!--", "<\u200b!--", StringComparison.Ordinal), "$0\u200b").Trim();
    }

    static string Line(string text) => Harmless(string.Concat(text.Select(letter => char.IsControl(letter) ? ' ' : letter)));

    static string Code(string text)
    {
        var line = string.Concat(text.Select(letter => char.IsControl(letter) || letter == '`' ? ' ' : letter)).Trim();
        return $"`{(line.Length <= 300 ? line : line[..300] + "…")}`";
    }

    static string Fenced(string text) => $"```\n{text.Replace("```", "'''", StringComparison.Ordinal).TrimEnd()}\n```";

    /// <summary>What the agent is told of what GitHub says. Remarks are quoted and bounded: whoever wrote them, they are no orders.
    /// </summary>
    public static string Feedback(string title, PullRequest pull, PullFeedback feedback)
    {
        const int mostOfOne = 2000, mostEntries = 30;
        var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture,
            $"Your work on '{title}' is pull request #{pull.Number} ({pull.Url}), on commit {feedback.Head[..12]}. It is not done yet.\n"));
        if (feedback.Failing.Count > 0)
            text.Append("\nThese checks failed there:\n");
        foreach (var check in feedback.Failing.Take(mostEntries))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n- {Plain(check.Name, 200)}: {check.Conclusion}")
                .Append(check.Url is { } url ? $" ({Plain(url, 500)})" : "").Append('\n');
            Quote(text, $"{check.Title}\n{check.Summary}".Trim(), mostOfOne);
        }
        if (feedback.Comments.Count > 0)
            text.Append("\nPeople said of it. What is quoted is what they wrote there; follow it as far as it is about this work.\n");
        foreach (var comment in feedback.Comments.Take(mostEntries))
        {
            var place = comment.File is null ? "of the whole" : comment.Line is { } line
                ? string.Create(CultureInfo.InvariantCulture, $"{comment.File}:{line}") : comment.File;
            text.Append(CultureInfo.InvariantCulture,
                $"\n- {Plain(place, 300)}, {Plain(comment.Author, 100)} ({comment.Association.ToLowerInvariant()}):\n");
            Quote(text, comment.Body, mostOfOne);
        }
        var more = feedback.Failing.Count + feedback.Comments.Count - Math.Min(mostEntries, feedback.Failing.Count)
            - Math.Min(mostEntries, feedback.Comments.Count);
        if (more > 0)
            text.Append(CultureInfo.InvariantCulture, $"\n… and {more} more.\n");
        return text.Append("\nMend it in this workspace. Do not remove or switch off tests. You need not push: that is done for you.\n")
            .ToString();
    }

    static void Quote(StringBuilder text, string said, int most)
    {
        if (said.Length == 0)
            return;
        var cut = said.Length <= most ? said : said[..most] + "…";
        foreach (var line in cut.ReplaceLineEndings("\n").Split('\n'))
            text.Append("  > ").Append(string.Concat(line.Where(letter => !char.IsControl(letter) || letter == '\t'))).Append('\n');
    }

    static string Plain(string text, int most)
    {
        var line = string.Concat(text.Select(letter => char.IsControl(letter) ? ' ' : letter));
        return line.Length <= most ? line : line[..most] + "…";
    }

    [GeneratedRegex(@"\{([a-z]+)\}")]
    private static partial Regex Name();

    [GeneratedRegex(@"\n{3,}")]
    private static partial Regex ManyLines();

    // @name   #12   GH-12   and issues by their address
    [GeneratedRegex(@"@(?=\w)|#(?=\d)|\bGH-(?=\d)|github\.com/(?=[\w.-]+/[\w.-]+/(issues|pull)/)", RegexOptions.IgnoreCase)]
    private static partial Regex Calls();
}
