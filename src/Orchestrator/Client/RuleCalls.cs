using System.Text.Json.Nodes;
using Orchestrator.Requests;

namespace Orchestrator.Client;

/// <summary>Rules for requests.</summary>
sealed class RuleCalls(Line line)
{
    /// <param name="project">With those of its file; null for none.</param>
    /// <param name="run">With those for it alone; null for none.</param>
    public JsonNode List(string? project, string? run) => line.Get($"/request-rules", ("project", project), ("run_id", run));

    public JsonNode Add(AddRule.Request rule) => line.Post($"/request-rules", rule, RequestJson.Default.AddRuleRequest);

    /// <param name="rule">Its id, or any unique beginning of it.</param>
    public JsonNode Remove(string rule) => line.Delete($"/request-rules/{rule}");

    /// <summary>What the rules say of something nobody has asked.</summary>
    public JsonNode Test(AskedQuery asked) => line.Get($"/request-rules/test", ("question", asked.Question),
        ("command", asked.Command), ("path", asked.Path),
        ("tool", asked.Tool), ("input", asked.Input), ("folder", asked.Folder), ("workspace", asked.Workspace), ("kind", asked.Kind),
        ("project", asked.Project), ("profile", asked.Profile), ("run_id", asked.RunId));
}

/// <summary>Something that could be asked; null is not said.</summary>
sealed record AskedQuery(string? Command, string? Path, string? Tool, string? Input, string? Folder, string? Workspace, string? Kind,
    string? Project, string? Profile, string? RunId, string? Question);
