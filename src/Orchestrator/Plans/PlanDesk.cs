using Orchestrator.Agents;
using Orchestrator.Events;
using Orchestrator.GitHub;
using Orchestrator.Http;
using Orchestrator.Items;
using Orchestrator.Requests;
using Orchestrator.Runs;
using Orchestrator.Sessions;
using Orchestrator.Workspaces;

namespace Orchestrator.Plans;

/// <summary>What plans need of the rest.</summary>
/// <param name="Slots">Runs the daemon has at once.</param>
sealed record PlanNeeds(ItemQueue Queue, RunStore Runs, RequestStore Requests, ProjectStore Projects, Func<int> Slots, TimeProvider Clock,
    ILogger Log)
{
    /// <summary>Issues of GitHub's repositories.</summary>
    public required Func<IssueCalls> Issues { get; init; }
    public required SessionStore Sessions { get; init; }
    public required Admission Admission { get; init; }
    public required EventFeed Feed { get; init; }
    public required CancellationToken Shutdown { get; init; }

    /// <summary>How often plans' states are told; null for as often as usual.</summary>
    public required Func<TimeSpan?> Heartbeat { get; init; }
}

/// <summary>Plans put together: their store, their worker and their operations.</summary>
sealed class PlanDesk : IDisposable
{
    readonly PlanNeeds needs;
    readonly PlanStore plans;
    readonly WishStore wishes;

    public PlanDesk(PlanNeeds needs)
    {
        this.needs = needs;
        plans = new PlanStore(needs.Queue.Items)
        {
            StopRun = (transaction, run) => CancelRun.Cancel(needs.Runs, transaction, run, PlanStore.Actor, "its plan was canceled"),
        };
        needs.Queue.Runs.Brief = (db, item) => item.Plan is null ? null
            : string.Concat(PartsBrief.Of(db, item), PlanWords.Brief(PlanRows.Steps(db, item.Id)));
        Worker = new PlanWorker(plans, needs.Clock, needs.Log);
        Heartbeat = new PlanHeartbeat(plans, needs.Heartbeat, needs.Clock, needs.Log);
        wishes = new WishStore(plans);
        Wishes = new WishWorker(wishes, needs.Runs, needs.Sessions, needs.Clock, needs.Log);
    }

    /// <summary>Carries plans to their end.</summary>
    public PlanWorker Worker { get; }

    /// <summary>Tells how plans are.</summary>
    public PlanHeartbeat Heartbeat { get; }

    /// <summary>Makes plans of what was wished.</summary>
    public WishWorker Wishes { get; }

    /// <summary>A run has ended: how far it came with the steps of its item.</summary>
    public void Ended(Store.WriteTransaction transaction, Run run, RunStatus end, string? reason)
    {
        StepReports.Ended(transaction, plans, run, run.Result);
        if (run.Trigger == "plan")
            wishes.Stir(transaction);
    }

    /// <summary>Its operations.</summary>
    public void Map(Routes routes)
    {
        ImportPlan.Map(routes, plans, needs.Projects);
        new ImportIssues(plans, needs.Projects, needs.Issues, needs.Clock).Map(routes);
        new MakeWish(wishes, needs).Map(routes);
        ListWishes.Map(routes, plans.Store, needs.Feed, needs.Clock, needs.Shutdown);
        new RetryWish(wishes, needs.Runs, needs.Sessions).Map(routes);
        ListPlans.Map(routes, plans.Store, needs.Queue.Why, needs.Queue.RuleOf, needs.Slots);
        MovePlan.Map(routes, plans);
        new DecidePlan(plans, needs.Requests).Map(routes);
        ExportPlan.Map(routes, plans.Store, needs.Clock);
    }

    public void Dispose()
    {
        Worker.Dispose();
        Wishes.Dispose();
    }
}
