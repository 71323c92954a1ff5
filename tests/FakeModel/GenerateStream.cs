using System.Text.Json.Nodes;

namespace Orchestrator.FakeModel;

/// <summary>
/// Gemini's API as its CLI reads it (POST …/models/M:streamGenerateContent?alt=sse): each event is a whole response with some parts of
/// the answer, the last one has the finish reason and the usage.
/// </summary>
sealed class GenerateStream(HttpContext http, Ask ask, Usage usage) : AnswerStream(http, ask, usage)
{
    protected override Task Open() => Task.CompletedTask;

    protected override Task Text(string text) => Each(Pieces(text).Select(piece => new JsonObject { ["text"] = piece }));

    protected override Task Reasoning(string text) =>
        Each(Pieces(text).Select(piece => new JsonObject { ["text"] = piece, ["thought"] = true }));

    protected override Task Shell(string command) =>
        Tool("run_shell_command", new JsonObject { ["command"] = command, ["description"] = "scripted command" });

    protected override Task Write(string path, string content) =>
        Tool("write_file", new JsonObject { ["file_path"] = path, ["content"] = content });

    /// <summary>There is no patch tool: the text goes to git, which reads unified diffs.</summary>
    protected override Task Patch(string patch) => Shell($"git apply <<'PATCH'\n{patch}\nPATCH");

    protected override Task Structured(JsonNode result) => Text(result.ToJsonString());

    protected override Task Tool(string name, JsonNode input) => Each(
    [
        new() { ["functionCall"] = new JsonObject { ["id"] = NewId("call_"), ["name"] = name, ["args"] = input.DeepClone() } },
    ]);

    protected override Task Fail(string message) =>
        Data(new() { ["error"] = new JsonObject { ["code"] = 500, ["message"] = message, ["status"] = "INTERNAL" } });

    protected override Task Close() => Data(Response([], "STOP"));

    async Task Each(IEnumerable<JsonObject> parts)
    {
        foreach (var part in parts) await Data(Response([part], null));
    }

    /// <summary>The prompt's count includes what was cached; thoughts are counted apart from the rest of the output.</summary>
    JsonObject Response(JsonNode[] parts, string? finish)
    {
        var candidate = new JsonObject
        {
            ["content"] = new JsonObject { ["role"] = "model", ["parts"] = new JsonArray(parts) }, ["index"] = 0,
        };
        if (finish is not null) candidate["finishReason"] = finish;
        var response = new JsonObject { ["candidates"] = new JsonArray(candidate), ["modelVersion"] = Ask.Model };
        if (finish is not null)
            response["usageMetadata"] = new JsonObject
            {
                ["promptTokenCount"] = Usage.Input,
                ["cachedContentTokenCount"] = Usage.Cached,
                ["candidatesTokenCount"] = Usage.Output - Usage.Reasoning,
                ["thoughtsTokenCount"] = Usage.Reasoning,
                ["totalTokenCount"] = Usage.Input + Usage.Output,
            };
        return response;
    }
}
