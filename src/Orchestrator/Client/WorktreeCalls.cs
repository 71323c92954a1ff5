using System.Text.Json.Nodes;
using Orchestrator.Cli;
using Orchestrator.Workspaces;

namespace Orchestrator.Client;

/// <summary>Worktrees of runs.</summary>
sealed class WorktreeCalls(Line line)
{
    public JsonNode List() => line.Get($"/worktrees");

    public JsonNode Show(string id) => line.Get($"/worktrees/{id}");

    /// <summary>The end of what a command of setup or teardown wrote.</summary>
    /// <param name="command">Its id; null for the newest.</param>
    /// <param name="stream">stdout or stderr.</param>
    public Answer Output(string id, string? command, string stream) =>
        line.Open(TimeSpan.FromSeconds(30), $"/worktrees/{id}/output", ("command", command), ("stream", stream));

    /// <summary>What does not fit.</summary>
    public JsonNode Findings() => line.Get($"/worktrees/findings");

    /// <summary>Repairs what is sure.</summary>
    public JsonNode Repair() => line.Post($"/worktrees/repair");

    public JsonNode Restore(RestoreWorktree.Request request) =>
        line.Post($"/worktrees/restore", request, ProjectJson.Default.RestoreRequest);

    public JsonNode CleanUp(CleanUpWorktrees.Request request) =>
        line.Post($"/worktrees/cleanup", request, ProjectJson.Default.CleanUpRequest);
}
