namespace Orchestrator.Reviews;

/// <summary>Where one reviewer's review is.</summary>
enum ReviewState
{
    /// <summary>Stored; its run is not queued yet.</summary>
    Wanted,
    /// <summary>Its run is queued or at work.</summary>
    Running,
    /// <summary>It has its verdict and its findings.</summary>
    Given,
    /// <summary>It could not review; a person has to see why.</summary>
    Unusable,
    /// <summary>Its round is over without it.</summary>
    Dropped,
}

/// <summary>What happens to a review.</summary>
enum ReviewStep
{
    /// <summary>Its run is queued.</summary>
    Begin,
    /// <summary>What it answered cannot be read: it is asked once more.</summary>
    Repeat,
    /// <summary>What it answered is kept.</summary>
    Give,
    /// <summary>Nothing came of it.</summary>
    GiveUp,
    /// <summary>Nobody wants to know any more.</summary>
    Drop,
}

/// <summary>The review's lifecycle as a pure function; docs/lifecycles.md is drawn from it.</summary>
static class ReviewLifecycle
{
    /// <summary>The state after a step, or null when the step is refused.</summary>
    public static ReviewState? Next(ReviewState from, ReviewStep step) => (from, step) switch
    {
        (ReviewState.Wanted, ReviewStep.Begin) => ReviewState.Running,
        (ReviewState.Running, ReviewStep.Repeat) => ReviewState.Running,
        (ReviewState.Running, ReviewStep.Give) => ReviewState.Given,
        (ReviewState.Wanted or ReviewState.Running, ReviewStep.GiveUp) => ReviewState.Unusable,
        (ReviewState.Wanted or ReviewState.Running, ReviewStep.Drop) => ReviewState.Dropped,
        _ => null,
    };

    /// <summary>True when no step leads out of it.</summary>
    public static bool IsFinal(ReviewState state) => state is not (ReviewState.Wanted or ReviewState.Running);

    /// <summary>The word used in the API, the store and events.</summary>
    public static string Word(ReviewState state) => EnumWords.Of(state);
}
