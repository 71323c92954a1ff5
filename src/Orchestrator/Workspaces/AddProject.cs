using System.Text.Json.Nodes;
using Orchestrator.Events;
using Orchestrator.Http;
using Orchestrator.Store;

namespace Orchestrator.Workspaces;

/// <summary>Registers a repository or folder under a name; doing it again changes it.</summary>
static class AddProject
{
    /// <summary>POST /projects.</summary>
    public sealed record Request(string? Name, string? Path, string? DefaultProfile, string? Isolation, string? IdempotencyKey);

    public static void Map(Routes routes, ProjectStore projects, EventLog events, Database store,
        Action<string, string, string?> needProfile)
    {
        routes.Post("/projects", nameof(AddProject), async call =>
        {
            var request = await call.Body(ProjectJson.Default.Request);
            var project = Check(request, needProfile);
            return await Once.Write(store, call, "", request.IdempotencyKey, request with { IdempotencyKey = null },
                ProjectJson.Default.Request, transaction =>
            {
                var added = ProjectStore.Put(transaction, project);
                var type = added ? WorkspaceEvents.ProjectAdded : WorkspaceEvents.ProjectChanged;
                events.Append(transaction, new NewEvent(type, call.Principal.Name,
                    new JsonObject { ["name"] = project.Name, ["path"] = project.Path }));
                Action<System.Text.Json.Utf8JsonWriter> body = json => json.Member("project", project, ProjectJson.Default.Project);
                return added ? Reply.Created(body) : Reply.Ok(body);
            });
        }, doc: () => RouteDoc.Of("Registers a repository or folder under a name; 200 when the name was known and is changed.")
            .Takes(ProjectJson.Default.Request, "name", "path").Creates().Gives("project", ProjectJson.Default.Project));
        routes.Get("/projects", "ListProjects", _ =>
        {
            var found = projects.List();
            return Task.FromResult(Reply.Ok(json => json.Member("projects", found, ProjectJson.Default.IReadOnlyListProject)));
        }, doc: () => RouteDoc.Of("Every project, those of the configuration file included.")
            .Gives("projects", ProjectJson.Default.IReadOnlyListProject));
        routes.Get("/projects/{name}", "ShowProject", call =>
        {
            var found = projects.Find(call.Part("name")) ?? throw Fault.NotFound("project", Texts.Short(call.Part("name")));
            return Task.FromResult(Reply.Ok(json => json.Member("project", found, ProjectJson.Default.Project)));
        }, doc: () => RouteDoc.Of("One project.").Gives("project", ProjectJson.Default.Project));
    }

    static Project Check(Request request, Action<string, string, string?> needProfile)
    {
        var name = request.Name ?? throw Fault.Invalid("name", "is required.");
        if (name.Length is 0 or > 100 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') || name[0] is '-' or '.')
            throw Fault.Unprocessable("name",
                "must be 1 to 100 letters, digits, dots, dashes or underscores, and begin with a letter or digit.");
        var path = request.Path ?? throw Fault.Invalid("path", "is required.");
        Texts.Line("path", path, 4096);
        if (!System.IO.Path.IsPathFullyQualified(path))
            throw Fault.Unprocessable("path", "must be an absolute path.");
        if (!Directory.Exists(path))
            throw Fault.Unprocessable("path", $"there is no folder '{Texts.Short(path)}'.");
        if (request.Isolation is not (null or "worktree" or "shared" or "none"))
            throw Fault.Unprocessable("isolation", "must be worktree, shared or none.");
        if (request.DefaultProfile is { } profile)
            needProfile("default_profile", profile, path);
        return new Project
        {
            Name = name,
            Path = System.IO.Path.GetFullPath(path),
            DefaultProfile = request.DefaultProfile,
            Isolation = request.Isolation ?? "worktree",
            Repository = Repository.Look(path) is not null,
        };
    }
}
