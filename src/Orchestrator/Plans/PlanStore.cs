using System.Globalization;
using System.Text.Json.Nodes;
using Orchestrator.Events;
using Orchestrator.Items;
using Orchestrator.Store;

namespace Orchestrator.Plans;

/// <summary>
/// Plans in the store. <see cref="Advance"/> is the one place that writes a plan's status; <see cref="Apply"/> does what a pass decided.
/// Each with its events, in the caller's transaction.
/// </summary>
sealed class PlanStore(ItemStore items)
{
    /// <summary>A name nobody else gets.</summary>
    public const string Actor = "daemon";

    /// <summary>Items moved in one transaction: more would hold up everybody else's writes.</summary>
    public const int MostMoves = 200;

    /// <summary>Called after COMMIT when a pass may have something to do.</summary>
    public event Action? Stirred;

    /// <summary>Reviewers of critical work in a project; null where nobody says. Asked in transactions, so from memory.</summary>
    public Func<string?, int?> ReviewersOfCritical { get; init; } = _ => null;

    public ItemStore Items => items;

    public Database Store => items.Store;

    /// <summary>Moves a plan one step; null when it is not where the step begins.</summary>
    public Plan? Advance(WriteTransaction transaction, string planId, PlanAct step, string actor, string? reason = null)
    {
        var plan = PlanRows.Get(transaction.Db, planId);
        if (PlanLifecycle.Next(plan.State, step) is not { } next)
            return null;
        var ends = next is PlanStatus.Completed or PlanStatus.Failed or PlanStatus.Canceled;
        transaction.Db.Execute(
            "update plans set status = @status, reason = @reason, updated_at = @now, started_at = case when @starts = 1 then "
            + "coalesce(started_at, @now2) else started_at end, ended_at = @ended where id = @id and status = @expected",
            ("@status", PlanLifecycle.Word(next)), ("@reason", reason), ("@now", transaction.Now),
            ("@starts", next == PlanStatus.Running ? 1 : 0), ("@now2", transaction.Now), ("@ended", ends ? transaction.Now : null),
            ("@id", planId), ("@expected", plan.Status));
        Append(transaction, PlanEvents.Moved, actor, null, new JsonObject
        {
            ["plan_id"] = planId,
            ["from"] = plan.Status,
            ["to"] = PlanLifecycle.Word(next),
            ["reason"] = reason,
        });
        if (ends)
            foreach (var decision in plan.Decisions)
                End(transaction, planId, decision, "gone", Actor);
        Hold(transaction, planId);
        return PlanRows.Get(transaction.Db, planId);
    }

    /// <summary>The same for a person: refused with where the plan is and where it may go.</summary>
    public Plan Move(WriteTransaction transaction, string planId, PlanAct step, string actor, string? reason)
    {
        if (Advance(transaction, planId, step, actor, reason) is { } moved)
            return moved;
        var plan = PlanRows.Get(transaction.Db, planId);
        throw new Fault(FaultCode.Conflict, $"Plan {planId} is {plan.Status}: it cannot be {Past(step)}.", $"agentctl plan show {planId}")
        {
            Details = new Dictionary<string, object?>
            {
                ["from"] = plan.Status,
                ["to"] = step.ToString().ToLowerInvariant(),
                ["allowed"] = PlanLifecycle.Allowed(plan.State),
            },
        };
    }

    /// <summary>Does what a pass decided on, as far as one transaction goes; the next pass finds the rest. False when nothing came of it:
    /// an item that got steps of its own, or a run that is about to stop, is waited for.</summary>
    public bool Apply(WriteTransaction transaction, string planId, PlanMoves moves)
    {
        foreach (var no in moves.Open)
            Phase(transaction, planId, no, PhaseStates.Open);
        foreach (var no in moves.Done)
            Phase(transaction, planId, no, PhaseStates.Done);
        if (moves.Open.Count > 0)
            Hold(transaction, planId);
        foreach (var asked in moves.Withdraw)
            if (PlanRows.Decisions(transaction.Db, planId, openOnly: true).FirstOrDefault(one => one.Id == asked) is { } decision)
                End(transaction, planId, decision, "gone", Actor);
        foreach (var ask in moves.Ask)
            Ask(transaction, planId, ask);
        var moved = moves.Open.Count + moves.Done.Count + moves.Withdraw.Count + moves.Ask.Count > 0;
        if (moves.Step is { } step)
            moved |= Advance(transaction, planId, step, Actor, moves.Reason) is not null;
        foreach (var id in moves.Admit.Take(MostMoves))
            moved |= items.Advance(transaction, id, ItemStep.Admit, new ItemChange(Actor, "its phase is open")) is not null;
        foreach (var id in moves.Accept.Take(MostMoves))
            moved |= items.Advance(transaction, id, ItemStep.Accept, new ItemChange(Actor, "there is nothing to verify it with")
            {
                Unchecked = true,
            }) is not null;
        foreach (var id in moves.LeaveOut.Take(MostMoves))
        {
            items.Advance(transaction, id, ItemStep.Admit, new ItemChange(Actor, "optional"));
            moved |= items.Advance(transaction, id, ItemStep.Skip, new ItemChange(Actor, "optional, and nobody asked for it")) is not null;
        }

        foreach (var id in moves.Cancel.Take(MostMoves))
            moved |= Cancel(transaction, id);
        return moved;
    }

    /// <summary>Called for an item of a canceled plan that a run has: the run is to stop, and the item follows.</summary>
    public Action<WriteTransaction, string> StopRun { get; set; } = (_, _) => { };

