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
    ];
}
