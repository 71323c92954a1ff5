using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Data.Sqlite;
using Orchestrator.Http;
using Orchestrator.Store;
using Orchestrator.Workspaces;

namespace Orchestrator.Gates;

/// <summary>One check of work by the daemon itself, as it is stored and as clients get it.</summary>
sealed record Check
{
    public required string Id { get; init; }

    /// <summary>Whose work it looks at; null for the tree of a delivery.</summary>
    public string? RunId { get; init; }
    public string? ItemId { get; init; }

    /// <summary>The delivery whose tree it looks at; null for a run's work.</summary>
    public string? DeliveryId { get; init; }

    [Words("queued", "running", "finished")]
    public required string State { get; init; }

    /// <summary>Null until it is finished; unverified is never the same as passed.</summary>
    [Words("passed", "failed", "unverified", "impossible")]
    public string? Verdict { get; init; }

    /// <summary>Why, in a few sentences.</summary>
    public string? Summary { get; init; }

    /// <summary>The commit it looks at; null until it has begun, and in a folder that is in no repository.</summary>
    public string? Commit { get; init; }
    public required string RequestedBy { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>What was seen so far, in order.</summary>
    public IReadOnlyList<Evidence> Evidence { get; init; } = [];

    [JsonIgnore] public long CreatedNo { get; init; }
    [JsonIgnore] public long Fence { get; init; }
    [JsonIgnore] public CheckOrder Order { get; init; } = null!;

    [JsonIgnore] public bool IsFinished => State == "finished";
}

/// <summary>One thing a check saw.</summary>
sealed record Evidence
{
    /// <summary>Its number within the check, from 1.</summary>
    public required int No { get; init; }

    /// <summary>What it is about.</summary>
    [Words("command", "changes", "commit", "files", "conflict", "tests", "criterion")]
    public required string Kind { get; init; }

    /// <summary>open: nothing decides it by itself.</summary>
    [Words("passed", "failed", "open")]
    public required string Outcome { get; init; }

    /// <summary>The sentence for a person.</summary>
    public required string Text { get; init; }

    /// <summary>Of a command: program and arguments.</summary>
    public IReadOnlyList<string>? Command { get; init; }
    public int? ExitCode { get; init; }

    /// <summary>The end of what a command printed; all that is kept of it is at the output route.</summary>
    public string? Tail { get; init; }

    /// <summary>The acceptance criterion it is about; null when it is about none.</summary>
    public string? Criterion { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }

    [JsonIgnore] public string? Folder { get; init; }
}

/// <summary>What is to be checked.</summary>
sealed record CheckOrder
{
    public string? RunId { get; init; }
    public string? ItemId { get; init; }
    public string? DeliveryId { get; init; }
    public string? SessionId { get; init; }
    public string? WorkspaceId { get; init; }

    /// <summary>One of <see cref="WorkspaceKinds"/>, own, or <see cref="Integrated"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>The top folder; two checks never work in one at the same time.</summary>
    public required string Path { get; init; }

    /// <summary>Where the commands run.</summary>
    public required string Start { get; init; }
    public string? Common { get; init; }

    /// <summary>The commit the work began with.</summary>
    public string? Base { get; init; }
    public string? Branch { get; init; }

    /// <summary>Program and arguments of each verify command.</summary>
    public required IReadOnlyList<IReadOnlyList<string>> Commands { get; init; }
    public required TimeSpan Limit { get; init; }

    /// <summary>Why the commands may not run; null when they may.</summary>
    public string? Problem { get; init; }
    public bool ExpectsChanges { get; init; }

    /// <summary>Files and patterns declared to be written; null for nothing declared.</summary>
    public IReadOnlyList<string>? Writes { get; init; }
    public bool AllowRemovedTests { get; init; }
    public IReadOnlyList<string> Criteria { get; init; } = [];

    /// <summary>The kind of a tree that a delivery made: only the commands count there.</summary>
    public const string Integrated = "integrated";
}

/// <summary>JSON of checks: members in snake_case.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(UtcTime)])]
[JsonSerializable(typeof(Check))]
[JsonSerializable(typeof(IReadOnlyList<Check>))]
[JsonSerializable(typeof(IReadOnlyList<IReadOnlyList<string>>))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(IReadOnlyList<FileChange>))]
[JsonSerializable(typeof(IReadOnlyList<CommitLine>))]
[JsonSerializable(typeof(CheckRun.Request), TypeInfoPropertyName = "CheckRunRequest")]
sealed partial class CheckJson : JsonSerializerContext;

/// <summary>Reading checks out of the store.</summary>
static class CheckRows
{
    const string Select = """
        select id, run_id, item_id, delivery_id, state, verdict, summary, checked_commit, requested_by, created_at, started_at, ended_at,
               created_no, fence, session_id, workspace_id, kind, path, start, common, base, branch, commands, time_limit_us, problem,
               expects_changes, writes, allow_removed_tests, criteria
        from checks
        """;

