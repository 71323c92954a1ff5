namespace Orchestrator.Http;

/// <summary>
/// Why somebody was not let in, noted on the request that is refused: the answer tells the caller what to do, the note becomes an event
/// for whoever watches over the doors.
/// </summary>
static class DoorRefusal
{
    public const string NoToken = "no_token";
    public const string BadToken = "bad_token";
    public const string Expired = "expired";
    public const string Revoked = "revoked";
    public const string ForeignHost = "foreign_host";
    public const string ForeignOrigin = "foreign_origin";
    public const string MissingScope = "missing_scope";
    public const string OutOfReach = "out_of_reach";
    public const string LockedOut = "locked_out";
    public const string RateLimited = "rate_limited";
    public const string TokenInUrl = "token_in_url";
    public const string BadCode = "bad_code";

    const string Key = "door-refusal";

    /// <summary>Notes the reason and hands back the refusal to be thrown.</summary>
    public static Fault Refuse(this HttpContext context, string reason, Fault refusal)
    {
        context.Items[Key] = reason;
        return refusal;
    }

    /// <summary>The noted reason; null for a request that was refused for what it asks, not for who asks.</summary>
    public static string? Of(HttpContext context) => context.Items[Key] as string;
}
