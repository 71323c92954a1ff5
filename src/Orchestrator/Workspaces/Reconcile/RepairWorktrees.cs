using System.Text.Json.Nodes;
using Orchestrator.Events;
using Orchestrator.Http;
using Orchestrator.Store;

namespace Orchestrator.Workspaces;

/// <summary>
/// What does not fit about worktrees, and its repair. Git is asked within the request, one such look at a time: a person waits for the
/// answer, and what is repaired is recorded one by one.
/// </summary>
sealed class RepairWorktrees(Reconciler reconciler, Database store, EventLog events)
{
    public void Map(Routes routes)
    {
        routes.Get("/worktrees/findings", "ListFindings", async call => Reply.Ok(new JsonObject
        {
            ["findings"] = new JsonArray([.. (await reconciler.Look(call.Gone)).Select(one =>
            {
                var shown = Describe(one.Found);
                shown["due"] = one.Due;
                return (JsonNode)shown;
            })]),
        }), doc: () => RouteDoc.Of("What does not fit about worktrees: rows, folders, branches and snapshots. Nothing is changed.")
            .Gives("findings", Shape.List(Shape.Members([.. Members, ("due", Shape.Flag)]))));
        routes.Post("/worktrees/repair", nameof(RepairWorktrees), async call =>
        {
            await call.NoMembers();
            var results = new JsonArray();
            foreach (var (found, done, what) in await reconciler.Repair(call.Principal.Name, call.Gone))
            {
                var shown = Describe(found);
                (shown["done"], shown["what"]) = (done, what);
                results.Add(shown);
                if (done)
                    await store.Write(transaction =>
                    {
                        events.Append(transaction, new NewEvent(WorkspaceEvents.Repaired, call.Principal.Name, new JsonObject
                        {
                            ["kind"] = found.Kind, ["subject"] = found.Subject, ["done"] = what,
                        }));
                    });
            }
            return Reply.Ok(new JsonObject { ["findings"] = results });
        }, doc: () => RouteDoc.Of("Repairs what does not fit about worktrees, where it is sure that nothing is lost; the rest is told.")
            .Gives("findings", Shape.List(Shape.Members([.. Members, ("done", Shape.Flag), ("what", Shape.Maybe(Shape.Text))]))));
    }

    static JsonObject Describe(Discrepancy one) => new()
    {
        ["kind"] = one.Kind,
        ["subject"] = one.Subject,
        ["found"] = one.Found,
        ["since"] = one.Since.UtcDateTime,
        ["repairable"] = one.Repair is not null,
        ["advice"] = one.Advice,
    };

    static (string, JsonObject)[] Members =>
    [
        ("kind", Shape.Word([.. Discrepancy.Kinds.Keys])), ("subject", Shape.Text), ("found", Shape.Text), ("since", Shape.Text),
        ("repairable", Shape.Flag), ("advice", Shape.Maybe(Shape.Text)),
    ];
}
