using System.Text.Json;

namespace Orchestrator.Agents.Acp;

/// <summary>Understands what an ACP agent says: replies, calls and notices. A turn ends with the reply to <c>session/prompt</c>.</summary>
static class AcpTalk
{
    /// <summary>Longest id of a call that is answered, in characters.</summary>
    const int LongestId = 200;

    // {"jsonrpc":"2.0","id":3,"result":{"sessionId":"7f…"}}      {"jsonrpc":"2.0","id":7,"error":{"code":-32000,"message":"…"}}
    // {"jsonrpc":"2.0","id":0,"method":"session/request_permission","params":{…}}
    // {"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"7f…","update":{"sessionUpdate":"agent_message_chunk",…}}}
    public static Reading? Understand(Transcript soFar, JsonElement line)
    {
        var talk = soFar.Talk ?? new Talk();
        if (line.Text("method") is { } method)
            return line.Field("id") is { ValueKind: JsonValueKind.Number or JsonValueKind.String } id
                ? Call(soFar, talk, method, id.GetRawText(), line.Field("params"))
                : Notice(soFar, talk, method, line.Field("params"));
        return line.WholeOrNull("id") is { } reply ? Reply(soFar, talk, reply, line) : null;
    }

    /// <summary>True until the first prompt is sent, in a conversation that is gone on with: what is said then was said before.</summary>
    public static bool IsReplayed(Transcript soFar) => soFar.Talk is { Turn: null, Plan: { Resume: not null, Prompt: not null } };

    /// <summary>Our name of the conversation in all calls.</summary>
    public static string SessionOf(Transcript soFar) => soFar.UnsavedThreadId ?? soFar.ThreadId ?? "";

    /// <summary>A message waits for the end of the turn that runs, and begins the next one.</summary>
    public static Reading Message(Transcript soFar, Talk talk, string text) =>
        JsonLines.Silent(soFar with { Talk = talk with { Unheard = [.. talk.Unheard, text] } });

    /// <summary>Stops the turn; open questions are answered as the protocol asks.</summary>
    public static Reading Cancel(Transcript soFar, Talk talk) =>
        new(soFar with { Talk = talk with { StopAsked = true, Open = [] } }, [.. talk.Open.Select(ask => new ApprovalDropped(ask.Id))])
        {
            Send = [AcpCalls.Cancel(SessionOf(soFar)), .. talk.Open.Select(ask => AcpCalls.Outcome(ask.Id, null))],
        };

    static Reading Reply(Transcript soFar, Talk talk, long id, JsonElement line) => id switch
    {
        AcpCalls.InitializeId => AcpSetup.Initialized(soFar, talk, line),
        AcpCalls.AuthenticateId => AcpSetup.Authenticated(soFar, talk, line),
        AcpCalls.SessionId => AcpSetup.Begun(soFar, talk, line),
        _ when talk.Turn == AcpCalls.Text(id) => Ended(soFar, talk, line),
        _ when talk.Turn is null && talk.Plan is { Settings.Count: > 0 } => AcpSetup.WasSet(soFar, talk, line),
        _ => JsonLines.Silent(soFar),
    };

    static Reading? Notice(Transcript soFar, Talk talk, string method, JsonElement told) => method switch
    {
        "session/update" when IsReplayed(soFar) => JsonLines.Silent(soFar),
        "session/update" => AcpUpdates.Understand(soFar, talk, told.Field("update")),
        "$/cancel_request" => Withdrawn(soFar, talk, told.Field("requestId")),
        _ => AcpLines.Understand(soFar, talk, method, told),
    };

    static Reading? Call(Transcript soFar, Talk talk, string method, string id, JsonElement asked)
    {
        // An escape could be one that cannot be written again.
        if (id.Length > LongestId || id.Contains('\\', StringComparison.Ordinal))
            return null;
        if (method == "session/request_permission")
            return AcpPermissions.Asked(soFar, talk, id, asked);
        // A call without an answer would hold the turn up for ever.
        return new Reading(soFar, [new Warned("call_not_supported", $"The agent called '{Short(method)}', which is not answered here.")])
        {
            Send = [AcpCalls.Refuse(id, -32601, $"'{Short(method)}' is not supported.")],
        };
    }

