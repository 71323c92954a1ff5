using System.Text.Json;
using Microsoft.Data.Sqlite;
using Orchestrator.Events;
using Orchestrator.Store;

namespace Orchestrator.Sessions;

/// <summary>Sessions, their messages and the agents' own conversation ids, in the store.</summary>
sealed class SessionStore(Database store, EventLog events)
{
    /// <summary>Longest text of a prompt or message in bytes of UTF-8.</summary>
    public const int TextLimit = 1024 * 1024;

    const string SessionColumns = """
        select s.id, s.title, s.project, s.profile, s.workdir, s.parent_session_id, s.parent_run_id, s.metadata, s.archived_at,
               s.created_at, s.updated_at, s.created_no, s.isolation,
               (select r.status from runs r where r.session_id = s.id and r.ended_at is null order by r.queue_no limit 1),
               (select json_group_object(t.agent, t.thread_id) from agent_threads t where t.session_id = s.id)
        from sessions s
        """;

    const string MessageColumns =
        "select id, session_id, run_id, role, text, sender, delivery, created_at, created_no from messages";

    public Session Create(WriteTransaction transaction, NewSession order, string actor)
    {
        var id = Ids.New();
        transaction.Db.Execute(
            "insert into sessions (id, created_no, title, project, profile, workdir, isolation, parent_session_id, parent_run_id, "
                + "metadata, created_at, updated_at) "
            + "values (@id, @no, @title, @project, @profile, @workdir, @isolation, @parent, @run, @metadata, @now, @now2)",
            ("@id", id), ("@no", transaction.Next("queue_no")), ("@title", order.Title), ("@project", order.Project),
                ("@profile", order.Profile),
            ("@workdir", order.Workdir), ("@isolation", order.Isolation), ("@parent", order.ParentSessionId), ("@run", order.ParentRunId),
            ("@metadata", order.Metadata), ("@now", transaction.Now), ("@now2", transaction.Now));
        var made = Get(transaction.Db, id);
        events.Append(transaction, new NewEvent(SessionEvents.Created, actor, new System.Text.Json.Nodes.JsonObject
        {
            ["title"] = made.Title,
            ["project"] = made.Project,
            ["profile"] = made.Profile,
            ["parent_session_id"] = made.ParentSessionId,
        }, id));
        return made;
    }

    public Message AddMessage(WriteTransaction transaction, string sessionId, string role, string text, string sender, string? runId)
    {
        var message = new Message
        {
            Id = Ids.New(),
            SessionId = sessionId,
            RunId = runId,
            Role = role,
            Text = text,
            Sender = sender,
            Delivery = "stored",
            CreatedAt = Times.From(transaction.Now),
            CreatedNo = transaction.Next("queue_no"),
        };
        transaction.Db.Execute(
            "insert into messages (id, created_no, session_id, run_id, role, text, sender, delivery, created_at) "
            + "values (@id, @no, @session, @run, @role, @text, @sender, @delivery, @now)",
            ("@id", message.Id), ("@no", message.CreatedNo), ("@session", sessionId), ("@run", runId), ("@role", role), ("@text", text),
            ("@sender", sender), ("@delivery", message.Delivery), ("@now", transaction.Now));
        transaction.Db.Execute("update sessions set updated_at = @now where id = @id", ("@now", transaction.Now), ("@id", sessionId));
        events.Append(transaction, new NewEvent(SessionEvents.MessageCreated, sender, new System.Text.Json.Nodes.JsonObject
        {
            ["message_id"] = message.Id,
            ["role"] = role,
            ["text"] = text.Length <= 2000 ? text : text[..2000],
            ["truncated"] = text.Length > 2000,
        }, sessionId, runId));
        return message;
    }

    /// <summary>The run's message has reached its agent.</summary>
    public void MarkDelivered(WriteTransaction transaction, string sessionId, string runId)
    {
        var id = transaction.Db.Text(
            "update messages set delivery = 'delivered' where run_id = @run and delivery = 'stored' returning id", ("@run", runId));
        if (id is not null)
            events.Append(transaction, new NewEvent(SessionEvents.MessageDelivered, "daemon",
                new System.Text.Json.Nodes.JsonObject { ["message_id"] = id }, sessionId, runId));
    }

