using System.Globalization;
using System.Text.RegularExpressions;
using Orchestrator.Items;
using Orchestrator.Spending;

namespace Orchestrator.Board;

/// <summary>Makes a card of what is known of an item. Pure.</summary>
static partial class Cards
{
    public static Card Of(CardFacts facts)
    {
        var (item, run) = (facts.Item, facts.Run);
        return new Card
        {
            Id = item.Id,
            Number = item.Number,
            Title = item.Title,
            Project = item.Project,
            Plan = item.Plan,
            Phase = item.Phase,
            Parent = item.Parent,
            Kind = item.Kind,
            Priority = item.Priority,
            Labels = item.Labels,
            Status = item.Status,
            Column = Columns.Of(item.State, facts.From),
            Reasons = Reasons.Of(facts),
            Needs = facts.Needs,
            Profile = run?.Profile ?? item.Profile,
            Agent = run?.Agent,
            Model = run?.Model,
            RunId = run?.Id,
            RunStatus = run?.Status,
            Health = run?.Health,
            Attempts = item.Attempts,
            Since = facts.MovedAt ?? item.CreatedAt,
            LastLine = facts.LastEvent is { } last ? LastLine.Of(last.Type, last.Data) : LastLine.Clean(run?.Told),
            Usage = facts.Spent is { } spent ? Usage(spent) : null,
            Diff = Diff(run?.DiffStat),
            Check = facts.Check,
            Dependencies = new CardCount(facts.OpenDependencies.Count, facts.Dependencies),
            Children = new CardCount(facts.OpenSteps, item.Steps),
            Protection = run?.Protection,
            Delivery = facts.Delivery,
            Unchecked = item.Unchecked,
            CreatedAt = item.CreatedAt,
            UpdatedAt = item.UpdatedAt,
        };
    }

    static CardUsage Usage(Spent spent) => new(spent.Input + spent.Cached, spent.Output,
        spent is { Micros: 0, Unpriced: > 0 } ? null : spent.Micros / 1_000_000m, spent.Estimated > 0);

    // " src/a.cs | 3 ++-\n 3 files changed, 12 insertions(+), 1 deletion(-)"
    /// <summary>The sums of git's picture of a change; null when there is none.</summary>
    public static CardDiff? Diff(string? stat)
    {
        if (stat is null || Sums().Match(stat) is not { Success: true } sums)
            return null;
        long Number(string group) => long.TryParse(sums.Groups[group].ValueSpan, CultureInfo.InvariantCulture, out var found) ? found : 0;
        return new CardDiff(Number("files"), Number("added"), Number("removed"));
    }

    [GeneratedRegex(@"(?<files>\d+) files? changed(, (?<added>\d+) insertions?\(\+\))?(, (?<removed>\d+) deletions?\(-\))?\s*$")]
    private static partial Regex Sums();
}
