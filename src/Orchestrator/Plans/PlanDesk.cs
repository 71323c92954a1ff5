using Orchestrator.Agents;
using Orchestrator.Events;
using Orchestrator.GitHub;
using Orchestrator.Http;
using Orchestrator.Items;
using Orchestrator.Profiles;
using Orchestrator.Requests;
using Orchestrator.Routing;
using Orchestrator.Runs;
using Orchestrator.Sessions;
using Orchestrator.Store;
using Orchestrator.Workspaces;

namespace Orchestrator.Plans;

/// <summary>What plans need of the rest.</summary>
/// <param name="Slots">Runs the daemon has at once.</param>
sealed record PlanNeeds(ItemQueue Queue, RunStore Runs, RequestStore Requests, ProjectStore Projects, Func<int> Slots, TimeProvider Clock,
    ILogger Log)
{
    /// <summary>Issues of GitHub's repositories.</summary>
    public required Func<IssueCalls> Issues { get; init; }

    /// <summary>The profiles that a project's runs may have; reads files.</summary>
    public required Func<string?, IReadOnlyList<Profile>> Profiles { get; init; }

    /// <summary>Reviewers of critical work in a project; asked in transactions, so from memory.</summary>
    public required Func<string?, int?> ReviewersOfCritical { get; init; }
    public required SessionStore Sessions { get; init; }
    public required Admission Admission { get; init; }
    public required EventFeed Feed { get; init; }
    public required CancellationToken Shutdown { get; init; }

    /// <summary>A person's word that the work on an item is good: item, their words, who.</summary>
    public required Action<WriteTransaction, string, string?, string> Accept { get; init; }

    /// <summary>How often plans' states are told; null for as often as usual.</summary>
    public required Func<TimeSpan?> Heartbeat { get; init; }
}

/// <summary>Plans put together: their store, their worker and their operations.</summary>
sealed class PlanDesk : IDisposable
{
    readonly PlanNeeds needs;
    readonly PlanStore plans;
    readonly WishStore wishes;
    readonly ConsultStore consults;
    readonly DecidePlan decide;
    readonly AssignPlan assign;
    readonly BoxKeeper boxes;

    public PlanDesk(PlanNeeds needs)
    {
        this.needs = needs;
        plans = new PlanStore(needs.Queue.Items)
        {
            ReviewersOfCritical = needs.ReviewersOfCritical,
            StopRun = (transaction, run) => CancelRun.Cancel(needs.Runs, transaction, run, PlanStore.Actor, "its plan was canceled"),
        };
        needs.Queue.Runs.Brief = (db, item) => item.Plan is null ? null
            : string.Concat(PartsBrief.Of(db, item), PlanWords.Brief(PlanRows.Steps(db, item.Id)));
        consults = new ConsultStore(plans);
        var controller = new Controller(consults, needs);
        (decide, assign) = (new DecidePlan(plans, needs.Requests, needs.Accept), new AssignPlan(plans, controller, needs));
        Worker = new PlanWorker(plans, controller, SlotsOf, needs.Clock, needs.Log);
        Heartbeat = new PlanHeartbeat(plans, needs.Heartbeat, needs.Clock, needs.Log);
        Consults = new ConsultWorker(consults, needs, decide, assign);
        boxes = new BoxKeeper(plans, needs.Projects, needs.Clock, needs.Log);
        wishes = new WishStore(plans);
        Wishes = new WishWorker(wishes, needs.Runs, needs.Sessions, needs.Clock, needs.Log);
    }

    /// <summary>Carries plans to their end.</summary>
    public PlanWorker Worker { get; }

    /// <summary>Tells how plans are.</summary>
    public PlanHeartbeat Heartbeat { get; }

    /// <summary>Makes plans of what was wished.</summary>
    public WishWorker Wishes { get; }

    /// <summary>Takes what controllers answered.</summary>
    public ConsultWorker Consults { get; }

    /// <summary>Ticks the boxes of spec files.</summary>
    public BoxKeeper Boxes => boxes;

    int SlotsOf(string? project) => Math.Min(needs.Queue.RuleOf(project).MaxParallel ?? int.MaxValue, needs.Slots());

    /// <summary>The profile an item gets now; null when there is none.</summary>
    Chosen? RouteOf(Item item)
    {
        try
        {
            return needs.Queue.Runs.Choose(item)();
        }
        catch (Fault)
        {
            return null;
        }
    }

    /// <summary>A run has ended: how far it came with the steps of its item.</summary>
    public void Ended(WriteTransaction transaction, Run run, RunStatus end, string? reason)
    {
        StepReports.Ended(transaction, plans, run, run.Result);
        if (run.Trigger != "plan")
            return;
        wishes.Stir(transaction);
        consults.Stir(transaction);
    }

    /// <summary>Its operations.</summary>
    public void Map(Routes routes)
    {
        ImportPlan.Map(routes, plans, needs.Projects);
        new ImportIssues(plans, needs.Projects, needs.Issues, needs.Clock).Map(routes);
        new MakeWish(wishes, needs).Map(routes);
        ListWishes.Map(routes, plans.Store, needs.Feed, needs.Clock, needs.Shutdown);
        new RetryWish(wishes, needs.Runs, needs.Sessions).Map(routes);
        ListPlans.Map(routes, plans.Store, needs.Queue.Why, needs.Queue.RuleOf, needs.Slots, RouteOf);
        MovePlan.Map(routes, plans, boxes);
        decide.Map(routes);
        assign.Map(routes);
        DispatchPlan.Map(routes, plans, needs.Queue.RuleOf);
        ExportPlan.Map(routes, plans.Store, needs.Clock, RouteOf);
    }

    public void Dispose()
    {
        Worker.Dispose();
        Wishes.Dispose();
        Consults.Dispose();
        boxes.Dispose();
    }
}
