using System.Text.Json;

namespace Orchestrator.Agents.OpenCode;

/// <summary>
/// Understands the lines of <c>opencode run --format json</c>. There is no event for the end: the last step's reason tells whether the
/// model was done, and an <c>error</c> line that it could not be.
/// </summary>
static class OpenCodeLines
{
    const string Rejected = "The user rejected permission";

    // {"type":"step_start","timestamp":1795,"sessionID":"ses_e0","part":{"id":"prt_1f","messageID":"msg_1f","type":"step-start",…}}
    // {"type":"text","timestamp":1795,"sessionID":"ses_e0","part":{"type":"text","text":"hi there",…}}
    // {"type":"tool_use","timestamp":1795,"sessionID":"ses_e0","part":{"type":"tool","tool":"bash","callID":"call_97","state":{…}}}
    // {"type":"step_finish","timestamp":1795,"sessionID":"ses_e0","part":{"reason":"stop","tokens":{…},"cost":0,…}}
    // {"type":"error","timestamp":1795,"sessionID":"ses_e0","error":{"name":"APIError","data":{"message":"…","statusCode":401,…}}}
    public static Reading? Understand(Transcript before, JsonElement line)
    {
        var part = line.Field("part");
        var soFar = before with { ThreadId = line.Text("sessionID") ?? before.ThreadId };
        return line.Text("type") switch
        {
            // What follows the last step decides: a conversation that was made shorter, for example, is gone on with.
            "step_start" => JsonLines.Silent(GoesOn(soFar)),
            "text" => OfText(soFar, part),
            "reasoning" => JsonLines.Says(soFar, new Reasoned(part.Text("text") ?? "")),
            "tool_use" => OfTool(soFar, part),
            "step_finish" => OfStep(soFar, part),
            "error" => OfError(soFar, line.Field("error")),
            _ => null,
        };
    }

    /// <summary>A refused call ends nothing where the settings say so; what the provider refused stays a failure.</summary>
    static Transcript GoesOn(Transcript soFar)
    {
        var now = soFar with { EndSeen = false, EndedWell = false };
        return soFar.FailureReason is null or EndReason.AgentError ? now with { FailureReason = null, FailureText = null } : now;
    }

    /// <summary>What OpenCode puts into the conversation by itself is no answer.</summary>
    static Reading OfText(Transcript soFar, JsonElement part)
    {
        var text = part.Text("text") ?? "";
        return part.IsTrue("synthetic")
            ? JsonLines.Says(soFar, new Reasoned(text))
            : JsonLines.Says(soFar with { LastMessage = ClippedText.Clip(text) }, new Said(text));
    }

    // "state":{"status":"completed","input":{"command":"exit 3"},"output":"(no output)","metadata":{"exit":3,…},"title":"exit 3",…}
    // "state":{"status":"completed","input":{"filePath":"/repo/b.txt",…},"metadata":{"filepath":"/repo/b.txt","exists":false,…},…}
    // "state":{"status":"error","input":{"command":"touch z"},"error":"The user rejected permission to use this specific tool call.",…}
    static Reading OfTool(Transcript soFar, JsonElement part)
    {
        var (state, tool, id) = (part.Field("state"), part.Text("tool") ?? "?", part.Text("callID") ?? "");
        var failed = state.Text("status") == "error";
        var exit = tool == "bash" && state.Field("metadata").WholeOrNull("exit") is { } code ? (int?)code : null;
        var output = (failed ? state.Text("error") : state.Text("output")) ?? "";
        var signals = new List<Signal>
        {
            new ToolCalled(id, tool == "bash" ? "shell" : tool, state.Field("input").Json()),
            new ToolReturned(id, exit, output, failed || exit is not (null or 0)),
        };
        if (!failed && Change(tool, state) is { } change)
            signals.Add(new FilesChanged([change]));
        if (tool == "todowrite")
            signals.Add(Plan(state.Field("input")));
        return new Reading(
            failed && output.StartsWith(Rejected, StringComparison.Ordinal)
                ? soFar with { FailureText = $"OpenCode's permission rules refused a call of {tool}, and it ended the turn." }
                : soFar,
            signals);
    }

