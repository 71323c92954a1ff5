using System.Text.Json.Nodes;

namespace Orchestrator.Mcp;

/// <summary><c>answer_request</c>: a parent's decision on what a child asks.</summary>
static class AnswerRequest
{
    public static AgentTool Tool { get; } = new()
    {
        Name = "answer_request",
        Title = "Answer another agent's question",
        Description = """
            Answers a question of a run you spawned; it goes on at once. Use answer with a text for a question (and option, when it named
            some), approve or deny for an approval or permission. Approve only what your own task covers; when you are not sure, ask your
            own parent with reply_parent first. The first answer counts and cannot be taken back.
            """,
        Destructive = true,
        Idempotent = true,
        Input = Shape.Arguments(
            new("request_id", Shape.Text("Id of the request, from wait_runs or list_requests."), true),
            new("decision", Shape.Word("What you decide.", "answer", "approve", "deny"), true),
            new("text", Shape.Text("The answer, or the reason.")),
            new("option", Shape.Text("One of the request's options, as it stands there.")),
            Members.Key),
        Output = Shape.Object(new Member("request", Members.Request, true)),
        Body = call => new JsonObject
        {
            ["request"] = call.Daemon.Ask(daemon => daemon.Requests.Answer(call.Need("request_id"), new Requests.AnswerRequest.Request(
                call.Text("decision"), call.Text("text"), call.Text("option"), null, call.Key)))["request"]?.DeepClone(),
        },
    };
}
