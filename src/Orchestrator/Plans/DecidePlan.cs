using Orchestrator.Http;
using Orchestrator.Items;
using Orchestrator.Requests;
using Orchestrator.Runs;
using Orchestrator.Store;

namespace Orchestrator.Plans;

/// <summary>A person decides what a plan waits for: how an item goes on, or that a phase does.</summary>
sealed class DecidePlan(PlanStore plans, RequestStore requests, Action<WriteTransaction, string, string?, string> accept)
{
    /// <summary>POST /plans/{id}/decide. <c>item</c>: the source's id or the item's own; <c>phase</c>: a number; neither where only one
    /// decision is open.</summary>
    public sealed record Request(string? Item, int? Phase, string? Option, string? Note, string? IdempotencyKey);

    static readonly string[] Known = [Options.Accept, Options.Retry, Options.Skip, Options.Abort, Options.GoOn];

    public void Map(Routes routes) => routes.Post("/plans/{id}/decide", nameof(DecidePlan), async call =>
    {
        var request = await call.Body(PlansJson.Default.DecidePlanRequest);
        var option = Intake.Word("option", request.Option, Known) ?? throw Fault.Invalid("option",
            $"is required: {string.Join(", ", Known)}.");
        var note = Intake.Line("note", request.Note);
        var id = plans.Store.Read(db => PlanRows.Resolve(db, call.Part("id"))).Id;
        return await Once.Write(plans.Store, call, id, request.IdempotencyKey, request with { IdempotencyKey = null },
            PlansJson.Default.DecidePlanRequest, transaction =>
            {
                var decision = Meant(transaction.Db, PlanRows.Get(transaction.Db, id), request);
                if (!decision.Options.Contains(option))
                    throw Fault.Unprocessable("option", $"must be one of {string.Join(", ", decision.Options)} here.");
                Choose(transaction, id, decision, option, note, call.Principal.Name);
                var plan = PlanRows.Get(transaction.Db, id);
                var ended = PlanRows.Decisions(transaction.Db, id, openOnly: false).First(one => one.Id == decision.Id);
                return Reply.Ok(json =>
                {
                    json.Member("plan", plan, PlansJson.Default.Plan);
                    json.Member("decision", ended, PlansJson.Default.PlanDecision);
                });
            });
    }, Scope.Approve, doc: () => RouteDoc.Of("Decides what a plan waits for a person with: retry, skip or abort for an item, accept for "
        + "work that waits for its review, go-on or "
        + "abort for the gate of a phase.").Takes(PlansJson.Default.DecidePlanRequest, "option").Refuses(FaultCode.Conflict)
        .Gives("plan", PlansJson.Default.Plan).Gives("decision", PlansJson.Default.PlanDecision));

    static PlanDecision Meant(Connection db, Plan plan, Request request)
    {
        var open = plan.Decisions;
        if (request.Item is { } item)
        {
            var unit = PlanRows.Unit(db, plan.Id, item);
            return open.FirstOrDefault(one => one.ItemId == unit.ItemId)
                ?? throw new Fault(FaultCode.Conflict, $"Nothing is to be decided about {Texts.Short(item)}.",
                    $"agentctl plan why {plan.Id}");
        }

        if (request.Phase is { } phase)
            return open.FirstOrDefault(one => one.Phase == phase)
                ?? throw new Fault(FaultCode.Conflict, $"Nothing is to be decided about phase {phase}.", $"agentctl plan why {plan.Id}");
        return open switch
        {
            [var only] => only,
            [] => throw new Fault(FaultCode.Conflict, $"Plan {plan.Id} waits for no decision: it is {plan.Status}.",
                $"agentctl plan why {plan.Id}"),
            _ => throw Fault.Invalid("item", $"is required: {open.Count} decisions are open, about "
                + $"{string.Join(", ", open.Take(10).Select(one => one.ForeignId ?? $"phase {one.Phase}"))}."),
        };
    }

    /// <summary>Ends an open decision by one of its options, and does what follows.</summary>
    public void Choose(WriteTransaction transaction, string planId, PlanDecision decision, string option, string? note, string actor)
    {
        plans.End(transaction, planId, decision, "decided", actor, option, note);
        Do(transaction, planId, decision, option, note, actor);
    }

    void Do(WriteTransaction transaction, string planId, PlanDecision decision, string option, string? note, string actor)
    {
        switch (option)
        {
            case Options.Abort:
                plans.Move(transaction, planId, PlanAct.Cancel, actor, $"Called off by {actor}: {decision.Text}");
                return;
            case Options.Accept:
                accept(transaction, decision.ItemId!, note, actor);
                return;
            case Options.GoOn:
                transaction.Db.Execute("update plan_phases set passed_by = @by where plan_id = @id and no = @no",
                    ("@by", actor), ("@id", planId), ("@no", decision.Phase));
                return;
            case Options.Skip when ItemRows.Find(transaction.Db, decision.ItemId!) is null:
                transaction.Db.Execute("delete from plan_items where item_id = @id", ("@id", decision.ItemId));
                return;
            case Options.Skip:
                Skip(transaction, decision.ItemId!, new ItemChange(actor, note ?? "left out by a person"));
                return;
            default:
                Retry(transaction, decision.ItemId!, note, actor);
                return;
        }
    }

    void Skip(WriteTransaction transaction, string itemId, ItemChange change)
    {
        var item = ItemRows.Get(transaction.Db, itemId);
        if (item.RunId is { } run && RunRows.Find(transaction.Db, run) is { } asked)
            requests.WithdrawAll(transaction, asked);
        if (item.State == ItemStatus.Canceled)
        {
            plans.Items.Move(transaction, itemId, ItemStep.PutBack, change);
            plans.Items.Move(transaction, itemId, ItemStep.Admit, change);
        }

        plans.Items.Move(transaction, itemId, ItemStep.Skip, change);
    }

    /// <summary>The last run goes on in its own workspace where it asked how; else the item begins anew.</summary>
    void Retry(WriteTransaction transaction, string itemId, string? note, string actor)
    {
        var item = ItemRows.Get(transaction.Db, itemId);
        var asked = item.RunId is { } run
            ? RequestRows.OpenOf(transaction.Db, run).FirstOrDefault(one => one.Kind == RequestKinds.Decision) : null;
        if (asked is not null && item.State == ItemStatus.Blocked)
        {
            var advice = string.Join('\n', new[] { note, PlanWords.WhereToBegin(PlanRows.Steps(transaction.Db, itemId)) }.OfType<string>());
            requests.Close(transaction, asked.Id, RequestStep.Answer, actor,
                new RequestAnswer("answer", advice.Length > 0 ? advice : null, "resume", "once"));
            // A run is queued that goes on with it; the item follows when that starts.
            if (transaction.Db.Number("select 1 from runs where item_id = @id and ended_at is null", ("@id", itemId)) is not null)
                return;
        }

        if (item.State == ItemStatus.Canceled)
            plans.Items.Move(transaction, itemId, ItemStep.PutBack, new ItemChange(actor, "retry"));
        plans.Items.Move(transaction, itemId, ItemStep.Admit, new ItemChange(actor, note ?? "retry") { ByPerson = true });
    }
}
