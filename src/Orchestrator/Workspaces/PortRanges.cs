using Orchestrator.Profiles;
using Orchestrator.Store;

namespace Orchestrator.Workspaces;

/// <summary>Which ports a new worktree gets.</summary>
static class PortRanges
{
    const int Last = 65535;

    /// <summary>Pure: first port of the lowest range that meets none of the taken ones; null when there is no room left.</summary>
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

    /// <summary>The ports of a new worktree, which the caller records in the same transaction; null where the project wants none.</summary>
    public static (int From, int Count)? Take(Connection db, PortPlan? plan) => plan is null ? null
        : Next(plan.From, plan.Count, WorkspaceStore.PortsTaken(db)) is { } first ? (first, plan.Count)
        : throw new Fault(FaultCode.Conflict, $"No {plan.Count} ports from {plan.From} on are left for another worktree.",
            "agentctl worktree cleanup gives those of worktrees back that hold nothing unsaved.");
}
