namespace Orchestrator.Profiles;

/// <summary>"Did you mean": the known word with the fewest changed letters, or one that goes on from what was written.</summary>
static class NearestWord
{
    /// <summary>The nearest word when it is near enough to be a slip of the hand; null otherwise.</summary>
    public static string? To(string written, IReadOnlyCollection<string> known)
    {
        var best = known
            .Select(word => (Word: word, Steps: Distance(written.ToLowerInvariant(), word.ToLowerInvariant())))
            .OrderBy(pair => pair.Steps)
            .FirstOrDefault();
        if (best.Word is not null && best.Steps <= Math.Max(1, Math.Min(3, written.Length / 3)))
            return best.Word;
        return written.Length < 3 ? null : known.FirstOrDefault(word => word.StartsWith(written, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Insertions, deletions, changes and swaps of neighbours that turn one word into the other.</summary>
    public static int Distance(string a, string b)
    {
        if (a.Length > 100 || b.Length > 100)
            return int.MaxValue;
        var cost = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            for (var j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    cost[i, j] = i + j;
                    continue;
                }
                cost[i, j] = Math.Min(
                    Math.Min(cost[i - 1, j], cost[i, j - 1]) + 1,
                    cost[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    cost[i, j] = Math.Min(cost[i, j], cost[i - 2, j - 2] + 1);
            }
        return cost[a.Length, b.Length];
    }
}
