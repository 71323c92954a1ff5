using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Data.Sqlite;
using Orchestrator.Http;
using Orchestrator.Store;

namespace Orchestrator.Reviews;

/// <summary>One look at an item's work by reviewers, as it is stored and as clients get it.</summary>
sealed record Round
{
    public required string Id { get; init; }
    public required string ItemId { get; init; }

    /// <summary>Its number within the item, from 1.</summary>
    public required int No { get; init; }

    /// <summary>The run whose work it is; null for a worker's from outside.</summary>
    public string? RunId { get; init; }

    /// <summary>The check that passed before; null when a person looked without one.</summary>
    public string? CheckId { get; init; }

    /// <summary>The commit that was reviewed; null for work in a folder that is no worktree.</summary>
    public string? Commit { get; init; }

    /// <summary>How many reviewers were wanted.</summary>
    public int Wanted { get; init; }

    [JsonConverter(typeof(EnumWordJson<RoundState>))]
    [Words("reviewing", "waiting", "passed", "fixing", "rejected", "dropped")]
    public required RoundState State { get; init; }

    /// <summary>What was decided; null while nothing is. Escalate is a fix by the profile that is escalated to.</summary>
    [Words("accept", "fix", "escalate", "reject", "block", "drop")]
    public string? Decision { get; init; }

    /// <summary>The worst of what was found; null when nothing was.</summary>
    [Words("critical", "high", "medium", "low")]
    public string? Severity { get; init; }

    /// <summary>What came of it, or what it waits for, in a sentence.</summary>
    public string? Summary { get; init; }

    /// <summary>The person who decided, or the daemon.</summary>
    public string? DecidedBy { get; init; }

    /// <summary>The run that got the findings.</summary>
    public string? FollowRunId { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Its reviewers' reviews.</summary>
    public IReadOnlyList<Review> Reviews { get; init; } = [];

    [JsonIgnore] public string? SessionId { get; init; }
    [JsonIgnore] public string? Project { get; init; }

    /// <summary>What the author's workspace looked like when the first reviewer began.</summary>
    [JsonIgnore] public string? WorkPrint { get; init; }
}

/// <summary>One reviewer's opinion of a round's work.</summary>
sealed record Review
{
    public required string Id { get; init; }

    /// <summary>Its number within the round, from 1.</summary>
    public required int Slot { get; init; }

    [JsonConverter(typeof(EnumWordJson<ReviewState>))]
    [Words("wanted", "running", "given", "unusable", "dropped")]
    public required ReviewState State { get; init; }

    /// <summary>The reviewer's run, the last one when it was asked again.</summary>
    public string? RunId { get; init; }
    public string? Profile { get; init; }

    /// <summary>How often it was asked again because its answer could not be read.</summary>
    public int Repeats { get; init; }

    /// <summary>What it says in a word; what it found decides.</summary>
    [Words("accept", "changes")]
    public string? Verdict { get; init; }
    public string? Summary { get; init; }

    /// <summary>Why nothing came of it.</summary>
    public string? Problem { get; init; }

    /// <summary>Files it changed in its own copy, which it was not to do. They went with the copy.</summary>
    public IReadOnlyList<string> ChangedFiles { get; init; } = [];

    /// <summary>The author's workspace was not as before when it had ended.</summary>
    public bool Touched { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }

    [JsonIgnore] public string RoundId { get; init; } = "";
    [JsonIgnore] public string ItemId { get; init; } = "";

    /// <summary>The repository that knows its copy; null when there is none to be taken away.</summary>
    [JsonIgnore] public string? Common { get; init; }
}

/// <summary>JSON of reviews: members in snake_case.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(UtcTime)])]
[JsonSerializable(typeof(IReadOnlyList<Round>))]
[JsonSerializable(typeof(Round))]
[JsonSerializable(typeof(IReadOnlyList<Finding>))]
[JsonSerializable(typeof(Finding))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
sealed partial class ReviewJson : JsonSerializerContext;

/// <summary>Reading rounds and reviews out of the store.</summary>
static class RoundRows
{
    const string Select = """
        select id, item_id, no, run_id, session_id, check_id, project, source_commit, wanted, state, decision, severity, summary,
               decided_by, follow_run_id, work_print, created_at, ended_at
        from review_rounds
        """;

    const string SelectReview = """
        select id, round_id, item_id, slot, state, run_id, profile, repeats, common, verdict, summary, problem, changed_files, touched,
               started_at, ended_at
        from reviews
        """;

    public static Round? Find(Connection db, string id) => Whole(db, db.First(Select + " where id = @id", Read, ("@id", id)));

    public static Round Get(Connection db, string id) => Find(db, id) ?? throw Fault.NotFound("round", id);

    /// <summary>The one that is not over; null when there is none.</summary>
    public static Round? OpenOf(Connection db, string itemId) =>
        Whole(db, db.First(Select + " where item_id = @item and ended_at is null order by no desc limit 1", Read, ("@item", itemId)));

    /// <summary>All of an item, in order.</summary>
    public static IReadOnlyList<Round> OfItem(Connection db, string itemId) =>
        [.. db.Query(Select + " where item_id = @item order by no", Read, ("@item", itemId)).Select(round => Whole(db, round)!)];

    public static Review? FindReview(Connection db, string id) => db.First(SelectReview + " where id = @id", ReadReview, ("@id", id));

    /// <summary>Reviews that are not over, oldest first.</summary>
    public static IReadOnlyList<Review> Open(Connection db) =>
        db.Query(SelectReview + " where ended_at is null order by created_no", ReadReview);

    static Round? Whole(Connection db, Round? round) => round is null ? null : round with
    {
        Reviews = db.Query(SelectReview + " where round_id = @round order by slot", ReadReview, ("@round", round.Id)),
    };

    static Round Read(SqliteDataReader row) => new()
    {
        Id = row.GetString(0),
        ItemId = row.GetString(1),
        No = row.GetInt32(2),
        RunId = row.TextOrNull(3),
        SessionId = row.TextOrNull(4),
        CheckId = row.TextOrNull(5),
        Project = row.TextOrNull(6),
        Commit = row.TextOrNull(7),
        Wanted = row.GetInt32(8),
        State = EnumWords.Read<RoundState>(row.GetString(9)),
        Decision = row.TextOrNull(10),
        Severity = row.TextOrNull(11),
        Summary = row.TextOrNull(12),
        DecidedBy = row.TextOrNull(13),
        FollowRunId = row.TextOrNull(14),
        WorkPrint = row.TextOrNull(15),
        CreatedAt = row.Time(16),
        EndedAt = row.TimeOrNull(17),
    };

    static Review ReadReview(SqliteDataReader row) => new()
    {
        Id = row.GetString(0),
        RoundId = row.GetString(1),
        ItemId = row.GetString(2),
        Slot = row.GetInt32(3),
        State = EnumWords.Read<ReviewState>(row.GetString(4)),
        RunId = row.TextOrNull(5),
        Profile = row.TextOrNull(6),
        Repeats = row.GetInt32(7),
        Common = row.TextOrNull(8),
        Verdict = row.TextOrNull(9),
        Summary = row.TextOrNull(10),
        Problem = row.TextOrNull(11),
        ChangedFiles = JsonSerializer.Deserialize(row.GetString(12), ReviewJson.Default.IReadOnlyListString)!,
        Touched = row.GetInt64(13) == 1,
        StartedAt = row.TimeOrNull(14),
        EndedAt = row.TimeOrNull(15),
    };
}
