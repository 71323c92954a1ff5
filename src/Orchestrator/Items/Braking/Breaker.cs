using System.Globalization;
using Orchestrator.Profiles;

namespace Orchestrator.Items;

/// <summary>What opens a breaker.</summary>
static class BreakerKinds
{
    /// <summary>Run after run ended for the same reason.</summary>
    public const string EqualCauses = "equal_causes";

    /// <summary>Run after run ended well and changed nothing.</summary>
    public const string NoProgress = "no_progress";

    /// <summary>So many runs on one day.</summary>
    public const string DailyLimit = "daily_limit";

    public static readonly IReadOnlyList<string> All = [EqualCauses, NoProgress, DailyLimit];
}

/// <summary>How a run of an item ended.</summary>
/// <param name="Cause">Why, where that is the work's own trouble; null when it did its work, or nobody is to blame.</param>
/// <param name="Idle">It did its work, as it says, and changed nothing.</param>
readonly record struct RunEnd(string? Cause, bool Idle);

/// <summary>A breaker that opens.</summary>
/// <param name="Kind">One of <see cref="BreakerKinds"/>.</param>
/// <param name="Text">What repeats itself, in one sentence.</param>
readonly record struct Opening(string Kind, string Text);

/// <summary>Decides when what repeats itself has repeated often enough. Pure.</summary>
static class Breaker
{
    /// <param name="ends">How the item's runs ended since a person last moved it, the newest first.</param>
    /// <param name="today">Runs of the item on this day since then.</param>
    /// <param name="policy">How often is often enough.</param>
    public static IEnumerable<Opening> Openings(IReadOnlyList<RunEnd> ends, long today, BreakerPolicy policy)
    {
        if (ends is [{ Cause: { } cause }, ..] && ends.Count >= policy.EqualCauses
            && ends.Take(policy.EqualCauses).All(end => end.Cause == cause))
            yield return new(BreakerKinds.EqualCauses, $"{Number(policy.EqualCauses)} runs in a row ended with {cause}.");
        if (ends.Count >= policy.NoProgress && ends.Take(policy.NoProgress).All(end => end.Idle))
            yield return new(BreakerKinds.NoProgress, $"{Number(policy.NoProgress)} runs in a row ended well and changed nothing.");
        if (today >= policy.RunsPerDay)
            yield return new(BreakerKinds.DailyLimit, $"It had {Number(today)} runs today, and {Number(policy.RunsPerDay)} may be.");
    }

    static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
