using Microsoft.Data.Sqlite;
using Orchestrator.Store;

namespace Orchestrator.Events;

/// <summary>The append-only log: writing inside a transaction, reading after a cursor.</summary>
sealed class EventLog(Database store, EventFeed feed)
{
    /// <summary>Appends within the caller's transaction, so that a change and the event that tells of it are one.</summary>
    public Event Append(WriteTransaction transaction, NewEvent news)
    {
        var made = new Event
        {
            Seq = transaction.Next("event_seq"),
            At = transaction.Now,
            Type = news.Type,
            SessionId = news.SessionId,
            RunId = news.RunId,
            ItemId = news.ItemId,
            Actor = news.Actor,
            Data = news.Data,
        };
        transaction.Db.Execute(
            "insert into events (seq, at, type, session_id, run_id, item_id, plan_id, actor, data) "
            + "values (@seq, @at, @type, @session, @run, @item, null, @actor, @data)",
            ("@seq", made.Seq), ("@at", made.At), ("@type", made.Type), ("@session", made.SessionId), ("@run", made.RunId),
            ("@item", made.ItemId), ("@actor", made.Actor), ("@data", made.Data));
        transaction.AfterCommit(() => feed.Add(made));
        return made;
    }

    /// <summary>Events after a cursor, oldest first. <c>Scanned</c> is the cursor up to which nothing more matches.</summary>
    public EventPage After(long cursor, EventFilter filter, PageSize size)
    {
        if (feed.TryRead(cursor, filter, size) is { } recent)
            return recent;
        // What is committed and not yet told of belongs to the next page: a cursor we give is never ahead of what we know.
        var latest = feed.Latest;
        return store.Read(db => ReadPage(db, cursor, latest, filter, size));
    }

    /// <summary>
    /// The last events up to a cursor, oldest of them first: a history read from its end. <c>Scanned</c> is the cursor up to which the
    /// page before this one reaches; 0 when there is nothing earlier.
    /// </summary>
    public EventPage UpTo(long cursor, EventFilter filter, PageSize size) => store.Read(db =>
    {
        var (sql, values) = EventQuery.Of(filter, family => Family(db, family), newestFirst: true);
        var length = 0L;
        var found = db.QueryWhile(sql, Read, row => (length += row.Data.Length) < size.Characters,
            [("@after", 0L), ("@to", cursor), ("@limit", size.Events), .. values]);
        var isWhole = found.Count < size.Events && length < size.Characters;
        found.Reverse();
        return new EventPage(found, isWhole ? 0 : found[0].Seq - 1);
    });

    /// <summary>Number of the last committed event; 0 in an empty log.</summary>
    public long Latest => feed.Latest;

    /// <summary>Events up to this number were pruned by a person; a cursor below it needs a reset.</summary>
    public long Floor() => store.Read(db => db.Number("select value from counters where name = 'event_floor'")) ?? 0;

    static EventPage ReadPage(Connection db, long cursor, long latest, EventFilter filter, PageSize size)
    {
        var (sql, values) = EventQuery.Of(filter, family => Family(db, family));
        var length = 0L;
        var found = db.QueryWhile(sql, Read, row => (length += row.Data.Length) < size.Characters,
            [("@after", cursor), ("@to", latest), ("@limit", size.Events), .. values]);
        var whole = found.Count < size.Events && length < size.Characters;
        return new EventPage(found, whole ? latest : found[^1].Seq);
    }

    /// <summary>The types of a family that the store has, one step in the index each.</summary>
    static List<string> Family(Connection db, string prefix) => db.Query(EventQuery.TypesOfFamily, row => row.GetString(0),
        ("@from", prefix), ("@to", prefix[..^1] + (char)(prefix[^1] + 1)));

    static Event Read(SqliteDataReader row) => new()
    {
        Seq = row.GetInt64(0),
        At = row.GetInt64(1),
        Type = row.GetString(2),
        SessionId = row.TextOrNull(3),
        RunId = row.TextOrNull(4),
        ItemId = row.TextOrNull(5),
        PlanId = row.TextOrNull(6),
        Actor = row.GetString(7),
        Data = row.GetString(8),
    };
}

/// <summary>A page of events and the cursor to go on from, which is given on an empty page too.</summary>
sealed record EventPage(IReadOnlyList<Event> Events, long Scanned);

/// <summary>How much one page may hold: so many events, and no further one once their data has so many characters.</summary>
readonly record struct PageSize(int Events, long Characters);
