using System.Globalization;
using System.Text.Json;

namespace Orchestrator.Agents.Claude;

/// <summary>Understands the lines of <c>claude -p --output-format stream-json</c>. The end of the turn is the <c>result</c> line.</summary>
static class ClaudeLines
{
    // {"type":"system","subtype":"init","cwd":"/repo","session_id":"bdf8…","model":"claude-opus-5-5","permissionMode":"default",…}
    // {"type":"assistant","message":{"id":"msg_a9","model":"claude-opus-5-5","content":[{"type":"text","text":"hi there"}],…},…}
    // {"type":"user","message":{"content":[{"tool_use_id":"toolu_1","type":"tool_result","content":"hello"}]},"tool_use_result":{…}}
    // {"type":"result","subtype":"success","is_error":false,"result":"hi there","usage":{…},"total_cost_usd":0.0057,…}
    public static Reading? Understand(Transcript soFar, JsonElement line) => line.Text("type") switch
    {
        "system" => OfSystem(soFar, line),
        "assistant" => ClaudeBlocks.OfAssistant(soFar, line),
        "user" => ClaudeBlocks.OfUser(soFar, line),
        "stream_event" => JsonLines.Says(soFar, Piece(line, line.Field("event"))),
        "result" => OfResult(soFar, line),
        "rate_limit_event" => OfLimit(soFar, line.Field("rate_limit_info")),
        _ => null,
    };

    // {"type":"stream_event","event":{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"hi "}},
    //  "parent_tool_use_id":null,"api_message_id":"msg_fb…"}      also thinking_delta, signature_delta, input_json_delta; message_start …
    /// <summary>A piece of what the assistant lines give whole. Those of helper agents are not the answer.</summary>
    static Delta Piece(JsonElement line, JsonElement told)
    {
        var delta = told.Field("delta");
        if (line.Text("parent_tool_use_id") is not null)
            return Delta.Nothing;
        var id = $"{line.Text("api_message_id")}:{told.Whole("index").ToString(CultureInfo.InvariantCulture)}";
        return delta.Text("type") switch
        {
            "text_delta" => new Delta(Delta.Message, id, delta.Text("text") ?? ""),
            "thinking_delta" => new Delta(Delta.Reasoning, id, delta.Text("thinking") ?? ""),
            _ => Delta.Nothing,
        };
    }

    // {"type":"system","subtype":"api_retry","attempt":1,"max_retries":2,"retry_delay_ms":1046,"error_status":429,"error":"rate_limit"}
    // {"type":"system","subtype":"permission_denied","tool_name":"Bash","tool_use_id":"toolu_4","message":"This command requires approval"}
    static Reading? OfSystem(Transcript soFar, JsonElement line) => line.Text("subtype") switch
    {
        "init" => JsonLines.Silent(soFar with
        {
            ThreadId = line.Text("session_id") ?? soFar.ThreadId,
            Model = line.Text("model") ?? soFar.Model,
        }),
        "thinking_tokens" or "status" => JsonLines.Silent(soFar),
        "api_retry" => JsonLines.Says(soFar, new Warned("retry", RetrySentence(line))),
        "permission_denied" => JsonLines.Says(
            soFar, new Warned("permission_denied", $"{line.Text("tool_name")}: {line.Text("message") ?? line.Text("decision_reason")}")),
        _ => null,
    };

    // {"type":"rate_limit_event","rate_limit_info":{"status":"rejected","resetsAt":1795174070,"rateLimitType":"five_hour"},…}
    /// <summary>Told with each answer of a subscription; only a refusal matters, and then it has the time exactly.</summary>
    static Reading OfLimit(Transcript soFar, JsonElement limit) => JsonLines.Silent(
        limit.Text("status") == "rejected" && ResetWords.Moment(limit.Whole("resetsAt")) is { } moment
            ? soFar with { Reset = new ResetHint { At = moment } } : soFar);

