using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.Data.Sqlite;
using Orchestrator.Store;

namespace Orchestrator.Requests;

/// <summary>A question that needs an answer, as it is stored and as clients get it.</summary>
sealed record RunRequest
{
    public required string Id { get; init; }

    /// <summary>One of <see cref="RequestKinds"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>The run that asks, and its session.</summary>
    public required string RunId { get; init; }
    public required string SessionId { get; init; }

    /// <summary>The parent session that is asked; null for a person.</summary>
    public string? ToSessionId { get; init; }
    public required string Text { get; init; }

    /// <summary>Answers offered; empty for a free one.</summary>
    public required IReadOnlyList<string> Options { get; init; }

    /// <summary>What exactly is asked: an object such as {"command", "folder", "diff"}; null when the text says all.</summary>
    public JsonElement? Detail { get; init; }

    /// <summary>low, medium or high, in the asker's words; null when not said.</summary>
    public string? Risk { get; init; }

    [JsonConverter(typeof(EnumWordJson<RequestState>))]
    public required RequestState State { get; init; }
    public RequestAnswer? Answer { get; init; }

    /// <summary>Name of the token, <c>run:ID</c> of the parent's run, <c>rule:ID</c>, or <c>daemon</c>.</summary>
    public string? AnsweredBy { get; init; }

    /// <summary>The rule that answered; null when it was somebody.</summary>
    public string? Rule { get; init; }

    /// <summary>Who asks, from the asker's session up to the first of its family.</summary>
    public IReadOnlyList<ChainLink> Chain { get; init; } = [];

    /// <summary>deny, park or continue.</summary>
    public required string OnExpiry { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
    public DateTimeOffset? AnsweredAt { get; init; }

    /// <summary>When the asker took the answer; null while it has not.</summary>
    public DateTimeOffset? PickedUpAt { get; init; }

    [JsonIgnore] public long CreatedNo { get; init; }

    /// <summary>The message in which the answer came, when it came as one.</summary>
    [JsonIgnore] public string? MessageId { get; init; }

    /// <summary>The agent's own id of the question, where it asks in its protocol.</summary>
    [JsonIgnore] public string? AgentAskId { get; init; }
}

/// <summary>What was answered.</summary>
/// <param name="Decision">approve, deny or answer.</param>
/// <param name="Text">In words.</param>
/// <param name="Option">Which of the options.</param>
/// <param name="Scope">once, run or project: how far it was meant to hold.</param>
sealed record RequestAnswer(string Decision, string? Text, string? Option, string? Scope);

/// <summary>One session on the way from the asker up.</summary>
sealed record ChainLink(string SessionId, string? Title);

/// <summary>Which requests a list is about.</summary>
/// <param name="States">Words of states; empty for all.</param>
/// <param name="Before">Only those made before this number.</param>
/// <param name="Limit">At most so many.</param>
sealed record RequestQuery(IReadOnlyList<string> States, long Before, int Limit)
{
    public string? RunId { get; init; }

    /// <summary>Asked by this session or addressed to it.</summary>
    public string? SessionId { get; init; }

    /// <summary>Only those of this session and of those below it: all that a run's own token may see.</summary>
    public string? InFamilyOf { get; init; }
}

/// <summary>Reading requests out of the store.</summary>
static class RequestRows
{
    const string Select = """
        select q.id, q.kind, q.run_id, q.session_id, q.to_session_id, q.text, q.options, q.detail, q.risk, q.state, q.answer,
               q.answered_by, q.rule, q.on_expiry, q.created_at, q.expires_at, q.answered_at, q.picked_up_at, q.created_no, q.message_id,
               q.agent_ask_id,
               (with recursive up (id, title, parent, level) as (
                  select s.id, s.title, s.parent_session_id, 0 from sessions s where s.id = q.session_id
                  union all select p.id, p.title, p.parent_session_id, up.level + 1 from sessions p join up on p.id = up.parent)
                select json_group_array(json_object('session_id', id, 'title', title)) from (select id, title from up order by level))
        from requests q
        """;

    const string FamilyOnly = """
         and q.session_id in (with recursive family (id) as (
           select @family union select s.id from sessions s join family f on s.parent_session_id = f.id) select id from family)
        """;

