using System.Text.Json;

namespace Orchestrator.Mcp;

/// <summary>The server and its tools as the protocol describes them to clients, in JSON.</summary>
static class ToolListing
{
    public const string Name = "agentctl";
    public const string Title = "Agent Orchestrator";

    /// <summary>The result of <c>tools/list</c>.</summary>
    public static void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("tools");
        foreach (var tool in Toolbox.All) Write(writer, tool);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>One tool of that list.</summary>
    public static void Write(Utf8JsonWriter writer, AgentTool tool)
    {
        writer.WriteStartObject();
        writer.WriteString("name", tool.Name);
        writer.WriteString("title", tool.Title);
        writer.WriteString("description", tool.Description.Replace('\n', ' ').Trim());
        writer.WritePropertyName("inputSchema");
        tool.Input.WriteTo(writer);
        writer.WritePropertyName("outputSchema");
        tool.Output.WriteTo(writer);
        writer.WriteStartObject("annotations");
        writer.WriteString("title", tool.Title);
        writer.WriteBoolean("destructiveHint", tool.Destructive);
        writer.WriteBoolean("idempotentHint", tool.Idempotent);
        writer.WriteBoolean("openWorldHint", tool.OpenWorld);
        writer.WriteBoolean("readOnlyHint", tool.ReadOnly);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
