using System.Text.Json;

namespace Orchestrator.Agents.Codex;

/// <summary>Understands the items inside Codex's lines. Items of parallel calls interleave and are matched by their id.</summary>
static class CodexItems
{
    // {"id":"item_2","type":"command_execution","command":"/bin/bash -lc 'exit 3'","aggregated_output":"","exit_code":3,"status":"failed"}
    // {"id":"item_2","type":"file_change","changes":[{"path":"/repo/b.txt","kind":"add"}],"status":"completed"}
    // {"id":"item_0","type":"mcp_tool_call","server":"lab","tool":"report","arguments":{},"result":{"content":[…]},"status":"completed"}
    public static Reading? Started(Transcript soFar, JsonElement item) => item.Text("type") switch
    {
        "command_execution" => JsonLines.Says(soFar, ShellCall(item)),
        "mcp_tool_call" => JsonLines.Says(soFar, new ToolCalled(Id(item), ToolName(item), item.Field("arguments").Json())),
        "collab_tool_call" => JsonLines.Says(soFar, new ToolCalled(Id(item), item.Text("tool") ?? "collab", item.Json())),
        "todo_list" => JsonLines.Says(soFar, Plan(item)),
        "file_change" or "agent_message" or "reasoning" or "web_search" => JsonLines.Silent(soFar),
        _ => null,
    };

    public static Reading? Updated(Transcript soFar, JsonElement item) => item.Text("type") switch
    {
        "todo_list" => JsonLines.Says(soFar, Plan(item)),
        "command_execution" or "mcp_tool_call" or "collab_tool_call" or "agent_message" or "reasoning" => JsonLines.Silent(soFar),
        _ => null,
    };

    public static Reading? Completed(Transcript soFar, JsonElement item) => item.Text("type") switch
    {
        "agent_message" => Message(soFar, item.Text("text") ?? ""),
        "reasoning" => JsonLines.Says(soFar, new Reasoned(item.Text("text") ?? "")),
        "command_execution" => JsonLines.Says(soFar, ShellReturn(item)),
        "file_change" => JsonLines.Says(soFar, Files(item)),
        "mcp_tool_call" => JsonLines.Says(soFar, new ToolReturned(Id(item), null, ToolText(item), Failed(item))),
        "collab_tool_call" => JsonLines.Says(soFar, new ToolReturned(Id(item), null, item.Json(), Failed(item))),
        "web_search" => JsonLines.Says(
            soFar,
            new ToolCalled(Id(item), "web_search", JsonFields.Object("query", item.Text("query"))),
            new ToolReturned(Id(item), null, "")),
        "todo_list" => JsonLines.Says(soFar, Plan(item)),
        "error" => JsonLines.Says(soFar, new Warned("agent_notice", item.Text("message") ?? "")),
        _ => null,
    };

    /// <summary>The last message is the answer, and where a schema was demanded it is the result.</summary>
    static Reading Message(Transcript soFar, string text) => JsonLines.Says(
        soFar with
        {
            LastMessage = ClippedText.Clip(text),
            StructuredJson = StructuredResult.LooksLikeObject(text) ? text : null,
        },
        new Said(text));

    static ToolCalled ShellCall(JsonElement item) => new(Id(item), "shell", JsonFields.Object("command", item.Text("command")));

    static ToolReturned ShellReturn(JsonElement item) =>
        new(Id(item), (int?)item.WholeOrNull("exit_code"), item.Text("aggregated_output") ?? "", Failed(item));

    static Signal Files(JsonElement item)
    {
        var changes = item.Items("changes").Select(c => new FileChange(c.Text("path") ?? "", c.Text("kind") ?? "update")).ToList();
        return item.Text("status") == "completed"
            ? new FilesChanged(changes)
            : new Warned("file_change_failed", $"A change was not applied: {string.Join(", ", changes.Select(c => c.Path))}");
    }

    static Planned Plan(JsonElement item) =>
        new([.. item.Items("items").Select(step => new PlanStep(step.Text("text") ?? "", step.IsTrue("completed")))]);

    static string ToolName(JsonElement item) => $"{item.Text("server")}.{item.Text("tool")}";

    /// <summary>The text parts of an MCP answer, or its error.</summary>
    static string ToolText(JsonElement item) =>
        item.Field("error").Text("message")
        ?? string.Join("\n", item.Field("result").Items("content").Select(part => part.Text("text") ?? part.Json()));

    static bool Failed(JsonElement item) => item.Text("status") is "failed" or "declined";

    static string Id(JsonElement item) => item.Text("id") ?? "";
}
