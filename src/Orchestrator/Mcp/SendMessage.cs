using System.Text.Json.Nodes;
using Orchestrator.Families;

namespace Orchestrator.Mcp;

/// <summary><c>send_message</c>: more words for another agent's session.</summary>
static class SendMessage
{
    public static AgentTool Tool { get; } = new()
    {
        Name = "send_message",
        Title = "Write to another agent",
        Description = """
            Sends a message to a session you spawned. An idle session starts a new run on it in the same conversation: use it to correct
            or continue finished work. A busy one gets it by mode: queue (the default) after its present run, collect together with other
            waiting messages, interrupt stops the present run first, steer passes it into the running turn where the agent can. When the
            session stands still on a question to you, the message is the answer. Accepted is not delivered: see message.delivery.
            """,
        OpenWorld = true,
        Input = Shape.Arguments(
            new("session_id", Shape.Text("Id of the session, from spawn_run or get_run."), true),
            new("text", Shape.Text("What to say."), true),
            new("mode", Shape.Word("What to do when the session is busy; queue by default.", "queue", "interrupt", "collect", "steer")),
            new("profile", Shape.Text("Profile of the run this message starts; leave out for the session's.")),
            Members.Key),
        Output = Shape.Object(
            new("message", Members.Any("object", "id, session_id, delivery and the rest of the stored message."), true),
            new("run_id", Shape.OrNull(Shape.Text("The run that will answer; null when none was started or woken."))),
            new("run", Members.Any("object", "That run."))),
        Body = Send,
    };

    static JsonObject Send(ToolCall call)
    {
        var answer = call.Daemon.Ask(daemon => daemon.Sessions.Send(call.Need("session_id"), new SendToSession.Request(
            call.Need("text"), call.Caller.RunId, call.Text("profile"), call.Text("mode"), call.Key)));
        var run = answer["run"] is JsonObject started ? Members.RunOf(started, Members.BriefMessage) : null;
        return new JsonObject
        {
            ["message"] = answer["message"]?.DeepClone(),
            ["run_id"] = run?["id"]?.DeepClone(),
            ["run"] = run,
        };
    }
}