    /// <summary>Keeps the agent's conversation id and its running totals for the next run of the session.</summary>
    public static void KeepThread(WriteTransaction transaction, string sessionId, string agent, string threadId, string? totals) =>
        transaction.Db.Execute(
            "insert into agent_threads (session_id, agent, thread_id, totals, updated_at) values (@session, @agent, @thread, @totals, "
                + "@now) "
            + "on conflict (session_id, agent) do update set thread_id = excluded.thread_id, totals = excluded.totals, updated_at = "
            + "excluded.updated_at",
            ("@session", sessionId), ("@agent", agent), ("@thread", threadId), ("@totals", totals), ("@now", transaction.Now));

    /// <summary>The agent's conversation id and totals kept for a session, or null.</summary>
    public static Tuple<string, string?>? Thread(Connection db, string sessionId, string agent) => db.First(
        "select thread_id, totals from agent_threads where session_id = @session and agent = @agent",
        row => Tuple.Create(row.GetString(0), row.TextOrNull(1)), ("@session", sessionId), ("@agent", agent));

    public Session Get(string idOrPrefix) => store.Read(db => Get(db, Prefixes.Resolve(db, "sessions", "session", idOrPrefix)));

    public static Session Get(Connection db, string id) =>
        db.First(SessionColumns + " where s.id = @id", ReadSession, ("@id", id)) ?? throw Fault.NotFound("session", id);

    /// <summary>Newest first, before the given number.</summary>
    public IReadOnlyList<Session> List(long before, int limit) => store.Read(db =>
        db.Query(SessionColumns + " where s.created_no < @before order by s.created_no desc limit @limit", ReadSession,
            ("@before", before), ("@limit", limit)));

    /// <summary>Oldest first, after the given number.</summary>
    public IReadOnlyList<Message> Messages(string sessionId, long after, int limit) => store.Read(db =>
        db.Query(MessageColumns + " where session_id = @session and created_no > @after order by created_no limit @limit", ReadMessage,
            ("@session", sessionId), ("@after", after), ("@limit", limit)));

    static Session ReadSession(SqliteDataReader row)
    {
        var open = row.TextOrNull(13);
        return new Session
        {
            Id = row.GetString(0),
            Title = row.TextOrNull(1),
            Status = !row.IsDBNull(8) ? "archived" : open is null ? "idle" : open == "waiting" ? "waiting" : "busy",
            Project = row.TextOrNull(2),
            Profile = row.TextOrNull(3),
            Workdir = row.TextOrNull(4),
            ParentSessionId = row.TextOrNull(5),
            ParentRunId = row.TextOrNull(6),
            Metadata = row.TextOrNull(7) is { } metadata ? JsonDocument.Parse(metadata).RootElement : null,
            CreatedAt = row.Time(9),
            UpdatedAt = row.Time(10),
            CreatedNo = row.GetInt64(11),
            Isolation = row.TextOrNull(12),
            Threads = JsonSerializer.Deserialize(row.GetString(14), SessionJson.Default.DictionaryStringString)!,
        };
    }

    static Message ReadMessage(SqliteDataReader row) => new()
    {
        Id = row.GetString(0),
        SessionId = row.GetString(1),
        RunId = row.TextOrNull(2),
        Role = row.GetString(3),
        Text = row.GetString(4),
        Sender = row.GetString(5),
        Delivery = row.GetString(6),
        CreatedAt = row.Time(7),
        CreatedNo = row.GetInt64(8),
    };
}

/// <summary>What a new session is made from; already checked.</summary>
sealed record NewSession(string? Title, string? Project, string? Profile, string? Workdir, string? Metadata, string? Isolation = null,
    string? ParentSessionId = null, string? ParentRunId = null);
