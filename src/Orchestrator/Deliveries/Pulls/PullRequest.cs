using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.Data.Sqlite;
using Orchestrator.GitHub;
using Orchestrator.Http;
using Orchestrator.Store;

namespace Orchestrator.Deliveries;

/// <summary>The pull request of a delivery, as it is stored and as clients get it.</summary>
sealed record PullRequest
{
    /// <summary>owner/name; null until it is known.</summary>
    public string? Repository { get; init; }

    /// <summary>Its branch there.</summary>
    public string? Branch { get; init; }

    /// <summary>The branch it is to go to.</summary>
    public string? Base { get; init; }

    /// <summary>Null until it is open.</summary>
    public long? Number { get; init; }
    public string? Url { get; init; }

    [Words("open", "merged", "closed")]
    public string? State { get; init; }
    public bool Draft { get; init; }

    /// <summary>False: GitHub says that it meets a conflict. Null while GitHub has not found out.</summary>
    public bool? Mergeable { get; init; }

    /// <summary>Its checks, as they were at the last look.</summary>
    public IReadOnlyList<PullCheckSeen> Checks { get; init; } = [];

    /// <summary>What people wrote there that its agent has not been told yet.</summary>
    public IReadOnlyList<PullRemark> Comments { get; init; } = [];
    public DateTimeOffset? LookedAt { get; init; }

    /// <summary>Why GitHub could not be asked last time; null when it could.</summary>
    public string? Trouble { get; init; }

    /// <summary>The commit that we put on its branch; null before.</summary>
    [JsonIgnore] public string? Pushed { get; init; }

    /// <summary>What its agent is to be told, or was.</summary>
    [JsonIgnore] public PullFeedback? Feedback { get; init; }

    /// <summary>Highest numbers of the remarks that an agent has had: reviews, and comments at lines.</summary>
    [JsonIgnore] public PullTold Told { get; init; } = new(0, 0, null);

    /// <summary>Print of what the last look found; two that are the same have settled.</summary>
    [JsonIgnore] public string? Seen { get; init; }

    /// <summary>Tries in a row that GitHub did not let through.</summary>
    [JsonIgnore] public int Failures { get; init; }

    /// <summary>As an event and an item tell of it.</summary>
    public JsonObject Summary() => new()
    {
        ["repository"] = Repository, ["branch"] = Branch, ["base"] = Base, ["number"] = Number, ["url"] = Url, ["state"] = State,
        ["draft"] = Draft,
    };

    /// <summary>From the columns of a row, the first of them at <paramref name="at"/>.</summary>
    public static PullRequest Read(SqliteDataReader row, int at)
    {
        var feedback = row.TextOrNull(at + 10) is { } kept ? JsonSerializer.Deserialize(kept, DeliveryJson.Default.PullFeedback) : null;
        return new()
        {
            Repository = row.TextOrNull(at),
            Branch = row.TextOrNull(at + 1),
            Base = row.TextOrNull(at + 2),
            Number = row.LongOrNull(at + 3),
            Url = row.TextOrNull(at + 4),
            Pushed = row.TextOrNull(at + 5),
            State = row.TextOrNull(at + 6),
            Draft = row.GetInt64(at + 7) == 1,
            Mergeable = row.LongOrNull(at + 8) is { } mergeable ? mergeable == 1 : null,
            Checks = JsonSerializer.Deserialize(row.GetString(at + 9), DeliveryJson.Default.IReadOnlyListPullCheckSeen)!,
            Comments = [.. (feedback?.Comments ?? []).Select(one => new PullRemark(one.Author, one.File, one.Line, one.Body, one.Url))],
            Feedback = feedback,
            Told = PullTold.Parse(row.TextOrNull(at + 11)),
            Seen = row.TextOrNull(at + 12),
            Failures = (int)row.GetInt64(at + 13),
            LookedAt = row.TimeOrNull(at + 14),
            Trouble = row.TextOrNull(at + 15),
        };
    }
}

/// <summary>One check of a pull request.</summary>
/// <param name="Conclusion">success, failure, …; null while it is under way.</param>
sealed record PullCheckSeen(string Name, string? Conclusion, string? Url);

/// <summary>One remark of somebody on GitHub.</summary>
/// <param name="File">Null for one about the whole.</param>
sealed record PullRemark(string Author, string? File, long? Line, string Body, string? Url);

/// <summary>Which remarks an agent has had.</summary>
/// <param name="Review">Highest number of a review.</param>
/// <param name="Comment">Highest number of a comment at a line.</param>
/// <param name="Head">The commit for which it was told last; null for none.</param>
sealed record PullTold(long Review, long Comment, string? Head)
{
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Review} {Comment} {Head}");

    // 1846 92013 890520a5d6e0c1f0f2b3f0b8a7e61d0f5c2a9e11
    public static PullTold Parse(string? text) =>
        text?.Split(' ') is [var review, var comment, var head] && long.TryParse(review, out var one) && long.TryParse(comment, out var two)
            ? new PullTold(one, two, head.Length == 0 ? null : head) : new PullTold(0, 0, null);
}

