using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Data.Sqlite;
using Orchestrator.Http;
using Orchestrator.Store;

namespace Orchestrator.Deliveries;

/// <summary>A run's work on its way to a branch of its repository, as it is stored and as clients get it.</summary>
sealed record Delivery
{
    public required string Id { get; init; }
    public required string RunId { get; init; }
    public string? ItemId { get; init; }
    public string? Project { get; init; }

    [JsonConverter(typeof(EnumWordJson<DeliveryState>))]
    [Words("waiting", "integrating", "verifying", "landing", "publishing", "open", "landed", "conflict", "failed", "canceled")]
    public required DeliveryState State { get; init; }

    /// <summary>The branch it comes from; null when its workspace had none.</summary>
    public string? SourceBranch { get; init; }

    /// <summary>Exactly this commit is delivered, whatever comes to its branch later.</summary>
    public required string SourceCommit { get; init; }

    /// <summary>The branch it goes to; HEAD until it is known which one GitHub calls the default.</summary>
    public required string Into { get; init; }

    [Words("merge", "squash", "rebase", "pull_request")]
    public required string Strategy { get; init; }

    /// <summary>False: somebody said that it needs no verification.</summary>
    public bool Verify { get; init; }

    /// <summary>The branch may be checked out by somebody, whose files then follow it.</summary>
    public bool UpdateCheckout { get; init; }
    public required string RequestedBy { get; init; }

    /// <summary>How often it was begun: again when the branch moved meanwhile.</summary>
    public int Attempts { get; init; }

    /// <summary>What the branch was when this was put together with it.</summary>
    public string? Expected { get; init; }

    /// <summary>The commit that was verified and that the branch is moved to.</summary>
    public string? Integrated { get; init; }

    /// <summary>The check of that commit; null when there is none.</summary>
    public string? CheckId { get; init; }

    /// <summary>What that check came to: unverified when there was nothing to verify with, skipped when nobody wanted it.</summary>
    [Words("passed", "failed", "unverified", "impossible", "skipped")]
    public string? Verdict { get; init; }

    /// <summary>Why it did not land: one of <see cref="DeliveryReasons"/>; null when it did.</summary>
    public string? Reason { get; init; }

    /// <summary>The same in a sentence.</summary>
    public string? Error { get; init; }

    /// <summary>What collided; null when nothing did.</summary>
    public Conflict? Conflict { get; init; }

    /// <summary>The run that a conflict was given to; null for none.</summary>
    public string? HandedTo { get; init; }

    /// <summary>Its pull request; null for a delivery to a branch here.</summary>
    public PullRequest? PullRequest { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>It goes to GitHub, and not to a branch here.</summary>
    [JsonIgnore] public bool IsPull => Strategy == PullRequests;

    /// <summary>The strategy of those.</summary>
    public const string PullRequests = "pull_request";

    [JsonIgnore] public long CreatedNo { get; init; }
    [JsonIgnore] public string SessionId { get; init; } = "";
    [JsonIgnore] public string Common { get; init; } = "";

    /// <summary>Where commands run within the tree; "." for its top.</summary>
    [JsonIgnore] public string Start { get; init; } = "";
    [JsonIgnore] public string? Message { get; init; }
}

/// <summary>Both sides of a conflict, so that whoever solves it knows what each wanted.</summary>
/// <param name="Files">Files that both changed.</param>
/// <param name="MergeBase">The commit both began with.</param>
/// <param name="Wanted">What this delivery was asked for.</param>
/// <param name="Landed">What came to the branch since, newest first, as far as it touches those files.</param>
/// <param name="Commands">What a person may type to look at it and to solve it.</param>
sealed record Conflict(IReadOnlyList<string> Files, string? MergeBase, Intent Wanted, IReadOnlyList<Intent> Landed,
    IReadOnlyList<string> Commands);

/// <summary>What somebody wanted with a change.</summary>
/// <param name="Commit">The commit it became; null for one that has not landed.</param>
/// <param name="Subject">First line of the commit's message, or the run's title.</param>
/// <param name="RunId">The run that did it; null when a person did.</param>
/// <param name="Prompt">What the run was asked for, cut after 2,000 characters; null when a person did it.</param>
sealed record Intent(string? Commit, string Subject, string? RunId, string? Prompt);

/// <summary>Why a delivery did not land.</summary>
static class DeliveryReasons
{
    public const string Conflict = "conflict";
    public const string VerifyFailed = "verify_failed";
    public const string VerifyImpossible = "verify_impossible";
    public const string CheckedOut = "checked_out";
    public const string CheckoutDirty = "checkout_dirty";
    public const string BranchGone = "branch_gone";
    public const string BranchMoves = "branch_moves";
    public const string GitRefused = "git_refused";
    public const string Canceled = "canceled";

