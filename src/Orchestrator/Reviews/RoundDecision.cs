using Orchestrator.Profiles;

namespace Orchestrator.Reviews;

/// <summary>What follows from a round as far as it has come.</summary>
enum RoundOutcome
{
    /// <summary>A reviewer is still at work.</summary>
    Wait,
    /// <summary>The item is done.</summary>
    Accept,
    /// <summary>What blocks goes to the author.</summary>
    Fix,
    /// <summary>The same, to the profile that the author's escalates to.</summary>
    Escalate,
    /// <summary>A person has the word.</summary>
    Ask,
}

/// <summary>What a decision is made from.</summary>
sealed record RoundFacts
{
    public required ReviewPolicy Policy { get; init; }

    /// <summary>Of the item: low, normal or high.</summary>
    public required string Criticality { get; init; }
    public IReadOnlyList<Review> Reviews { get; init; } = [];

    /// <summary>What was found, each thing once.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>Rounds of fixing since somebody last decided about the item.</summary>
    public int Fixes { get; init; }

    /// <summary>One of them was by the profile that is escalated to.</summary>
    public bool Escalated { get; init; }

    /// <summary>The author's profile escalates to another one.</summary>
    public bool CanEscalate { get; init; }

    /// <summary>There is a conversation that findings can be sent to.</summary>
    public bool HasAuthor { get; init; } = true;
}

/// <summary>A decision and its reason.</summary>
/// <param name="Outcome">What follows.</param>
/// <param name="Why">In a sentence, for people.</param>
/// <param name="Limit">A person is asked because a limit is met.</param>
readonly record struct Decided(RoundOutcome Outcome, string Why, bool Limit = false);

/// <summary>Decides what follows from a round of reviews. Pure; the table of its tests is the documentation.</summary>
static class RoundDecision
{
    /// <summary>True when work is not accepted with such a finding.</summary>
    public static bool Blocks(string severity, ReviewPolicy policy) =>
        severity is Severities.Critical or Severities.High || (severity == Severities.Medium && policy.MediumBlocks);

    public static Decided Of(RoundFacts facts)
    {
        if (facts.Reviews.Any(review => !ReviewLifecycle.IsFinal(review.State)))
            return new(RoundOutcome.Wait, "Reviewers are at work.");
        // What was reviewed is not what is there now: neither praise nor blame is about it.
        if (facts.Reviews.FirstOrDefault(review => review.Touched) is { } touched)
            return new(RoundOutcome.Ask,
                $"The author's workspace changed while reviewer {touched.Slot} was at work: look at it, and have it checked again.");
        var blocking = facts.Findings.Where(finding => Blocks(finding.Severity, facts.Policy)).ToList();
        if (blocking.Count > 0)
            return OfBlocking(facts, blocking.Count);
        if (facts.Reviews.FirstOrDefault(review => review.State == ReviewState.Unusable) is { } unusable)
            return new(RoundOutcome.Ask, $"Reviewer {unusable.Slot} could not review: {unusable.Problem?.TrimEnd('.')}.");
        if (facts.Policy.NeedsPerson(facts.Criticality))
            return new(RoundOutcome.Ask, facts.Reviews.Count == 0
                ? $"The daemon's check passed; of {facts.Criticality} criticality, a person looks, too."
                : $"{Count(facts.Reviews.Count, "reviewer")} passed it; of {facts.Criticality} criticality, a person looks, too.");
        return new(RoundOutcome.Accept, $"{Count(facts.Reviews.Count, "reviewer")} passed it{Left(facts.Findings.Count)}.");
    }

    static Decided OfBlocking(RoundFacts facts, int blocking)
    {
        var what = $"{Count(blocking, "finding")} must be mended";
        if (!facts.HasAuthor)
            return new(RoundOutcome.Ask, $"{what}, and there is no conversation to send them to.");
        if (facts.Fixes < facts.Policy.Rounds)
            return new(RoundOutcome.Fix, $"{what}: round {facts.Fixes + 1} of {facts.Policy.Rounds}.");
        if (facts.CanEscalate && !facts.Escalated)
            return new(RoundOutcome.Escalate, $"{what}, and {Count(facts.Fixes, "round")} did not do it: a stronger profile goes on.");
        return new(RoundOutcome.Ask, $"{what} after {Count(facts.Fixes, "round")} of fixing.", Limit: true);
    }

    static string Left(int findings) => findings == 0 ? "" : $"; {Count(findings, "finding")} left as debt";

    static string Count(int number, string what) => $"{number} {what}{(number == 1 ? "" : "s")}";
}
