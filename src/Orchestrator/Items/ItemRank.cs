namespace Orchestrator.Items;

/// <summary>
/// One number that orders what may start: the higher first. Waiting raises every item at the same pace, so the order between two of them
/// never changes and the number is fixed when the item is made: an index holds the queue, and choosing reads its top (docs/adr/0010).
/// </summary>
static class ItemRank
{
    /// <summary>So much waiting is worth one step of priority: an item of low priority that is three days older is as near as an urgent
    /// one.</summary>
    public static readonly TimeSpan AgePerPriority = TimeSpan.FromHours(24);

    /// <summary>So much waiting is worth one phase: of two phases that are open at once, the earlier goes first.</summary>
    public static readonly TimeSpan AgePerPhase = TimeSpan.FromHours(4);

    /// <param name="priority">0 for low to 3 for urgent.</param>
    /// <param name="phase">Number of the phase, 0 for none.</param>
    /// <param name="createdAt">Microseconds since 1970.</param>
    public static long Of(int priority, long phase, long createdAt) =>
        (priority * (long)AgePerPriority.TotalMicroseconds) - (phase * (long)AgePerPhase.TotalMicroseconds) - createdAt;
}
