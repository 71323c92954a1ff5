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
               s.created_at, s.updated_at, s.created_no, s.isolation, s.depth, coalesce(s.root_session_id, s.id),
               (select r.status from runs r where r.session_id = s.id and r.ended_at is null order by r.queue_no limit 1),
               (select json_group_object(t.agent, t.thread_id) from agent_threads t where t.session_id = s.id)
        from sessions s
        """;

    const string FamilyOnly = """
         and s.id in (with recursive family (id) as (
           select @family union select c.id from sessions c join family f on c.parent_session_id = f.id) select id from family)
        """;

    const string MessageColumns =
        "select id, session_id, run_id, role, text, sender, delivery, created_at, created_no, note from messages";

    public Session Create(WriteTransaction transaction, NewSession order, string actor)
    {
        var id = Ids.New();
        transaction.Db.Execute(
            "insert into sessions (id, created_no, title, project, profile, workdir, isolation, parent_session_id, parent_run_id, "
                + "root_session_id, depth, metadata, created_at, updated_at) "
            + "values (@id, @no, @title, @project, @profile, @workdir, @isolation, @parent, @run, @root, @depth, @metadata, @now, @now2)",
            ("@id", id), ("@no", transaction.Next("queue_no")), ("@title", order.Title), ("@project", order.Project),
                ("@profile", order.Profile),
            ("@workdir", order.Workdir), ("@isolation", order.Isolation), ("@parent", order.ParentSessionId), ("@run", order.ParentRunId),
            ("@root", order.RootSessionId), ("@depth", order.Depth), ("@metadata", order.Metadata), ("@now", transaction.Now),
            ("@now2", transaction.Now));
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

    public Message AddMessage(WriteTransaction transaction, string sessionId, string role, string text, string sender, string? runId,
        bool wakes = false)
    {
        var message = new Message
        {
            Id = Ids.New(),
            SessionId = sessionId,
            RunId = runId,
            Role = role,
            Text = text,
            Sender = sender,
            Delivery = Delivery.Stored,
            CreatedAt = Times.From(transaction.Now),
            CreatedNo = transaction.Next("queue_no"),
        };
        transaction.Db.Execute(
            "insert into messages (id, created_no, session_id, run_id, role, text, sender, delivery, created_at, wakes) "
            + "values (@id, @no, @session, @run, @role, @text, @sender, @delivery, @now, @wakes)",
            ("@id", message.Id), ("@no", message.CreatedNo), ("@session", sessionId), ("@run", runId), ("@role", role), ("@text", text),
            ("@sender", sender), ("@delivery", message.Delivery), ("@now", transaction.Now), ("@wakes", wakes ? 1 : 0));
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

    /// <summary>Closes a session for good.</summary>
    public static void Archive(WriteTransaction transaction, string id) => transaction.Db.Execute(
        "update sessions set archived_at = @now, updated_at = @now where id = @id and archived_at is null", ("@now", transaction.Now),
        ("@id", id));

    /// <summary>Children of a session that have an open run.</summary>
    public static IReadOnlyList<string> ChildrenAtWork(Connection db, string id) => db.Query(
        "select s.id from sessions s where s.parent_session_id = @id "
        + "and exists (select 1 from runs r where r.session_id = s.id and r.ended_at is null) order by s.created_no",
        row => row.GetString(0), ("@id", id));

    /// <summary>The profile of the session's last run: what holds when the session itself was given none.</summary>
    public string? LastProfile(string id) => store.Read(db => db.Text(
        "select profile from runs where session_id = @session order by queue_no desc limit 1", ("@session", id)));

    /// <summary>What children said and nobody has looked at yet, oldest first.</summary>
    public static IReadOnlyList<Message> Waking(Connection db) =>
        db.Query(MessageColumns + " where wakes = 1 order by created_no limit 100", ReadMessage);

    /// <summary>Takes one of them; false when somebody has.</summary>
    public static bool TakeWaking(WriteTransaction transaction, string id) =>
        transaction.Db.Execute("update messages set wakes = 0 where id = @id and wakes = 1", ("@id", id)) == 1;

    /// <summary>The run that a message came to start.</summary>
    public static void Attach(WriteTransaction transaction, string id, string runId) =>
        transaction.Db.Execute("update messages set run_id = @run where id = @id", ("@run", runId), ("@id", id));

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
    /// <param name="before">Only sessions made before this number.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="parent">Only sessions spawned by this one; null for all.</param>
    /// <param name="family">Only this session and those below it; null for all.</param>
    public IReadOnlyList<Session> List(long before, int limit, string? parent = null, string? family = null)
    {
        var where = " where s.created_no < @before" + (parent is null ? "" : " and s.parent_session_id = @parent")
            + (family is null ? "" : FamilyOnly);
        List<(string, object?)> values = [("@before", before)];
        if (parent is not null)
            values.Add(("@parent", parent));
        if (family is not null)
            values.Add(("@family", family));
        values.Add(("@limit", limit));
        return store.Read(db => db.Query(SessionColumns + where + " order by s.created_no desc limit @limit", ReadSession,
            values.ToArray()));
    }

    /// <summary>Oldest first, after the given number.</summary>
    /// <param name="sessionId">The session.</param>
    /// <param name="after">Only messages after this number.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="delivery">Only those that have come so far; null for all.</param>
    public IReadOnlyList<Message> Messages(string sessionId, long after, int limit, string? delivery = null) => store.Read(db =>
        db.Query(MessageColumns + " where session_id = @session and created_no > @after and (@any = 1 or delivery = @delivery) "
            + "order by created_no limit @limit", ReadMessage,
            ("@session", sessionId), ("@after", after), ("@any", delivery is null ? 1 : 0), ("@delivery", delivery), ("@limit", limit)));

    /// <summary>One message, by whole id or unique prefix.</summary>
    public static Message Message(Connection db, string idOrPrefix)
    {
        var id = Prefixes.Resolve(db, "messages", "message", idOrPrefix);
        return db.First(MessageColumns + " where id = @id", ReadMessage, ("@id", id)) ?? throw Fault.NotFound("message", id);
    }

    /// <summary>Messages a run is made of that no agent has yet, oldest first.</summary>
    public static IReadOnlyList<Message> Waiting(Connection db, string runId) => db.Query(
        MessageColumns + " where run_id = @run and delivery = 'stored' order by created_no", ReadMessage,
        ("@run", runId));

    /// <summary>Changes a message that no agent has yet.</summary>
    public Message Edit(WriteTransaction transaction, Message message, string text, string actor)
    {
        transaction.Db.Execute("update messages set text = @text where id = @id", ("@text", text), ("@id", message.Id));
        events.Append(transaction, new NewEvent(SessionEvents.MessageEdited, actor, new System.Text.Json.Nodes.JsonObject
        {
            ["message_id"] = message.Id,
            ["text"] = text.Length <= 2000 ? text : text[..2000],
            ["truncated"] = text.Length > 2000,
        }, message.SessionId, message.RunId));
        return message with { Text = text };
    }

    /// <summary>A message that waited is of another run now, or of the same one before its turn.</summary>
    public void TellMoved(WriteTransaction transaction, Message message, string mode, string before, string actor) => events.Append(
        transaction, new NewEvent(SessionEvents.MessageMoved, actor, new System.Text.Json.Nodes.JsonObject
        {
            ["message_id"] = message.Id,
            ["role"] = message.Role,
            ["mode"] = mode,
            ["from_run_id"] = before,
            ["text"] = message.Text.Length <= 2000 ? message.Text : message.Text[..2000],
            ["truncated"] = message.Text.Length > 2000,
        }, message.SessionId, message.RunId));

    static Session ReadSession(SqliteDataReader row)
    {
        var open = row.TextOrNull(15);
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
            Threads = JsonSerializer.Deserialize(row.GetString(16), SessionJson.Default.DictionaryStringString)!,
            Depth = row.GetInt32(13),
            RootId = row.GetString(14),
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
        Note = row.TextOrNull(9),
    };
}

/// <summary>What a new session is made from; already checked.</summary>
sealed record NewSession(string? Title, string? Project, string? Profile, string? Workdir, string? Metadata, string? Isolation = null)
{
    public string? ParentSessionId { get; init; }
    public string? ParentRunId { get; init; }

    /// <summary>First session of the family it is born into; null for one that begins its own.</summary>
    public string? RootSessionId { get; init; }
    public int Depth { get; init; }
}
