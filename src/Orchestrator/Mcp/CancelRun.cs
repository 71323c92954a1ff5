using System.Text.Json.Nodes;

namespace Orchestrator.Mcp;

/// <summary><c>cancel_run</c>: ends a run and everything it spawned.</summary>
static class CancelRun
{
    public static AgentTool Tool { get; } = new()
    {
        Name = "cancel_run",
        Title = "Stop a run",
        Description = """
            Stops a run that you spawned, and the runs it spawned itself. What it changed so far is kept. Use it when the work is no longer
            needed or goes wrong; a run that is merely slow is better waited for. Repeating it does no harm.
            """,
        Destructive = true,
        Idempotent = true,
        Input = Shape.Arguments(Members.RunId, new Member("reason", Shape.Text("Why, in a few words; kept with the run."))),
        Output = Shape.Object(new Member("run", Members.Run, true)),
        Body = call => new JsonObject
        {
            ["run"] = Members.RunOf(call.Daemon.Ask(daemon => daemon.Runs.Transition(
                call.Need("run_id"), new Runs.CancelRun.Request("canceled", call.Text("reason"))))["run"]),
        },
    };
}