    static FileChange? Change(string tool, JsonElement state) =>
        tool is "write" or "edit" && (state.Field("metadata").Text("filepath") ?? state.Field("input").Text("filePath")) is { } path
            ? new(path, state.Field("metadata").Field("exists").ValueKind == JsonValueKind.False ? "add" : "update")
            : null;

    // {"todos":[{"content":"write it","status":"completed","priority":"high"}]}
    static Planned Plan(JsonElement input) => new(
    [
        .. input.Items("todos").Select(todo => new PlanStep(todo.Text("content") ?? "", todo.Text("status") == "completed")),
    ]);

    // "tokens":{"total":1234,"input":200,"output":29,"reasoning":5,"cache":{"write":0,"read":1000}},"cost":0
    /// <summary>Each call of the model is counted apart.</summary>
    static Reading OfStep(Transcript soFar, JsonElement part)
    {
        var (tokens, cache) = (part.Field("tokens"), part.Field("tokens").Field("cache"));
        var cost = part.Money("cost") is { } dollars && dollars > 0 ? Math.Round(dollars, 6) : (decimal?)null;
        var step = new Usage(
            tokens.Whole("input") + cache.Whole("write"), cache.Whole("read"), tokens.Whole("output") + tokens.Whole("reasoning"), cost);
        var now = soFar with
        {
            Usage = soFar.Usage is null ? step : soFar.Usage + step,
            ThreadTotal = soFar.ThreadTotal is null ? step : soFar.ThreadTotal + step,
        };
        return JsonLines.Says(Ended(now, part.Text("reason") ?? ""), new Used(now.Usage));
    }

    /// <summary>After tool calls another step follows, unless a call was refused: then nothing does.</summary>
    static Transcript Ended(Transcript soFar, string reason) => reason switch
    {
        "tool-calls" => soFar.FailureText is null
            ? soFar
            : soFar with { EndSeen = true, FailureReason = soFar.FailureReason ?? EndReason.AgentError },
        "stop" => soFar with { EndSeen = true, EndedWell = soFar.FailureReason is null },
        _ => soFar with
        {
            EndSeen = true,
            FailureReason = soFar.FailureReason ?? EndReason.AgentError,
            FailureText = soFar.FailureText ?? $"The model ended its answer for the reason '{reason}'.",
        },
    };

    /// <summary>What it says of a failure in itself; a model or provider it does not know is one.</summary>
    const string OwnFailure = "Unexpected server error.";

    // {"name":"UnknownError","data":{"message":"Unexpected server error. Check server logs for details.","ref":"err_3e60aebc"}}
    // {"name":"ContextOverflowError","data":{"message":"Your input exceeds the context window of this model.","responseBody":"…"}}
    static Reading OfError(Transcript soFar, JsonElement error)
    {
        var data = error.Field("data");
        var text = data.Text("message") ?? error.Text("name") ?? "OpenCode reported a failure without saying which.";
        var reason = error.Text("name") switch
        {
            "ContextOverflowError" => EndReason.ContextExceeded,
            "ProviderAuthError" => EndReason.AuthRequired,
            "MessageAbortedError" => EndReason.Interrupted,
            _ when text.StartsWith(OwnFailure, StringComparison.Ordinal) => EndReason.AgentError,
            _ => FailureWords.ReasonOfStatus(data.Whole("statusCode"), text) ?? FailureWords.Reason(text),
        };
        return JsonLines.Says(
            soFar with
            {
                EndSeen = true,
                EndedWell = false,
                FailureReason = reason,
                FailureText = ClippedText.Clip(Told(reason, text)),
                Reset = AfterOf(data.Field("responseHeaders")) ?? soFar.Reset,
            },
            new Warned(reason, text));
    }

    // "responseHeaders":{"content-type":"application/json","retry-after":"1",…}
    static ResetHint? AfterOf(JsonElement headers) => ResetWords.OfHeader(headers.Text("retry-after"));

    static string Told(string reason, string text) => reason switch
    {
        EndReason.ContextExceeded => $"{text} OpenCode then shortens the conversation by itself: resume it to go on.",
        EndReason.AgentError when text.StartsWith(OwnFailure, StringComparison.Ordinal) =>
            $"{text} It says no more of a model it does not know: compare the profile's model with 'opencode models'.",
        _ => text,
    };
}
