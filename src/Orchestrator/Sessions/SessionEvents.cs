using Orchestrator.Events;

namespace Orchestrator.Sessions;

/// <summary>Event types of sessions and their messages.</summary>
static class SessionEvents
{
    public const string Created = "session.created";
    public const string MessageCreated = "message.created";
    public const string MessageDelivered = "message.delivered";
    public const string MessageDropped = "message.dropped";
    public const string MessageEdited = "message.edited";
    public const string MessageMoved = "message.moved";

    public static readonly IReadOnlyList<EventKind> Kinds =
    [
        new(Created, "A conversation was opened.",
            """{"title":"Fix the login","project":"demo","profile":"spark","parent_session_id":null}"""),
        new(MessageCreated, "A message was stored; its text is cut after 2,000 characters.",
            """{"message_id":"5f0c9d3e1a7b2c48","role":"user","text":"Fix the login","truncated":false}"""),
        new(MessageDelivered, "An agent was handed the message.", """{"message_id":"5f0c9d3e1a7b2c48"}"""),
        new(MessageDropped, "The message will not be answered.",
            """{"message_id":"5f0c9d3e1a7b2c48","reason":"Its run failed: exit_nonzero."}"""),
        new(MessageEdited, "A message that no agent had yet was changed; its text is cut after 2,000 characters.",
            """{"message_id":"5f0c9d3e1a7b2c48","text":"Fix the login page","truncated":false}"""),
        new(MessageMoved, "A message that waited is told now: mode steer (in the turn of this run), interrupt (this run goes instead of "
            + "what ran) or queue (this run is next). from_run_id had it before; its text is cut after 2,000 characters.",
            """
            {"message_id":"5f0c9d3e1a7b2c48","role":"user","mode":"steer","from_run_id":"9a1b2c3d4e5f6071","text":"Stop","truncated":false}
            """),
    ];
}
