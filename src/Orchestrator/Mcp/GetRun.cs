using System.Text.Json.Nodes;

namespace Orchestrator.Mcp;

/// <summary><c>get_run</c>: one run as it is now.</summary>
static class GetRun
{
    public static AgentTool Tool { get; } = new()
    {
        Name = "get_run",
        Title = "Look at a run",
        Description = """
            Shows a run as it is now: status, result, last message, what it changed and on which branch. To know when it ends, call
            wait_runs instead of this again and again.
            """,
        ReadOnly = true,
        Idempotent = true,
        Input = Shape.Arguments(new Member("run_id", Shape.Text("Id of the run; leave out for your own."))),
        Output = Shape.Object(new Member("run", Members.Run, true)),
        Body = call => new JsonObject
        {
            ["run"] = Members.RunOf(call.Daemon.Ask(daemon => daemon.Runs.Show(IdIn(call)))["run"]),
        },
    };

    static string IdIn(ToolCall call) => call.Text("run_id") ?? call.OwnRun("Without run_id this shows the caller's own run");
}
