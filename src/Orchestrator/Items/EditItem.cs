using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Http;

namespace Orchestrator.Items;

/// <summary>Changes what an item says; its status moves by other operations.</summary>
static class EditItem
{
    /// <summary>PATCH /items/{id}: what is not said stays. An empty profile leaves the choice to the project and the routes again.
    /// </summary>
    public sealed record Request(string? Title, string? Description, string? Priority, string? Complexity,
        IReadOnlyList<string>? AcceptanceCriteria, IReadOnlyList<string>? Labels, IReadOnlyList<string>? Writes,
        IReadOnlyList<string>? Reads, string? Criticality, string? Assignee, string? DueDate, IReadOnlyList<string>? BlockedBy,
        int? Reviews = null, string? Profile = null);

    public static void Map(Routes routes, ItemStore items, Intake intake) =>
        routes.Patch("/items/{id}", nameof(EditItem), async call =>
        {
            var request = await call.Body(ItemJson.Default.EditItemRequest);
            var found = items.Store.Read(db => ItemRows.Resolve(db, call.Part("id")));
            var (id, order) = (found.Id, Checked(request, found, intake));
            var item = await items.Store.Write(transaction =>
            {
                var before = ItemRows.Get(transaction.Db, id);
                if (order.BlockedBy is { } on)
                {
                    if (before.State == ItemStatus.InFlight)
                        throw new Fault(FaultCode.Conflict, $"Item {id} is in_flight: what it waits for cannot change now.");
                    Dependencies.Set(transaction, id, on);
                }

                Update(transaction, before, order);
                var after = ItemRows.Get(transaction.Db, id);
                items.Append(transaction, after, ItemEvents.Changed, call.Principal.Name, Told(order));
                items.Stir(transaction);
                return after;
            });
            return ItemWire.One(item, seed: false);
        }, doc: () => RouteDoc.Of("Changes what an item says; what is not said stays.").Takes(ItemJson.Default.EditItemRequest)
            .Refuses(FaultCode.Conflict).GivesItem(seed: false));

    static Request Checked(Request request, Item item, Intake intake)
    {
        if (request.Profile is { Length: > 0 } profile)
            intake.NeedProfile(profile, item.Project);
        Intake.Priority(request.Priority);
        return request with
        {
            Title = request.Title is null ? null : Intake.Title(request.Title),
            Description = Intake.Description(request.Description),
            Complexity = Intake.Word("complexity", request.Complexity, ItemWords.Complexities),
            AcceptanceCriteria = Intake.Lines("acceptance_criteria", request.AcceptanceCriteria),
            Labels = Intake.Lines("labels", request.Labels),
            Writes = Intake.Paths("writes", request.Writes),
            Reads = Intake.Paths("reads", request.Reads),
            Criticality = Intake.Word("criticality", request.Criticality, ItemWords.Criticalities),
            Assignee = Intake.Line("assignee", request.Assignee),
            DueDate = Intake.DueDate(request.DueDate),
            BlockedBy = intake.Items("blocked_by", request.BlockedBy),
            Reviews = Intake.Reviewers(request.Reviews),
        };
    }

    static void Update(Store.WriteTransaction transaction, Item before, Request order)
    {
        var priority = Intake.Priority(order.Priority);
        var old = ItemWords.Priorities.ToList().IndexOf(before.Priority);
        transaction.Db.Execute(
            "update items set title = coalesce(@title, title), description = coalesce(@description, description), "
            + "priority = @priority, rank = rank + @raised, complexity = coalesce(@complexity, complexity), "
            + "criteria = coalesce(@criteria, criteria), labels = coalesce(@labels, labels), writes = coalesce(@writes, writes), "
            + "reads = coalesce(@reads, reads), criticality = coalesce(@criticality, criticality), "
            + "assignee = coalesce(@assignee, assignee), due_date = coalesce(@due, due_date), reviews = coalesce(@reviews, reviews), "
            + "profile = nullif(coalesce(@profile, profile), ''), "
            + "updated_at = @now where id = @id",
            ("@title", order.Title), ("@description", order.Description), ("@priority", priority ?? old),
            ("@raised", ItemRank.Of((priority ?? old) - old, 0, 0)), ("@complexity", order.Complexity),
            ("@criteria", order.AcceptanceCriteria is { } criteria ? ItemStore.List(criteria) : null),
            ("@labels", order.Labels is { } labels ? ItemStore.List(labels) : null),
            ("@writes", order.Writes is { } writes ? ItemStore.List(writes) : null),
            ("@reads", order.Reads is { } reads ? ItemStore.List(reads) : null), ("@criticality", order.Criticality),
            ("@assignee", order.Assignee), ("@due", order.DueDate), ("@reviews", order.Reviews),
            ("@profile", order.Profile),
            ("@now", transaction.Now), ("@id", before.Id));
    }

    static JsonObject Told(Request order)
    {
        var told = JsonSerializer.SerializeToNode(order, ItemJson.Default.EditItemRequest)!.AsObject();
        foreach (var (name, value) in told.ToArray())
            if (value is null)
                told.Remove(name);
        return told;
    }
}