    public static RunRequest Get(Connection db, string id) =>
        db.First(Select + " where q.id = @id", Read, ("@id", id)) ?? throw Fault.NotFound("request", id);

    /// <summary>By whole id or unique prefix.</summary>
    public static RunRequest Resolve(Connection db, string idOrPrefix) => Get(db, Prefixes.Resolve(db, "requests", "request", idOrPrefix));

    /// <summary>The run's open requests, oldest first.</summary>
    public static IReadOnlyList<RunRequest> OpenOf(Connection db, string runId) =>
        db.Query(Select + " where q.run_id = @run and q.state = 'open' order by q.created_no", Read, ("@run", runId));

    /// <summary>Open requests whose time is over, oldest first.</summary>
    public static IReadOnlyList<RunRequest> Overdue(Connection db, long now) => db.Query(
        Select + " where q.state = 'open' and q.expires_at is not null and q.expires_at <= @now order by q.expires_at", Read,
        ("@now", now));

    /// <summary>Newest first.</summary>
    public static IReadOnlyList<RunRequest> List(Connection db, RequestQuery query)
    {
        var where = " where q.created_no < @before"
            + (query.States.Count > 0 ? " and q.state in (select value from json_each(@states))" : "")
            + (query.RunId is null ? "" : " and q.run_id = @run")
            + (query.SessionId is null ? "" : " and (q.session_id = @session or q.to_session_id = @session)")
            + (query.InFamilyOf is null ? "" : FamilyOnly);
        List<(string, object?)> values = [("@before", query.Before)];
        if (query.States.Count > 0)
            values.Add(("@states", new JsonArray([.. query.States.Select(s => (JsonNode)s)]).ToJsonString()));
        if (query.RunId is not null)
            values.Add(("@run", query.RunId));
        if (query.SessionId is not null)
            values.Add(("@session", query.SessionId));
        if (query.InFamilyOf is not null)
            values.Add(("@family", query.InFamilyOf));
        values.Add(("@limit", query.Limit));
        return db.Query(Select + where + " order by q.created_no desc limit @limit", Read, values.ToArray());
    }

    static RunRequest Read(SqliteDataReader row) => new()
    {
        Id = row.GetString(0),
        Kind = row.GetString(1),
        RunId = row.GetString(2),
        SessionId = row.GetString(3),
        ToSessionId = row.TextOrNull(4),
        Text = row.GetString(5),
        Options = JsonSerializer.Deserialize(row.GetString(6), RequestJson.Default.IReadOnlyListString)!,
        Detail = row.TextOrNull(7) is { } detail ? JsonDocument.Parse(detail).RootElement : null,
        Risk = row.TextOrNull(8),
        State = EnumWords.Read<RequestState>(row.GetString(9)),
        Answer = row.TextOrNull(10) is { } answer ? JsonSerializer.Deserialize(answer, RequestJson.Default.RequestAnswer) : null,
        AnsweredBy = row.TextOrNull(11),
        Rule = row.TextOrNull(12),
        OnExpiry = row.GetString(13),
        CreatedAt = row.Time(14),
        ExpiresAt = row.TimeOrNull(15),
        AnsweredAt = row.TimeOrNull(16),
        PickedUpAt = row.TimeOrNull(17),
        CreatedNo = row.GetInt64(18),
        MessageId = row.TextOrNull(19),
        AgentAskId = row.TextOrNull(20),
        Chain = JsonSerializer.Deserialize(row.GetString(21), RequestJson.Default.IReadOnlyListChainLink)!,
    };
}

/// <summary>JSON of requests: members in snake_case, states as words.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(UtcTime)])]
[JsonSerializable(typeof(RunRequest))]
[JsonSerializable(typeof(IReadOnlyList<RunRequest>))]
[JsonSerializable(typeof(RequestAnswer))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(IReadOnlyList<ChainLink>))]
[JsonSerializable(typeof(AnswerRequest.Request), TypeInfoPropertyName = "AnswerRequestRequest")]
[JsonSerializable(typeof(AddRule.Request), TypeInfoPropertyName = "AddRuleRequest")]
[JsonSerializable(typeof(RequestRule))]
[JsonSerializable(typeof(IReadOnlyList<RequestRule>))]
[JsonSerializable(typeof(Judgment))]
[JsonSerializable(typeof(Trial))]
sealed partial class RequestJson : JsonSerializerContext;
