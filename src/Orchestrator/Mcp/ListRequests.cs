using System.Text.Json.Nodes;
using Orchestrator.Client;

namespace Orchestrator.Mcp;

/// <summary><c>list_requests</c>: what is asked, by whom, and what came of it.</summary>
static class ListRequests
{
    public static AgentTool Tool { get; } = new()
    {
        Name = "list_requests",
        Title = "List open questions",
        Description = """
            Lists questions, approvals and permissions that runs you can see ask for; open ones by default. Those addressed to you are
            answered with answer_request, and your children stand still until then. wait_runs shows the same ones while you wait.
            """,
        ReadOnly = true,
        Idempotent = true,
        Input = Shape.Arguments(
            new("state", Shape.Word("open by default; all for every one.",
                "open", "approved", "denied", "answered", "expired", "withdrawn", "all")),
            new("run_id", Shape.Text("Only those of this run.")),
            new("session_id", Shape.Text("Only those of this session.")),
            new("cursor", Shape.Text("next_cursor of the page before.")),
            new("limit", Shape.Whole("Most requests of this page; 100 by default.", 1, 500))),
        Output = Shape.Object(
            new("requests", Shape.List("Newest first.", Members.Request), true),
            new("next_cursor", Shape.OrNull(Shape.Text("For the next page; null on the last one.")))),
        Body = List,
    };

    static JsonObject List(ToolCall call)
    {
        var state = call.Text("state") ?? "open";
        var answer = call.Daemon.Ask(daemon => daemon.Requests.List(state == "all" ? null : state, call.Text("run_id"),
            call.Text("session_id"), new Page((int?)call.Whole("limit"), call.Text("cursor"))));
        return new JsonObject { ["requests"] = Members.Requests(answer), ["next_cursor"] = answer["next_cursor"]?.DeepClone() };
    }
}
