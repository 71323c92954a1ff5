using Orchestrator.Deliveries;
using Orchestrator.Store;

namespace Orchestrator.Reviews;

/// <summary>What a pull request tells of reviews: what was found in the item's work, and what of it is still open.</summary>
static class PullFindings
{
    const int Most = 50;

    public static PullFacts Add(Connection db, Delivery delivery, PullFacts facts)
    {
        var found = delivery.ItemId is { } item ? FindingRows.OfItem(db, item) : FindingRows.OfRun(db, delivery.RunId);
        // A draft is not said yet, and what is merged is said by another.
        return facts with
        {
            Findings =
            [
                .. found.Where(one => one.State is not (FindingState.Draft or FindingState.Merged)).Take(Most).Select(one =>
                    ($"{one.Severity}, {one.Place}: {one.Title}{(one.State == FindingState.Deferred ? " (left for later)" : "")}",
                        one.State is FindingState.Sent or FindingState.Closed)),
            ],
        };
    }
}
