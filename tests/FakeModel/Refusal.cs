using System.Text.Json.Nodes;

namespace Orchestrator.FakeModel;

/// <summary>HTTP errors in the words of each API.</summary>
static class Refusal
{
    /// <summary>Answers the status of the step; <c>retry=N</c> in it sends Retry-After with N seconds.</summary>
    public static Task Send(HttpContext http, Ask ask, Step step)
    {
        var claude = ask.Api == "messages";
        var (status, type, code, message) = Words(step, ask.Api);
        http.Response.StatusCode = status;
        if (step.Setting("retry") is { } seconds) http.Response.Headers.RetryAfter = seconds.ToString();
        var error = new JsonObject { ["type"] = type, ["message"] = message };
        if (!claude) error["code"] = code;
        if (ask.Api == "generate") error = new() { ["code"] = status, ["message"] = message, ["status"] = GeminisWord(status) };
        if (step.Setting("in") is { } left && step.Verb == "limit")
        {
            var reset = DateTimeOffset.UtcNow.AddSeconds(left).ToUnixTimeSeconds();
            error["resets_at"] = reset;
            error["resets_in_seconds"] = left;
            error["plan_type"] = "plus";
            http.Response.Headers["x-codex-primary-used-percent"] = "100";
            http.Response.Headers["x-codex-primary-reset-at"] = reset.ToString();
            http.Response.Headers["anthropic-ratelimit-unified-status"] = "rejected";
            http.Response.Headers["anthropic-ratelimit-unified-reset"] = reset.ToString();
        }
        http.Response.ContentType = "application/json";
        JsonObject body = claude ? new() { ["type"] = "error", ["error"] = error } : new() { ["error"] = error };
        return http.Response.WriteAsync(body.ToJsonString());
    }

    static (int Status, string Type, string Code, string Message) Words(Step step, string api) => step.Verb switch
    {
        // Claude's API has no quota code: an empty account is a bad request.
        "quota" when api == "messages" => (400, "invalid_request_error", "", "Your credit balance is too low to access the Anthropic API."),
        "quota" => (429, "insufficient_quota", "insufficient_quota", "You exceeded your current quota, please check your plan."),
        "limit" => (429, api == "messages" ? "rate_limit_error" : "usage_limit_reached", "usage_limit_reached",
            "The usage limit has been reached."),
        "context" when api == "messages" => (400, "invalid_request_error", "", "prompt is too long: 250000 tokens > 200000 maximum"),
        "context" when api == "generate" => (400, "", "",
            "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576)."),
        "context" => (400, "invalid_request_error", "context_length_exceeded",
            "Your input exceeds the context window of this model. Please adjust your input and try again."),
        _ => (step.Status!.Value, Type(step.Status.Value), Type(step.Status.Value), $"scripted error {step.Verb} {step.Argument}".Trim()),
    };

    static string GeminisWord(int status) => status switch
    {
        400 => "INVALID_ARGUMENT",
        401 => "UNAUTHENTICATED",
        403 => "PERMISSION_DENIED",
        404 => "NOT_FOUND",
        429 => "RESOURCE_EXHAUSTED",
        503 => "UNAVAILABLE",
        _ => "INTERNAL",
    };

    static string Type(int status) => status switch
    {
        400 => "invalid_request_error",
        401 => "authentication_error",
        403 => "permission_error",
        404 => "not_found_error",
        429 => "rate_limit_error",
        529 => "overloaded_error",
        _ => "api_error",
    };
}
