using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Agents;
using WorkspaceFile = Orchestrator.Workspaces.WorkspaceFile;

namespace Orchestrator.AcpHost;

/// <summary>Files of the workspace.</summary>
static class FileCalls
{
    // {"sessionId":"7f…","path":"/repo/a.py","line":10,"limit":50} → {"content":"…"}
    public static JsonObject Read(CallPlace place, JsonElement asked)
    {
        var text = WorkspaceFile.Text(place.Paths.Inside(Need(asked, "path")));
        return new() { ["content"] = Part(text, asked.WholeOrNull("line") ?? 1, asked.WholeOrNull("limit") ?? long.MaxValue) };
    }

    // {"sessionId":"7f…","path":"/repo/a.py","content":"…"} → null
    public static JsonObject? Write(CallPlace place, JsonElement asked)
    {
        if (!place.MayChange)
            throw new CallRefusal(CallRefusal.InvalidParams, "This run is read-only: no file is written.");
        WorkspaceFile.Write(place.Paths.Inside(Need(asked, "path"), toChange: true), Need(asked, "content"));
        return null;
    }

    /// <summary>A member that has to be there as text.</summary>
    public static string Need(JsonElement asked, string name) =>
        asked.Text(name) ?? throw new CallRefusal(CallRefusal.InvalidParams, $"'{name}' is missing or no text.");

    /// <summary>Some lines, each with its end.</summary>
    static string Part(string text, long line, long limit)
    {
        var start = 0;
        for (var number = 1L; number < line && start < text.Length; number++)
            start = AfterLine(text, start);
        var end = start;
        for (var count = 0L; count < limit && end < text.Length; count++)
            end = AfterLine(text, end);
        return text[start..end];
    }

    static int AfterLine(string text, int at) => text.IndexOf('\n', at) is var end and >= 0 ? end + 1 : text.Length;
}
