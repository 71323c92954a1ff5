using Orchestrator.Events;

namespace Orchestrator.Families;

/// <summary>Event types of families: all are written in the parent's session.</summary>
static class FamilyEvents
{
    public const string Spawned = "session.spawned";
    public const string ChildFinished = "session.child_finished";
    public const string ChildStatus = "session.child_status";
    public const string Archived = "session.archived";

    public static readonly IReadOnlyList<EventKind> Kinds =
    [
        new(Spawned, "The session, or one of its runs, spawned a child; in the parent's session.",
            """{"child_session_id":"7b2c485f0d9c3e1a","run_id":"5f0c9d3e1a7b2c48","parent_run_id":"0d9c3e1a7b2c485f","title":"Tests"}"""),
        new(ChildFinished, "A run of a child has ended; in the parent's session, once for each run.",
            """
            {"child_session_id":"7b2c485f0d9c3e1a","run_id":"5f0c9d3e1a7b2c48","title":"Tests","status":"succeeded","reason":null,
            "message":null,"result":{"goal_met":true,"summary":"Done.","followup_prompt":null,"notes":null},"last_message":"Done.",
            "message_id":"9c3e1a7b2c485f0d","next_run_id":"1a7b2c485f0d9c3e"}
            """.ReplaceLineEndings("")),
        new(ChildStatus, "A child reported how it is going; in the parent's session. Nothing waits for it.",
            """
            {"child_session_id":"7b2c485f0d9c3e1a","run_id":"5f0c9d3e1a7b2c48","text":"half way","truncated":false,
            "message_id":"9c3e1a7b2c485f0d"}
            """.ReplaceLineEndings("")),
        new(Archived, "The session was closed: nothing starts in it any more, and open requests to it are a person's.",
            """{"requests_forwarded":1,"reason":"The work is delivered."}"""),
    ];
}
