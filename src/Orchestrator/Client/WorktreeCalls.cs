using System.Text.Json.Nodes;
using Orchestrator.Workspaces;

namespace Orchestrator.Client;

/// <summary>Worktrees of runs.</summary>
sealed class WorktreeCalls(Line line)
{
    public JsonNode List() => line.Get($"/worktrees");

    public JsonNode CleanUp(CleanUpWorktrees.Request request) =>
        line.Post($"/worktrees/cleanup", request, ProjectJson.Default.CleanUpRequest);
}
