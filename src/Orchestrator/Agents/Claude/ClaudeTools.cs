using System.Text.Json.Nodes;

namespace Orchestrator.Agents.Claude;

/// <summary>The daemon's tools by a file in the run's folder; the user's own settings stay as they are.</summary>
static class ClaudeTools
{
    public const string FileName = "mcp.json";

    /// <summary>Both options take lists and may be given again: the profile's own servers and permissions are added to these.</summary>
    public static string[] Arguments(string runFolder) =>
        ["--mcp-config", Path.Combine(runFolder, FileName), "--allowedTools", $"mcp__{ToolProgram.Name}"];

    // {"mcpServers":{"agentctl":{"type":"stdio","command":"/opt/agentctl","args":["mcp"],"env":{"AGENTCTL_URL":"${AGENTCTL_URL}",…}}}}
    /// <summary>Variables are named, not given: the file holds no token.</summary>
    public static string Settings(ToolProgram tools, IReadOnlyList<string>? variables = null) => new JsonObject
    {
        ["mcpServers"] = new JsonObject
        {
            [ToolProgram.Name] = new JsonObject
            {
                ["type"] = "stdio",
                ["command"] = tools.Program,
                ["args"] = new JsonArray([.. tools.Args.Select(arg => (JsonNode)arg)]),
                ["env"] = new JsonObject([.. (variables ?? ToolProgram.Variables)
                    .Select(name => KeyValuePair.Create(name, (JsonNode?)$"${{{name}}}"))]),
            },
        },
    }.ToJsonString(Json.PlainOptions);
}
