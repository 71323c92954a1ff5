using System.Text.Json.Nodes;
using Orchestrator.Events;
using Orchestrator.Http;
using Orchestrator.Store;
using Orchestrator.Workspaces;

namespace Orchestrator.Items;

/// <summary>
/// Takes a registered project out: its name, and how its queue works. Its folder, worktrees, branches, runs and items that are over stay.
/// Refused while something of it is not over.
/// </summary>
static class RemoveProject
{
    const string OpenItem = "select id from items where project = @name and status not in ('done', 'failed', 'canceled', 'skipped') "
        + "order by number limit 1";

    const string OpenRun = "select r.id from runs r join sessions s on s.id = r.session_id where s.project = @name and r.ended_at is null "
        + "limit 1";

    const string OpenDelivery = "select id from deliveries where project = @name and ended_at is null limit 1";

    public static void Map(Routes routes, ItemStore items, ProjectStore projects) =>
        routes.Delete("/projects/{name}", nameof(RemoveProject), async call =>
        {
            var name = call.Part("name");
            var known = projects.List().FirstOrDefault(project => project.Name == name)
                ?? throw Fault.NotFound("project", Texts.Short(name));
            if (known.Origin != "registered")
                throw new Fault(FaultCode.Conflict, $"The project '{name}' stands in config.yaml.", "Take it out there.");
            await items.Store.Write(transaction => Remove(transaction, items, known, call.Principal.Name));
            return Reply.Ok(json => json.Member("project", known, ProjectJson.Default.Project));
        }, doc: () => RouteDoc.Of("Takes a registered project out. Its folder, worktrees, runs and items that are over stay; refused while "
            + "something of it is not over.").Refuses(FaultCode.Conflict).Gives("project", ProjectJson.Default.Project));

    static void Remove(WriteTransaction transaction, ItemStore items, Project project, string actor)
    {
        var db = transaction.Db;
        if (db.Text(OpenItem, ("@name", project.Name)) is { } item)
            throw new Fault(FaultCode.Conflict, $"Item {item} of the project is not over.", $"agentctl list --project {project.Name}");
        if (db.Text(OpenRun, ("@name", project.Name)) is { } run)
            throw new Fault(FaultCode.Conflict, $"Run {run} of the project is not over.", $"agentctl run cancel {run}");
        if (db.Text(OpenDelivery, ("@name", project.Name)) is { } delivery)
            throw new Fault(FaultCode.Conflict, $"Delivery {delivery} of the project is not over.", $"agentctl delivery cancel {delivery}");
        db.Execute("delete from projects where name = @name", ("@name", project.Name));
        foreach (var table in (string[])["queue_projects", "queue_pauses"])
            db.Execute($"delete from {table} where project = @name", ("@name", project.Name));
        items.Events.Append(transaction, new NewEvent(WorkspaceEvents.ProjectRemoved, actor,
            new JsonObject { ["name"] = project.Name, ["path"] = project.Path }));
    }
}
