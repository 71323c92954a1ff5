using Orchestrator.Http;
using Orchestrator.Items;
using Orchestrator.Store;

namespace Orchestrator.Plans;

/// <summary>A person starts, pauses, resumes or cancels a plan. Repeating it is no error and no event.</summary>
static class MovePlan
{
    /// <summary>POST /plans/{id}/start, /pause, /resume and /cancel. <c>optional</c>: with a start, optional items are wanted,
    /// too.</summary>
    public sealed record Request(string? Reason, bool? Optional, string? IdempotencyKey);

    public static void Map(Routes routes, PlanStore plans)
    {
        routes.Post("/plans/{id}/start", "StartPlan", call => Move(call, plans, PlanAct.Start, PlanStatus.Running), doc: () => Doc(
            "Consents to a plan: from now on its items start by themselves as their phases open, whatever its project's auto_run says."));
        routes.Post("/plans/{id}/pause", "PausePlan", call => Move(call, plans, PlanAct.Pause, PlanStatus.Paused), doc: () => Doc(
            "Lets nothing of a plan start; what is at work goes on."));
        routes.Post("/plans/{id}/resume", "ResumePlan", call => Move(call, plans, PlanAct.Resume, PlanStatus.Running), doc: () => Doc(
            "Lets a paused plan go on."));
        routes.Post("/plans/{id}/cancel", "CancelPlan", call => Move(call, plans, PlanAct.Cancel, PlanStatus.Canceled), doc: () => Doc(
            "Calls a plan off: its runs are canceled, and so are its items that are not done."));
    }

    static RouteDoc Doc(string summary) => RouteDoc.Of(summary).Takes(PlansJson.Default.MovePlanRequest).Refuses(FaultCode.Conflict)
        .Gives("plan", PlansJson.Default.Plan);

    static async Task<Reply> Move(Call call, PlanStore plans, PlanAct step, PlanStatus reached)
    {
        var request = await call.Body(PlansJson.Default.MovePlanRequest);
        var reason = Intake.Line("reason", request.Reason);
        var id = plans.Store.Read(db => PlanRows.Resolve(db, call.Part("id"))).Id;
        return await Once.Write(plans.Store, call, $"{id} {step}", request.IdempotencyKey, request with { IdempotencyKey = null },
            PlansJson.Default.MovePlanRequest, transaction =>
            {
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