    bool Cancel(WriteTransaction transaction, string itemId)
    {
        var item = ItemRows.Get(transaction.Db, itemId);
        if (item is { State: ItemStatus.InFlight, LeaseId: null, RunId: { } run }
            && transaction.Db.Number("select 1 from runs where id = @id and ended_at is null", ("@id", run)) is not null)
        {
            StopRun(transaction, run);
            return false;
        }

        return items.Advance(transaction, itemId, ItemStep.Cancel, new ItemChange(Actor, "its plan was canceled")) is not null;
    }

    void Phase(WriteTransaction transaction, string planId, int no, string state)
    {
        transaction.Db.Execute("update plan_phases set state = @state, opened_at = coalesce(opened_at, @now), "
            + "done_at = case when @done = 1 then @now2 else null end where plan_id = @id and no = @no",
            ("@state", state), ("@now", transaction.Now), ("@done", state == PhaseStates.Done ? 1 : 0), ("@now2", transaction.Now),
            ("@id", planId), ("@no", no));
        var phase = PlanRows.Get(transaction.Db, planId).Phases.First(one => one.No == no);
        var data = new JsonObject { ["plan_id"] = planId, ["phase"] = no, ["name"] = phase.Name };
        if (state == PhaseStates.Done)
            data["passed_by"] = phase.PassedBy;
        Append(transaction, state == PhaseStates.Done ? PlanEvents.PhaseDone : PlanEvents.PhaseOpened, Actor, null, data);
    }

    /// <summary>Says of each phase why its items do not start, for whoever decides what starts; that reads nothing else of plans.</summary>
    public void Hold(WriteTransaction transaction, string planId)
    {
        var plan = PlanRows.Get(transaction.Db, planId);
        foreach (var phase in plan.Phases)
            if (Held(plan, phase) is var held && held != phase.Held)
                transaction.Db.Execute("update plan_phases set held = @held where plan_id = @id and no = @no",
                    ("@held", held), ("@id", planId), ("@no", phase.No));
        transaction.AfterCommit(() => Stirred?.Invoke());
        items.Stir(transaction);
    }

    static string? Held(Plan plan, PlanPhase phase) => plan.State switch
    {
        PlanStatus.Draft => $"Its plan has not been started: agentctl plan start {plan.Id}",
        PlanStatus.Paused => $"Its plan is paused: agentctl plan resume {plan.Id}",
        PlanStatus.Failed => $"Its plan has failed: agentctl plan show {plan.Id}",
        PlanStatus.Running or PlanStatus.NeedsDecision when phase.State == PhaseStates.Waiting =>
            string.Create(CultureInfo.InvariantCulture,
            $"Its phase '{phase.Name}' ({phase.No}) opens when "
                + $"'{plan.Phases.FirstOrDefault(one => one.No < phase.No && one.State != PhaseStates.Done)?.Name}' is through: "
                + $"agentctl plan why {plan.Id}"),
        _ => null,
    };

    void Ask(WriteTransaction transaction, string planId, NewAsk ask)
    {
        var plan = PlanRows.Get(transaction.Db, planId);
        var (text, options) = PlanWords.Question(transaction.Db, plan, ask);
        var id = Ids.New();
        transaction.Db.Execute(
            "insert into plan_decisions (id, created_no, plan_id, kind, item_id, phase_no, body, options, state, created_at) "
            + "values (@id, @no, @plan, @kind, @item, @phase, @body, @options, 'open', @now)",
            ("@id", id), ("@no", transaction.Next("plan_no")), ("@plan", planId), ("@kind", ask.Kind), ("@item", ask.ItemId),
            ("@phase", ask.Phase), ("@body", text), ("@options", string.Join(' ', options)), ("@now", transaction.Now));
        Append(transaction, PlanEvents.DecisionNeeded, Actor, ask.ItemId, new JsonObject
        {
            ["plan_id"] = planId,
            ["decision_id"] = id,
            ["kind"] = ask.Kind,
            ["item_id"] = ask.ItemId,
            ["phase"] = ask.Phase,
            ["text"] = text,
            ["options"] = new JsonArray([.. options.Select(option => (JsonNode)option)]),
        });
    }

    /// <summary>Ends a decision: a person chose, or it is not needed any more.</summary>
    public void End(WriteTransaction transaction, string planId, PlanDecision decision, string state, string actor, string? choice = null,
        string? note = null)
    {
        transaction.Db.Execute("update plan_decisions set state = @state, choice = @choice, note = @note, decided_by = @by, "
            + "decided_at = @now where id = @id and state = 'open'", ("@state", state), ("@choice", choice), ("@note", note),
            ("@by", state == "decided" ? actor : null), ("@now", transaction.Now), ("@id", decision.Id));
        var data = new JsonObject
        {
            ["plan_id"] = planId,
            ["decision_id"] = decision.Id,
            ["kind"] = decision.Kind,
            ["item_id"] = decision.ItemId,
            ["phase"] = decision.Phase,
        };
        if (state == "decided")
            (data["choice"], data["note"]) = (choice, note);
        Append(transaction, state == "decided" ? PlanEvents.Decided : PlanEvents.DecisionGone, actor, decision.ItemId, data);
        transaction.AfterCommit(() => Stirred?.Invoke());
    }

    /// <summary>Tells the worker to look, after COMMIT.</summary>
    public void Stir(WriteTransaction transaction) => transaction.AfterCommit(() => Stirred?.Invoke());

    public void Append(WriteTransaction transaction, string type, string actor, string? itemId, JsonObject data) =>
        items.Events.Append(transaction, new NewEvent(type, actor, data, null, null, itemId));

    static string Past(PlanAct step) => step switch
    {
        PlanAct.Start => "started",
        PlanAct.Pause => "paused",
        PlanAct.Resume => "resumed",
        _ => "canceled",
    };
}
