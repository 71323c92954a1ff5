using System.Text;
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
    public EventPage After(long cursor, EventFilter filter, PageSize size)
    {
        if (feed.TryRead(cursor, filter, size) is { } recent)
            return recent;
        // What is committed and not yet told of belongs to the next page: a cursor we give is never ahead of what we know.
        var latest = feed.Latest;
        return store.Read(db => ReadPage(db, cursor, latest, filter, size));
    }

    /// <summary>Number of the last committed event; 0 in an empty log.</summary>
    public long Latest => feed.Latest;

    /// <summary>Events up to this number were pruned by a person; a cursor below it needs a reset.</summary>
    public long Floor() => store.Read(db => db.Number("select value from counters where name = 'event_floor'")) ?? 0;

    static EventPage ReadPage(Connection db, long cursor, long latest, EventFilter filter, PageSize size)
    {
        var (where, values) = Conditions(filter);
        var length = 0L;
        var found = db.QueryWhile(
            $"select {Columns} from events where seq > @after and seq <= @to{where} order by seq limit @limit",
            Read, row => (length += row.Data.Length) < size.Characters,
            [("@after", cursor), ("@to", latest), .. values, ("@limit", size.Events)]);
        var whole = found.Count < size.Events && length < size.Characters;
        return new EventPage(found, whole ? latest : found[^1].Seq);
    }

    // The text depends only on how many types are asked for, so few statements are ever prepared.
    static (string Where, List<(string, object?)> Values) Conditions(EventFilter filter)
    {
        var (where, values, types) = (new StringBuilder(), new List<(string, object?)>(), new List<string>());
        if (filter.RunId is { } run)
            Add(" and run_id = @run", "@run", run);
        if (filter.SessionId is { } session)
            Add(" and session_id = @session", "@session", session);
        foreach (var (type, i) in filter.Types.Order(StringComparer.Ordinal).Select((type, i) => (type, i)))
        {
            var family = type.EndsWith(".*", StringComparison.Ordinal);
            values.Add(($"@type{i}", family ? type[..^1] : type));
            types.Add(family ? $"substr(type, 1, length(@type{i})) = @type{i}" : $"type = @type{i}");
        }

        if (types.Count == 0)
            Add(" and type <> @raw", "@raw", EventFilter.RawType);
        else
            where.Append($" and ({string.Join(" or ", types)})");
        return (where.ToString(), values);

        void Add(string text, string name, string value)
        {
            where.Append(text);
            values.Add((name, value));
        }
    }

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
