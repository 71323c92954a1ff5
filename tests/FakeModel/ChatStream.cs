using System.Text.Json.Nodes;

namespace Orchestrator.FakeModel;

/// <summary>
/// The Chat Completions API as every OpenAI-compatible endpoint speaks it: pieces of a message, a last piece with the finish reason,
/// one with the usage, and [DONE].
/// </summary>
sealed class ChatStream(HttpContext http, Ask ask, Usage usage) : AnswerStream(http, ask, usage)
{
    readonly string _id = NewId("chatcmpl-");
    int _calls;

    protected override Task Open() => Piece(new() { ["role"] = "assistant", ["content"] = "" });

    protected override async Task Text(string text)
    {
        foreach (var piece in Pieces(text)) await Piece(new() { ["content"] = piece });
    }

    protected override async Task Reasoning(string text)
    {
        foreach (var piece in Pieces(text)) await Piece(new() { ["reasoning_content"] = piece });
    }

    /// <summary>Our own agent's tool, or that of another CLI which offers one of its own.</summary>
    protected override Task Shell(string command) => Ask.Tools.Contains("bash")
        ? Tool("bash", new JsonObject { ["command"] = command, ["description"] = "scripted command" })
        : Tool("run", new JsonObject { ["command"] = command });

    protected override Task Write(string path, string content) => Ask.Tools.Contains("write")
        ? Tool("write", new JsonObject { ["filePath"] = path, ["content"] = content })
        : Tool("write_file", new JsonObject { ["path"] = path, ["content"] = content });

    protected override Task Patch(string patch) => Shell($"git apply <<'PATCH'\n{patch}\nPATCH");

    protected override Task Structured(JsonNode result) => Text(result.ToJsonString());

    protected override Task Tool(string name, JsonNode input) => Call(name, input.ToJsonString());

    protected override Task Malformed(string name, string arguments) => Call(name, arguments);

    protected override Task Garbage() => Write("event: nonsense\ndata: {\"choices\":[{\"del\n\ndata: [1,2\n\n: hm\nid 7\ndata\n\n");

    protected override Task Fail(string message) => Send(new JsonObject
    {
        ["error"] = new JsonObject { ["message"] = message, ["type"] = "server_error", ["code"] = 500 },
    });

    protected override async Task Close()
    {
        await Piece([], _calls > 0 ? "tool_calls" : "stop");
        var counts = Chunk();
        counts["choices"] = new JsonArray();
        counts["usage"] = new JsonObject
        {
            ["prompt_tokens"] = Usage.Input,
            ["prompt_tokens_details"] = new JsonObject { ["cached_tokens"] = Usage.Cached },
            ["completion_tokens"] = Usage.Output,
            ["completion_tokens_details"] = new JsonObject { ["reasoning_tokens"] = Usage.Reasoning },
            ["total_tokens"] = Usage.Input + Usage.Output,
        };
        await Send(counts);
        await Write("data: [DONE]\n\n");
    }

    async Task Call(string name, string arguments)
    {
        var index = _calls++;
        JsonObject Delta(JsonObject function) => new() { ["tool_calls"] = new JsonArray(Indexed(index, function)) };
        var first = Delta(new() { ["name"] = name, ["arguments"] = "" });
        first["tool_calls"]![0]!["id"] = NewId("call_");
        first["tool_calls"]![0]!["type"] = "function";
        await Piece(first);
        foreach (var piece in Pieces(arguments)) await Piece(Delta(new() { ["arguments"] = piece }));
    }

    static JsonObject Indexed(int index, JsonObject function) => new() { ["index"] = index, ["function"] = function };

    Task Piece(JsonObject delta, string? finish = null)
    {
        var chunk = Chunk();
        chunk["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["delta"] = delta, ["finish_reason"] = finish });
        return Send(chunk);
    }

    JsonObject Chunk() => new() { ["id"] = _id, ["object"] = "chat.completion.chunk", ["model"] = Ask.Model };

    /// <summary>This API names no event types.</summary>
    Task Send(JsonObject data) => Write($"data: {data.ToJsonString()}\n\n");

    async Task Write(string text)
    {
        await Http.Response.WriteAsync(text, Http.RequestAborted);
        await Http.Response.Body.FlushAsync(Http.RequestAborted);
    }
}