/// <summary>What GitHub says against a commit.</summary>
/// <param name="Head">The commit.</param>
/// <param name="Failing">Checks that failed.</param>
/// <param name="Comments">Remarks that its agent has not had yet.</param>
/// <param name="Again">These checks of this very commit were told before, and its agent changed nothing.</param>
/// <param name="Conflicts">It meets a conflict with its base now: true, no more: false; null when that did not change.</param>
sealed record PullFeedback(string Head, IReadOnlyList<PullCheck> Failing, IReadOnlyList<PullComment> Comments, bool Again = false,
    bool? Conflicts = null);

/// <summary>Pull requests in the store; what they are belongs to their deliveries, and so do their events.</summary>
static class PullRows
{
    public static void Add(WriteTransaction transaction, string deliveryId, bool draft) => transaction.Db.Execute(
        "insert into pull_requests (delivery_id, draft, look_at) values (@id, @draft, @now)",
        ("@id", deliveryId), ("@draft", draft ? 1 : 0), ("@now", transaction.Now));

    /// <summary>Where it goes, before anything is pushed. What earlier ones of the same branch told their agent counts on.</summary>
    public static void Place(WriteTransaction transaction, string deliveryId, string repository, string branch, string into)
    {
        var told = transaction.Db.Text("select told from pull_requests where repository = @repository and branch = @branch "
            + "and told is not null and delivery_id <> @id order by looked_at desc limit 1",
            ("@repository", repository), ("@branch", branch), ("@id", deliveryId));
        transaction.Db.Execute("update pull_requests set repository = @repository, branch = @branch, base = @base, "
            + "told = coalesce(told, @told) where delivery_id = @id",
            ("@repository", repository), ("@branch", branch), ("@base", into), ("@told", told), ("@id", deliveryId));
    }

    /// <summary>True for a commit that a delivery of ours put, or was about to put, on that branch.</summary>
    public static bool IsOurs(Connection db, string repository, string branch, string commit) => db.Number(
        "select 1 from pull_requests join deliveries on id = delivery_id where repository = @repository and branch = @branch "
        + "and source_commit = @commit limit 1", ("@repository", repository), ("@branch", branch), ("@commit", commit)) is not null;

    public static void IsPushed(WriteTransaction transaction, string deliveryId, string commit) => transaction.Db.Execute(
        "update pull_requests set pushed = @commit where delivery_id = @id", ("@commit", commit), ("@id", deliveryId));

    /// <summary>Keeps what GitHub has of it.</summary>
    public static void Keep(WriteTransaction transaction, string deliveryId, Pull pull) => transaction.Db.Execute(
        "update pull_requests set number = @number, url = @url, pr_state = @state, draft = @draft, mergeable = @mergeable, base = @base, "
        + "failures = 0, trouble = null where delivery_id = @id", ("@number", pull.Number), ("@url", pull.Url),
        ("@state", pull.Merged ? "merged" : pull.Open ? "open" : "closed"), ("@draft", pull.Draft ? 1 : 0),
        ("@mergeable", pull.Mergeable is { } mergeable ? mergeable ? 1 : 0 : null), ("@base", pull.Base), ("@id", deliveryId));

    /// <summary>Keeps what a look found.</summary>
    /// <param name="print">Of what was found.</param>
    /// <param name="trouble">What could not be read; null for nothing.</param>
    /// <param name="again">When the next look is.</param>
    public static void Looked(WriteTransaction transaction, string deliveryId, IReadOnlyList<PullCheckSeen> checks, PullFeedback feedback,
        string print, string? trouble, DateTimeOffset again) => transaction.Db.Execute(
        "update pull_requests set checks = @checks, feedback = @feedback, quiet = case when seen = @print then quiet + 1 else 0 end, "
        + "trouble = @trouble, seen = @print, looked_at = @now, look_at = @again where delivery_id = @id",
        ("@checks", JsonSerializer.Serialize(checks, DeliveryJson.Default.IReadOnlyListPullCheckSeen)),
        ("@feedback", JsonSerializer.Serialize(feedback, DeliveryJson.Default.PullFeedback)), ("@print", print), ("@trouble", trouble),
        ("@now", transaction.Now), ("@again", again.Micros()), ("@id", deliveryId));

    /// <summary>Looks in a row that found nothing new.</summary>
    public static long Quiet(Connection db, string deliveryId) =>
        db.Number("select quiet from pull_requests where delivery_id = @id", ("@id", deliveryId)) ?? 0;

    /// <summary>Its agent, or a person, is told of this much.</summary>
    public static void IsTold(WriteTransaction transaction, string deliveryId, PullTold told) => transaction.Db.Execute(
        "update pull_requests set told = @told where delivery_id = @id", ("@told", told.ToString()), ("@id", deliveryId));

    /// <summary>It is tried again later.</summary>
    /// <param name="trouble">What was in the way; null when nothing was.</param>
    public static void Later(WriteTransaction transaction, string deliveryId, DateTimeOffset at, string? trouble) => transaction.Db.Execute(
        "update pull_requests set look_at = @at, failures = failures + @counts, trouble = @trouble where delivery_id = @id",
        ("@at", at.Micros()), ("@counts", trouble is null ? 0 : 1), ("@trouble", trouble), ("@id", deliveryId));
}
