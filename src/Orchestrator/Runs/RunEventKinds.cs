using Orchestrator.Events;

namespace Orchestrator.Runs;

/// <summary>What docs/events.md says of the run's events, in the order in which a run meets them.</summary>
static class RunEventKinds
{
    const string End = """
        {"exit_code":0,"reason":"exit_nonzero","message":"The program ended with exit code 1.","note":"enough",
        "git_diff_stat":" 1 file","pid":4712,"last_event_at":"2026-01-31T09:30:00Z","last_message":"half way","end_event_seen":false,
        "result":{"goal_met":true,"summary":"Done.","followup_prompt":null,"notes":null},"next_run_id":"0d9c3e1a7b2c485f"}
        """;

    public static readonly IReadOnlyList<EventKind> All =
    [
        new(RunEvents.Queued, "A run was accepted and stored.",
            """
            {"trigger":"message","profile":"spark","profile_why":"default of the phase code","agent":"command","attempt":2,
            "retry_of":"5f0c9d3e1a7b2c48","retry_how":"resume",
            "why":"The provider failed.","not_before":"2026-01-31T09:30:00Z"}
            """.ReplaceLineEndings("")),
        new(RunEvents.Started, "Its process is held.",
            """{"pid":4712,"agent":"command","profile":"spark","workspace":"/data/worktrees/c0ffee","protection":"none","attempt":1}"""),
        new(RunEvents.Adopted, "A new daemon goes on with a run that an earlier one started.", """{"pid":4712}"""),
        new(RunEvents.Output, "One line it printed.", """{"stream":"stdout","text":"compiling","truncated":true}"""),
        new(RunEvents.Message, "Something the agent said.", """{"text":"I found it.","truncated":true}"""),
        new(RunEvents.Reasoning, "Something the agent thought aloud.", """{"text":"The test looks wrong.","truncated":true}"""),
        new(RunEvents.Delta, "A piece of what is being said (of: message), thought (reasoning) or printed by a tool (output), for those "
            + "who watch; pieces within 100 ms are one. The whole follows as run.message, run.reasoning or run.tool_result: join the ones "
            + "or the others, never both.", """{"of":"message","id":"msg_1:0","text":"I found ","truncated":true}"""),
        new(RunEvents.ToolCall, "The agent uses a tool.",
            """{"id":"call_1","name":"shell","input":{"command":["ls"]},"truncated":true}"""),
        new(RunEvents.ToolResult, "What came back from it.",
            """{"id":"call_1","output":"README.md","exit_code":0,"failed":false,"truncated":true}"""),
        new(RunEvents.FileChange, "Files the agent says it changed.", """{"changes":[{"path":"src/login.c","kind":"update"}]}"""),
        new(RunEvents.Plan, "The agent's plan, whole each time.", """{"steps":[{"text":"Write a test","done":true}]}"""),
        new(RunEvents.Usage, "Tokens of the run so far.",
            """{"input_tokens":1200,"cached_input_tokens":800,"output_tokens":90,"cost_usd":0.01}"""),
        new(RunEvents.Question, "A question the agent asked in its output.", """{"text":"Which port?","options":["80","8080"]}"""),
        new(RunEvents.Warning, "Something a person should know; the run goes on.",
            """{"code":"output_cut","text":"The run wrote more than 200000 lines."}"""),
        new(RunEvents.Waiting, "It waits for an answer, or for its children, and gave its slot back; its clocks stand still.",
            """{"for":"request","request_id":"9c3e1a7b2c485f0d","run_ids":["5f0c9d3e1a7b2c48"]}"""),
        new(RunEvents.Resumed, "What it waited for has come."),
        new(RunEvents.Outcome, "The agent reported the outcome itself; its end is still to come.",
            """{"goal_met":true,"summary":"Done.","followup_prompt":null,"notes":null}"""),
        new(RunEvents.Stopping, "It was told to stop.", """{"reason":"user","note":"enough"}"""),
        new(RunEvents.StopStep, "One step of the way from a polite request to a kill.",
            """{"action":"terminate","text":"SIGTERM to the group"}"""),
        .. Enum.GetValues<RunStatus>().Where(RunLifecycle.IsFinal)
            .Select(status => new EventKind(RunEvents.End(status), Meaning(status), End.ReplaceLineEndings(""))),
        new(EventFilter.RawType, "An agent's own event as it came; listed only when asked for by types=backend.event.",
            """{"type":"turn.started"}"""),
    ];

    static string Meaning(RunStatus status) => status switch
    {
        RunStatus.Succeeded => "It ended well.",
        RunStatus.Failed => "It ended and not well; reason and message say why.",
        RunStatus.Canceled => "Somebody canceled it.",
        RunStatus.TimedOut => "It met its total or idle limit.",
        _ => "Its process is gone and nobody knows how it ended; what is known is here.",
    };
}
