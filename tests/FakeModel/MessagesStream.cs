using System.Text.Json.Nodes;

namespace Orchestrator.FakeModel;

/// <summary>
/// The Messages API as Claude Code reads it: message_start, content blocks one after another, message_delta, message_stop.
/// </summary>
/// <remarks>After an error event Claude asks once more with <c>stream: false</c>; then the same message is answered as one JSON.</remarks>
sealed class MessagesStream(HttpContext http, Ask ask, Usage usage, bool streams) : AnswerStream(http, ask, usage)
{
    readonly string _id = NewId("msg_");
    readonly JsonArray _content = [];
    bool _usesTool;

    protected override Task Open()
    {
        if (streams) return Send("message_start", new() { ["message"] = Message(stopReason: null, output: 1) });
        Http.Response.ContentType = "application/json";
        return Task.CompletedTask;
    }

    protected override Task Text(string text) => Block(
        new() { ["type"] = "text", ["text"] = "" },
        new() { ["type"] = "text", ["text"] = text },
        Pieces(text).Select(piece => new JsonObject { ["type"] = "text_delta", ["text"] = piece }));

    protected override Task Reasoning(string text) => Block(
        new() { ["type"] = "thinking", ["thinking"] = "", ["signature"] = "" },
        new() { ["type"] = "thinking", ["thinking"] = text, ["signature"] = "c2lnbmF0dXJl" },
        [
            .. Pieces(text).Select(piece => new JsonObject { ["type"] = "thinking_delta", ["thinking"] = piece }),
            new() { ["type"] = "signature_delta", ["signature"] = "c2lnbmF0dXJl" },
        ]);

    protected override Task Shell(string command) =>
        Tool("Bash", new JsonObject { ["command"] = command, ["description"] = "scripted command" });

    protected override Task Write(string path, string content) =>
        Tool("Write", new JsonObject { ["file_path"] = path, ["content"] = content });

    /// <summary>Claude has no patch tool: the text goes to git, which reads unified diffs.</summary>
    protected override Task Patch(string patch) => Shell($"git apply <<'PATCH'\n{patch}\nPATCH");

    protected override Task Structured(JsonNode result) =>
        Ask.Schema is null ? Text(result.ToJsonString()) : Tool("StructuredOutput", result);

    protected override Task Tool(string name, JsonNode input)
    {
        var id = NewId("toolu_");
        _usesTool = true;
        JsonObject Call(JsonNode input) => new() { ["type"] = "tool_use", ["id"] = id, ["name"] = name, ["input"] = input };
        return Block(
            Call(new JsonObject()),
            Call(input.DeepClone()),
            Pieces(input.ToJsonString()).Select(piece => new JsonObject { ["type"] = "input_json_delta", ["partial_json"] = piece }));
    }

    protected override Task Fail(string message)
    {
        var error = new JsonObject { ["error"] = new JsonObject { ["type"] = "api_error", ["message"] = message } };
        if (streams) return Send("error", error);
        Http.Response.StatusCode = 500;
        error.Insert(0, "type", "error");
        return Http.Response.WriteAsync(error.ToJsonString());
    }

    protected override async Task Close()
    {
        var stopReason = _usesTool ? "tool_use" : "end_turn";
        if (!streams)
        {
            await Http.Response.WriteAsync(Message(stopReason, Usage.Output).ToJsonString());
            return;
        }

        await Send("message_delta", new()
        {
            ["delta"] = new JsonObject { ["stop_reason"] = stopReason, ["stop_sequence"] = null },
            ["usage"] = Counts(Usage.Output),
        });
        await Send("message_stop", []);
    }

    /// <summary>One content block: as it starts, as it is when whole, and the deltas between the two.</summary>
    async Task Block(JsonObject start, JsonObject whole, IEnumerable<JsonObject> deltas)
    {
        var index = _content.Count;
        _content.Add((JsonNode)whole);
        if (!streams) return;
        await Send("content_block_start", new() { ["index"] = index, ["content_block"] = start });
        foreach (var delta in deltas) await Send("content_block_delta", new() { ["index"] = index, ["delta"] = delta });
        await Send("content_block_stop", new() { ["index"] = index });
    }

    JsonObject Message(string? stopReason, int output) => new()
    {
        ["id"] = _id, ["type"] = "message", ["role"] = "assistant", ["model"] = Ask.Model, ["content"] = _content.DeepClone(),
        ["stop_reason"] = stopReason, ["stop_sequence"] = null, ["usage"] = Counts(output),
    };

    /// <summary>Here the uncached, the read and the written part of the input are counted apart.</summary>
    JsonObject Counts(int output) => new()
    {
        ["input_tokens"] = Usage.Input - Usage.Cached - Usage.CacheWrite,
        ["cache_creation_input_tokens"] = Usage.CacheWrite,
        ["cache_read_input_tokens"] = Usage.Cached,
        ["output_tokens"] = output,
    };
}
