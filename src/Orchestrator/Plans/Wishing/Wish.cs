using System.Text.Json.Serialization;

namespace Orchestrator.Plans;

/// <summary>What somebody wants, in plain words, as it is stored and as clients get it.</summary>
sealed record Wish
{
    public required string Id { get; init; }
    public required long Number { get; init; }
    public required string Text { get; init; }
    public string? Project { get; init; }

    [Words("planning", "planned", "failed")]
    public string Status => WishLifecycle.Word(State);

    /// <summary>The run that plans it, the last one when there were several.</summary>
    public required string RunId { get; init; }

    /// <summary>The plan it became.</summary>
    public string? PlanId { get; init; }

    /// <summary>The plan starts by itself: who wished it consented before.</summary>
    public bool Starts { get; init; }

    /// <summary>How often a result went back to the planner, since a person last said something.</summary>
    public long Repeats { get; init; }

    /// <summary>What was wrong with the last result; null for nothing.</summary>
    public string? Problem { get; init; }
    public IReadOnlyList<ImportFinding> Findings { get; init; } = [];
    public required string CreatedBy { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    [JsonIgnore] public WishStatus State { get; init; }
}
