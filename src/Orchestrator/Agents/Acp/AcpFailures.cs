using System.Text.Json;

namespace Orchestrator.Agents.Acp;

/// <summary>What an error of the protocol means for a run.</summary>
static class AcpFailures
{
    const int AuthRequired = -32000;

    /// <summary>The call does not exist.</summary>
    const int NoSuchMethod = -32601;

    /// <summary>The reason and the agent's words.</summary>
    /// <remarks>
    /// Raw: <c>{"code":400,"message":"{\"error\":{\"code\":400,\"message\":\"…\"}}"}</c> (an HTTP status as code),
    /// <c>{"code":-32603,"message":"Internal error: API Error: 400 …","data":{"errorKind":"unknown"}}</c>,
    /// <c>{"code":-32603,"message":"Internal error","data":{"details":"No previous sessions found for this project."}}</c>
    /// </remarks>
    public static (string Reason, string Text) Of(JsonElement error)
    {
        var message = FailureWords.Sentence(error.Text("message") ?? "The agent reported an error without words.");
        var data = error.Field("data");
        var more = data.AsText() ?? data.Text("details") ?? data.Text("message") ?? data.Field("error").Text("message");
        var text = more is null || message.Contains(more, StringComparison.Ordinal) ? message : $"{message}: {FailureWords.Sentence(more)}";
        var code = error.Whole("code");
        var reason = code == AuthRequired || text.Contains("API key not valid", StringComparison.Ordinal)
            ? EndReason.AuthRequired
            : FailureWords.ReasonOfStatus(code is >= 400 and <= 599 ? code : data.Whole("statusCode"), text);
        return (reason ?? ByWords(text, data.Text("errorKind")), text);
    }

    // "data":{"errorKind":"rate_limit"}     of claude-agent-acp
    static string ByWords(string text, string? kind) => FailureWords.Reason(text) switch
    {
        EndReason.AgentError => kind switch
        {
            "authentication_failed" => EndReason.AuthRequired,
            "rate_limit" => EndReason.RateLimited,
            "billing_error" => EndReason.QuotaExhausted,
            "server_error" or "overloaded" => EndReason.ProviderUnavailable,
            "invalid_request" => EndReason.BadRequest,
            _ => EndReason.AgentError,
        },
        var known => known,
    };

    /// <summary>A failure of the turn. An agent that was asked to stop may tell its stop as an error.</summary>
    public static Transcript Ended(Transcript soFar, Talk talk, JsonElement error)
    {
        var (reason, text) = Of(error);
        return talk.StopAsked
            ? Failed(soFar, EndReason.Interrupted, $"The agent was interrupted before its turn was over: {text}")
            : reason == EndReason.AuthRequired ? Failed(soFar, reason, WithLogins(text, talk)) : Failed(soFar, reason, text);
    }

    /// <summary>A failure before there is a conversation.</summary>
    public static Transcript OfSession(Transcript soFar, Talk talk, JsonElement error)
    {
        var (reason, text) = Of(error);
        if (reason == EndReason.AuthRequired)
            return Failed(soFar, reason, WithLogins(text, talk));
        return talk.Plan is { Resume: not null } && (reason == EndReason.AgentError || error.Whole("code") == NoSuchMethod)
            ? Failed(soFar, EndReason.ThreadNotFound, text)
            : Failed(soFar, reason, text);
    }

    /// <summary>The end of a run that failed.</summary>
    public static Transcript Failed(Transcript soFar, string reason, string text) => soFar with
    {
        EndSeen = true,
        EndedWell = false,
        FailureReason = reason,
        FailureText = ClippedText.Clip(FailureWords.Sentence(text)),
    };

    static string WithLogins(string text, Talk talk) => talk.Plan?.Logins is { } logins
        ? $"{text.TrimEnd('.')}. It knows these ways to log in: {logins}. Log in with the agent itself, or name one in the profile's env: "
            + $"{{{AcpPrograms.AuthVariable}: \"…\"}}."
        : text;
}