    static Reading Withdrawn(Transcript soFar, Talk talk, JsonElement id)
    {
        var raw = id.ValueKind is JsonValueKind.Number or JsonValueKind.String ? id.GetRawText() : null;
        return talk.Open.Any(ask => ask.Id == raw)
            ? new Reading(
                soFar with { Talk = talk with { Open = [.. talk.Open.Where(ask => ask.Id != raw)] } }, [new ApprovalDropped(raw!)])
            {
                Send = [AcpCalls.Outcome(raw!, null)],
            }
            : JsonLines.Silent(soFar);
    }

    // {"id":6,"result":{"stopReason":"end_turn","usage":{"inputTokens":200,"outputTokens":6,"totalTokens":1010,…}}}
    static Reading Ended(Transcript soFar, Talk talk, JsonElement line)
    {
        var said = AcpUpdates.Then(soFar);
        var dropped = talk.Open.Select(ask => (Signal)new ApprovalDropped(ask.Id)).ToList();
        var now = said.Transcript with
        {
            Talk = AcpToolCalls.WithAll(said.Transcript.Talk! with { Turn = null, Open = [] }, []),
        };
        var result = line.Field("result");
        if (AcpUsage.Of(result) is { } spent)
        {
            now = now with
            {
                Usage = now.Usage is null ? spent : now.Usage + spent,
                ThreadTotal = now.ThreadTotal is null ? spent : now.ThreadTotal + spent,
            };
        }
        var used = now.Usage is { } usage ? [new Used(usage)] : (Signal[])[];
        var over = line.Field("error") is { ValueKind: JsonValueKind.Object } error
            ? AcpFailures.Ended(now, talk, error)
            : Stopped(Saved(now), talk, result.Text("stopReason") ?? "");
        if (talk.Unheard.Count == 0 || talk.StopAsked)
            return new Reading(over, [.. said.Signals, .. dropped, .. used]);
        var (id, next) = AcpCalls.Next(over.Talk!);
        return new Reading(
            over with
            {
                EndSeen = false,
                EndedWell = false,
                Talk = next with { Turn = AcpCalls.Text(id), Unheard = [.. talk.Unheard.Skip(1)] },
            }, [.. said.Signals, .. dropped, .. used])
        {
            Send = [AcpCalls.Prompt(id, SessionOf(over), talk.Unheard[0])],
        };
    }

    static Transcript Stopped(Transcript soFar, Talk talk, string reason) => reason switch
    {
        "end_turn" when soFar.Talk?.Plan is { Broken: true } => AcpFailures.Failed(soFar,
            FailureWords.Reason(soFar.LastMessage ?? ""), soFar.LastMessage ?? "The agent's conversation broke down."),
        "end_turn" => soFar with { EndSeen = true, EndedWell = true, FailureReason = null, FailureText = null },
        "cancelled" => AcpFailures.Failed(soFar, EndReason.Interrupted, talk.StopAsked
            ? "The agent was interrupted before its turn was over."
            : "The agent ended its turn as cancelled, and nobody had asked for it."),
        "max_tokens" => AcpFailures.Failed(soFar, EndReason.ContextExceeded,
            "The agent stopped at a limit of tokens (max_tokens): its answer or the conversation became too long."),
        "max_turn_requests" => AcpFailures.Failed(soFar, EndReason.MaxTurns,
            "The agent stopped at its limit of requests in one turn (max_turn_requests)."),
        "refusal" => AcpFailures.Failed(soFar, EndReason.AgentError, "The agent refused to go on (refusal)."),
        _ => AcpFailures.Failed(soFar, EndReason.AgentError, $"The agent ended its turn for the reason '{Short(reason)}'."),
    };

    /// <summary>The conversation is one that can be gone on with.</summary>
    public static Transcript Saved(Transcript soFar) => soFar.UnsavedThreadId is { } id
        ? soFar with { ThreadId = id, UnsavedThreadId = null }
        : soFar;

    static string Short(string text) => ClippedText.Clip(text, 200);
}