    // Those of pull requests.
    public const string NoToken = "no_token";
    public const string NoRemote = "no_remote";
    public const string PushRejected = "push_rejected";
    public const string GitHubRefused = "github_refused";
    public const string GitHubDown = "github_down";
    public const string ChecksFailed = "checks_failed";
    public const string ChangesRequested = "changes_requested";
    public const string Closed = "closed";
}

/// <summary>JSON of deliveries: members in snake_case, states as words.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(UtcTime)])]
[JsonSerializable(typeof(Delivery))]
[JsonSerializable(typeof(IReadOnlyList<Delivery>))]
[JsonSerializable(typeof(Conflict))]
[JsonSerializable(typeof(PullRequest))]
[JsonSerializable(typeof(IReadOnlyList<PullCheckSeen>))]
[JsonSerializable(typeof(PullFeedback))]
[JsonSerializable(typeof(DeliverRun.Request), TypeInfoPropertyName = "DeliverRunRequest")]
[JsonSerializable(typeof(ListDeliveries.CancelRequest), TypeInfoPropertyName = "CancelRequest")]
sealed partial class DeliveryJson : JsonSerializerContext;

/// <summary>Which deliveries a list is about.</summary>
/// <param name="States">Words of states; empty for all.</param>
/// <param name="RunId">Only those of this run; null for all.</param>
/// <param name="Project">Only those of this project; null for all.</param>
/// <param name="Before">Only those made before this number.</param>
/// <param name="Limit">At most so many.</param>
sealed record DeliveryQuery(IReadOnlyList<string> States, string? RunId, string? Project, long Before, int Limit);

/// <summary>Reading deliveries out of the store.</summary>
static class DeliveryRows
{
    const string Select = """
        select id, run_id, item_id, session_id, project, common, start, source_branch, source_commit, target, strategy, verify,
               update_checkout, message, requested_by, state, attempts, expected, integrated, check_id, verdict, reason, error, conflict,
               handed_to, created_at, started_at, ended_at, created_no, repository, branch, base, number, url, pushed, pr_state, draft,
               mergeable, checks, feedback, told, seen, failures, looked_at, trouble
        from deliveries left join pull_requests on delivery_id = id
        """;

    public static Delivery? Find(Connection db, string id) => db.First(Select + " where id = @id", Read, ("@id", id));

    public static Delivery Get(Connection db, string id) => Find(db, id) ?? throw Fault.NotFound("delivery", id);

    /// <summary>By whole id or unique prefix.</summary>
    public static Delivery Resolve(Connection db, string idOrPrefix) =>
        Get(db, Prefixes.Resolve(db, "deliveries", "delivery", idOrPrefix));

    /// <summary>Those to branches here that have not ended, oldest first.</summary>
    public static IReadOnlyList<Delivery> Open(Connection db) =>
        db.Query(Select + $" where ended_at is null and strategy <> '{Delivery.PullRequests}' order by created_no", Read);

    /// <summary>Those to GitHub that are to be looked at now, oldest first.</summary>
    public static IReadOnlyList<Delivery> Due(Connection db, long now) => db.Query(
        Select + $" where ended_at is null and strategy = '{Delivery.PullRequests}' and look_at <= @now order by created_no", Read,
        ("@now", now));

    /// <summary>The newest of an item's that landed, or null.</summary>
    public static Delivery? LandedOf(Connection db, string itemId) => db.First(
        Select + " where item_id = @item and state = 'landed' order by created_no desc limit 1", Read, ("@item", itemId));

    /// <summary>Newest first.</summary>
    public static IReadOnlyList<Delivery> List(Connection db, DeliveryQuery query)
    {
        var where = " where created_no < @before"
            + (query.States.Count > 0 ? " and instr(@states, ',' || state || ',') > 0" : "")
            + (query.RunId is null ? "" : " and run_id = @run") + (query.Project is null ? "" : " and project = @project");
        List<(string, object?)> values = [("@before", query.Before)];
        if (query.States.Count > 0)
            values.Add(("@states", $",{string.Join(',', query.States)},"));
        if (query.RunId is not null)
            values.Add(("@run", query.RunId));
        if (query.Project is not null)
            values.Add(("@project", query.Project));
        values.Add(("@limit", query.Limit));
        return db.Query(Select + where + " order by created_no desc limit @limit", Read, values.ToArray());
    }

    static Delivery Read(SqliteDataReader row) => new()
    {
        Id = row.GetString(0),
        RunId = row.GetString(1),
        ItemId = row.TextOrNull(2),
        SessionId = row.GetString(3),
        Project = row.TextOrNull(4),
        Common = row.GetString(5),
        Start = row.GetString(6),
        SourceBranch = row.TextOrNull(7),
        SourceCommit = row.GetString(8),
        Into = row.GetString(9),
        Strategy = row.GetString(10),
        Verify = row.GetInt64(11) == 1,
        UpdateCheckout = row.GetInt64(12) == 1,
        Message = row.TextOrNull(13),
        RequestedBy = row.GetString(14),
        State = EnumWords.Read<DeliveryState>(row.GetString(15)),
        Attempts = row.GetInt32(16),
        Expected = row.TextOrNull(17),
        Integrated = row.TextOrNull(18),
        CheckId = row.TextOrNull(19),
        Verdict = row.TextOrNull(20),
        Reason = row.TextOrNull(21),
        Error = row.TextOrNull(22),
        Conflict = row.TextOrNull(23) is { } conflict ? JsonSerializer.Deserialize(conflict, DeliveryJson.Default.Conflict) : null,
        HandedTo = row.TextOrNull(24),
        CreatedAt = row.Time(25),
        StartedAt = row.TimeOrNull(26),
        EndedAt = row.TimeOrNull(27),
        CreatedNo = row.GetInt64(28),
        PullRequest = row.GetString(10) == Delivery.PullRequests ? PullRequest.Read(row, 29) : null,
    };
}
