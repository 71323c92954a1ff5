using System.Text.Json;

namespace Orchestrator.Agents.Codex;

/// <summary>Understands what <c>codex app-server</c> says: replies, questions and notices. The end is <c>turn/completed</c>.</summary>
static class CodexTalk
{
    const int MostPaths = 50;

    // {"id":2,"result":{"thread":{"id":"01a1…"},"model":"gpt-5.5",…}}     {"id":4,"error":{"code":-32600,"message":"…"}}
    // {"id":0,"method":"item/commandExecution/requestApproval","params":{…}}
    // {"method":"turn/completed","params":{"threadId":"01a1…","turn":{"id":"01a1…","status":"completed","error":null}}}
    public static Reading? Understand(Transcript soFar, JsonElement line)
    {
        var talk = soFar.Talk ?? new Talk();
        if (line.Text("method") is { } method)
            return line.Field("id").ValueKind == JsonValueKind.Undefined
                ? Notice(soFar, talk, method, line.Field("params"))
                : CodexAsks.Read(soFar, talk, method, line);
        return line.WholeOrNull("id") is { } id ? Reply(soFar, talk, id, line) : null;
    }

    static Reading Reply(Transcript soFar, Talk talk, long id, JsonElement line)
    {
        var error = line.Field("error").Text("message");
        var result = line.Field("result");
        if (id is CodexCalls.Thread or CodexCalls.Turn && error is not null)
            return JsonLines.Silent(Failed(soFar, id == CodexCalls.Thread && error.Contains("no rollout", StringComparison.Ordinal)
                ? EndReason.ThreadNotFound : FailureWords.Reason(error), error));
        if (id == CodexCalls.Thread && result.Field("thread").Text("id") is { } thread)
        {
            var begun = soFar with { ThreadId = thread, Model = result.Text("model") ?? soFar.Model, Talk = talk with { First = null } };
            return talk.First is { } first
                ? new Reading(begun, []) { Send = [CodexCalls.StartTurn(thread, first)] }
                : JsonLines.Silent(begun);
        }

        if (CodexCalls.EntryOf(talk, id) is { } entry)
            return error is not null
                ? CodexCalls.Restart(soFar, talk, entry)
                : JsonLines.Silent(soFar with { Talk = talk with { Unheard = [.. talk.Unheard.Where(each => each != entry)] } });
        return result.Field("turn").Text("id") is { } turn
            ? JsonLines.Silent(soFar with { Talk = talk with { Turn = turn } })
            : JsonLines.Silent(soFar);
    }

    static Reading? Notice(Transcript soFar, Talk talk, string method, JsonElement told) => method switch
    {
        // A second turn comes from a message that the first one no longer took.
        "turn/started" => JsonLines.Silent(soFar with
        {
            EndSeen = false,
            EndedWell = false,
            Talk = talk with { Turn = told.Field("turn").Text("id") ?? talk.Turn },
        }),
        "turn/completed" => Ended(soFar, talk, told.Field("turn")),
        "item/started" => CodexThreadItems.Started(Announced(soFar, talk, told.Field("item")), told.Field("item")),
        "item/completed" => CodexThreadItems.Completed(soFar, told.Field("item")),
        "item/agentMessage/delta" => Piece(soFar, Delta.Message, told),
        "item/reasoning/summaryTextDelta" => Piece(soFar, Delta.Reasoning, told),
        "item/commandExecution/outputDelta" => Piece(soFar, Delta.Output, told),
        "thread/tokenUsage/updated" => Used(soFar, talk, told),
        "error" => Trouble(soFar, told),
        "account/rateLimits/updated" => JsonLines.Silent(Limited(soFar, told.Field("rateLimits"))),
        "serverRequest/resolved" => Resolved(soFar, talk, told.Field("requestId").Json()),
        "thread/started" or "thread/status/changed" or "thread/readState/changed" or "thread/goal/cleared"
            or "configWarning" or "deprecationNotice" => JsonLines.Silent(soFar),
        _ => null,
    };

    // {"threadId":"01a1…","turnId":"01a1…","itemId":"msg_16…","delta":"hi "}
    static Reading Piece(Transcript soFar, string of, JsonElement told) =>
        JsonLines.Says(soFar, new Delta(of, told.Text("itemId") ?? "", told.Text("delta") ?? ""));

    // {"turn":{"id":"01a1…","status":"failed","error":{"message":"Quota exceeded…","codexErrorInfo":"usageLimitExceeded"}}}
    static Reading Ended(Transcript soFar, Talk talk, JsonElement turn)
    {
        if (talk.Turn is { } mine && turn.Text("id") is { } ended && ended != mine)
            return JsonLines.Silent(soFar);
        Signal[] used = soFar.Usage is { } usage ? [new Used(usage)] : [];
        var error = turn.Field("error");
        return turn.Text("status") switch
        {
            "completed" => JsonLines.Says(
                soFar with { EndSeen = true, EndedWell = true, FailureReason = null, FailureText = null }, used),
            "interrupted" => JsonLines.Says(
                Failed(soFar, EndReason.Interrupted, "Codex was interrupted before its turn was over."), used),
            _ => JsonLines.Says(Failed(soFar, ReasonOf(error), error.Text("message") ?? ""), used),
        };
    }

