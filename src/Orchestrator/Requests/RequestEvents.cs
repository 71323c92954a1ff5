using Orchestrator.Events;

namespace Orchestrator.Requests;

/// <summary>Event types of requests: each stands once in the asker's session and, when a parent is asked, once in the parent's.</summary>
static class RequestEvents
{
    public const string Created = "request.created";
    public const string Answered = "request.answered";
    public const string Expired = "request.expired";
    public const string Withdrawn = "request.withdrawn";
    public const string Forwarded = "request.forwarded";
    public const string RuleAdded = "request.rule_added";
    public const string RuleRemoved = "request.rule_removed";

    const string Sample = """
        {"request_id":"9c3e1a7b2c485f0d","kind":"approval_request","run_id":"5f0c9d3e1a7b2c48","from_session_id":"0d9c3e1a7b2c485f",
        "to_session_id":"7b2c485f0d9c3e1a",
        """;

    const string RuleSample = """
        {"rule":{"id":"3e1a7b2c485f0d9c","action":"allow","command":"git status*","exact":null,"path":null,"tool":null,"kind":null,
        "profile":null,"project":"demo","run_id":null,"note":null,"origin":"stored","ignored":null,"created_by":"local",
        "created_at":"2026-01-31T09:30:00Z","request_id":null}}
        """;

    public static readonly IReadOnlyList<EventKind> Kinds =
    [
        new(Created, "A run asks; it waits for the answer. The text is cut after 2,000 characters.",
            Example("""
                "text":"May I run rm -rf ./tmp-cache?","truncated":false,"options":["yes","no"],"risk":"high","detail":{"command":"rm"},
                "expires_at":"2026-01-31T09:30:00Z","on_expiry":"deny"}
                """)),
        new(Answered, "Somebody answered, or a rule did: state says how. The first answer counts.", Example("""
            "state":"approved","answer":{"decision":"approve","text":"Only ./tmp-cache.","option":null,"scope":"once"},"by":"local",
            "rule":"config:2"}
            """)),
        new(Expired, "Nobody answered in time; what follows is the request's on_expiry.",
            Example("\"state\":\"expired\",\"on_expiry\":\"deny\"}")),
        new(Withdrawn, "The run that asked has ended; the question is void.", Example("\"state\":\"withdrawn\"}")),
        new(RuleAdded, "Somebody made a rule for requests, by hand or by an answer.", RuleSample.ReplaceLineEndings("")),
        new(RuleRemoved, "A rule for requests counts no longer.", RuleSample.ReplaceLineEndings("")),
        new(Forwarded, "Who was asked is gone; a person is asked now.", Example("\"why\":\"The parent session is archived.\"}")),
    ];

    static string Example(string rest) => (Sample + rest).ReplaceLineEndings("");
}
