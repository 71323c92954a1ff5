using System.Text.Json.Nodes;

namespace Orchestrator.FakeModel;

/// <summary>Chat completions as OpenAI-compatible clients read them (POST …/chat/completions): deltas, the usage, [DONE].</summary>
sealed class ChatStream(HttpContext http, Ask ask, Usage usage) : AnswerStream(http, ask, usage)
{
    readonly string _id = NewId("chatcmpl-");
    int _calls;

    protected override Task Open() => Delta(new() { ["role"] = "assistant" });

    protected override Task Text(string text) => Each(Pieces(text).Select(piece => new JsonObject { ["content"] = piece }));

    protected override Task Reasoning(string text) =>
        Each(Pieces(text).Select(piece => new JsonObject { ["reasoning_content"] = piece }));

    protected override Task Shell(string command) =>
        Tool("bash", new JsonObject { ["command"] = command, ["description"] = "scripted command" });

    protected override Task Write(string path, string content) =>
        Tool("write", new JsonObject { ["filePath"] = path, ["content"] = content });

    /// <summary>There is no patch tool: the text goes to git, which reads unified diffs.</summary>
    protected override Task Patch(string patch) => Shell($"git apply <<'PATCH'\n{patch}\nPATCH");

    protected override Task Structured(JsonNode result) => Text(result.ToJsonString());

    protected override Task Tool(string name, JsonNode input)
    {
        var index = _calls++;
        JsonObject Call(JsonObject function, string? id)
        {
            var call = new JsonObject { ["index"] = index, ["function"] = function };
            if (id is not null) (call["id"], call["type"]) = (id, "function");
            return new() { ["tool_calls"] = new JsonArray(call) };
        }

        return Each(
        [
            Call(new() { ["name"] = name, ["arguments"] = "" }, NewId("call_")),
            .. Pieces(input.ToJsonString()).Select(piece => Call(new() { ["arguments"] = piece }, null)),
        ]);
    }

    protected override Task Fail(string message) =>
        Data(new() { ["error"] = new JsonObject { ["message"] = message, ["type"] = "server_error", ["code"] = null } });

    protected override async Task Close()
    {
        await Data(Chunk(new JsonArray(Choice([], _calls > 0 ? "tool_calls" : "stop"))));
        var last = Chunk([]);
        last["usage"] = new JsonObject
        {
            ["prompt_tokens"] = Usage.Input,
            ["prompt_tokens_details"] = new JsonObject { ["cached_tokens"] = Usage.Cached },
            ["completion_tokens"] = Usage.Output,
            ["completion_tokens_details"] = new JsonObject { ["reasoning_tokens"] = Usage.Reasoning },
            ["total_tokens"] = Usage.Input + Usage.Output,
        };
        await Data(last);
        await Line("[DONE]");
    }

    async Task Each(IEnumerable<JsonObject> deltas)
    {
        foreach (var delta in deltas) await Delta(delta);
    }

    Task Delta(JsonObject delta) => Data(Chunk(new JsonArray(Choice(delta, null))));

    static JsonObject Choice(JsonObject delta, string? finish) =>
        new() { ["index"] = 0, ["delta"] = delta, ["finish_reason"] = finish };

    JsonObject Chunk(JsonArray choices) => new()
    {
        ["id"] = _id, ["object"] = "chat.completion.chunk", ["created"] = 1, ["model"] = Ask.Model, ["choices"] = choices,
    };
}
