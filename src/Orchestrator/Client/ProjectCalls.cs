using System.Text.Json.Nodes;
using Orchestrator.Workspaces;

namespace Orchestrator.Client;

/// <summary>Registered repositories and folders.</summary>
sealed class ProjectCalls(Line line)
{
    public JsonNode Add(AddProject.Request request) => line.Post($"/projects", request, ProjectJson.Default.Request);

    public JsonNode List() => line.Get($"/projects");

    public JsonNode ShowTrust(string project) => line.Get($"/trust", ("project", project));

    public JsonNode Trust(TrustProject.Request request) => line.Post($"/trust", request, ProjectJson.Default.TrustRequest);

    public JsonNode Show(string name) => line.Get($"/projects/{name}");

    public JsonNode Remove(string name) => line.Delete($"/projects/{name}");
}
