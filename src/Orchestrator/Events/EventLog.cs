using Microsoft.Data.Sqlite;
using Orchestrator.Store;

namespace Orchestrator.Events;

/// <summary>The append-only log: writing inside a transaction, reading after a cursor.</summary>
sealed class EventLog(Database store, EventFeed feed)
{
    const string Columns = "seq, at, type, session_id, run_id, item_id, plan_id, actor, data";

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
            Actor = news.Actor,
            Data = news.Data,
        };
        transaction.Db.Execute(
            "insert into events (seq, at, type, session_id, run_id, item_id, plan_id, actor, data) "
            + "values (@seq, @at, @type, @session, @run, null, null, @actor, @data)",
            ("@seq", made.Seq), ("@at", made.At), ("@type", made.Type), ("@session", made.SessionId), ("@run", made.RunId),
            ("@actor", made.Actor), ("@data", made.Data));
        transaction.AfterCommit(() => feed.Add(made));
        return made;
    }

    /// <summary>Events after a cursor, oldest first. <c>Scanned</c> is the cursor up to which nothing more matches.</summary>
    public EventPage After(long cursor, EventFilter filter, int limit)
    {
        if (feed.TryRead(cursor, filter, limit) is { } recent)
            return recent;
        return store.Read(db => ReadPage(db, cursor, filter, limit));
    }

    /// <summary>Number of the last committed event; 0 in an empty log.</summary>
    public long Latest => feed.Latest;

    /// <summary>Events up to this number were pruned by a person; a cursor below it needs a reset.</summary>
    public long Floor() => store.Read(db => db.Number("select value from counters where name = 'event_floor'")) ?? 0;

    static EventPage ReadPage(Connection db, long cursor, EventFilter filter, int limit)
    {
        // The upper bound is read first: what is committed later belongs to the next page.
        var latest = db.Number("select value from counters where name = 'event_seq'") ?? 0;
        var found = new List<Event>(limit);
        var scanned = cursor;
        while (found.Count < limit && scanned < latest)
        {
            var page = ReadRows(db, scanned, latest, filter, limit);
            foreach (var candidate in page)
            {
                scanned = candidate.Seq;
                if (filter.Matches(candidate))
                    found.Add(candidate);
                if (found.Count == limit)
                    break;
            }

            if (page.Count < limit)
            {
                scanned = found.Count < limit ? latest : scanned;
                break;
            }
        }

        return new EventPage(found, scanned);
    }

    static List<Event> ReadRows(Connection db, long after, long upTo, EventFilter filter, int limit) => filter switch
    {
        { RunId: { } run } => db.Query(
            $"select {Columns} from events where run_id = @run and seq > @after and seq <= @to order by seq limit @limit",
            Read, ("@run", run), ("@after", after), ("@to", upTo), ("@limit", limit)),
        { SessionId: { } session } => db.Query(
            $"select {Columns} from events where session_id = @session and seq > @after and seq <= @to order by seq limit @limit",
            Read, ("@session", session), ("@after", after), ("@to", upTo), ("@limit", limit)),
        _ => db.Query(
            $"select {Columns} from events where seq > @after and seq <= @to order by seq limit @limit",
            Read, ("@after", after), ("@to", upTo), ("@limit", limit)),
    };

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
