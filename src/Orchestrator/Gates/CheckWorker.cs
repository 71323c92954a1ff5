namespace Orchestrator.Gates;

/// <summary>Does the checks that are wanted, oldest first, one at a time in each folder. All decisions come from the store.</summary>
sealed class CheckWorker(CheckStore checks, Checker checker, TimeProvider clock, ILogger log) : IDisposable
{
    /// <summary>Checks at the same time: their commands are builds and tests, which take a machine whole.</summary>
    public const int Most = 2;

    static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    readonly WorkInHand hands = new(LookEvery, clock, log);

    /// <summary>Runs until shutdown; commands that run then go on, and the next daemon takes them up.</summary>
    public async Task Run(CancellationToken shutdown)
    {
        checks.Stirred += hands.Wake.Ring;
        await hands.Run(LookEvery, Look, "No check can be begun", shutdown);
        checks.Stirred -= hands.Wake.Ring;
    }

    public void Dispose() => hands.Dispose();

    void Look(CancellationToken shutdown)
    {
        foreach (var check in checks.Store.Read(CheckRows.Open))
        {
            if (hands.Count >= Most)
                return;
            if (!hands.Has(check.Order.Path) && IsFree(check))
                hands.Begin(check.Order.Path, $"Check {check.Id}", () => checker.Run(check, shutdown), shutdown);
        }
    }

    bool IsFree(Check check) =>
        check.Order.WorkspaceId is not { } workspace || checks.Store.Read(db => CheckRows.AtWork(db, workspace)) is null;
}