    static string RetrySentence(JsonElement line)
    {
        var status = line.WholeOrNull("error_status") is { } code ? $", HTTP {code.ToString(CultureInfo.InvariantCulture)}" : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"The provider failed ({line.Text("error")}{status}); retry {line.Whole("attempt")} of {line.Whole("max_retries")}.");
    }

    /// <summary><c>is_error</c> decides: a provider failure arrives with subtype "success".</summary>
    static Reading OfResult(Transcript soFar, JsonElement line)
    {
        var (run, total) = UsageOf(soFar, line);
        var text = line.Text("result");
        var ended = soFar with { EndSeen = true, Usage = run, ThreadTotal = total };
        if (line.IsTrue("is_error"))
            return new Reading(Failed(ended, line), Spent(run));
        var structured = line.Field("structured_output").Json();
        return new Reading(
            ended with
            {
                EndedWell = true,
                FailureReason = null,
                FailureText = null,
                LastMessage = string.IsNullOrEmpty(text) ? soFar.LastMessage : ClippedText.Clip(text),
                StructuredJson = structured != "{}" && StructuredResult.LooksLikeObject(structured) ? structured : null,
                Notice = Refusals(line),
            },
            Spent(run));
    }

    static Signal[] Spent(Usage run) => run is { InputTokens: 0, CachedInputTokens: 0, OutputTokens: 0 } ? [] : [new Used(run)];

    static Transcript Failed(Transcript soFar, JsonElement line)
    {
        var text = line.Text("result")
            ?? string.Join("\n", line.Items("errors").Select(e => e.AsText() ?? e.Json()));
        var reason = (line.Text("terminal_reason"), line.Text("subtype")) switch
        {
            ("prompt_too_long", _) => EndReason.ContextExceeded,
            ("max_turns", _) or (_, "error_max_turns") => EndReason.MaxTurns,
            ("aborted_tools" or "aborted_streaming", _) => EndReason.Interrupted,
            _ when text.Contains("No conversation found", StringComparison.Ordinal) => EndReason.ThreadNotFound,
            _ => FailureWords.ReasonOfStatus(line.Whole("api_error_status"), text) ?? soFar.FailureReason ?? FailureWords.Reason(text),
        };
        var sentence = reason == EndReason.Interrupted ? "Claude Code was interrupted by a signal before its turn was over." : text;
        return soFar with { EndedWell = false, FailureReason = reason, FailureText = ClippedText.Clip(sentence) };
    }

    /// <summary>Tokens are of this process alone, the cost is of the whole resumed conversation.</summary>
    static (Usage Run, Usage Total) UsageOf(Transcript soFar, JsonElement line)
    {
        var usage = line.Field("usage");
        var cost = line.Money("total_cost_usd") is { } dollars ? Math.Round(dollars, 6) : (decimal?)null;
        var before = soFar.ThreadTotal;
        // A lower total than before: the agent started its count anew.
        var ownCost = before?.CostUsd is { } earlier && cost >= earlier ? cost - earlier : cost;
        var run = new Usage(
            usage.Whole("input_tokens") + usage.Whole("cache_creation_input_tokens"),
            usage.Whole("cache_read_input_tokens"),
            usage.Whole("output_tokens"),
            ownCost);
        var total = (before is null ? run : before + run) with { CostUsd = cost is null or 0 ? before?.CostUsd : cost };
        return (soFar.Usage is null ? run : soFar.Usage + run, total);
    }

    static string? Refusals(JsonElement line)
    {
        var names = line.Items("permission_denials").Select(d => d.Text("tool_name") ?? "?").ToList();
        return names.Count == 0
            ? null
            : $"Claude Code's permission rules refused {names.Count.ToString(CultureInfo.InvariantCulture)} tool "
                + $"{(names.Count == 1 ? "call" : "calls")}: {string.Join(", ", names.Distinct())}.";
    }
}
