namespace Orchestrator.Reviews;

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
    public static string Word(FindingState state) => EnumWords.Of(state);
}
