using System.Text.Json;
using System.Text.Json.Nodes;

namespace Orchestrator.Agents.OpenAi;

/// <summary>How a run of our own agent ended, as it says so itself in its last line.</summary>
/// <param name="Ok">True when the model gave its answer.</param>
/// <param name="Reason">One of <see cref="EndReason"/> when not.</param>
/// <param name="Text">The failure in a sentence.</param>
/// <param name="ResultJson">The structured result as JSON text, when the answer was one.</param>
/// <param name="After">How long the endpoint wants to be left alone, in seconds; null when it does not say.</param>
readonly record struct LoopEnd(bool Ok, string? Reason = null, string? Text = null, string? ResultJson = null, double? After = null);

/// <summary>
/// The lines of our own agent (<c>agentctl agent-loop</c>): one JSON object per line of standard output. Both ends are in this file, so
/// that they cannot disagree. Only whole things are said, never pieces; <c>alive</c> means no more than that an answer is still coming.
/// </summary>
static class LoopProtocol
{
    /// <summary>Names the endpoint, ending in /v1 with most of them.</summary>
    public const string UrlVariable = "OPENAI_BASE_URL";

    /// <summary>Holds the key. Not needed for an endpoint on this machine.</summary>
    public const string KeyVariable = "OPENAI_API_KEY";

    /// <summary>Names the variable that holds the key, when it is another one than <see cref="KeyVariable"/>.</summary>
    public const string KeyNameVariable = "OPENAI_API_KEY_VARIABLE";

    /// <summary>The model, when the profile names none.</summary>
    public const string ModelVariable = "OPENAI_MODEL";

    /// <summary>A tool name that means a command, in the words all agents share.</summary>
    public const string ShellTool = "shell";

    /// <summary>{"type":"thread","id":"0f3a…","model":"kimi-k2"}</summary>
    public static string Thread(string id, string? model) => Line("thread", ("id", id), ("model", model));

    /// <summary>{"type":"alive"}</summary>
    public static string Alive() => Line("alive");

    /// <summary>{"type":"end","ok":false,"reason":"rate_limited","text":"…","retry_after_s":90}</summary>
    public static string End(LoopEnd end) =>
        Line("end", ("ok", end.Ok), ("reason", end.Reason), ("text", end.Text), ("result", end.ResultJson),
            ("retry_after_s", end.After));

    // {"type":"message","text":"…"}    {"type":"reasoning","text":"…"}    {"type":"warning","code":"retry","text":"…"}
    // {"type":"tool_call","id":"call_1","name":"shell","input":{"command":"ls"}}
    // {"type":"tool_result","id":"call_1","exit_code":0,"output":"a.txt","failed":false}
    // {"type":"file_change","changes":[{"path":"/repo/a.txt","kind":"add"}]}
    // {"type":"usage","input_tokens":100,"cached_input_tokens":40,"output_tokens":7,"cost_usd":0.0012}
    /// <summary>A line that becomes this signal again. Usage is that of one answer; the reader adds up.</summary>
    public static string Says(Signal signal) => signal switch
    {
        Said said => Line("message", ("text", said.Text)),
        Reasoned reasoned => Line("reasoning", ("text", reasoned.Text)),
        Warned warned => Line("warning", ("code", warned.Code), ("text", warned.Text)),
        ToolCalled call => Line("tool_call", ("id", call.Id), ("name", call.Name), ("input", Input(call.InputJson))),
        ToolReturned back => Line("tool_result",
            ("id", back.Id), ("exit_code", back.ExitCode), ("output", back.Output), ("failed", back.Failed)),
        FilesChanged changed => Line("file_change", ("changes", new JsonArray(
            [.. changed.Changes.Select(change => (JsonNode)new JsonObject { ["path"] = change.Path, ["kind"] = change.Kind })]))),
        Used { Usage: var usage } => Line("usage", ("input_tokens", usage.InputTokens),
            ("cached_input_tokens", usage.CachedInputTokens), ("output_tokens", usage.OutputTokens), ("cost_usd", usage.CostUsd)),
        _ => throw new ArgumentException($"The protocol has no line for {signal.GetType().Name}.", nameof(signal)),
    };

