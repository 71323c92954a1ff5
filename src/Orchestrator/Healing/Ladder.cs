using Orchestrator.Profiles;
using Orchestrator.Runs;

namespace Orchestrator.Healing;

/// <summary>What is done about a run that does nothing, from the gentlest on.</summary>
enum HealingStep
{
    /// <summary>It is told to whoever listens.</summary>
    Notice,
    /// <summary>The agent is asked in mid-turn whether it is at work.</summary>
    Ask,
    /// <summary>Its work is captured and it is stopped.</summary>
    Interrupt,
    /// <summary>The same profile starts over, with the last error and the history.</summary>
    Restart,
    /// <summary>The profile it escalates to has it.</summary>
    Escalate,
    /// <summary>A person is asked how to go on.</summary>
    Person,
}

/// <summary>A step of a run, as its row says.</summary>
/// <param name="Step">Which.</param>
/// <param name="At">When it was decided.</param>
/// <param name="DoneAt">When it was done; null when the daemon died before.</param>
readonly record struct StepTaken(HealingStep Step, DateTimeOffset At, DateTimeOffset? DoneAt);

/// <summary>What the next step is decided from.</summary>
/// <param name="Health">The verdict of now.</param>
/// <param name="Now">The time.</param>
/// <param name="Policy">What the profile allows.</param>
sealed record LadderFacts(RunHealth Health, DateTimeOffset Now, HealingPolicy Policy)
{
    /// <summary>Steps since the run last wrote something, in their order.</summary>
    public IReadOnlyList<StepTaken> Taken { get; init; } = [];

    /// <summary>How often the run was asked in all its silences.</summary>
    public int Asked { get; init; }

    /// <summary>Its agent hears messages in mid-turn, and its turn is not over.</summary>
    public bool CanAsk { get; init; }
}

/// <summary>
/// Decides the next step for a run at work, one at a time. Pure. Only a stalled run is asked or stopped; a quiet one is told of. What
/// follows a stop is decided when the run has ended (<see cref="Recovery.RecoveryTable"/>), for only then is there anything to go on from.
/// </summary>
static class Ladder
{
    /// <summary>Null when nothing is to be done now.</summary>
    public static HealingStep? Next(LadderFacts facts)
    {
        var stalled = facts.Health.Verdict == HealthWords.Stalled;
        // Decided and not done: the daemon died in between. It is done now, unless the run has come to life meanwhile.
        if (facts.Taken.Any(step => step.DoneAt is null))
            return stalled ? facts.Taken.First(step => step.DoneAt is null).Step : null;
        if (!stalled && facts.Health.Verdict != HealthWords.Quiet)
            return null;
        if (!Took(facts, HealingStep.Notice))
            return HealingStep.Notice;
        if (!stalled || Took(facts, HealingStep.Interrupt))
            return null;
        if (facts.Policy.Ask && facts.CanAsk && facts.Asked < HealingPolicy.MostAsks && !Took(facts, HealingStep.Ask))
            return HealingStep.Ask;
        return facts.Policy.Interrupt && facts.Now - Last(facts) >= facts.Policy.Wait ? HealingStep.Interrupt : null;
    }

    static bool Took(LadderFacts facts, HealingStep step) => facts.Taken.Any(taken => taken.Step == step);

    /// <summary>Since when the run had its chance: after the last step, and never before it counted as stalled.</summary>
    static DateTimeOffset Last(LadderFacts facts)
    {
        var last = facts.Taken[^1].DoneAt ?? facts.Taken[^1].At;
        return last > facts.Health.Since ? last : facts.Health.Since;
    }

    /// <summary>The word used in events and rows.</summary>
    public static string Word(HealingStep step) => step.ToString().ToLowerInvariant();
}
