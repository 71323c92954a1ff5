namespace Orchestrator;

/// <summary>The closed list of refusals. Each has one HTTP status and one exit code (docs/surface.md is generated from it).</summary>
enum FaultCode
{
    /// <summary>The request is malformed: bad JSON, wrong type, bad cursor.</summary>
    InvalidRequest,
    /// <summary>No token, or one nobody issued.</summary>
    Unauthorized,
    /// <summary>A known caller who may not do this, a foreign Host or Origin.</summary>
    Forbidden,
    /// <summary>No such object or route.</summary>
    NotFound,
    /// <summary>The route exists, the method does not.</summary>
    MethodNotAllowed,
    /// <summary>The object's state forbids it now.</summary>
    Conflict,
    /// <summary>A reply to a parent from a run that has none.</summary>
    NoParent,
    /// <summary>It was here and is no longer kept.</summary>
    Gone,
    /// <summary>A precondition header did not hold.</summary>
    PreconditionFailed,
    /// <summary>Body or text over its limit.</summary>
    TooLarge,
    /// <summary>Well-formed but not acceptable: empty text, unknown profile.</summary>
    Unprocessable,
    /// <summary>The idempotency key was used with another body.</summary>
    IdempotencyMismatch,
    /// <summary>Too many requests; see Retry-After.</summary>
    RateLimited,
    /// <summary>A defect of ours; never the answer to bad input.</summary>
    Internal,
    /// <summary>The daemon cannot do it now: shutting down, store not writable.</summary>
    Unavailable,
}

/// <summary>
/// The only exception thrown on purpose: a refusal with a stable code, a sentence for a person and, where there is one,
/// the next command to try. Anything else that escapes is a defect and is answered as <see cref="FaultCode.Internal"/>.
/// </summary>
sealed class Fault(FaultCode code, string message, string? hint = null) : Exception(message)
{
    /// <summary>Which refusal this is.</summary>
    public FaultCode Code { get; } = code;

    /// <summary>What to do about it: a command or a value, null when the message says all.</summary>
    public string? Hint { get; } = hint;

    /// <summary>Further members of the problem document, such as from, to and allowed of a bad transition.</summary>
    public IReadOnlyDictionary<string, object?>? Details { get; init; }

    /// <summary>Seconds after which a repeat makes sense; null when it does not.</summary>
    public int? RetryAfterSeconds { get; init; }

    public static Fault NotFound(string kind, string id) =>
        new(FaultCode.NotFound, $"There is no {kind} '{id}'.", $"{Lister(kind)} shows what there is.");

    /// <summary>The command that lists things of a kind.</summary>
    internal static string Lister(string kind) => kind switch
    {
        "item" or "agent" => "agentctl list",
        "check" => "agentctl run checks RUN",
        "finding" or "round" => "agentctl review ITEM",
        "command" => "agentctl worktree show ID",
        "wish" => "agentctl plan wishes",
        "question" => "agentctl plan show PLAN",
        _ => $"agentctl {kind} list",
    };

    public static Fault Unprocessable(string field, string problem) =>
        new(FaultCode.Unprocessable, $"{field}: {problem}") { Details = new Dictionary<string, object?> { ["field"] = field } };

    public static Fault Invalid(string field, string problem) =>
        new(FaultCode.InvalidRequest, $"{field}: {problem}") { Details = new Dictionary<string, object?> { ["field"] = field } };
}

/// <summary>What a refusal means to HTTP and to the shell: one row per code.</summary>
static class FaultTable
{
    /// <summary>Stable code word, HTTP status, process exit code, whether repeating unchanged can help.</summary>
    public readonly record struct Row(string Word, int Status, int ExitCode, bool Retryable);

    public static Row Of(FaultCode code) => code switch
    {
        FaultCode.InvalidRequest => new("invalid_request", 400, 2, false),
        FaultCode.Unauthorized => new("unauthorized", 401, 4, false),
        FaultCode.Forbidden => new("forbidden", 403, 4, false),
        FaultCode.NotFound => new("not_found", 404, 5, false),
        FaultCode.MethodNotAllowed => new("method_not_allowed", 405, 2, false),
        FaultCode.Conflict => new("conflict", 409, 6, false),
        FaultCode.NoParent => new("no_parent", 409, 6, false),
        FaultCode.Gone => new("gone", 410, 5, false),
        FaultCode.PreconditionFailed => new("precondition_failed", 412, 6, false),
        FaultCode.TooLarge => new("too_large", 413, 2, false),
        FaultCode.Unprocessable => new("unprocessable", 422, 2, false),
        FaultCode.IdempotencyMismatch => new("idempotency_mismatch", 422, 6, false),
        FaultCode.RateLimited => new("rate_limited", 429, 9, true),
        FaultCode.Unavailable => new("unavailable", 503, 7, true),
        _ => new("internal", 500, 1, false),
    };
}
