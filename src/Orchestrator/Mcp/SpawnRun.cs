using System.Text.Json.Nodes;
using Orchestrator.Families;
using Orchestrator.Runs;

namespace Orchestrator.Mcp;

/// <summary><c>spawn_run</c>: a child of the caller's run; for a person's own client a run of its own.</summary>
static class SpawnRun
{
    public static AgentTool Tool { get; } = new()
    {
        Name = "spawn_run",
        Title = "Hand a task to another agent",
        Description = """
            Starts another agent on a task and returns at once; the work goes on by itself. Use it for work that stands on its own: the
            child sees only your task text, so write everything it must know (goal, files, how to check) into it. It works in a workspace
            of its own; its changes come as a branch, not into your files. Then do something else, or call wait_runs with the run_id.
            Spawn several before you wait, and they work at the same time.
            """,
        OpenWorld = true,
        Input = Shape.Arguments(
            new("task", Shape.Text("The whole task, as a prompt for the other agent."), true),
            new("title", Shape.Text("A few words for people who look on.")),
            new("profile", Shape.Text("Which agent and model, by the name of a profile; leave out for your own.")),
            new("project", Shape.Text("Only outside of a run: the registered project to work in. A child works in its parent's.")),
            Members.Key),
        Output = Shape.Object(
            new("run_id", Shape.Text("For wait_runs, get_run, read_output, cancel_run."), true),
            new("session_id", Shape.Text("For send_message."), true),
            new("status", Shape.Text("Status now; usually queued."), true),
            new("run", Members.Run, true)),
        Body = Spawn,
    };

    static JsonObject Spawn(ToolCall call)
    {
        var answer = call.Caller switch
        {
            { RunId: { } parent } => Child(call, parent),
            { SessionId: { } lead } => ChildOfLead(call, lead),
            _ => OfItsOwn(call),
        };
        var run = Members.RunOf(answer["run"]);
        return new JsonObject
        {
            ["run_id"] = run["id"]!.DeepClone(),
            ["session_id"] = run["session_id"]!.DeepClone(),
            ["status"] = run["status"]!.DeepClone(),
            ["run"] = run,
        };
    }

    static JsonNode Child(ToolCall call, string parent)
    {
        if (call.Text("project") is not null)
            throw Fault.Unprocessable("project", "a child works in its parent's project; leave it out.");
        return call.Daemon.Ask(daemon => daemon.Runs.Spawn(parent,
            new SpawnSession.Request(call.Need("task"), call.Text("title"), call.Text("profile"), call.Key)));
    }

    /// <summary>A lead that a person started is no run; what it starts are children of its session.</summary>
    static JsonNode ChildOfLead(ToolCall call, string lead)
    {
        if (call.Text("project") is not null)
            throw Fault.Unprocessable("project", "what a lead starts works in the lead's project; leave it out.");
        return call.Daemon.Ask(daemon => daemon.Sessions.Spawn(lead,
            new SpawnSession.Request(call.Need("task"), call.Text("title"), call.Text("profile"), call.Key)));
    }

    static JsonNode OfItsOwn(ToolCall call) => call.Daemon.Ask(daemon => daemon.Runs.Start(new StartRun.Request(
        null, call.Text("project"), null, call.Text("title"), null, call.Need("task"), call.Text("profile"), null, null, null,
        null, call.Key)));
}
