using System.Text.Json.Nodes;

namespace Orchestrator.Agents.OpenCode;

/// <summary>The daemon's tools as settings of one run, beside the user's own, which stay as they are.</summary>
static class OpenCodeTools
{
    /// <summary>Settings as text; a person who sets it decides.</summary>
    public const string Variable = "OPENCODE_CONFIG_CONTENT";

    // {"mcp":{"agentctl":{"type":"local","command":["/opt/agentctl","mcp"],"enabled":true,"timeout":90000}}}
    /// <summary>The program gets the variables of the run: OpenCode passes on its own environment.</summary>
    public static string Settings(ToolProgram tools) => new JsonObject
    {
        ["mcp"] = new JsonObject
        {
            [ToolProgram.Name] = new JsonObject
            {
                ["type"] = "local",
                ["command"] = new JsonArray([tools.Program, .. tools.Args.Select(arg => (JsonNode)arg)]),
                ["enabled"] = true,
                ["timeout"] = ToolProgram.CallSeconds * 1000,
            },
        },
    }.ToJsonString(Json.PlainOptions);
}
