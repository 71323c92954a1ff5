using System.Text.Json.Nodes;
using Orchestrator.Events;
using Orchestrator.Http;
using Orchestrator.Workspaces;

namespace Orchestrator.Items;

/// <summary>Lets nothing start from the queue, or from one project of it, until somebody takes it back. What is at work goes on, and who
/// names an item starts it all the same.</summary>
static class PauseQueue
{
    /// <summary>POST /queue/pause and /queue/unpause: project null for everything.</summary>
    public sealed record Request(string? Project, string? Note);

    public static void Map(Routes routes, ItemStore items, ProjectStore projects)
    {
        routes.Post("/queue/pause", nameof(PauseQueue), call => Change(call, items, projects, pause: true),
            doc: () => Doc("Lets nothing start from the queue, or from one project; what is at work goes on."));
        routes.Post("/queue/unpause", "UnpauseQueue", call => Change(call, items, projects, pause: false),
            doc: () => Doc("Takes a pause back."));
    }

    static RouteDoc Doc(string sentence) => RouteDoc.Of(sentence).Takes(HoldJson.Default.PauseQueueRequest)
        .Gives("paused", Shape.List(Shape.Members(
            ("project", Shape.Maybe(Shape.Text)), ("by", Shape.Text), ("note", Shape.Maybe(Shape.Text)))));

    static async Task<Reply> Change(Call call, ItemStore items, ProjectStore projects, bool pause)
    {
        var request = await call.Body(HoldJson.Default.PauseQueueRequest);
        var project = request.Project is null ? "" : projects.Require(request.Project).Name;
        var note = Intake.Line("note", request.Note);
        var paused = await items.Store.Write(transaction =>
        {
            if (pause)
                transaction.Db.Execute("insert into queue_pauses (project, by_whom, note, since) values (@project, @by, @note, @now) "
                    + "on conflict (project) do update set by_whom = excluded.by_whom, note = excluded.note",
                    ("@project", project), ("@by", call.Principal.Name), ("@note", note), ("@now", transaction.Now));
            else
                transaction.Db.Execute("delete from queue_pauses where project = @project", ("@project", project));
            items.Events.Append(transaction, new NewEvent(pause ? ItemEvents.Paused : ItemEvents.Unpaused, call.Principal.Name,
                new JsonObject { ["project"] = request.Project is null ? null : project, ["note"] = note }));
            items.Stir(transaction);
            return transaction.Db.Query("select project, by_whom, note from queue_pauses order by project", row => (JsonNode)new JsonObject
            {
                ["project"] = row.GetString(0) is { Length: > 0 } name ? name : null,
                ["by"] = row.GetString(1),
                ["note"] = row.IsDBNull(2) ? null : row.GetString(2),
            });
        });
        return Reply.Ok(new JsonObject { ["paused"] = new JsonArray([.. paused]) });
    }
}
