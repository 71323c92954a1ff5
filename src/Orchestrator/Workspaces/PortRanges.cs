namespace Orchestrator.Workspaces;

/// <summary>Which ports a new worktree gets. Pure: the caller asks and records in one transaction.</summary>
static class PortRanges
{
    const int Last = 65535;

    /// <summary>First port of the lowest range that meets none of the taken ones; null when there is no room left.</summary>
    /// <param name="from">First port that may be given.</param>
    /// <param name="count">Ports wanted.</param>
    /// <param name="taken">First port and number of ports of every worktree that stands.</param>
    public static int? Next(int from, int count, IEnumerable<(int From, int Count)> taken)
    {
        var ranges = taken.ToList();
        for (var first = from; first + count - 1 <= Last; first += count)
            if (!ranges.Exists(range => first < range.From + range.Count && range.From < first + count))
                return first;
        return null;
    }
}
