namespace Orchestrator.Reviews;

/// <summary>Where one round of reviews is.</summary>
enum RoundState
{
    /// <summary>Reviewers are at work.</summary>
    Reviewing,
    /// <summary>A person has the word.</summary>
    Waiting,
    /// <summary>The work was accepted.</summary>
    Passed,
    /// <summary>Its findings went back to the author.</summary>
    Fixing,
    /// <summary>A person does not want the work as it is.</summary>
    Rejected,
    /// <summary>Its item went elsewhere meanwhile.</summary>
    Dropped,
}

/// <summary>What happens to a round.</summary>
enum RoundStep
{
    /// <summary>Nothing blocks, and nobody else is to be asked; or a person accepts.</summary>
    Pass,
    /// <summary>What blocks is sent to the author.</summary>
    Fix,
    /// <summary>A person is asked.</summary>
    Ask,
    /// <summary>A person rejects the work, or sets it aside.</summary>
    Reject,
    /// <summary>Nobody wants to know any more.</summary>
    Drop,
}

/// <summary>The round's lifecycle as a pure function; docs/lifecycles.md is drawn from it.</summary>
static class RoundLifecycle
{
    /// <summary>The state after a step, or null when the step is refused.</summary>
    public static RoundState? Next(RoundState from, RoundStep step) => (from, step) switch
    {
        (RoundState.Reviewing, RoundStep.Ask) => RoundState.Waiting,
        (RoundState.Reviewing or RoundState.Waiting, RoundStep.Pass) => RoundState.Passed,
        (RoundState.Reviewing or RoundState.Waiting, RoundStep.Fix) => RoundState.Fixing,
        (RoundState.Reviewing or RoundState.Waiting, RoundStep.Reject) => RoundState.Rejected,
        (RoundState.Reviewing or RoundState.Waiting, RoundStep.Drop) => RoundState.Dropped,
        _ => null,
    };

    /// <summary>True when no step leads out of it.</summary>
    public static bool IsFinal(RoundState state) => state is not (RoundState.Reviewing or RoundState.Waiting);

    /// <summary>The word used in the API, the store and events.</summary>
    public static string Word(RoundState state) => EnumWords.Of(state);
}
