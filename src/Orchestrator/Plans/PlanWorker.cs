using Orchestrator.Store;

namespace Orchestrator.Plans;

/// <summary>
/// Carries plans to their end: looks at each that runs whenever an item moved, and does what <see cref="PlanPass"/> says. It keeps nothing
/// in memory; a daemon that dies at any point leaves rows from which the next one decides the same.
/// </summary>
sealed class PlanWorker(PlanStore plans, TimeProvider clock, ILogger log) : IDisposable
{
    static readonly TimeSpan Slowly = TimeSpan.FromSeconds(2), AfterTrouble = TimeSpan.FromSeconds(5);

    readonly Bell wake = new();

    /// <summary>Runs until shutdown.</summary>
    public async Task Run(CancellationToken shutdown)
    {
        plans.Stirred += wake.Ring;
        plans.Items.Stirred += wake.Ring;
        try
        {
            while (!shutdown.IsCancellationRequested)
            {
                await Turn(shutdown);
                // What is put on a branch by hand, or a run that ends without moving its item, rings no bell.
                await wake.Wait(Slowly, shutdown);
            }
        }
        catch (OperationCanceledException)
        {
            // The daemon stops: what is decided is stored, and the rest is decided by the next one.
        }
        finally
        {
            plans.Stirred -= wake.Ring;
            plans.Items.Stirred -= wake.Ring;
        }
    }

    public void Dispose() => wake.Dispose();

    Task Turn(CancellationToken shutdown) => OneByOne.Do(() => plans.Store.Read(PlanRows.Passing), async plan =>
    {
        while (!shutdown.IsCancellationRequested && await Pass(plan))
            Checkpoint.Reach(Checkpoint.PlanMoved);
    }, "A plan could not be looked at; it is again in a while.", new Trouble(AfterTrouble, clock, log), shutdown);

    /// <summary>True when something was done, so that it is to be looked at again.</summary>
    async Task<bool> Pass(string planId)
    {
        if (plans.Store.Read(db => PlanPass.Decide(PlanRows.Facts(db, planId))).IsNothing)
            return false;
        return await plans.Store.Write(transaction =>
        {
            // Once more where nothing can come in between.
            var moves = PlanPass.Decide(PlanRows.Facts(transaction.Db, planId));
            if (moves.IsNothing)
                return false;
            return plans.Apply(transaction, planId, moves);
        });
    }
}
