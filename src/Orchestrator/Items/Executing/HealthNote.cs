using Orchestrator.Runs;
using Orchestrator.Store;

namespace Orchestrator.Items;

/// <summary>How the run that works on an item gets on, for <c>why</c>.</summary>
static class HealthNote
{
    /// <summary>One sentence; null when no run works on it.</summary>
    public static string? Of(Connection db, Item item) => item is { State: ItemStatus.InFlight, LeaseId: null, RunId: { } id }
        && RunRows.Find(db, id) is { Health: { } health } ? $"It is at work already: run {id} has it, {health.InWords()}." : null;
}
