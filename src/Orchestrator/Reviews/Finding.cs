using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Data.Sqlite;
using Orchestrator.Http;
using Orchestrator.Store;

namespace Orchestrator.Reviews;

/// <summary>How bad a finding is, the worst first.</summary>
static class Severities
{
    public const string Critical = "critical";
    public const string High = "high";
    public const string Medium = "medium";
    public const string Low = "low";

    public static readonly IReadOnlyList<string> All = [Critical, High, Medium, Low];

    /// <summary>Place in the order, 0 for the worst.</summary>
    public static int Rank(string severity) => All.ToList().IndexOf(severity);
}

/// <summary>One remark about work, of a reviewer or a person, as it is stored and as clients get it.</summary>
sealed record Finding
{
    public required string Id { get; init; }
    public string? ItemId { get; init; }

    /// <summary>The run whose work it is about.</summary>
    public string? RunId { get; init; }
    public string? RoundId { get; init; }

    /// <summary>The review it is of; null for a person's.</summary>
    public string? ReviewId { get; init; }
    public string? Project { get; init; }

    /// <summary>Profile of the reviewer, or the person.</summary>
    public required string SaidBy { get; init; }

    [Words("critical", "high", "medium", "low")]
    public required string Severity { get; init; }

    /// <summary>From the repository's top, with '/'; null when it is about no file.</summary>
    public string? File { get; init; }
    public int? Line { get; init; }
    public int? EndLine { get; init; }
    public required string Title { get; init; }
    public required string Detail { get; init; }
    public string? Suggestion { get; init; }

    [JsonConverter(typeof(EnumWordJson<FindingState>))]
    [Words("draft", "open", "sent", "deferred", "merged", "closed")]
    public required FindingState State { get; init; }

    /// <summary>The one that says the same; null when it stands for itself.</summary>
    public string? SameAs { get; init; }

    /// <summary>Why it was closed.</summary>
    public string? Note { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? ClosedAt { get; init; }
    public string? ClosedBy { get; init; }

    [JsonIgnore] public long CreatedNo { get; init; }

    /// <summary><c>src/Parser.cs:12</c>, or what is known of it.</summary>
    [JsonIgnore] public string Place => File is null ? "the whole" : Line is { } line ? $"{File}:{line}" : File;
}

/// <summary>Reading findings out of the store.</summary>
static class FindingRows
{
    const string Select = """
        select id, item_id, run_id, round_id, review_id, project, said_by, severity, file, line, end_line, title, detail, suggestion, state,
               same_as, note, created_at, closed_at, closed_by, created_no
        from review_findings
        """;

    public static Finding? Find(Connection db, string id) => db.First(Select + " where id = @id", Read, ("@id", id));

    /// <summary>By whole id or unique prefix.</summary>
    public static Finding Resolve(Connection db, string idOrPrefix)
    {
        var id = Prefixes.Resolve(db, "review_findings", "finding", idOrPrefix);
        return Find(db, id) ?? throw Fault.NotFound("finding", id);
    }

    /// <summary>Those of a round's reviewers, in the order in which they were said.</summary>
    public static IReadOnlyList<Finding> OfRound(Connection db, string roundId) =>
        db.Query(Select + " where round_id = @round order by created_no", Read, ("@round", roundId));

    /// <summary>All about an item, oldest first.</summary>
    public static IReadOnlyList<Finding> OfItem(Connection db, string itemId) =>
        db.Query(Select + " where item_id = @item order by created_no", Read, ("@item", itemId));

    /// <summary>All about a run that is of no item, oldest first.</summary>
    public static IReadOnlyList<Finding> OfRun(Connection db, string runId) =>
        db.Query(Select + " where run_id = @run and item_id is null order by created_no", Read, ("@run", runId));

    /// <summary>What was left for later, oldest first.</summary>
    /// <param name="db">Where it is read.</param>
    /// <param name="project">Only of this project; null for all.</param>
    /// <param name="after">Only those with a higher number.</param>
    /// <param name="limit">At most so many.</param>
    public static IReadOnlyList<Finding> Debt(Connection db, string? project, long after, int limit) => db.Query(
        Select + " where state = 'deferred' and (@any = 1 or project = @project) and created_no > @after order by created_no limit @limit",
        Read, ("@any", project is null ? 1 : 0), ("@project", project), ("@after", after), ("@limit", limit));

    static Finding Read(SqliteDataReader row) => new()
    {
        Id = row.GetString(0),
        ItemId = row.TextOrNull(1),
        RunId = row.TextOrNull(2),
        RoundId = row.TextOrNull(3),
        ReviewId = row.TextOrNull(4),
        Project = row.TextOrNull(5),
        SaidBy = row.GetString(6),
        Severity = row.GetString(7),
        File = row.TextOrNull(8),
        Line = (int?)row.LongOrNull(9),
        EndLine = (int?)row.LongOrNull(10),
        Title = row.GetString(11),
        Detail = row.GetString(12),
        Suggestion = row.TextOrNull(13),
        State = EnumWords.Read<FindingState>(row.GetString(14)),
        SameAs = row.TextOrNull(15),
        Note = row.TextOrNull(16),
        CreatedAt = row.Time(17),
        ClosedAt = row.TimeOrNull(18),
        ClosedBy = row.TextOrNull(19),
        CreatedNo = row.GetInt64(20),
    };
}
