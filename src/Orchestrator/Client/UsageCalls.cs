using System.Text.Json.Nodes;
using Orchestrator.Cli;
using Orchestrator.Spending;

namespace Orchestrator.Client;

/// <summary>What was used and what it cost.</summary>
sealed class UsageCalls(Line line)
{
    /// <param name="by">day, session, agent, model, project or profile; null for day.</param>
    /// <param name="since">First day; null for the daemon's choice.</param>
    /// <param name="limit">Most rows; null for the daemon's choice.</param>
    public JsonNode Show(string? by, string? since, int? limit) =>
        line.Get($"/usage", [("by", by), ("since", since), .. new Page(limit).Members]);

    public JsonNode Raise(RaiseBudget.Request request) => line.Post($"/usage/raise", request, SpendingJson.Default.Request);
}