    // {"threadId":"01a1…","turnId":"01a1…","tokenUsage":{"total":{"inputTokens":9565,…},"last":{"inputTokens":9565,…}}}
    static Reading Used(Transcript soFar, Talk talk, JsonElement told)
    {
        // After a resume the last turn's figures are told again.
        if (told.Text("turnId") is not { } turn || turn != talk.Turn)
            return JsonLines.Silent(soFar);
        var last = Counted(told.Field("tokenUsage").Field("last"));
        return JsonLines.Silent(soFar with
        {
            Usage = soFar.Usage is null ? last : soFar.Usage + last,
            ThreadTotal = Counted(told.Field("tokenUsage").Field("total")),
        });
    }

    static Usage Counted(JsonElement usage) => new(
        Math.Max(0, usage.Whole("inputTokens") - usage.Whole("cachedInputTokens")), usage.Whole("cachedInputTokens"),
        usage.Whole("outputTokens"));

    // {"error":{"message":"Reconnecting... 1/2","codexErrorInfo":{"responseStreamDisconnected":{"httpStatusCode":null}}},"willRetry":true}
    static Reading Trouble(Transcript soFar, JsonElement told)
    {
        var error = told.Field("error");
        var text = error.Text("message") ?? "";
        return told.IsTrue("willRetry")
            ? JsonLines.Says(soFar, new Warned("retry", error.Text("additionalDetails") is { } more ? $"{text}: {more}" : text))
            : JsonLines.Says(soFar with { FailureText = ClippedText.Clip(text) }, new Warned(ReasonOf(error), text));
    }

    // {"rateLimits":{"primary":{"usedPercent":100,"windowDurationMins":300,"resetsAt":1795174070},"secondary":{"usedPercent":40,…}}}
    /// <summary>Of the windows that are used up the one that opens last.</summary>
    static Transcript Limited(Transcript soFar, JsonElement limits)
    {
        var used = new[] { limits.Field("primary"), limits.Field("secondary") }
            .Where(window => window.Money("usedPercent") >= 100).Select(window => ResetWords.Moment(window.Whole("resetsAt"))).Max();
        return soFar with { Reset = used is { } moment ? new ResetHint { At = moment } : null };
    }

    static Transcript Failed(Transcript soFar, string reason, string text) => soFar with
    {
        EndSeen = true,
        EndedWell = false,
        FailureReason = reason,
        FailureText = ClippedText.Clip(FailureWords.Sentence(text)),
    };

    // "codexErrorInfo":"usageLimitExceeded"      "codexErrorInfo":{"responseTooManyFailedAttempts":{"httpStatusCode":429}}
    static string ReasonOf(JsonElement error)
    {
        var (info, text) = (error.Field("codexErrorInfo"), error.Text("message") ?? "");
        var reason = info.AsText() switch
        {
            "usageLimitExceeded" => EndReason.QuotaExhausted,
            "rateLimitExceeded" => EndReason.RateLimited,
            "contextWindowExceeded" => EndReason.ContextExceeded,
            "internalServerError" or "serverOverloaded" => EndReason.ProviderUnavailable,
            "unauthorized" => EndReason.AuthRequired,
            "badRequest" => EndReason.BadRequest,
            _ => null,
        };
        if (reason is not null || info.ValueKind != JsonValueKind.Object)
            return reason ?? FailureWords.Reason(text);
        var inner = info.EnumerateObject().FirstOrDefault().Value;
        var status = inner.WholeOrNull("httpStatusCode");
        return (status is { } code ? FailureWords.ReasonOfStatus(code, text) : null) ?? FailureWords.Reason(text) switch
        {
            EndReason.AgentError => EndReason.ProviderUnavailable,
            var known => known,
        };
    }

    static Reading Resolved(Transcript soFar, Talk talk, string id) => talk.Open.Any(ask => ask.Id == id)
        ? JsonLines.Says(soFar with { Talk = talk with { Open = [.. talk.Open.Where(ask => ask.Id != id)] } }, new ApprovalDropped(id))
        : JsonLines.Silent(soFar);

    // {"type":"fileChange","id":"call_72…","changes":[{"path":"/repo/a.txt","kind":{"type":"add"},"diff":"x\n"}],"status":"inProgress"}
    static Transcript Announced(Transcript soFar, Talk talk, JsonElement item)
    {
        if (item.Text("type") != "fileChange")
            return soFar;
        var changes = item.Items("changes").ToList();
        var paths = changes.SelectMany(each => new[] { each.Text("path") ?? "?", each.Field("kind").Text("move_path") }).OfType<string>()
            .Distinct().ToList();
        var diff = ClippedText.Clip(string.Join("\n", changes.Select(change => change.Text("diff") ?? "")), CodexAsks.DetailText);
        return soFar with
        {
            Talk = talk with
            {
                Change = new AnnouncedChange(item.Text("id") ?? "", [.. paths.Take(MostPaths)], diff, paths.Count > MostPaths),
            },
        };
    }
}
