using Orchestrator.Http;
using Orchestrator.Sessions;
using Orchestrator.Store;

namespace Orchestrator.Runs;

/// <summary>
/// Changes or takes back a message that still waits: its run's prompt follows. What an agent has is no longer anybody's to change.
/// </summary>
static class EditMessage
{
    /// <summary>PATCH /messages/{id}: what it says, or that it is told now. Both in one step.</summary>
    public sealed record Request(string? Text, string? Mode = null);

    public static void Map(Routes routes, SessionStore sessions, Inbox inbox)
    {
        var runs = inbox.Runs;
        routes.Patch("/messages/{id}", nameof(EditMessage), async call =>
        {
            var request = await call.Body(RunJson.Default.EditMessageRequest);
            var mode = Inbox.Urgent(request.Mode);
            var text = mode is not null && request.Text is null ? null : Texts.Body("text", request.Text, SessionStore.TextLimit);
            var (edited, run) = await runs.Store.Write(transaction =>
            {
                var message = Waiting(transaction.Db, call.Part("id"));
                if (message.Role != "user")
                    throw new Fault(FaultCode.Conflict, $"Message {message.Id} is a child's word: it can be taken back, not changed.");
                if (text is not null)
                {
                    message = sessions.Edit(transaction, message, text, call.Principal.Name);
                    inbox.Follow(transaction, message.RunId!, call.Principal.Name);
                }

                return mode is null ? (message, RunRows.Get(transaction.Db, message.RunId!))
                    : inbox.Hasten(transaction, message, mode, call.Principal.Name);
            });
            return Reply.Ok(json =>
            {
                json.Member("message", edited, SessionJson.Default.Message);
                json.Member("run", run, RunJson.Default.Run);
            });
        }, ownRun: RunAccess.MessageInReach, doc: EditDoc);
        routes.Delete("/messages/{id}", "RemoveMessage", async call =>
        {
            var removed = await runs.Store.Write(transaction =>
            {
                var message = Waiting(transaction.Db, call.Part("id"));
                Delivery.Remove(transaction, runs.Events, message, call.Principal.Name);
                inbox.Follow(transaction, message.RunId!, call.Principal.Name);
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

    static RouteDoc EditDoc() => RouteDoc
        .Of("Changes a message that still waits, whose run's prompt follows; or has it told now: mode steer (into the turn that runs) or "
            + "interrupt (instead of it). Without a turn to go into it is the next of its session. run is the one that answers it.")
        .Takes(RunJson.Default.EditMessageRequest).Refuses(FaultCode.Conflict)
        .Gives("message", SessionJson.Default.Message).Gives("run", RunJson.Default.Run);

    static RouteDoc RemoveDoc() => RouteDoc.Of("Takes back a message that still waits; its run ends when nothing is left to say.")
        .Refuses(FaultCode.Conflict).Gives("message", SessionJson.Default.Message);
}
