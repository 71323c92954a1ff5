using Orchestrator.Agents;
using Orchestrator.Http;
using Orchestrator.Sessions;
using Orchestrator.Store;

namespace Orchestrator.Runs;

/// <summary>
/// Changes or takes back a message that still waits: its run's prompt follows. What an agent has is no longer anybody's to change.
/// </summary>
static class EditMessage
{
    /// <summary>PATCH /messages/{id}.</summary>
    public sealed record Request(string? Text);

    public static void Map(Routes routes, SessionStore sessions, RunStore runs)
    {
        routes.Patch("/messages/{id}", nameof(EditMessage), async call =>
        {
            var request = await call.Body(RunJson.Default.EditMessageRequest);
            var text = Texts.Body("text", request.Text, SessionStore.TextLimit);
            var edited = await runs.Store.Write(transaction =>
            {
                var message = Waiting(transaction.Db, call.Part("id"));
                if (message.Role != "user")
                    throw new Fault(FaultCode.Conflict, $"Message {message.Id} is a child's word: it can be taken back, not changed.");
                var after = sessions.Edit(transaction, message, text, call.Principal.Name);
                Follow(transaction, runs, message.RunId!, call.Principal.Name);
                return after;
            });
            return Reply.Ok(json => json.Member("message", edited, SessionJson.Default.Message));
        }, ownRun: RunAccess.MessageInReach, doc: EditDoc);
        routes.Delete("/messages/{id}", "RemoveMessage", async call =>
        {
            var removed = await runs.Store.Write(transaction =>
            {
                var message = Waiting(transaction.Db, call.Part("id"));
                Delivery.Remove(transaction, runs.Events, message, call.Principal.Name);
                Follow(transaction, runs, message.RunId!, call.Principal.Name);
                return SessionStore.Message(transaction.Db, message.Id);
            });
            return Reply.Ok(json => json.Member("message", removed, SessionJson.Default.Message));
        }, ownRun: RunAccess.MessageInReach, doc: RemoveDoc);
    }

    static Message Waiting(Connection db, string id)
    {
        var message = SessionStore.Message(db, id);
        var run = message.RunId is { } runId ? RunRows.Find(db, runId) : null;
        return message.Delivery == Delivery.Stored && run is { Status: RunStatus.Queued, Trigger: "message" or "send", RetryOf: null }
            ? message
            : throw new Fault(FaultCode.Conflict, $"Message {message.Id} does not wait for an agent: it is {message.Delivery}"
                + (run is null ? " and starts no run." : $", and its run {run.Id} is {RunLifecycle.Word(run.Status)}"
                    + $" (trigger {run.Trigger})."),
                run?.Status == RunStatus.Queued ? "It is the whole task of its run: cancel that, and start another."
                    : "Send another one; mode interrupt stops what runs.")
            {
                Details = new Dictionary<string, object?> { ["delivery"] = message.Delivery },
            };
    }

    // The run says what its waiting messages say; without any there is nothing to run.
    static void Follow(WriteTransaction transaction, RunStore runs, string runId, string actor)
    {
        var left = SessionStore.Waiting(transaction.Db, runId);
        if (left.Count > 0)
            RunStore.Reword(transaction, runId, Texts.Body("text", string.Join("\n\n", left.Select(m => m.Text)), SessionStore.TextLimit));
        else
            runs.Advance(transaction, runId, null, RunStep.Cancel, new RunChange(actor) { Reason = EndReason.User });
    }

    static RouteDoc EditDoc() => RouteDoc.Of("Changes a message that still waits; its run's prompt follows.")
        .Takes(RunJson.Default.EditMessageRequest, "text").Refuses(FaultCode.Conflict).Gives("message", SessionJson.Default.Message);

    static RouteDoc RemoveDoc() => RouteDoc.Of("Takes back a message that still waits; its run ends when nothing is left to say.")
        .Refuses(FaultCode.Conflict).Gives("message", SessionJson.Default.Message);
}