    public static Check? Find(Connection db, string id) =>
        db.First(Select + " where id = @id", Read, ("@id", id)) is { } check ? check with { Evidence = EvidenceOf(db, id) } : null;

    public static Check Get(Connection db, string id) => Find(db, id) ?? throw Fault.NotFound("check", id);

    /// <summary>By whole id or unique prefix.</summary>
    public static Check Resolve(Connection db, string idOrPrefix) => Get(db, Prefixes.Resolve(db, "checks", "check", idOrPrefix));

    /// <summary>Those of a run, newest first.</summary>
    public static IReadOnlyList<Check> OfRun(Connection db, string runId, int limit) =>
    [
        .. db.Query(Select + " where run_id = @run order by created_no desc limit @limit", Read, ("@run", runId), ("@limit", limit))
            .Select(check => check with { Evidence = EvidenceOf(db, check.Id) }),
    ];

    /// <summary>Those of an item's work, whoever did it, newest first; without those of deliveries.</summary>
    public static IReadOnlyList<Check> OfItem(Connection db, string itemId, int limit) =>
    [
        .. db.Query(Select + " where item_id = @item and delivery_id is null order by created_no desc limit @limit", Read,
            ("@item", itemId), ("@limit", limit)).Select(check => check with { Evidence = EvidenceOf(db, check.Id) }),
    ];

    /// <summary>Those that are not finished, oldest first, without their evidence.</summary>
    public static IReadOnlyList<Check> Open(Connection db) => db.Query(Select + " where ended_at is null order by created_no", Read);

    /// <summary>A run that is at work in the workspace of a check; null for none.</summary>
    public static string? AtWork(Connection db, string workspaceId) => db.Text(
        "select r.id from runs r join workspaces w on w.session_id = r.session_id "
        + "where w.id = @id and r.ended_at is null and r.status <> 'queued' limit 1", ("@id", workspaceId));

    static List<Evidence> EvidenceOf(Connection db, string id) => db.Query(
        "select no, kind, outcome, text, command, exit_code, tail, criterion, started_at, ended_at, folder from check_evidence "
        + "where check_id = @id order by no", ReadEvidence, ("@id", id));

    static Evidence ReadEvidence(SqliteDataReader row) => new()
    {
        No = row.GetInt32(0),
        Kind = row.GetString(1),
        Outcome = row.GetString(2),
        Text = row.GetString(3),
        Command = Texts(row.TextOrNull(4)),
        ExitCode = (int?)row.LongOrNull(5),
        Tail = row.TextOrNull(6),
        Criterion = row.TextOrNull(7),
        StartedAt = row.TimeOrNull(8),
        EndedAt = row.TimeOrNull(9),
        Folder = row.TextOrNull(10),
    };

    static Check Read(SqliteDataReader row) => new()
    {
        Id = row.GetString(0),
        RunId = row.TextOrNull(1),
        ItemId = row.TextOrNull(2),
        DeliveryId = row.TextOrNull(3),
        State = row.GetString(4),
        Verdict = row.TextOrNull(5),
        Summary = row.TextOrNull(6),
        Commit = row.TextOrNull(7),
        RequestedBy = row.GetString(8),
        CreatedAt = row.Time(9),
        StartedAt = row.TimeOrNull(10),
        EndedAt = row.TimeOrNull(11),
        CreatedNo = row.GetInt64(12),
        Fence = row.GetInt64(13),
        Order = ReadOrder(row),
    };

    static CheckOrder ReadOrder(SqliteDataReader row) => new()
    {
        RunId = row.TextOrNull(1),
        ItemId = row.TextOrNull(2),
        DeliveryId = row.TextOrNull(3),
        SessionId = row.TextOrNull(14),
        WorkspaceId = row.TextOrNull(15),
        Kind = row.GetString(16),
        Path = row.GetString(17),
        Start = row.GetString(18),
        Common = row.TextOrNull(19),
        Base = row.TextOrNull(20),
        Branch = row.TextOrNull(21),
        Commands = JsonSerializer.Deserialize(row.GetString(22), CheckJson.Default.IReadOnlyListIReadOnlyListString)!,
        Limit = TimeSpan.FromMicroseconds(row.GetInt64(23)),
        Problem = row.TextOrNull(24),
        ExpectsChanges = row.GetInt64(25) == 1,
        Writes = Texts(row.TextOrNull(26)),
        AllowRemovedTests = row.GetInt64(27) == 1,
        Criteria = Texts(row.GetString(28))!,
    };

    static IReadOnlyList<string>? Texts(string? json) =>
        json is null ? null : JsonSerializer.Deserialize(json, CheckJson.Default.IReadOnlyListString);
}
