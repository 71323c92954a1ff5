namespace Orchestrator.Plans;

/// <summary>Where a wish is.</summary>
enum WishStatus
{
    /// <summary>A run works out what is to be done.</summary>
    Planning,
    /// <summary>It is a plan; what follows is that plan's.</summary>
    Planned,
    /// <summary>No plan could be made of it; a person says more, or lets it be.</summary>
    Failed,
}

/// <summary>What happens to a wish.</summary>
enum WishStep
{
    /// <summary>The planner's result became a plan.</summary>
    Plan,
    /// <summary>The planner could not be asked, or its second result was no better.</summary>
    GiveUp,
    /// <summary>A person wants it planned once more.</summary>
    Again,
}

/// <summary>The lifecycle of wishes: which step leads where. Pure.</summary>
static class WishLifecycle
{
    /// <summary>The next status, or null when the step is not allowed.</summary>
    public static WishStatus? Next(WishStatus from, WishStep step) => (from, step) switch
    {
        (WishStatus.Planning, WishStep.Plan) => WishStatus.Planned,
        (WishStatus.Planning, WishStep.GiveUp) => WishStatus.Failed,
        (WishStatus.Failed, WishStep.Again) => WishStatus.Planning,
        _ => null,
    };

    /// <summary>The word used in the API, the store and events.</summary>
    public static string Word(WishStatus status) => EnumWords.Of(status);

    public static IReadOnlyList<string> Words => EnumWords.All<WishStatus>();
}
