using System.Text.Json.Nodes;

namespace Orchestrator.FakeModel;

/// <summary>The Responses API as Codex reads it: response.created, output items, response.completed with the usage.</summary>
sealed class ResponsesStream(HttpContext http, Ask ask, Usage usage) : AnswerStream(http, ask, usage)
{
    readonly string _id = NewId("resp_");
    readonly JsonArray _output = [];

    protected override Task Open() => Send("response.created", new() { ["response"] = Response("in_progress") });

    protected override async Task Text(string text)
    {
        var id = NewId("msg_");
        JsonObject Message(string content) => new()
        {
            ["type"] = "message", ["id"] = id, ["role"] = "assistant",
            ["content"] = new JsonArray(new JsonObject { ["type"] = "output_text", ["text"] = content, ["annotations"] = new JsonArray() }),
        };

        await Send("response.output_item.added", new() { ["output_index"] = _output.Count, ["item"] = Message("") });
        foreach (var piece in Pieces(text))
            await Send("response.output_text.delta",
                new() { ["item_id"] = id, ["output_index"] = _output.Count, ["content_index"] = 0, ["delta"] = piece });
        await Done(Message(text));
    }

    protected override async Task Reasoning(string text)
    {
        var id = NewId("rs_");
        await Send("response.output_item.added", new()
        {
            ["output_index"] = _output.Count,
            ["item"] = new JsonObject { ["type"] = "reasoning", ["id"] = id, ["summary"] = new JsonArray() },
        });
        foreach (var piece in Pieces(text))
            await Send("response.reasoning_summary_text.delta",
                new() { ["item_id"] = id, ["output_index"] = _output.Count, ["summary_index"] = 0, ["delta"] = piece });
        await Done(new()
        {
            ["type"] = "reasoning", ["id"] = id, ["encrypted_content"] = null,
            ["summary"] = new JsonArray(new JsonObject { ["type"] = "summary_text", ["text"] = text }),
        });
    }

    protected override Task Shell(string command)
    {
        var tool = Ask.Tools.FirstOrDefault(name => name is "exec_command" or "shell_command" or "shell") ?? "exec_command";
        return Tool(tool, tool switch
        {
            "shell" => new JsonObject { ["command"] = new JsonArray("bash", "-lc", command) },
            "shell_command" => new JsonObject { ["command"] = command },
            _ => new JsonObject { ["cmd"] = command },
        });
    }

    protected override Task Write(string path, string content)
    {
        var added = string.Concat(content.TrimEnd('\n').Split('\n').Select(line => $"+{line}\n"));
        return Patch($"*** Begin Patch\n*** Add File: {path}\n{added}*** End Patch");
    }

    /// <summary>apply_patch is a freeform tool: its input is the patch text, not JSON.</summary>
    protected override Task Patch(string patch) => Done(new()
    {
        ["type"] = "custom_tool_call", ["id"] = NewId("ctc_"), ["call_id"] = NewId("call_"),
        ["name"] = "apply_patch", ["input"] = patch, ["status"] = "completed",
    });

    protected override Task Structured(JsonNode result) => Text(result.ToJsonString());

    /// <summary>Tools of an MCP server lie in a namespace here: <c>mcp__server__tool</c> is its tool of that namespace.</summary>
    protected override Task Tool(string name, JsonNode input)
    {
        var call = new JsonObject
        {
            ["type"] = "function_call", ["id"] = NewId("fc_"), ["call_id"] = NewId("call_"),
            ["name"] = name, ["arguments"] = input.ToJsonString(), ["status"] = "completed",
        };
        if (name.Split("__") is ["mcp", var server, var tool])
            (call["namespace"], call["name"]) = ($"mcp__{server}", tool);
        return Done(call);
    }

    protected override Task Fail(string message)
    {
        var failed = Response("failed");
        failed["error"] = new JsonObject { ["code"] = "server_error", ["message"] = message };
        return Send("response.failed", new() { ["response"] = failed });
    }

    protected override Task Close()
    {
        var done = Response("completed");
        done["output"] = _output.DeepClone();
        done["usage"] = new JsonObject
        {
            ["input_tokens"] = Usage.Input,
            ["input_tokens_details"] = new JsonObject { ["cached_tokens"] = Usage.Cached },
            ["output_tokens"] = Usage.Output,
            ["output_tokens_details"] = new JsonObject { ["reasoning_tokens"] = Usage.Reasoning },
            ["total_tokens"] = Usage.Input + Usage.Output,
        };
        return Send("response.completed", new() { ["response"] = done });
    }

    async Task Done(JsonObject item)
    {
        await Send("response.output_item.done", new() { ["output_index"] = _output.Count, ["item"] = item.DeepClone() });
        _output.Add((JsonNode)item);
    }

    JsonObject Response(string status) => new()
    {
        ["id"] = _id, ["object"] = "response", ["model"] = Ask.Model, ["status"] = status, ["output"] = new JsonArray(),
    };
}
