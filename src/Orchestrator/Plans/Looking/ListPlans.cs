using System.Globalization;
using Orchestrator.Http;
using Orchestrator.Items;
using Orchestrator.Routing;
using Orchestrator.Store;

namespace Orchestrator.Plans;

/// <summary>Plans, the newest first; one of them with its items; why its items do not start; what waits for what, and what would run when.
/// </summary>
static class ListPlans
{
    const int MostAtOnce = 1000, MostWhy = 200;

    /// <param name="routes">Where it is mapped.</param>
    /// <param name="store">Where plans are read.</param>
    /// <param name="why">Why an item does not start by itself.</param>
    /// <param name="ruleOf">How a project's queue works; reads files.</param>
    /// <param name="slots">Runs the daemon has at once.</param>
    /// <param name="routeOf">The profile an item gets now; null when there is none. Reads files.</param>
    public static void Map(Routes routes, Database store, Func<Connection, Item, ProjectRule, IReadOnlyList<WhyNot>> why,
        Func<string?, ProjectRule> ruleOf, Func<int> slots, Func<Item, Chosen?> routeOf)
    {
        routes.Get("/plans", nameof(ListPlans), call =>
        {
            var (status, limit) = (Intake.Word("status", call.Query("status"), PlanLifecycle.Words), call.Limit());
            var found = store.Read(db => PlanRows.List(db, status, call.Number("cursor", long.MaxValue, 0, long.MaxValue), limit));
            return Task.FromResult(Reply.Ok(json =>
            {
                json.Member("plans", found, PlansJson.Default.IReadOnlyListPlan);
                json.WriteString("next_cursor", found.Count < limit ? null : found[^1].Number.ToString(CultureInfo.InvariantCulture));
            }));
        }, doc: () => RouteDoc.Of("Plans, the newest first.").Asks("status", "Only those in this status.").Pages()
            .Gives("plans", PlansJson.Default.IReadOnlyListPlan).GivesNextCursor());
        routes.Get("/plans/{id}", "ShowPlan", call => Task.FromResult(Show(store, call.Part("id"), routeOf)),
            doc: () => RouteDoc.Of("A plan with its items, its longest way, what it will cost as far as that can be said, everything "
                + "that was "
                + "decided, and what its import had to say.")
                .Gives("plan", PlansJson.Default.Plan).Gives("items", PlansJson.Default.IReadOnlyListPlanEntry)
                .Gives("critical_path", Shape.List(Shape.Text)).Gives("estimate", Estimate.Shown())
                .Gives("decisions", PlansJson.Default.IReadOnlyListPlanDecision)
                .Gives("consults", PlansJson.Default.IReadOnlyListConsult)
                .Gives("findings", PlansJson.Default.IReadOnlyListImportFinding));
        routes.Get("/plans/{id}/why", "WhyPlan", call => Task.FromResult(Why(store, call.Part("id"), routeOf, why, ruleOf)),
            doc: () => RouteDoc.Of($"Why a plan is where it is: in words, and for each of its open items (at most {MostWhy}) what it "
                + $"waits for.")
                .Gives("plan_id", Shape.Text).Gives("status", Shape.Text).Gives("text", Shape.List(Shape.Text))
                .Gives("items", Shape.List(Shape.Members(("item_id", Shape.Text), ("foreign_id", Shape.Text), ("status", Shape.Text),
                    ("assigned", Shape.Text),
                    ("causes", Shape.List(Shape.Members(("code", Shape.Text), ("text", Shape.Text))))))));
        routes.Get("/plans/{id}/graph", "PlanGraph", call =>
        {
            var (plan, nodes) = store.Read(db => NodesOf(db, call.Part("id")));
            var graph = PlanGraph.Of(nodes);
            return Task.FromResult(Reply.Ok(json =>
            {
                json.WriteString("plan_id", plan.Id);
                json.Member("graph", graph, PlansJson.Default.PlanGraph);
            }));
        }, doc: () => RouteDoc.Of("What waits for what in a plan, and the longest way through what is left of it.")
            .Gives("plan_id", Shape.Text).Gives("graph", PlansJson.Default.PlanGraph));
        routes.Get("/plans/{id}/simulation", "SimulatePlan", call => Task.FromResult(Play(store, call, ruleOf, slots)),
            doc: () => RouteDoc.Of("What would run when, if every item took the same time and none failed; nothing is started.")
                .Asks("max_parallel", "Items at once; the project's limit, else the daemon's, when not said.", Shape.Whole)
                .Gives("plan_id", Shape.Text).Gives("max_parallel", Shape.Whole)
                .Gives("rounds", PlansJson.Default.IReadOnlyListPlanRound));
    }

