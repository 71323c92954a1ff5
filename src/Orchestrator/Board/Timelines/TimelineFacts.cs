namespace Orchestrator.Board;

/// <summary>The rows a timeline is made from.</summary>
sealed record TimelineFacts
{
    /// <summary>Statuses of the item, oldest first.</summary>
    public IReadOnlyList<TimedStatus> Statuses { get; init; } = [];
    public IReadOnlyList<TimedRun> Runs { get; init; } = [];

    /// <summary>Waits and tool calls of those runs, in the order of events.</summary>
    public IReadOnlyList<TimedStep> Steps { get; init; } = [];

    /// <summary>Questions, checks, rounds and deliveries: what has its times in one row.</summary>
    public IReadOnlyList<TimedRow> Rows { get; init; } = [];

    /// <summary>There were more.</summary>
    public bool IsCut { get; init; }
}

/// <summary>A status of an item, and since when.</summary>
sealed record TimedStatus(string Status, string? Reason, DateTimeOffset At);

/// <summary>A run.</summary>
/// <param name="ParentRunId">Who spawned it; null when nobody did.</param>
/// <param name="RoundId">The round of reviews it is a reviewer of.</param>
sealed record TimedRun(string Id, string? ParentRunId, string? RoundId, string Title, string Status, DateTimeOffset Created,
    DateTimeOffset? Started, DateTimeOffset? Ended);

/// <summary>One event of a run that begins or ends a step.</summary>
/// <param name="Key">Id of the tool call; null when the agent gave none.</param>
/// <param name="Words">Name of the tool, or what is waited for.</param>
sealed record TimedStep(string RunId, string Type, string? Key, string Words, bool Failed, DateTimeOffset At);

/// <summary>Something whose times stand in its row.</summary>
sealed record TimedRow(string Kind, string Id, string? RunId, string Title, string State, bool IsHuman, DateTimeOffset From,
    DateTimeOffset? To);
