using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Agents;
using Orchestrator.Events;
using Orchestrator.Runs;
using Orchestrator.Sessions;
using Orchestrator.Store;

namespace Orchestrator.Families;

/// <summary>
/// The end of a child's run reaches its parent session as one event and one message, in the transaction of the end itself: however often
/// the daemon dies, it is there once, or the run has not ended.
/// </summary>
sealed class ChildEnd(SessionStore sessions, RunStore runs)
{
    /// <summary>Longest last message in the event, in bytes; the message has all that the run kept.</summary>
    const int EventText = 2000;

    public void Report(WriteTransaction transaction, Run run)
    {
        var child = SessionStore.Get(transaction.Db, run.SessionId);
        if (child.ParentSessionId is not { } parent)
            return;
        // Whether it starts a run there is found out after the commit: that needs a file (WakeParents). A family that was canceled as a
        // whole is not begun again by the ends of its members, and one that tries again by itself has nothing to say yet.
        var message = sessions.AddMessage(transaction, parent, "system", Words(child, run), "run:" + run.Id, null,
            wakes: run.Reason != EndReason.ParentCanceled && run.NextRunId is null);
        runs.Events.Append(transaction, new NewEvent(FamilyEvents.ChildFinished, "daemon", new JsonObject
        {
            ["child_session_id"] = child.Id,
            ["run_id"] = run.Id,
            ["title"] = child.Title,
            ["status"] = RunLifecycle.Word(run.Status),
            ["reason"] = run.Reason,
            ["message"] = run.Error?.Message,
            ["result"] = run.Result is { } result ? JsonSerializer.SerializeToNode(result, RunJson.Default.RunResult) : null,
            ["last_message"] = run.LastMessage is { } text ? ClippedText.Clip(text, EventText) : null,
            ["message_id"] = message.Id,
            ["next_run_id"] = run.NextRunId,
        }, parent));
        transaction.AfterCommit(() => Checkpoint.Reach(Checkpoint.ChildReported));
    }

    // "Tests" (session 7b2c…, run 5f0c…) succeeded: All tests pass.
    static string Words(Session child, Run run)
    {
        var what = $"\"{child.Title ?? child.Id}\" (session {child.Id}, run {run.Id}) {RunLifecycle.Word(run.Status).Replace('_', ' ')}"
            + (run.Reason is { } reason ? $" ({reason})" : "");
        var said = run.Result?.Summary ?? run.LastMessage;
        var why = run.Error?.Message;
        var next = run.NextRunId is { } following ? $"Run {following} tries again by itself." : null;
        return string.Join("\n\n", new[] { what + (run.Result?.GoalMet is false ? "; the goal is not met." : "."), why, said, next }
            .Where(part => !string.IsNullOrWhiteSpace(part)));
    }
}
