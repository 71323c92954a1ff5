using System.Text.Json.Nodes;
using Orchestrator.Events;
using Orchestrator.Http;
using Orchestrator.Profiles;
using Orchestrator.Store;

namespace Orchestrator.Workspaces;

/// <summary>
/// A person's word for what a project's own file asks for: programs, arguments, variables, full access. It counts for exactly what the file
/// says then; when that changes, it is asked for again.
/// </summary>
sealed class TrustProject(Database store, EventLog events, ProjectStore projects, Func<string, Danger> dangerOf)
{
    /// <summary>POST /trust. With <c>hash</c> only when the file still says what was looked at; with <c>revoke</c> the word is taken
    /// back.</summary>
    public sealed record Request(string? Project, string? Hash, bool? Revoke);

    /// <summary>The hash of what was trusted in a folder; null for nothing.</summary>
    public static string? Trusted(Database store, string folder) =>
        store.Read(db => db.Text("select hash from project_trust where path = @path", ("@path", folder)));

    public void Map(Routes routes)
    {
        routes.Get("/trust", "ShowTrust", call =>
        {
            var project = projects.Require(call.Query("project") ?? throw Fault.Invalid("project", "is required."));
            return Task.FromResult(Reply.Ok(Shown(project, dangerOf(project.Path))));
        }, doc: () => Shapes(RouteDoc.Of("What a project's own file asks for that needs a person's word, and whether it has it.")
            .Asks("project", "Name of the project, or its folder.")));
        routes.Post("/trust", nameof(TrustProject), async call =>
        {
            var request = await call.Body(ProjectJson.Default.TrustRequest);
            var project = projects.Require(request.Project ?? throw Fault.Invalid("project", "is required."));
            var danger = dangerOf(project.Path);
            if (request.Hash is { } seen && seen != danger.Hash)
                throw new Fault(FaultCode.Conflict,
                    $"{Path.Combine(project.Path, ConfigFile.ProjectName)} has changed since it was looked at.", "Look at it again.");
            await store.Write(transaction => Put(transaction, project, request.Revoke == true ? null : danger.Hash, call.Principal.Name));
            return Reply.Ok(Shown(project, danger));
        }, Scope.Admin, doc: () => Shapes(RouteDoc.Of("Trusts what a project's own file asks for now, or takes that back.")
            .Takes(ProjectJson.Default.TrustRequest, "project").Refuses(FaultCode.Conflict)));
    }

    void Put(WriteTransaction transaction, Project project, string? hash, string actor)
    {
        transaction.Db.Execute("delete from project_trust where path = @path", ("@path", project.Path));
        if (hash is not null)
            transaction.Db.Execute("insert into project_trust (path, hash, trusted_by, trusted_at) values (@path, @hash, @by, @at)",
                ("@path", project.Path), ("@hash", hash), ("@by", actor), ("@at", transaction.Now));
        events.Append(transaction, new NewEvent(hash is null ? WorkspaceEvents.TrustRevoked : WorkspaceEvents.Trusted, actor,
            new JsonObject { ["name"] = project.Name, ["path"] = project.Path, ["hash"] = hash }));
    }

    JsonObject Shown(Project project, Danger danger) => new()
    {
        ["project"] = project.Name,
        ["state"] = danger.Hash is null ? "nothing_to_trust" : Trusted(store, project.Path) == danger.Hash ? "trusted" : "needs_trust",
        ["hash"] = danger.Hash,
        ["settings"] = new JsonArray([.. danger.Settings.Select(setting => (JsonNode)new JsonObject
        {
            ["key"] = setting.Key, ["value"] = setting.Value, ["place"] = setting.Place,
        })]),
    };

    static RouteDoc Shapes(RouteDoc doc) => doc
        .Gives("project", Shape.Text).Gives("state", Shape.Word("nothing_to_trust", "trusted", "needs_trust"))
        .Gives("hash", Shape.Maybe(Shape.Text))
        .Gives("settings", Shape.List(Shape.Members(("key", Shape.Text), ("value", Shape.Text), ("place", Shape.Text))));
}
