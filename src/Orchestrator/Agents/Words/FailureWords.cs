using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Orchestrator.Agents;

/// <summary>Why a provider failed, read from an HTTP status or, where an agent gives only prose, from its words.</summary>
static partial class FailureWords
{
    /// <summary>
    /// Words seen in real failures → reason; the first match counts, so the specific ones come first
    /// ("Quota exceeded" arrives with status 429, a full context with status 400).
    /// </summary>
    static readonly (string Reason, string[] Words)[] Table =
    [
        (EndReason.ContextExceeded,
        [
            "ran out of room", "context window", "context_length_exceeded", "prompt is too long", "maximum context length",
            "maximum number of tokens", "available context size", "model token limit",
        ]),
        (EndReason.QuotaExhausted,
        [
            "quota", "usage limit", "usage_limit", "billing", "credit balance", "out of credits", "hit your limit", "-hour limit",
            "weekly limit", "session limit",
        ]),
        (EndReason.RateLimited, ["too many requests", "rate limit", "rate_limit"]),
        (EndReason.AuthRequired,
        [
            "unauthorized", "failed to authenticate", "not logged in", "authentication", "missing environment variable",
            "invalid api key", "permission_error", "please run /login",
        ]),
        (EndReason.ProviderUnavailable,
        [
            "connection failed", "high demand", "stream disconnected", "error sending request", "overloaded", "unable to connect",
            "connection error", "connection refused", "connection dropped", "connection reset", "econnrefused", "econnreset",
            "enotfound", "etimedout", "socket hang up", "server error", "service unavailable", "bad gateway", "timed out",
            "network error", "fetch failed",
        ]),
        (EndReason.BadRequest, ["invalid_request", "bad request", "invalid request"]),
    ];

    /// <summary>The reason the words give; <see cref="EndReason.AgentError"/> when they give none.</summary>
    public static string Reason(string text)
    {
        foreach (var (reason, words) in Table[..2])
            if (Contains(text, words))
                return reason;
        var match = StatusInText().Match(text);
        if (match.Success && ReasonOfStatus(int.Parse(match.Groups["code"].ValueSpan, CultureInfo.InvariantCulture)) is { } byStatus)
            return byStatus;
        foreach (var (reason, words) in Table[2..])
            if (Contains(text, words))
                return reason;
        return EndReason.AgentError;
    }

    /// <summary>The reason of an HTTP status with its text; null for a status that names no failure.</summary>
    public static string? ReasonOfStatus(long status, string text = "") => status switch
    {
        _ when Contains(text, Table[0].Words) => EndReason.ContextExceeded,
        402 => EndReason.QuotaExhausted,
        // An empty account is a 400 with one provider and a 429 with another.
        >= 400 and <= 499 when Contains(text, Table[1].Words) => EndReason.QuotaExhausted,
        429 => EndReason.RateLimited,
        401 or 403 => EndReason.AuthRequired,
        408 or (>= 500 and <= 599) => EndReason.ProviderUnavailable,
        >= 400 and <= 499 => EndReason.BadRequest,
        _ => null,
    };

    /// <summary>The sentence inside a provider's JSON error, or the text as it is.</summary>
    /// <remarks>Raw: <c>{"type":"error","error":{"type":"invalid_request_error","message":"nope"}}</c></remarks>
    public static string Sentence(string text)
    {
        if (!text.StartsWith('{'))
            return text;
        try
        {
            using var document = JsonDocument.Parse(text);
            var root = document.RootElement;
            return root.Field("error").Text("message") ?? root.Text("message") ?? text;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            return text;
        }
    }

    static bool Contains(string text, string[] words) =>
        Array.Exists(words, word => text.Contains(word, StringComparison.OrdinalIgnoreCase));

    /// <summary>"last status: 429 Too Many", "API Error: 500 …", "unexpected status 401".</summary>
    [GeneratedRegex(@"(?:status|error|http)\D{0,12}(?<code>[45]\d\d)\b", RegexOptions.IgnoreCase)]
    private static partial Regex StatusInText();
}
