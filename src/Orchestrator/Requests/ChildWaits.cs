namespace Orchestrator.Requests;

/// <summary>
/// Which runs hold a connection open to wait for their children, and for which. Kept in memory only: such a wait ends with its
/// connection, and the one who waits asks again.
/// </summary>
sealed class ChildWaits
{
    readonly Lock gate = new();
    readonly Dictionary<string, List<IReadOnlyList<string>>> waits = new(StringComparer.Ordinal);

    /// <summary>The runs a run waits for, each once; empty when it waits for none.</summary>
    public IReadOnlyList<string> Of(string runId)
    {
        lock (gate)
            return waits.TryGetValue(runId, out var mine) ? [.. mine.SelectMany(ids => ids).Distinct()] : [];
    }

    /// <summary>A wait begins; end it with the same list.</summary>
    public void Begin(string runId, IReadOnlyList<string> children)
    {
        lock (gate)
        {
            if (!waits.TryGetValue(runId, out var mine))
                waits[runId] = mine = [];
            mine.Add(children);
        }
    }

    public void End(string runId, IReadOnlyList<string> children)
    {
        lock (gate)
        {
            if (waits.TryGetValue(runId, out var mine) && mine.Remove(children) && mine.Count == 0)
                waits.Remove(runId);
        }
    }
}
