namespace Orchestrator.Deliveries;

/// <summary>Where a delivery is. The last four are ends. Integrating to landing are of branches here, publishing and open of pull
/// requests.</summary>
enum DeliveryState
{
    /// <summary>Others of the same repository go first, or it starts over.</summary>
    Waiting,
    /// <summary>Its work is put together with the branch, in a folder of its own.</summary>
    Integrating,
    /// <summary>What came of it is verified; the branch is as it was.</summary>
    Verifying,
    /// <summary>Verified; the branch is moved on to it, if it is still where it was.</summary>
    Landing,
    /// <summary>Its branch is pushed, and its pull request opened or found.</summary>
    Publishing,
    /// <summary>The pull request is open, and looked at from time to time.</summary>
    Open,
    /// <summary>The branch has it.</summary>
    Landed,
    /// <summary>It does not fit with what is on the branch; nothing was changed.</summary>
    Conflict,
    /// <summary>It did not work, and the reason says why; the branch is as others left it.</summary>
    Failed,
    /// <summary>Somebody called it off before the branch was moved.</summary>
    Canceled,
}

/// <summary>What happens to a delivery.</summary>
enum DeliveryStep
{
    /// <summary>It is its turn.</summary>
    Claim,
    /// <summary>It is its turn, and it becomes a pull request.</summary>
    Publish,
    /// <summary>The pull request is open now.</summary>
    Opened,
    /// <summary>It fits together with the branch.</summary>
    Integrate,
    /// <summary>It passed, or nobody wants it verified.</summary>
    Verify,
    /// <summary>The branch has it now, or had it already.</summary>
    Land,
    /// <summary>The branch moved meanwhile, or the daemon did not end what it began.</summary>
    StartOver,
    /// <summary>Both sides changed the same.</summary>
    Collide,
    /// <summary>It cannot go on.</summary>
    Fail,
    /// <summary>Somebody calls it off.</summary>
    Cancel,
}

/// <summary>The delivery's lifecycle as a pure function; docs/lifecycles.md is drawn from it.</summary>
static class DeliveryLifecycle
{
    /// <summary>The state after a step, or null when the step is refused.</summary>
    public static DeliveryState? Next(DeliveryState from, DeliveryStep step) => (from, step) switch
    {
        (DeliveryState.Waiting, DeliveryStep.Claim) => DeliveryState.Integrating,
        (DeliveryState.Waiting, DeliveryStep.Publish) => DeliveryState.Publishing,
        (DeliveryState.Publishing, DeliveryStep.Opened) => DeliveryState.Open,
        (DeliveryState.Integrating, DeliveryStep.Integrate) => DeliveryState.Verifying,
        (DeliveryState.Verifying, DeliveryStep.Verify) => DeliveryState.Landing,
        (DeliveryState.Integrating or DeliveryState.Landing or DeliveryState.Publishing or DeliveryState.Open, DeliveryStep.Land) =>
            DeliveryState.Landed,
        (DeliveryState.Integrating or DeliveryState.Open, DeliveryStep.Collide) => DeliveryState.Conflict,
        (DeliveryState.Integrating or DeliveryState.Verifying or DeliveryState.Landing or DeliveryState.Publishing,
            DeliveryStep.StartOver) => DeliveryState.Waiting,
        (DeliveryState.Integrating or DeliveryState.Verifying or DeliveryState.Landing or DeliveryState.Publishing or DeliveryState.Open,
            DeliveryStep.Fail) => DeliveryState.Failed,
        (DeliveryState.Waiting or DeliveryState.Integrating or DeliveryState.Verifying or DeliveryState.Open, DeliveryStep.Cancel) =>
            DeliveryState.Canceled,
        _ => null,
    };

    /// <summary>True for the four ends.</summary>
    public static bool IsFinal(DeliveryState state) => state >= DeliveryState.Landed;

    /// <summary>The word used in the API, the store and events.</summary>
    public static string Word(DeliveryState state) => EnumWords.Of(state);

    /// <summary>The state a word names, or null.</summary>
    public static DeliveryState? Parse(string word) => EnumWords.Parse<DeliveryState>(word);
}
