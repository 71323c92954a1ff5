using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Orchestrator.Events;
using Orchestrator.Profiles;
using Orchestrator.Store;

namespace Orchestrator.Notifications;

/// <summary>How far a rule has come.</summary>
/// <param name="Cursor">Up to this event nothing is to be told any more.</param>
/// <param name="Tries">Failed deliveries of the event behind it.</param>
/// <param name="Failures">Failed deliveries since the last success.</param>
/// <param name="Sent">Delivered so far.</param>
/// <param name="GaveUp">Tried in vain so far.</param>
/// <param name="Skipped">Passed over because too much was waiting.</param>
/// <param name="LastError">Why the last failure was one; null after a success.</param>
/// <param name="LastSentAt">Microseconds; null for never.</param>
/// <param name="RetryAt">Microseconds; null when nothing waits for it.</param>
sealed record RuleState(long Cursor, long Tries, long Failures, long Sent, long GaveUp, long Skipped, string? LastError, long? LastSentAt,
    long? RetryAt);

/// <summary>The rules' rows, and the events about them.</summary>
sealed class NotificationStore(Database store, EventLog events)
{
    const string Select = "select cursor, tries, failures, sent, gave_up, skipped, last_error, last_sent_at, retry_at "
        + "from notification_rules where name = @name";

    public Database Store => store;

    public EventLog Events => events;

    /// <summary>A rule's row; a new rule tells of what happens from now on. Rows of rules that are gone are forgotten.</summary>
    /// <param name="rules">All there are.</param>
    /// <param name="edited">Names of those that were there and say something else now: what failed before is tried at once.</param>
    public void Begin(WriteTransaction transaction, IReadOnlyList<NotificationRule> rules, IReadOnlyList<string> edited)
    {
        foreach (var name in edited)
            transaction.Db.Execute("update notification_rules set retry_at = null, tries = 0 where name = @name", ("@name", name));
        foreach (var rule in rules)
            transaction.Db.Execute("insert into notification_rules (name, cursor, tries, failures, sent, gave_up, skipped) "
                + "select @name, @cursor, 0, 0, 0, 0, 0 where not exists (select 1 from notification_rules where name = @name2)",
                ("@name", rule.Name), ("@cursor", events.Latest), ("@name2", rule.Name));
        foreach (var gone in transaction.Db.Query("select name from notification_rules", row => row.GetString(0))
            .Where(name => rules.All(rule => rule.Name != name)))
            transaction.Db.Execute("delete from notification_rules where name = @name", ("@name", gone));
    }

    public RuleState State(string rule) => store.Read(db => db.First(Select, Read, ("@name", rule)))
        ?? new RuleState(events.Latest, 0, 0, 0, 0, 0, null, null, null);

    /// <summary>Keeps how far a rule has come; with an event when it gave one up.</summary>
    public Task Keep(NotificationRule rule, RuleState state, Event? gaveUp = null) => store.Write(transaction =>
    {
        transaction.Db.Execute("update notification_rules set cursor = @cursor, tries = @tries, failures = @failures, sent = @sent, "
            + "gave_up = @gaveUp, skipped = @skipped, last_error = @error, last_sent_at = @sentAt, retry_at = @retryAt where name = @name",
            ("@cursor", state.Cursor), ("@tries", state.Tries), ("@failures", state.Failures), ("@sent", state.Sent),
            ("@gaveUp", state.GaveUp), ("@skipped", state.Skipped), ("@error", state.LastError), ("@sentAt", state.LastSentAt),
            ("@retryAt", state.RetryAt), ("@name", rule.Name));
        if (gaveUp is not null)
            events.Append(transaction, new NewEvent(NotificationEvents.Failed, "daemon", new JsonObject
            {
                ["rule"] = rule.Name,
                ["channel"] = rule.Channel,
                ["event_type"] = gaveUp.Type,
                ["cursor"] = gaveUp.Seq.ToString(System.Globalization.CultureInfo.InvariantCulture),
                ["error"] = state.LastError,
            }));
    });

    static RuleState Read(SqliteDataReader row) => new(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4),
        row.GetInt64(5), row.TextOrNull(6), row.IsDBNull(7) ? null : row.GetInt64(7), row.IsDBNull(8) ? null : row.GetInt64(8));
}

/// <summary>Event types about notifications themselves. No rule is told of them: a failing channel must not feed itself.</summary>
static class NotificationEvents
{
    public const string Failed = "notification.failed";
    public const string Tested = "notification.tested";

    public static readonly IReadOnlyList<EventKind> Kinds =
    [
        new(Failed, "A rule gave up telling of an event after several tries.",
            """{"rule":"chat","channel":"webhook","event_type":"run.failed","cursor":"41","error":"answered 500"}"""),
        new(Tested, "Somebody tried the rules' channels.", """{"results":[{"rule":"log","ok":true}]}"""),
    ];
}
