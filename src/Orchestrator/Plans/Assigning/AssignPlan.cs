using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Http;
using Orchestrator.Items;
using Orchestrator.Plans.Assigning;
using Orchestrator.Profiles;
using Orchestrator.Store;

namespace Orchestrator.Plans;

/// <summary>Says who does which unit of a plan: by the rules, by what the caller says, or by asking the manage profile.</summary>
sealed class AssignPlan(PlanStore plans, Controller controller, PlanNeeds needs)
{
    /// <summary>POST /plans/{id}/assign. <c>by</c>: rules, or manage; <c>assignment</c>: what the caller says, as
    /// {"dispatch_units": […]}.</summary>
    public sealed record Request(string? By, JsonElement? Assignment, string? IdempotencyKey);

    const string Manage = "manage";
    const int MostNamed = 10;

    public void Map(Routes routes) => routes.Post("/plans/{id}/assign", nameof(AssignPlan), Do,
        doc: () => RouteDoc.Of("Says who does which unit: the rules anew (by rules), what assignment says, or what the manage profile "
            + "answers (by manage; its question is among the plan's consults). Units that were begun stay with whom they are.")
            .Takes(PlansJson.Default.AssignPlanRequest).Refuses(FaultCode.Conflict)
            .Gives("plan", PlansJson.Default.Plan).Gives("items", PlansJson.Default.IReadOnlyListPlanEntry)
            .Gives("findings", PlansJson.Default.IReadOnlyListImportFinding).GivesMaybe("consult", PlansJson.Default.Consult));

    async Task<Reply> Do(Call call)
    {
        var request = await call.Body(PlansJson.Default.AssignPlanRequest);
        var by = Intake.Word("by", request.By, [Assigned.Rules, Manage]);
        if (by is null == request.Assignment is null)
            throw Fault.Unprocessable("by", "is wanted (rules or manage), or assignment instead.");
        var plan = plans.Store.Read(db => PlanRows.Resolve(db, call.Part("id")));
        var (chosen, profiles) = (controller.Choose(plan.Project), Offered(plan.Id));
        var said = request.Assignment is { } given ? Said(plan, given, profiles) : null;
        return await Once.Write(plans.Store, call, $"{plan.Id} assign", request.IdempotencyKey, request with { IdempotencyKey = null },
            PlansJson.Default.AssignPlanRequest, transaction =>
            {
                var now = PlanRows.Get(transaction.Db, plan.Id);
                Consult? consult = null;
                if (said is not null)
                    Keep(transaction, now, said, call.Principal.Name);
                else if (by == Manage)
                    consult = Ask(transaction, now, chosen, profiles, call.Principal.Name);
                else
                    ByRules(transaction, now, call.Principal.Name, "asked for");
                return Answer(transaction.Db, now, consult, said?.Findings ?? []);
            });
    }

    Consult Ask(WriteTransaction transaction, Plan plan, Func<Routing.Chosen> chosen, IReadOnlyList<OfferedProfile> profiles, string actor)
    {
        if (ConsultStore.IsAsked(transaction.Db, plan.Id, ConsultKinds.Assign))
            throw new Fault(FaultCode.Conflict, $"Plan {plan.Id}: a controller is asked already.", $"agentctl plan show {plan.Id}");
        var open = PlanRows.Items(transaction.Db, plan.Id).Where(unit => unit is { Gone: false, Item: { } item }
            && Assignments.IsOpen(item)).ToList();
        return open.Count > 0 ? controller.Ask(transaction, plan, new Controller.Question(ConsultKinds.Assign, [],
            ConsultText.Assign(plan, open, profiles)), chosen, actor)
            : throw new Fault(FaultCode.Conflict, $"Plan {plan.Id} has no unit that could still be assigned.");
    }

    AssignmentReply Said(Plan plan, JsonElement given, IReadOnlyList<OfferedProfile> profiles)
    {
        var units = plans.Store.Read(db => PlanRows.Items(db, plan.Id));
        var reply = AssignmentReply.Read(given.GetRawText(), [.. units.Select(unit => unit.Draft)]);
        return Problem(reply, profiles, Everybody(plan)) is { } problem ? throw new Fault(FaultCode.Unprocessable, $"assignment: {problem}",
            $"agentctl plan show {plan.Id}")
            : reply;
    }

    static Reply Answer(Connection db, Plan plan, Consult? consult, IReadOnlyList<ImportFinding> findings)
    {
        var items = PlanRows.Items(db, plan.Id).Select(unit => PlanEntry.Of(unit, plan)).ToList();
        return Reply.Ok(json =>
        {
            json.Member("plan", PlanRows.Get(db, plan.Id), PlansJson.Default.Plan);
            json.Member("items", items, PlansJson.Default.IReadOnlyListPlanEntry);
            json.Member("findings", findings, PlansJson.Default.IReadOnlyListImportFinding);
            json.WritePropertyName("consult");
            if (consult is null)
                json.WriteNullValue();
            else
                JsonSerializer.Serialize(json, consult, PlansJson.Default.Consult);
        });
    }

