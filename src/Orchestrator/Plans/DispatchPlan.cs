using System.Text.Json.Nodes;
using Orchestrator.Http;
using Orchestrator.Items;

namespace Orchestrator.Plans;

/// <summary>Lets the units of a plan start that are ready, once. What starts beside what, the queue decides.</summary>
static class DispatchPlan
{
    /// <summary>POST /plans/{id}/dispatch. <c>units</c>: only these, by the source's ids or their own; <c>dry_run</c>: only says which.
    /// </summary>
    public sealed record Request(IReadOnlyList<string>? Units, bool? DryRun, string? IdempotencyKey);

    const int MostPasses = 20;

    public static void Map(Routes routes, PlanStore plans, Func<string?, ProjectRule> ruleOf) =>
        routes.Post("/plans/{id}/dispatch", nameof(DispatchPlan), call => Do(call, plans, ruleOf),
            doc: () => RouteDoc.Of("Lets the units of a plan start that are ready: of open phases, with everything done that they depend "
                + "on. For plans that go by hand; of others they have started by themselves, and are named all the same. In batches: "
                + "who would write the same files comes one after the other.")
                .Takes(PlansJson.Default.DispatchPlanRequest).Refuses(FaultCode.Conflict)
                .Gives("plan", PlansJson.Default.Plan).Gives("dispatched", Shape.List(Shape.Text))
                .Gives("batches", Shape.List(Shape.List(Shape.Text))));

    static async Task<Reply> Do(Call call, PlanStore plans, Func<string?, ProjectRule> ruleOf)
    {
        var request = await call.Body(PlansJson.Default.DispatchPlanRequest);
        var plan = plans.Store.Read(db => PlanRows.Resolve(db, call.Part("id")));
        var rule = ruleOf(plan.Project);
        if (request.DryRun == true)
            return Answer(plan, plans.Store.Read(db => Wanted(db, plan, request)), rule);
        return await Once.Write(plans.Store, call, $"{plan.Id} dispatch", request.IdempotencyKey, request with { IdempotencyKey = null },
            PlansJson.Default.DispatchPlanRequest, transaction =>
            {
                var now = PlanRows.Get(transaction.Db, plan.Id);
                if (!PlanLifecycle.Goes(now.State))
                    throw new Fault(FaultCode.Conflict, $"Plan {now.Id} is {now.Status}: nothing of it starts.",
                        now.State == PlanStatus.Draft ? $"agentctl plan start {now.Id}" : $"agentctl plan show {now.Id}");
                // Phases that can open do so first, as the worker would do in a moment.
                for (var pass = 0; pass < MostPasses; pass++)
                    if (PlanPass.Decide(PlanRows.Facts(transaction.Db, now.Id, 0)) is not { IsNothing: false } moves
                        || !plans.Apply(transaction, now.Id, moves))
                        break;
                var units = Wanted(transaction.Db, now, request);
                foreach (var unit in units)
                    plans.Items.Advance(transaction, unit.ItemId, ItemStep.Admit, new ItemChange(call.Principal.Name, "dispatched"));
                if (units.Count > 0)
                    plans.Append(transaction, PlanEvents.Dispatched, call.Principal.Name, null, new JsonObject
                    {
                        ["plan_id"] = now.Id,
                        ["units"] = new JsonArray([.. units.Select(unit => (JsonNode)unit.Draft.ForeignId)]),
                    });
                plans.Stir(transaction);
                return Answer(PlanRows.Get(transaction.Db, now.Id), units, rule);
            });
    }

    static IReadOnlyList<PlanItem> Wanted(Store.Connection db, Plan plan, Request request)
    {
        var ready = PlanChoice.Ready(PlanRows.Facts(db, plan.Id)).ToHashSet(StringComparer.Ordinal);
        var units = PlanRows.Items(db, plan.Id);
        if (request.Units is not { Count: > 0 } named)
            return [.. units.Where(unit => ready.Contains(unit.ItemId))];
        var wanted = named.Select(id => units.FirstOrDefault(unit => unit.Draft.ForeignId == id || unit.ItemId == id)
            ?? throw Fault.Unprocessable("units", $"the plan has no item '{Texts.Short(id)}'.")).ToList();
        return wanted.Find(unit => !ready.Contains(unit.ItemId)) is { } early ? throw new Fault(FaultCode.Conflict,
            $"{early.Draft.ForeignId} cannot start now: it is {early.Item?.Status ?? "gone"}, or something it waits for is not done.",
            $"agentctl plan why {plan.Id}") : wanted;
    }

    static Reply Answer(Plan plan, IReadOnlyList<PlanItem> units, ProjectRule rule) => Reply.Ok(json =>
    {
        json.Member("plan", plan, PlansJson.Default.Plan);
        json.Member("dispatched", [.. units.Select(unit => unit.Draft.ForeignId)], ItemJson.Default.IReadOnlyListString);
        json.WriteStartArray("batches");
        foreach (var batch in Batches([.. units.Select(unit => unit.Item!)], rule))
        {
            json.WriteStartArray();
            foreach (var at in batch)
                json.WriteStringValue(units[at].Draft.ForeignId);
            json.WriteEndArray();
        }

        json.WriteEndArray();
    });

    /// <summary>Places of units that may be at work together, first fit in their order: nobody beside one that writes the same files, and
    /// in a shared folder one that declares nothing is alone. Pure.</summary>
    public static IReadOnlyList<IReadOnlyList<int>> Batches(IReadOnlyList<Item> units, ProjectRule rule)
    {
        var batches = new List<List<int>>();
        foreach (var (at, unit) in units.Index())
        {
            var batch = batches.Find(members => members.TrueForAll(other => Together(units[other], unit, rule)));
            if (batch is null)
                batches.Add([at]);
            else
                batch.Add(at);
        }

        return batches;
    }

    static bool Together(Item one, Item other, ProjectRule rule) => FileClaims.Conflict(one, other) is null
        && (rule.OwnPlaces || (one.Writes.Count > 0 && other.Writes.Count > 0));
}
