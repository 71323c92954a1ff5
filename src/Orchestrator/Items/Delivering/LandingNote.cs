using Orchestrator.Deliveries;
using Orchestrator.Store;

namespace Orchestrator.Items;

/// <summary>What the delivery of accepted work has come to, in a sentence for <c>why</c>; null when there is none.</summary>
static class LandingNote
{
    public static string? Of(Connection db, Item item)
    {
        if (RepoOutput.Find(db, item.Id) is { IsParked: false } output)
            return $"Its work is accepted, and its repository is being made{(output.Failures > 0 ? "; GitHub lets it wait" : "")}.";
        if (Landing.Find(db, item.Id) is not { } landing)
            return null;
        if (landing.Stage != Landing.Delivering || landing.DeliveryId is not { } id || DeliveryRows.Find(db, id) is not { } delivery)
            return landing.Stage == Landing.Handing ? "Its work was accepted and does not fit yet: it goes back to its agent."
                : "Its work is accepted and about to be delivered.";
        return delivery is { State: DeliveryState.Open, PullRequest: { } pull }
            ? $"Pull request #{pull.Number} ({pull.Url}) is open{Checks(pull)}: when it is merged, the item is done.{Trouble(pull)}"
            : $"Its work is accepted, and delivery {id} is {DeliveryLifecycle.Word(delivery.State)}."
                + (delivery.PullRequest is { } waiting ? Trouble(waiting) : "");
    }

    static string Checks(PullRequest pull) => pull.Checks.Count == 0 ? ""
        : $" (checks: {string.Join(", ", pull.Checks.GroupBy(check => check.Conclusion ?? "under way")
            .Select(group => $"{group.Count()} {group.Key}"))})";

    static string Trouble(PullRequest pull) => pull.Trouble is { } trouble ? $" Last time: {trouble}" : "";
}
