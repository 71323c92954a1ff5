namespace Orchestrator.Gates;

/// <summary>Where a check is. What came of it is its verdict.</summary>
enum CheckState
{
    /// <summary>Stored; waits until nobody works where it looks.</summary>
    Queued,
    /// <summary>It looks, and its commands run.</summary>
    Running,
    /// <summary>It has its verdict.</summary>
    Finished,
}

/// <summary>What happens to a check.</summary>
enum CheckStep
{
    /// <summary>It is begun, or taken up again after a restart.</summary>
    Claim,
    /// <summary>Everything was looked at, or nothing can be.</summary>
    Finish,
    /// <summary>Nobody wants to know any more.</summary>
    Abandon,
}

/// <summary>The check's lifecycle as a pure function; docs/lifecycles.md is drawn from it.</summary>
static class CheckLifecycle
{
    /// <summary>The state after a step, or null when the step is refused.</summary>
    public static CheckState? Next(CheckState from, CheckStep step) => (from, step) switch
    {
        (CheckState.Queued or CheckState.Running, CheckStep.Claim) => CheckState.Running,
        (CheckState.Running, CheckStep.Finish) => CheckState.Finished,
        (CheckState.Queued or CheckState.Running, CheckStep.Abandon) => CheckState.Finished,
        _ => null,
    };

    /// <summary>The word used in the API, the store and events.</summary>
    public static string Word(CheckState state) => EnumWords.Of(state);
}

/// <summary>What a check comes to.</summary>
static class Verdicts
{
    /// <summary>Commands verified it, and nothing speaks against it.</summary>
    public const string Passed = "passed";

    /// <summary>Something speaks against it; the evidence says what.</summary>
    public const string Failed = "failed";

    /// <summary>Nothing speaks against it, and there is no command to verify it with. Never the same as passed.</summary>
    public const string Unverified = "unverified";

    /// <summary>It could not be looked at: a person has to see why.</summary>
    public const string Impossible = "impossible";

    public static readonly IReadOnlyList<string> All = [Passed, Failed, Unverified, Impossible];
}
