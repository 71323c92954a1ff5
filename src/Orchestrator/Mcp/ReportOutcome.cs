using System.Text.Json.Nodes;

namespace Orchestrator.Mcp;

/// <summary><c>report_outcome</c>: the caller's own word on whether its task is done. The end of a turn is not that word.</summary>
static class ReportOutcome
{
    public static AgentTool Tool { get; } = new()
    {
        Name = "report_outcome",
        Title = "Report what came of the task",
        Description = """
            Reports what came of your own task: call it once, just before your last answer. goal_met is true only when all that was asked is
            done and checked; when something is missing or you could not check it, say false and put what should happen next into
            followup_prompt. Whoever gave you the work reads this instead of your whole conversation. Ending without it counts as unclear;
            reporting again replaces what you said before.
            """,
        Idempotent = true,
        Input = Shape.Arguments(
            new("goal_met", Shape.Flag("True only when the whole task is done and checked."), true),
            new("summary", Shape.Text("What you did and found, in a few sentences."), true),
            new("followup_prompt", Shape.Text("A prompt for the work that is left; leave out when nothing is.")),
            new("notes", Shape.Text("Anything else worth keeping: decisions, doubts, how to check."))),
        Output = Shape.Object(new Member("run", Members.Run, true)),
        Body = call => new JsonObject
        {
            ["run"] = Members.RunOf(call.Daemon.Ask(daemon => daemon.Runs.ReportOutcome(
                call.OwnRun("This reports on the caller's own run"), new Runs.ReportOutcome.Request(
                    call.Flag("goal_met"), call.Text("summary"), call.Text("followup_prompt"), call.Text("notes"))))["run"]),
        },
    };
}
