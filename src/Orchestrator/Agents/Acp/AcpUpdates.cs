using System.Text.Json;

namespace Orchestrator.Agents.Acp;

/// <summary>Understands <c>session/update</c>: what the agent says, thinks, plans and spends.</summary>
static class AcpUpdates
{
    /// <summary>Gemini's word, in the place of a message, that a yes for the run changed its mode.</summary>
    const string ModeUpdate = "[MODE_UPDATE] ";

    // {"sessionUpdate":"agent_message_chunk","messageId":"msg_1","content":{"type":"text","text":"hi "}}
    // {"sessionUpdate":"plan","entries":[{"content":"write it","priority":"high","status":"completed"}]}
    // {"sessionUpdate":"usage_update","used":53000,"size":200000,"cost":{"amount":0.045,"currency":"USD"}}
    public static Reading? Understand(Transcript soFar, Talk talk, JsonElement update) => update.Text("sessionUpdate") switch
    {
        "agent_message_chunk" => Chunk(AcpTalk.Saved(soFar), update, thinking: false),
        "agent_thought_chunk" => Chunk(soFar, update, thinking: true),
        "tool_call" => AcpToolCalls.Update(AcpTalk.Saved(soFar), update, isFirst: true),
        "tool_call_update" => AcpToolCalls.Update(AcpTalk.Saved(soFar), update, isFirst: false),
        "plan" => Then(soFar, new Planned(
        [
            .. update.Items("entries").Select(entry => new PlanStep(entry.Text("content") ?? "", entry.Text("status") == "completed")),
        ])),
        "usage_update" => JsonLines.Silent(Spent(soFar, talk, update.Field("cost"))),
        "session_info_update" => JsonLines.Silent(Status(soFar, talk, update.Field("_meta").Field("codex").Field("threadStatus"))),
        "notice" => Then(soFar, new Warned("agent_notice",
            string.Join(": ", new[] { update.Text("title"), update.Text("description") }.OfType<string>()))),
        "user_message_chunk" or "available_commands_update" or "current_mode_update" or "config_option_update" =>
            JsonLines.Silent(soFar),
        _ => null,
    };

    /// <summary>The signals, after the message or thought that was being said.</summary>
    public static Reading Then(Transcript soFar, params Signal[] signals)
    {
        var whole = soFar with { Unfinished = null, Talk = soFar.Talk ?? new Talk() };
        if (soFar.Unfinished is not { } text || string.IsNullOrWhiteSpace(text))
            return new Reading(whole, signals);
        return soFar.Talk?.Plan is { Thinking: true }
            ? new Reading(whole, [new Reasoned(text.Trim()), .. signals])
            : new Reading(whole, [new Said(text), .. signals]);
    }

    /// <summary>Pieces are told as one once something else follows, or a message with another id, or more than is kept of one.</summary>
    static Reading Chunk(Transcript soFar, JsonElement update, bool thinking)
    {
        var piece = TextOf(update.Field("content"));
        if (piece.StartsWith(ModeUpdate, StringComparison.Ordinal))
            return JsonLines.Silent(soFar);
        var plan = soFar.Talk?.Plan ?? new AcpPlan();
        var id = update.Text("messageId");
        var goesOn = soFar.Unfinished is { } begun && plan.Thinking == thinking && (id is null || id == plan.MessageId)
            && begun.Length + piece.Length <= ClippedText.Limit;
        var before = goesOn ? new Reading(soFar, []) : Then(soFar);
        var text = goesOn ? soFar.Unfinished + piece : piece;
        var now = before.Transcript with
        {
            Unfinished = text,
            LastMessage = thinking || string.IsNullOrWhiteSpace(text) ? soFar.LastMessage : ClippedText.Clip(text),
            Talk = (before.Transcript.Talk ?? new Talk()) with { Plan = plan with { Thinking = thinking, MessageId = id } },
        };
        return new Reading(now, before.Signals);
    }

    // {"type":"text","text":"hi"}     {"type":"resource_link","uri":"file:///a","name":"a"}     {"type":"image","mimeType":"image/png",…}
    public static string TextOf(JsonElement content) => content.Text("text") ?? content.Field("resource").Text("text")
        ?? content.Text("uri") ?? content.Field("resource").Text("uri") ?? (content.Text("type") is { } type ? $"[{type}]" : "");

    /// <summary>The cost is told for the whole conversation.</summary>
    static Transcript Spent(Transcript soFar, Talk talk, JsonElement cost)
    {
        if (cost.Money("amount") is not { } amount || amount <= 0 || cost.Text("currency") is not "USD")
            return soFar;
        var total = Math.Round(amount, 6);
        var before = talk.Plan?.CostBefore;
        var own = before is { } earlier && total >= earlier ? total - earlier : total;
        return soFar with
        {
            Usage = (soFar.Usage ?? new Usage(0, 0, 0)) with { CostUsd = own },
            ThreadTotal = (soFar.ThreadTotal ?? new Usage(0, 0, 0)) with { CostUsd = total },
        };
    }

    // "_meta":{"codex":{"threadStatus":{"type":"systemError"}}}
    /// <summary>Of codex-acp: a failure of the provider is told so, and then as a message and a good end.</summary>
    static Transcript Status(Transcript soFar, Talk talk, JsonElement status) => status.Text("type") switch
    {
        "systemError" => soFar with { Talk = talk with { Plan = (talk.Plan ?? new AcpPlan()) with { Broken = true } } },
        "active" => soFar with { Talk = talk with { Plan = (talk.Plan ?? new AcpPlan()) with { Broken = false } } },
        _ => soFar,
    };
}
