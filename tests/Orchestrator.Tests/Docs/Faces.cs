namespace Orchestrator.Tests.Docs;

/// <summary>Which commands ask for which operation. What has one face only says why.</summary>
static class Faces
{
    /// <param name="Operation">Name of the HTTP operation; empty for a command that needs no daemon.</param>
    /// <param name="Commands">Words of the commands that use it.</param>
    /// <param name="Reason">Why a face is missing.</param>
    public sealed record Face(string Operation, string[] Commands, string Reason = "");

    public static readonly Face[] All =
    [
        new("CreateSession", ["session create"]),
        new("ListSessions", ["session list"]),
        new("ShowSession", ["session show"]),
        new("ListMessages", ["message list"]),
        new("PostMessage", ["message send"]),
        new("EditMessage", ["message edit"]),
        new("RemoveMessage", ["message remove"]),
        new("ArchiveSession", ["session archive"]),
        new("SpawnSession", ["tool session-spawn"]),
        new("SpawnFromSession", ["tool session-spawn"]),
        new("SendToSession", ["tool session-send"]),
        new("ReplyParent", ["tool session-reply-parent"]),
        new("WaitRuns", [], "for programs and agents that wait for several; a person's 'wait' takes one"),
        new("ReportOutcome", ["tool report-outcome"]),
        new("ListRequests", ["request list"]),
        new("ShowRequest", ["request show"]),
        new("WaitRequest", ["tool session-reply-parent"]),
        new("AnswerRequest", ["request answer", "approve", "deny"]),
        new("ListSessionEvents", ["events list"]),
        new("ListEvents", ["events list"]),
        new("StreamEvents", ["events tail", "tail"]),
        new("StartRun", ["start"]),
        new("ListRuns", ["runs", "run list"]),
        new("ShowRun", ["show", "run get"]),
        new("WaitRun", ["wait", "run wait", "tool session-wait"]),
        new("CancelRun", ["run cancel"]),
        new("TransitionRun", ["run transition"]),
        new("DiagnoseRun", ["run diagnose"]),
        new("ResumeRun", ["resume"]),
        new("RunOutput", ["run output"]),
        new("RunDiff", ["run diff"]),
        new("AddProject", ["add-project", "project add"]),
        new("ListProjects", ["project list"]),
        new("ShowProject", ["project show"]),
        new("ListWorktrees", ["worktree list"]),
        new("CleanUpWorktrees", ["worktree cleanup"]),
        new("CreateToken", ["token create"]),
        new("ListTokens", ["token list"]),
        new("RevokeToken", ["token revoke"]),
        new("MakeOpenLink", ["open"]),
        new("EnterByLink", [], "opened by a browser; 'open' makes the link"),
        new("DaemonStatus", ["daemon status"]),
        new("StopDaemon", ["daemon stop"]),
        new("Health", [], "for programs that watch the daemon; people ask 'daemon status'"),
        new("Front", [], "a page for whoever opens the address in a browser"),
        new("CheckStore", ["doctor"]),
        new("ListProfiles", [], "shown by 'config list'"),
        new("OpenApi", [], "for programs that are not ours"),
        new("ShowConfiguration", ["config list", "config get"]),
        new("", ["mcp"], "gives agents the tools of docs/mcp.md, each over the operations it needs"),
        new("", ["init", "service print", "version", "daemon start", "daemon logs"], "works on this machine, without asking the daemon"),
        new("", ["agent-loop"], "an agent that the daemon starts; people use a profile of it"),
        new("", ["acp-host"], "what the daemon starts around an ACP agent; people use a profile of it"),
    ];
}
