using Orchestrator.Http;

namespace Orchestrator.Board;

/// <summary>Something that only a person can do now.</summary>
sealed record Need
{
    /// <summary>The same trouble has the same id, however often it is asked for.</summary>
    public required string Id { get; init; }

    [Words("approval", "question", "login", "budget", "decision", "conflict", "failed", "stalled", "review")]
    public required string Kind { get; init; }

    /// <summary>Its place among the kinds: smaller is more urgent.</summary>
    public int Urgency => NeedKinds.UrgencyOf(Kind);

    /// <summary>What it is about: the item's title, or the conversation's.</summary>
    public required string Title { get; init; }

    /// <summary>What is asked, or what happened, in words.</summary>
    public required string Text { get; init; }

    /// <summary>Of an approval: the exact command, or the change.</summary>
    public string? Command { get; init; }

    /// <summary>The folder that would happen in.</summary>
    public string? Folder { get; init; }

    /// <summary>low, medium or high, as the asker says; null when not said.</summary>
    public string? Risk { get; init; }

    /// <summary>Answers offered; empty for a free one, or where others than a request's are meant.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];
    public string? Project { get; init; }

    /// <summary>The item it is about, and its number.</summary>
    public string? ItemId { get; init; }
    public long? Number { get; init; }
    public string? RunId { get; init; }

    /// <summary>The request that asks.</summary>
    public string? RequestId { get; init; }
    public string? PlanId { get; init; }

    /// <summary>The plan's decision that is open.</summary>
    public string? DecisionId { get; init; }

    /// <summary>The round of reviews that waits.</summary>
    public string? ReviewId { get; init; }
    public required DateTimeOffset Since { get; init; }

    /// <summary>When it is decided without anybody; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>What a person is needed for, the most urgent first: an agent stands still, all of them do, work lies there.</summary>
static class NeedKinds
{
    public const string Approval = "approval";
    public const string Question = "question";
    public const string Login = "login";
    public const string Budget = "budget";
    public const string Decision = "decision";
    public const string Conflict = "conflict";
    public const string Failed = "failed";
    public const string Stalled = "stalled";
    public const string Review = "review";

    public static readonly IReadOnlyList<string> ByUrgency =
        [Approval, Question, Login, Budget, Decision, Conflict, Failed, Stalled, Review];

    /// <summary>From 1.</summary>
    public static int UrgencyOf(string kind) => ByUrgency.Index().First(row => row.Item == kind).Index + 1;
}
