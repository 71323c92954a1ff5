using System.Text.Json.Nodes;
using Orchestrator.Events;
using Orchestrator.Store;

namespace Orchestrator.Sessions;

/// <summary>
/// How far a message has come. Accepted never means delivered: each step is stored when it has happened. The one place that writes it.
/// </summary>
static class Delivery
{
    /// <summary>Accepted; no agent has it.</summary>
    public const string Stored = "stored";

    /// <summary>An agent's process was started with it, or took it as the answer it waited for.</summary>
    public const string HandedOver = "handed_over";

    /// <summary>That agent has said something since.</summary>
    public const string TurnStarted = "turn_started";

    /// <summary>The run that took it has succeeded.</summary>
    public const string Answered = "answered";

    /// <summary>It will not be answered; the note says why.</summary>
    public const string Dropped = "dropped";

    public static readonly IReadOnlyList<string> All = [Stored, HandedOver, TurnStarted, Answered, Dropped];

    /// <summary>The run's agent was given its messages.</summary>
    public static void HandOver(WriteTransaction transaction, EventLog events, string runId, string sessionId)
    {
        foreach (var id in Move(transaction, runId, "('stored')", HandedOver, null))
            events.Append(transaction, new NewEvent(SessionEvents.MessageDelivered, "daemon", new JsonObject { ["message_id"] = id },
                sessionId, runId));
    }

    /// <summary>The run's agent took one message as the answer it waited for.</summary>
    public static void TakeAsAnswer(WriteTransaction transaction, EventLog events, string messageId, string runId, string sessionId)
    {
        if (transaction.Db.Execute("update messages set delivery = 'handed_over' where id = @id and delivery = 'stored'",
            ("@id", messageId)) == 1)
            events.Append(transaction, new NewEvent(SessionEvents.MessageDelivered, "daemon",
                new JsonObject { ["message_id"] = messageId }, sessionId, runId));
    }

    /// <summary>The run's agent began to answer.</summary>
    public static void StartTurn(WriteTransaction transaction, string runId) =>
        Move(transaction, runId, "('handed_over')", TurnStarted, null);

    /// <summary>Another run goes on with what this one was asked: its messages are that one's now, as far as they have come.</summary>
    public static void PassOn(WriteTransaction transaction, string runId, string nextRunId) => transaction.Db.Execute(
        "update messages set run_id = @next where run_id = @run and delivery in ('stored', 'handed_over', 'turn_started')",
        ("@next", nextRunId), ("@run", runId));

    /// <summary>The run has succeeded.</summary>
    public static void Answer(WriteTransaction transaction, string runId) =>
        Move(transaction, runId, "('stored', 'handed_over', 'turn_started')", Answered, null);

    /// <summary>The run ends otherwise: whoever sent the messages is told why they are not answered.</summary>
    public static void Drop(WriteTransaction transaction, EventLog events, string runId, string sessionId, string why)
    {
        foreach (var id in Move(transaction, runId, "('stored', 'handed_over', 'turn_started')", Dropped, why))
            events.Append(transaction, DroppedEvent(id, sessionId, runId, why, "daemon"));
    }

    /// <summary>One message that no agent has yet is taken back.</summary>
    public static void Remove(WriteTransaction transaction, EventLog events, Message message, string actor) =>
        DropOne(transaction, events, message, "It was removed before an agent had it.", actor);

    /// <summary>One message that starts no run after all.</summary>
    public static void Refuse(WriteTransaction transaction, EventLog events, Message message, string why) =>
        DropOne(transaction, events, message, why, "daemon");

    static void DropOne(WriteTransaction transaction, EventLog events, Message message, string why, string actor)
    {
        transaction.Db.Execute("update messages set delivery = 'dropped', note = @why where id = @id", ("@why", why), ("@id", message.Id));
        events.Append(transaction, DroppedEvent(message.Id, message.SessionId, message.RunId, why, actor));
    }

    static NewEvent DroppedEvent(string id, string sessionId, string? runId, string why, string actor) => new(SessionEvents.MessageDropped,
        actor, new JsonObject { ["message_id"] = id, ["reason"] = why }, sessionId, runId);

    // The list of words is a constant of ours, never input.
    static List<string> Move(WriteTransaction transaction, string runId, string from, string to, string? note) => transaction.Db.Query(
        $"update messages set delivery = @to, note = @note where run_id = @run and delivery in {from} returning id",
        row => row.GetString(0), ("@to", to), ("@note", note), ("@run", runId));
}