    /// <summary>Why an answer cannot be used; null when it can.</summary>
    /// <param name="profiles">Those that a controller may name.</param>
    /// <param name="more">Those that a person may name besides.</param>
    public static string? Problem(AssignmentReply reply, IReadOnlyList<OfferedProfile> profiles, IReadOnlyCollection<string>? more = null)
    {
        if (reply.Findings.FirstOrDefault(one => one.IsError) is { } error)
            return error.Text;
        if (reply.Said.Count == 0)
            return "It names none of the plan's units.";
        var known = profiles.Select(profile => profile.Name).Concat(more ?? []).ToHashSet(StringComparer.Ordinal);
        var unknown = reply.Said.Where(one => one.Owner is { } owner && !known.Contains(owner)).ToList();
        var named = string.Join(", ", unknown.Take(MostNamed).Select(one => $"'{Texts.Short(one.Owner!)}' of {one.TaskId}"));
        return unknown.Count == 0 ? null
            : $"owner_agent: {named}{(unknown.Count > MostNamed ? ", …" : "")} is no profile that may be named here. "
            + $"Profiles: {string.Join(", ", profiles.Select(profile => profile.Name).Order(StringComparer.Ordinal))}.";
    }

    /// <summary>Profiles that a controller may name: no sandbox is left by its word.</summary>
    public IReadOnlyList<OfferedProfile> Offered(string planId)
    {
        var project = plans.Store.Read(db => PlanRows.Get(db, planId)).Project;
        return [.. needs.Profiles(project).Where(profile => profile.Sandbox != Sandbox.FullAccess).Select(profile =>
            new OfferedProfile(profile.Name, $"{profile.Agent}{(profile.Model is { } model ? $" {model}" : "")}"
                + $"{(profile.Effort is { } effort ? $", effort {effort}" : "")}"
                + (profile.Sandbox == Sandbox.ReadOnly ? ", may only read" : "")))];
    }

    IReadOnlyCollection<string> Everybody(Plan plan) => [.. needs.Profiles(plan.Project).Select(profile => profile.Name)];

    /// <summary>What was said holds from now on, for the units that nobody has begun.</summary>
    public void Keep(WriteTransaction transaction, Plan plan, AssignmentReply reply, string by)
    {
        var units = PlanRows.Items(transaction.Db, plan.Id).ToDictionary(unit => unit.Draft.ForeignId, StringComparer.Ordinal);
        var changed = 0;
        foreach (var said in reply.Said)
        {
            if (units[said.TaskId] is not { Item: { } item } unit || !Assignments.IsOpen(item))
                continue;
            Assignments.Keep(transaction, plan.Id, said, by);
            var assigned = Assigned.Of(unit.Draft, new SaidAssignment(said, by, said.Why));
            Write(transaction, plan, unit.ItemId, assigned);
            plans.Append(transaction, PlanEvents.UnitAssigned, by, unit.ItemId, new JsonObject
            {
                ["plan_id"] = plan.Id,
                ["unit"] = said.TaskId,
                ["type"] = assigned.Draft.Type,
                ["profile"] = assigned.Draft.Profile,
                ["care"] = assigned.Care,
                ["why"] = said.Why,
            });
            changed++;
        }

        Told(transaction, plan, by, units.Count, changed, reply.Findings.Count == 0 ? null : reply.Findings[0].Text);
    }

    /// <summary>The rules hold again.</summary>
    public void ByRules(WriteTransaction transaction, Plan plan, string actor, string why)
    {
        Assignments.Forget(transaction, plan.Id);
        var (units, changed) = (PlanRows.Items(transaction.Db, plan.Id), 0);
        foreach (var unit in units)
            if (unit.Item is { } item && Assignments.IsOpen(item))
            {
                Write(transaction, plan, unit.ItemId, Assigned.Of(unit.Draft, null));
                changed++;
            }

        Told(transaction, plan, actor, units.Count, changed, why, Assigned.Rules);
    }

    void Write(WriteTransaction transaction, Plan plan, string itemId, Assigned assigned) =>
        Assignments.Write(transaction, itemId, assigned, plans.ReviewersOfCritical(plan.Project));

    void Told(WriteTransaction transaction, Plan plan, string actor, int units, int changed, string? why, string? by = null)
    {
        plans.Append(transaction, PlanEvents.Assigned, actor, null, new JsonObject
        {
            ["plan_id"] = plan.Id,
            ["by"] = by ?? actor,
            ["units"] = units,
            ["changed"] = changed,
            ["why"] = why,
        });
        plans.Stir(transaction);
    }
}
