using Orchestrator.Runs;
using Orchestrator.Sessions;
using Orchestrator.Store;

namespace Orchestrator.Items;

/// <summary>
/// Work that was found wanting, by the daemon's check, a reviewer, a branch or GitHub, goes back to its own conversation: one message, one
/// run. What becomes of the item is the caller's.
/// </summary>
static class FixRuns
{
    /// <param name="author">The run whose work it is.</param>
    /// <param name="message">All that was found.</param>
    /// <param name="itemId">The item it works on; null for none.</param>
    /// <param name="order">Where another profile goes on; null for the author's own.</param>
    public static Run Queue(WriteTransaction transaction, SessionStore sessions, RunStore runs, Run author, string message, string? itemId,
        string actor, NewRun? order = null)
    {
        var next = runs.Insert(transaction, (order ?? NewRun.Like(author, message)) with
        {
            Trigger = "fix",
            ItemId = itemId,
            Title = author.Title,
        }, actor);
        sessions.AddMessage(transaction, author.SessionId, "user", message, actor, next.Id);
        return next;
    }
}
