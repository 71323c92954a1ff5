namespace Orchestrator.Mcp;

/// <summary>Every tool, in the order in which agents see them. The order is stable: clients keep it in their prompt caches.</summary>
static class Toolbox
{
    public static IReadOnlyList<AgentTool> All { get; } =
    [
        SpawnRun.Tool,
        WaitRuns.Tool,
        GetRun.Tool,
        ReadOutput.Tool,
        SendMessage.Tool,
        CancelRun.Tool,
        ReplyParent.Tool,
        ListRequests.Tool,
        AnswerRequest.Tool,
        ReportOutcome.Tool,
    ];

    /// <summary>The tool of that name, or null.</summary>
    public static AgentTool? Find(string name) => All.FirstOrDefault(tool => tool.Name == name);

    /// <summary>What every client is told once about the whole. Some show a model no more than the first line.</summary>
    public const string Instructions = """
        Hand work to other coding agents and wait for them, ask whoever gave you your work, report what came of it (Agent Orchestrator).
        Each attempt of an agent is a run; it belongs to a session, which is one conversation. If the orchestrator started you, you are
        a run yourself: spawn_run hands part of your work to a child with a workspace of its own, wait_runs waits for children (call it
        again when it says timed_out), get_run and read_output look closer. A child that asks you something shows up in wait_runs under
        requests: answer it with answer_request, it waits for you. Ask the one who gave you the work with reply_parent, and call
        report_outcome once, just before your last answer. No call blocks longer than 45 seconds.
        These tools work inside your sandbox; the agentctl command does not.
        """;
}
