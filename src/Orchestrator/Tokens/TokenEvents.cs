using Orchestrator.Events;

namespace Orchestrator.Tokens;

/// <summary>Event types of who may come in, and of who was not let in.</summary>
static class TokenEvents
{
    public const string Created = "token.created";
    public const string Revoked = "token.revoked";
    public const string LinkMade = "token.link_made";
    public const string DoorRefused = "door.refused";

    public static readonly IReadOnlyList<EventKind> Kinds =
    [
        new(Created, "A token was made: a named one, or a browser's by a one-time link.",
            """{"token_id":"8c1de0a25b9f4731","name":"ci","kind":"named","scopes":["read"],"expires_at":"2027-01-31T09:30:00Z"}"""),
        new(Revoked, "A token counts no longer; what was open with it was cut.",
            """{"token_id":"8c1de0a25b9f4731","name":"ci","kind":"named","reason":"lost with a laptop"}"""),
        new(LinkMade, "A one-time link for a browser was made.", """{"expires_at":"2026-01-31T09:32:00Z"}"""),
        new(DoorRefused,
            "A caller was not let in, and why: no_token, bad_token, expired, revoked, foreign_host, foreign_origin, missing_scope, "
            + "out_of_reach, locked_out, rate_limited, token_in_url or bad_code. The first of its kind (reason, address, actor) is told "
            + "at once; what follows within a minute is counted and told as one.",
            """{"reason":"bad_token","method":"GET","path":"/runs","address":"127.0.0.1","count":1}"""),
    ];
}
