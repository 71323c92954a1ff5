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
    public static string Word(RoundState state) => state.ToString().ToLowerInvariant();

    /// <summary>The state a word names.</summary>
    public static RoundState Parse(string word) => Enum.GetValues<RoundState>().First(state => Word(state) == word);
}

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
    public static string Word(ReviewState state) => state.ToString().ToLowerInvariant();

    /// <summary>The state a word names.</summary>
    public static ReviewState Parse(string word) => Enum.GetValues<ReviewState>().First(state => Word(state) == word);
}

/// <summary>Where one finding is.</summary>
enum FindingState
{
    /// <summary>A person's, written down and not sent.</summary>
    Draft,
    /// <summary>A reviewer's, and nothing is decided about it yet.</summary>
    Open,
    /// <summary>The author was told.</summary>
    Sent,
    /// <summary>Left for later: debt.</summary>
    Deferred,
    /// <summary>Another one says the same.</summary>
    Merged,
    /// <summary>Debt that is paid, or that nobody wants to pay.</summary>
    Closed,
}

/// <summary>What happens to a finding.</summary>
enum FindingStep
{
    /// <summary>It goes to the author.</summary>
    Send,
    /// <summary>It is left for later.</summary>
    Defer,
    /// <summary>It is the same as another one.</summary>
    Merge,
    /// <summary>It is done with.</summary>
    Close,
}

/// <summary>The finding's lifecycle as a pure function; docs/lifecycles.md is drawn from it.</summary>
static class FindingLifecycle
{
    /// <summary>The state after a step, or null when the step is refused.</summary>
    public static FindingState? Next(FindingState from, FindingStep step) => (from, step) switch
    {
        (FindingState.Draft or FindingState.Open or FindingState.Deferred, FindingStep.Send) => FindingState.Sent,
        (FindingState.Draft or FindingState.Open, FindingStep.Defer) => FindingState.Deferred,
        (FindingState.Open, FindingStep.Merge) => FindingState.Merged,
        (FindingState.Draft or FindingState.Open or FindingState.Deferred, FindingStep.Close) => FindingState.Closed,
        _ => null,
    };

    /// <summary>The word used in the API, the store and events.</summary>
    public static string Word(FindingState state) => state.ToString().ToLowerInvariant();

    /// <summary>The state a word names.</summary>
    public static FindingState Parse(string word) => Enum.GetValues<FindingState>().First(state => Word(state) == word);
}
