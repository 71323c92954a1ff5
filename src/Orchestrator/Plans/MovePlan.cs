using System.Text.Json.Nodes;
using Orchestrator.Http;
using Orchestrator.Items;
using Orchestrator.Store;

namespace Orchestrator.Plans;

/// <summary>A person starts, pauses, resumes or cancels a plan. Repeating it is no error and no event.</summary>
static class MovePlan
{
    /// <summary>POST /plans/{id}/start, /pause, /resume and /cancel. <c>optional</c>: with a start, optional items are wanted,
    /// too. With a start or resume, how it goes from then on: <c>mode</c> deterministic or llm, <c>by_hand</c>: only what is dispatched
    /// starts, <c>write_back</c>: the daemon ticks the boxes of this tasks.md. What is left out stays as it is.</summary>
    public sealed record Request(string? Reason, bool? Optional, string? IdempotencyKey, string? Mode = null, bool? ByHand = null,
        string? WriteBack = null);

    public static void Map(Routes routes, PlanStore plans, BoxKeeper boxes)
    {
        routes.Post("/plans/{id}/start", "StartPlan", call => Move(call, plans, boxes, PlanAct.Start, PlanStatus.Running), doc: () => Doc(
            "Consents to a plan: from now on its items start by themselves as their phases open, whatever its project's auto_run says."));
        routes.Post("/plans/{id}/pause", "PausePlan", call => Move(call, plans, boxes, PlanAct.Pause, PlanStatus.Paused), doc: () => Doc(
            "Lets nothing of a plan start; what is at work goes on."));
        routes.Post("/plans/{id}/resume", "ResumePlan", call => Move(call, plans, boxes, PlanAct.Resume, PlanStatus.Running),
            doc: () => Doc("Lets a paused plan go on."));
        routes.Post("/plans/{id}/cancel", "CancelPlan", call => Move(call, plans, boxes, PlanAct.Cancel, PlanStatus.Canceled),
            doc: () => Doc("Calls a plan off: its runs are canceled, and so are its items that are not done."));
    }

    static RouteDoc Doc(string summary) => RouteDoc.Of(summary).Takes(PlansJson.Default.MovePlanRequest).Refuses(FaultCode.Conflict)
        .Gives("plan", PlansJson.Default.Plan);

    static async Task<Reply> Move(Call call, PlanStore plans, BoxKeeper boxes, PlanAct step, PlanStatus reached)
    {
        var request = await call.Body(PlansJson.Default.MovePlanRequest);
        var reason = Intake.Line("reason", request.Reason);
        var mode = Intake.Word("mode", request.Mode, PlanModes.All);
        var found = plans.Store.Read(db => PlanRows.Resolve(db, call.Part("id")));
        var (id, file) = (found.Id, request.WriteBack is { } path ? boxes.Checked(found, path) : null);
        return await Once.Write(plans.Store, call, $"{id} {step}", request.IdempotencyKey, request with { IdempotencyKey = null },
            PlansJson.Default.MovePlanRequest, transaction =>
            {
                if (step is PlanAct.Start or PlanAct.Resume)
                    Manner(transaction, plans, id, new Manners(mode, request.ByHand, file), call.Principal.Name);
                var plan = PlanRows.Get(transaction.Db, id);
                if (plan.State == reached || (reached == PlanStatus.Running && plan.State == PlanStatus.NeedsDecision))
                    return Answer(plan);
                if (step == PlanAct.Start && request.Optional == true && plan.State == PlanStatus.Draft)
                {
                    WantOptional(transaction, id);
                    plan = PlanRows.Get(transaction.Db, id);
                }

                if (step == PlanAct.Start && plan.Total == 0 && plan.State == PlanStatus.Draft)
                    throw new Fault(FaultCode.Conflict, $"Plan {id} has no item that counts: there is nothing to start.",
                        $"agentctl plan show {id}");
                return Answer(plans.Move(transaction, id, step, call.Principal.Name, reason));
            });
    }

    /// <summary>How a plan goes; what is null stays as it is.</summary>
    readonly record struct Manners(string? Mode, bool? ByHand, string? WriteBack);

    static void Manner(WriteTransaction transaction, PlanStore plans, string planId, Manners wanted, string actor)
    {
        var plan = PlanRows.Get(transaction.Db, planId);
        var now = (Mode: wanted.Mode ?? plan.Mode, ByHand: wanted.ByHand ?? plan.ByHand, WriteBack: wanted.WriteBack ?? plan.WriteBack);
        if (wanted.WriteBack is not null)
            transaction.Db.Execute("update plans set written_back = 0 where id = @id", ("@id", planId));
        if (now == (plan.Mode, plan.ByHand, plan.WriteBack))
            return;
        transaction.Db.Execute("update plans set mode = @mode, by_hand = @hand, write_back = @file, updated_at = @now where id = @id",
            ("@mode", now.Mode), ("@hand", now.ByHand ? 1 : 0), ("@file", now.WriteBack), ("@now", transaction.Now), ("@id", planId));
        plans.Append(transaction, PlanEvents.MannerChanged, actor, null, new JsonObject
        {
            ["plan_id"] = planId, ["mode"] = now.Mode, ["by_hand"] = now.ByHand, ["write_back"] = now.WriteBack,
        });
        plans.Stir(transaction);
    }

    /// <summary>Others wait for what is optional from now on.</summary>
    static void WantOptional(WriteTransaction transaction, string planId)
    {
        transaction.Db.Execute("update plans set with_optional = 1 where id = @id", ("@id", planId));
        var units = PlanRows.Items(transaction.Db, planId);
        var ids = units.ToDictionary(unit => unit.Draft.ForeignId, unit => unit.ItemId);
        var optional = units.Where(unit => unit.Optional).Select(unit => unit.Draft.ForeignId).ToHashSet();
        foreach (var unit in units.Where(unit => unit.Item is not null && unit.Draft.DependsOn.Any(optional.Contains)))
            Dependencies.Set(transaction, unit.ItemId, [.. unit.Draft.DependsOn
                .Concat(unit.Draft.After.Select(after => after.ForeignId)).Where(ids.ContainsKey).Select(on => ids[on]).Distinct()]);
    }

    static Reply Answer(Plan plan) => Reply.Ok(json => json.Member("plan", plan, PlansJson.Default.Plan));
}
