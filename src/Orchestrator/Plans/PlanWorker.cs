using Orchestrator.Store;

namespace Orchestrator.Plans;

/// <summary>
/// Carries plans to their end: looks at each that runs whenever an item moved, and does what <see cref="PlanPass"/> says. It keeps nothing
/// in memory; a daemon that dies at any point leaves rows from which the next one decides the same.
/// </summary>
/// <param name="plans">Where plans are.</param>
/// <param name="controller">Who is asked where there is a choice.</param>
/// <param name="slotsOf">Units of a project that may be at work at once; reads files.</param>
sealed class PlanWorker(PlanStore plans, Controller controller, Func<string?, int> slotsOf, TimeProvider clock, ILogger log) : IDisposable
{
    static readonly TimeSpan Slowly = TimeSpan.FromSeconds(2), AfterTrouble = TimeSpan.FromSeconds(5);

    readonly Bell wake = new();

    /// <summary>Runs until shutdown.</summary>
    public async Task Run(CancellationToken shutdown)
    {
        plans.Stirred += wake.Ring;
        plans.Items.Stirred += wake.Ring;
        // What is put on a branch by hand, or a run that ends without moving its item, rings no bell.
        await wake.Serve(Slowly, Turn, shutdown);
        plans.Stirred -= wake.Ring;
        plans.Items.Stirred -= wake.Ring;
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
        var (project, isChosen) = plans.Store.Read(db => PlanRows.Manner(db, planId));
        // Only a plan with a controller asks how many may start; that, and who is asked, is in files.
        var slots = isChosen ? slotsOf(project) : int.MaxValue;
        var moves = plans.Store.Read(db => PlanPass.Decide(PlanRows.Facts(db, planId, slots)));
        if (moves.IsNothing)
            return false;
        var chosen = isChosen ? controller.Choose(project) : null;
        return await plans.Store.Write(transaction =>
        {
            // Once more where nothing can come in between.
            var now = PlanPass.Decide(PlanRows.Facts(transaction.Db, planId, slots));
            if (now.IsNothing)
                return false;
            var moved = plans.Apply(transaction, planId, now);
            return (chosen is not null && controller.Follow(transaction, planId, now, chosen)) || moved;
        });
    }
}
