using Orchestrator.Items;
using Orchestrator.Runs;
using Orchestrator.Store;

namespace Orchestrator.Reviews;

/// <summary>Where an item is between its reviews, in a sentence: told by <c>why</c> and <c>review</c>.</summary>
static class ReviewNote
{
    /// <summary>Null when no review has to do with where it is.</summary>
    public static string? Of(Connection db, Item item)
    {
        if (item.State is not (ItemStatus.Review or ItemStatus.InFlight) || RoundRows.OfItem(db, item.Id) is not [.., var last])
            return null;
        if (item.State == ItemStatus.InFlight)
            return last.Decision is "fix" or "escalate" && last.FollowRunId is not null && last.RunId != item.RunId
                ? $"Round {last.No} of its reviews sent findings back, and run {item.RunId} mends them." : null;
        return last.State switch
        {
            RoundState.Reviewing => $"Round {last.No} of its reviews: {string.Join(", ", last.Reviews.Select(one => Of(db, one)))}.",
            RoundState.Waiting =>
                $"Round {last.No} of its reviews waits for a person: {last.Summary} 'agentctl review {item.Id}' shows it.",
            _ => null,
        };
    }

    static string Of(Connection db, Review review)
    {
        var who = $"reviewer {review.Slot}{(review.Profile is { } profile ? $" ({profile})" : "")}";
        return review.State switch
        {
            ReviewState.Wanted => $"{who} is about to begin",
            ReviewState.Running when review.RunId is { } id && RunRows.Find(db, id) is { } run =>
                $"{who}: run {id} is {RunLifecycle.Word(run.Status)}{(review.Repeats > 0 ? " (asked once more)" : "")}",
            ReviewState.Given => $"{who} says {review.Verdict}",
            ReviewState.Unusable => $"{who} could not review",
            _ => $"{who} is {ReviewLifecycle.Word(review.State)}",
        };
    }
}
