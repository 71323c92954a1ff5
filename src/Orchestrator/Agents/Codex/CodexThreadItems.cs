using System.Text.Json;

namespace Orchestrator.Agents.Codex;

/// <summary>Understands the items of <c>codex app-server</c>: what <see cref="CodexItems"/> is for exec, in other words.</summary>
static class CodexThreadItems
{
    // {"type":"commandExecution","id":"call_af…","command":"/bin/bash -lc 'ls'","status":"inProgress",…}
    public static Reading? Started(Transcript soFar, JsonElement item) => item.Text("type") switch
    {
        "commandExecution" => JsonLines.Says(
            soFar, new ToolCalled(Id(item), "shell", JsonFields.Object("command", item.Text("command")))),
        "mcpToolCall" => JsonLines.Says(
            soFar, new ToolCalled(Id(item), $"{item.Text("server")}.{item.Text("tool")}", item.Field("arguments").Json())),
        "collabAgentToolCall" or "dynamicToolCall" => JsonLines.Says(
            soFar, new ToolCalled(Id(item), item.Text("tool") ?? item.Text("type")!, item.Json())),
        "userMessage" or "agentMessage" or "reasoning" or "fileChange" or "webSearch" or "plan" or "contextCompaction" =>
            JsonLines.Silent(soFar),
        _ => null,
    };

    // {"type":"commandExecution","id":"call_af…","status":"failed","aggregatedOutput":"…","exitCode":1}
    // {"type":"agentMessage","id":"msg_16…","text":"done"}      {"type":"reasoning","id":"rs_1","summary":["hm"],"content":[]}
    public static Reading? Completed(Transcript soFar, JsonElement item) => item.Text("type") switch
    {
        "agentMessage" => Message(soFar, item.Text("text") ?? ""),
        "reasoning" => Reasoning(soFar, item),
        "commandExecution" => JsonLines.Says(soFar, new ToolReturned(
            Id(item), (int?)item.WholeOrNull("exitCode"), item.Text("aggregatedOutput") ?? "", Failed(item))),
        "fileChange" => JsonLines.Says(soFar, Files(item)),
        "mcpToolCall" => JsonLines.Says(soFar, new ToolReturned(Id(item), null, ToolText(item), Failed(item))),
        "collabAgentToolCall" or "dynamicToolCall" => JsonLines.Says(soFar, new ToolReturned(Id(item), null, item.Json(), Failed(item))),
        "webSearch" => JsonLines.Says(
            soFar,
            new ToolCalled(Id(item), "web_search", JsonFields.Object("query", item.Text("query"))),
            new ToolReturned(Id(item), null, "")),
        "userMessage" or "plan" or "contextCompaction" => JsonLines.Silent(soFar),
        _ => null,
    };

    /// <summary>The last message is the answer, and where a schema was demanded it is the result.</summary>
    static Reading Message(Transcript soFar, string text) => JsonLines.Says(
        soFar with { LastMessage = ClippedText.Clip(text), StructuredJson = StructuredResult.LooksLikeObject(text) ? text : null },
        new Said(text));

    static Reading Reasoning(Transcript soFar, JsonElement item)
    {
        var text = string.Join("\n", item.Items("summary").Select(part => part.AsText() ?? part.Text("text")).OfType<string>());
        return text.Length == 0 ? JsonLines.Silent(soFar) : JsonLines.Says(soFar, new Reasoned(text));
    }

    static Signal Files(JsonElement item)
    {
        var changes = item.Items("changes")
            .Select(c => new FileChange(c.Text("path") ?? "", c.Field("kind").Text("type") ?? c.Text("kind") ?? "update")).ToList();
        return item.Text("status") == "completed"
            ? new FilesChanged(changes)
            : new Warned("file_change_failed", $"A change was not applied: {string.Join(", ", changes.Select(c => c.Path))}");
    }

    static string ToolText(JsonElement item) =>
        item.Field("error").Text("message")
        ?? string.Join("\n", item.Field("result").Items("content").Select(part => part.Text("text") ?? part.Json()));

    static bool Failed(JsonElement item) => item.Text("status") is "failed" or "declined";

    static string Id(JsonElement item) => item.Text("id") ?? "";
}
