using System.Text.Json;
using Orchestrator.Cli;

namespace Orchestrator.Mcp;

/// <summary>The server and its tools as the protocol describes them to clients, in JSON.</summary>
static class ToolListing
{
    public const string Name = "agentctl";
    public const string Title = "Agent Orchestrator";

    /// <summary>The result of <c>initialize</c>.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="version">The protocol's version that was agreed on.</param>
    public static void Greet(Utf8JsonWriter writer, string version)
    {
        writer.WriteStartObject();
        writer.WriteString("protocolVersion", version);
        writer.WriteStartObject("capabilities");
        // The package says that clients may set the level of its log, too.
        writer.WriteStartObject("logging");
        writer.WriteEndObject();
        writer.WriteStartObject("tools");
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteStartObject("serverInfo");
        writer.WriteString("name", Name);
        writer.WriteString("title", Title);
        writer.WriteString("version", OwnVersion.Text);
        writer.WriteEndObject();
        writer.WriteString("instructions", Toolbox.Instructions);
        writer.WriteEndObject();
    }

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
