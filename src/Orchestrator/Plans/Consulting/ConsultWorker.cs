using Orchestrator.Agents;
using Orchestrator.Plans.Assigning;
using Orchestrator.Runs;
using Orchestrator.Store;

namespace Orchestrator.Plans;

/// <summary>
/// Takes the answers of controllers: looks at each question whose run has ended or whose time is up, holds the answer against what is so,
/// and stores what follows in one transaction. It keeps nothing in memory; a daemon that dies at any point leaves rows from which the next
/// one does the same.
/// </summary>
sealed class ConsultWorker(ConsultStore consults, PlanNeeds needs, DecidePlan decide, AssignPlan assign) : IDisposable
{
    /// <summary>How often an answer about who does what goes back before the rules hold. Of what starts first nobody is asked twice: work
    /// would wait for it.</summary>
    const int MostRepeats = 1;

    static readonly TimeSpan Slowly = TimeSpan.FromSeconds(5), AfterTrouble = TimeSpan.FromSeconds(5);

    readonly Bell wake = new();

    /// <summary>Runs until shutdown.</summary>
    public async Task Run(CancellationToken shutdown)
    {
        consults.Stirred += wake.Ring;
        await wake.Serve(Slowly, Turn, shutdown);
        consults.Stirred -= wake.Ring;
    }

    public void Dispose() => wake.Dispose();

    /// <summary>One look at each question that is open.</summary>
    public Task Turn(CancellationToken shutdown) => OneByOne.Do(() => consults.Store.Read(ConsultStore.Asked), Look,
        "A question to a controller could not be looked at; it is again in a while.", new Trouble(AfterTrouble, needs.Clock, needs.Log),
        shutdown);

    async Task Look(Consult consult)
    {
        var run = consults.Store.Read(db => Last(db, consult.RunId!));
        if (run.Id != consult.RunId)
            await consults.Store.Write(transaction => ConsultStore.FollowRun(transaction, consult.Id, run.Id));
        var late = needs.Clock.GetUtcNow() >= consult.LateAt;
        if (run.EndedAt is null && !late)
            return;
        var profiles = consult.Kind == ConsultKinds.Assign && run.EndedAt is not null ? assign.Offered(consult.PlanId) : [];
        await consults.Store.Write(transaction =>
        {
            // Once more where nothing can come in between.
            if (ConsultStore.Get(transaction.Db, consult.Id) is not { State: ConsultState.Asked } still || still.RunId != run.Id)
                return;
            if (run.EndedAt is null)
            {
                CancelRun.Cancel(needs.Runs, transaction, run.Id, PlanStore.Actor, "its answer would come too late");
                Overrule(transaction, still, $"There was no answer within {ConsultKinds.Patience(still.Kind).TotalMinutes} minutes.");
            }
            else
            {
                Follow(transaction, still, run, profiles);
            }
        });
        Checkpoint.Reach(Checkpoint.ConsultKept);
    }

    static Run Last(Connection db, string id)
    {
        var run = RunRows.Get(db, id);
        while (run.NextRunId is { } next)
            run = RunRows.Get(db, next);
        return run;
    }

    void Follow(WriteTransaction transaction, Consult consult, Run run, IReadOnlyList<OfferedProfile> profiles)
    {
        var plan = PlanRows.Get(transaction.Db, consult.PlanId);
        var json = run.Status == RunStatus.Succeeded ? run.Result?.Json : null;
        var problem = run.Status == RunStatus.Succeeded ? null
            : $"Run {run.Id} ended {RunLifecycle.Word(run.Status)}{(run.Reason is { } reason ? $" ({reason})" : "")}.";
        switch (consult.Kind)
        {
            case ConsultKinds.Order:
                var order = problem is null ? ConsultReply.Order(json, Named(transaction.Db, consult)) : new([], problem);
                if (order.Problem is null)
                    consults.End(transaction, consult, order.Answer, null, order.Why);
                else
                    Overrule(transaction, consult, order.Problem);
                return;
            case ConsultKinds.Decide:
                var said = problem is null ? ConsultReply.Decide(json) : new([], problem);
                if (said.Problem is null)
                    Decide(transaction, consult, plan, said);
                else
                    Overrule(transaction, consult, said.Problem);
                return;
            default:
                Assign(transaction, consult, plan, run, problem, profiles);
                return;
        }
    }

    static List<(string, string)> Named(Connection db, Consult consult)
    {
        var names = PlanRows.Items(db, consult.PlanId).ToDictionary(unit => unit.ItemId, unit => unit.Draft.ForeignId);
        return [.. consult.About.Where(names.ContainsKey).Select(id => (names[id], id))];
    }

    void Decide(WriteTransaction transaction, Consult consult, Plan plan, ConsultReply said)
    {
        var decision = plan.Decisions.FirstOrDefault(one => one.ItemId == consult.About[0] && one.Kind == "item");
        if (decision is null)
        {
            Overrule(transaction, consult, "It is decided already.");
            return;
        }

        consults.End(transaction, consult, said.Answer, null, said.Why);
        if (said.Answer[0] == Options.Retry)
            decide.Choose(transaction, plan.Id, decision, Options.Retry, said.Note ?? said.Why, $"run:{consult.RunId}");
    }

    void Assign(WriteTransaction transaction, Consult consult, Plan plan, Run run, string? problem,
        IReadOnlyList<OfferedProfile> profiles)
    {
        var units = PlanRows.Items(transaction.Db, plan.Id);
        var reply = AssignmentReply.Read(run.Result?.Json, [.. units.Select(unit => unit.Draft)]);
        problem ??= AssignPlan.Problem(reply, profiles);
        if (problem is null)
        {
            consults.End(transaction, consult, null, null, string.Create(System.Globalization.CultureInfo.InvariantCulture,
                $"It speaks of {reply.Said.Count} of {units.Count} units."));
            assign.Keep(transaction, plan, reply, $"run:{run.Id}");
        }
        else if (consult.Repeats < MostRepeats && (run.Status == RunStatus.Succeeded
            || run.Reason is EndReason.InvalidResult or EndReason.NoResult))
        {
            consults.Return(transaction, consult, WishWorker.Ask(transaction, run, ConsultText.AskAgain(problem), needs.Runs,
                needs.Sessions, PlanStore.Actor).Id, problem);
        }
        else
        {
            Overrule(transaction, consult, problem);
        }
    }

    void Overrule(WriteTransaction transaction, Consult consult, string problem)
    {
        consults.End(transaction, consult, Controller.ByRules(consult), problem);
        if (consult.Kind == ConsultKinds.Assign)
            assign.ByRules(transaction, PlanRows.Get(transaction.Db, consult.PlanId), PlanStore.Actor,
                $"The answer of the controller cannot be used: {problem}");
    }
}