    static Reply Show(Database store, string id, Func<Item, Chosen?> routeOf)
    {
        var (plan, units, decisions, findings, estimate, consults) = store.Read(db =>
        {
            var found = PlanRows.Resolve(db, id);
            return (found, PlanRows.Items(db, found.Id), PlanRows.Decisions(db, found.Id, openOnly: false), PlanRows.Findings(db, found.Id),
                Estimate.Of(db, found), ConsultStore.OfPlan(db, found.Id));
        });
        var routes = new UnitRoutes(routeOf);
        var entries = units.Select(unit => routes.On(PlanEntry.Of(unit, plan), unit.Item)).ToList();
        var path = PlanGraph.Of(PlanGraph.Nodes(units, plan.WithOptional)).CriticalPath;
        return Reply.Ok(json =>
        {
            json.Member("plan", plan, PlansJson.Default.Plan);
            json.Member("items", entries, PlansJson.Default.IReadOnlyListPlanEntry);
            json.Member("critical_path", path, ItemJson.Default.IReadOnlyListString);
            json.WritePropertyName("estimate");
            estimate.WriteTo(json);
            json.Member("decisions", decisions, PlansJson.Default.IReadOnlyListPlanDecision);
            json.Member("consults", consults, PlansJson.Default.IReadOnlyListConsult);
            json.Member("findings", findings, PlansJson.Default.IReadOnlyListImportFinding);
        });
    }

    static Reply Why(Database store, string id, Func<Item, Chosen?> routeOf, Func<Connection, Item, ProjectRule, IReadOnlyList<WhyNot>> why,
        Func<string?, ProjectRule> ruleOf)
    {
        var plan = store.Read(db => PlanRows.Resolve(db, id));
        var rule = ruleOf(plan.Project);
        var units = store.Read(db => PlanRows.Items(db, plan.Id)
            .Where(unit => unit.Item is { State: not (ItemStatus.Done or ItemStatus.Skipped or ItemStatus.Canceled) }).Take(MostWhy)
            .Select(unit => (Unit: unit, Causes: why(db, unit.Item!, rule))).ToList());
        var (routes, asked) = (new UnitRoutes(routeOf), store.Read(db => ConsultStore.OfPlan(db, plan.Id)));
        return Reply.Ok(json =>
        {
            json.WriteString("plan_id", plan.Id);
            json.WriteString("status", plan.Status);
            json.Member("text", PlanSummary.Why(plan, asked), ItemJson.Default.IReadOnlyListString);
            json.WriteStartArray("items");
            foreach (var (unit, causes) in units)
            {
                json.WriteStartObject();
                json.WriteString("item_id", unit.ItemId);
                json.WriteString("foreign_id", unit.Draft.ForeignId);
                json.WriteString("status", unit.Item!.Status);
                json.WriteString("assigned", routes.On(PlanEntry.Of(unit, plan), unit.Item).Assigned.Text);
                json.Member("causes", causes, HoldJson.Default.IReadOnlyListWhyNot);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
    }

    static Reply Play(Database store, Call call, Func<string?, ProjectRule> ruleOf, Func<int> slots)
    {
        var (plan, nodes) = store.Read(db => NodesOf(db, call.Part("id")));
        var rule = ruleOf(plan.Project);
        var most = (int)call.Number("max_parallel", Math.Min(rule.MaxParallel ?? int.MaxValue, slots()), 1, MostAtOnce);
        var rounds = PlanRehearsal.Play(nodes, [.. plan.Phases.Select(phase => (phase.No, phase.Name))], most, rule.OwnPlaces);
        return Reply.Ok(json =>
        {
            json.WriteString("plan_id", plan.Id);
            json.WriteNumber("max_parallel", most);
            json.Member("rounds", rounds, PlansJson.Default.IReadOnlyListPlanRound);
        });
    }

    static (Plan, IReadOnlyList<GraphNode>) NodesOf(Connection db, string id)
    {
        var plan = PlanRows.Resolve(db, id);
        return (plan, PlanGraph.Nodes(PlanRows.Items(db, plan.Id), plan.WithOptional));
    }
}
