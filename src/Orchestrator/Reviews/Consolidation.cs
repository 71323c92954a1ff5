namespace Orchestrator.Reviews;

/// <summary>What several reviewers and people found, each thing once.</summary>
/// <param name="Finding">The one that stands for it: the most severe, and of those the first.</param>
/// <param name="Others">Those that say the same.</param>
sealed record Consolidated(Finding Finding, IReadOnlyList<Finding> Others);

/// <summary>Puts findings together: what is about the same place and says the same is one, and the highest severity wins. Pure.</summary>
static class Consolidation
{
    /// <summary>Lines by which two places may be apart and still be one: reviewers count context differently.</summary>
    const int Slack = 3;

    // Words that say nothing about what is wrong.
    static readonly HashSet<string> Fillers =
    [
        "the", "a", "an", "is", "are", "be", "to", "of", "in", "on", "for", "and", "or", "it", "this", "that", "not", "with", "when", "by",
    ];

    /// <summary>The worst first, then by place.</summary>
    public static IReadOnlyList<Consolidated> Of(IEnumerable<Finding> findings)
    {
        var groups = new List<(Finding First, List<Finding> Others)>();
        foreach (var one in findings.OrderBy(one => Severities.Rank(one.Severity)).ThenBy(one => one.CreatedNo))
        {
            var known = groups.FirstOrDefault(group => IsSame(group.First, one));
            if (known.First is null)
                groups.Add((one, []));
            else
                known.Others.Add(one);
        }
        return
        [
            .. groups.Select(group => new Consolidated(group.First, group.Others))
                .OrderBy(one => Severities.Rank(one.Finding.Severity)).ThenBy(one => one.Finding.File ?? "", StringComparer.Ordinal)
                .ThenBy(one => one.Finding.Line ?? 0).ThenBy(one => one.Finding.CreatedNo),
        ];
    }

    /// <summary>The worst severity of them; null when there is none.</summary>
    public static string? Worst(IEnumerable<Finding> findings) =>
        findings.Select(one => one.Severity).OrderBy(Severities.Rank).FirstOrDefault();

    /// <summary>Same file, overlapping lines, similar title. Whoever names no line must say it in the same words.</summary>
    public static bool IsSame(Finding one, Finding other)
    {
        if (one.File != other.File)
            return false;
        if (one.Line is null || other.Line is null)
            return one.File is null && one.Line == other.Line ? AreSimilar(one.Title, other.Title) : AreEqual(one.Title, other.Title);
        return one.Line <= (other.EndLine ?? other.Line) + Slack && other.Line <= (one.EndLine ?? one.Line) + Slack
            && AreSimilar(one.Title, other.Title);
    }

    /// <summary>The same remark as one of an earlier round: what was mended meanwhile moves lines.</summary>
    public static bool IsAgain(Finding earlier, Finding now) =>
        IsSame(earlier, now) || (earlier.File == now.File && AreEqual(earlier.Title, now.Title));

    /// <summary>Most of the shorter one's words are in the other one.</summary>
    public static bool AreSimilar(string one, string other)
    {
        var (first, second) = (Words(one), Words(other));
        var shorter = Math.Min(first.Count, second.Count);
        if (shorter == 0)
            return AreEqual(one, other);
        var shared = first.Count(second.Contains);
        return shared * 10 >= shorter * 6 && (shared >= 2 || shorter == 1);
    }

    static bool AreEqual(string one, string other) =>
        string.Equals(one.Trim().TrimEnd('.'), other.Trim().TrimEnd('.'), StringComparison.OrdinalIgnoreCase);

    static HashSet<string> Words(string title)
    {
        var plain = string.Concat(title.Select(c => char.IsLetterOrDigit(c) ? char.ToLowerInvariant(c) : ' '));
        return [.. plain.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(word => !Fillers.Contains(word))];
    }
}