    /// <summary>What a line means; null for a kind this version does not know.</summary>
    public static Reading? Understand(Transcript soFar, JsonElement line) => line.Text("type") switch
    {
        "thread" when line.Text("id") is { Length: > 0 } id =>
            JsonLines.Silent(soFar with { ThreadId = id, Model = line.Text("model") ?? soFar.Model }),
        "alive" => JsonLines.Silent(soFar),
        "message" when line.Text("text") is { } text =>
            JsonLines.Says(soFar with { LastMessage = ClippedText.Clip(text) }, new Said(text)),
        "reasoning" when line.Text("text") is { } text => JsonLines.Says(soFar, new Reasoned(text)),
        "warning" when line.Text("text") is { } text => JsonLines.Says(soFar, new Warned(line.Text("code") ?? "agent_notice", text)),
        "tool_call" when line.Text("name") is { } name =>
            JsonLines.Says(soFar, new ToolCalled(line.Text("id") ?? "", name, line.Field("input").Json())),
        "tool_result" => JsonLines.Says(soFar,
            new ToolReturned(line.Text("id") ?? "", ExitCode(line), line.Text("output") ?? "", line.IsTrue("failed"))),
        "file_change" when Changes(line) is { Count: > 0 } changes => JsonLines.Says(soFar, new FilesChanged(changes)),
        "usage" => OfUsage(soFar, line),
        "end" => JsonLines.Silent(OfEnd(soFar, line)),
        _ => null,
    };

    static Reading OfUsage(Transcript soFar, JsonElement line)
    {
        var part = new Usage(
            line.Whole("input_tokens"), line.Whole("cached_input_tokens"), line.Whole("output_tokens"), line.Money("cost_usd"));
        var run = soFar.Usage is null ? part : soFar.Usage + part;
        return JsonLines.Says(soFar with { Usage = run }, new Used(run));
    }

    static Transcript OfEnd(Transcript soFar, JsonElement line) => line.IsTrue("ok")
        ? soFar with { EndSeen = true, EndedWell = true, FailureReason = null, FailureText = null, StructuredJson = Result(line) }
        : soFar with
        {
            EndSeen = true,
            EndedWell = false,
            FailureReason = line.Text("reason") is { } reason && EndReason.All.ContainsKey(reason) ? reason : EndReason.AgentError,
            FailureText = line.Text("text") is { } text ? ClippedText.Clip(text) : null,
            Reset = line.Money("retry_after_s") is { } seconds and >= 0 and < 1_000_000_000
                ? new ResetHint { In = TimeSpan.FromSeconds((double)seconds) } : soFar.Reset,
        };

    static string? Result(JsonElement line) =>
        line.Text("result") is { } json && StructuredResult.LooksLikeObject(json) ? json : null;

    static int? ExitCode(JsonElement line) =>
        line.WholeOrNull("exit_code") is { } code and >= int.MinValue and <= int.MaxValue ? (int)code : null;

    static List<FileChange> Changes(JsonElement line) =>
    [
        .. line.Items("changes").Where(change => change.Text("path") is not null).Select(change =>
            new FileChange(change.Text("path")!, change.Text("kind") is "add" or "delete" ? change.Text("kind")! : "update")),
    ];

    static JsonNode? Input(string json)
    {
        try
        {
            return JsonNode.Parse(json);
        }
        catch (JsonException)
        {
            return new JsonObject { ["text"] = json };
        }
    }

    static string Line(string type, params (string Name, JsonNode? Value)[] members)
    {
        var line = new JsonObject { ["type"] = type };
        foreach (var (name, value) in members)
            if (value is not null)
                line[name] = value;
        return line.ToJsonString(Json.PlainOptions);
    }
}
