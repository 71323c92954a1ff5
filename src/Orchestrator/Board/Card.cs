using System.Text.Json.Serialization;
using Orchestrator.Http;

namespace Orchestrator.Board;

/// <summary>A work item as the board shows it: everything a card says, so that nobody has to ask once more for each.</summary>
sealed record Card
{
    public required string Id { get; init; }
    public required long Number { get; init; }
    public required string Title { get; init; }
    public string? Project { get; init; }
    public string? Plan { get; init; }
    public string? Phase { get; init; }

    /// <summary>The item it is a step of.</summary>
    public string? Parent { get; init; }
    public string? Kind { get; init; }

    [Words("low", "medium", "high", "urgent")]
    public required string Priority { get; init; }
    public IReadOnlyList<string> Labels { get; init; } = [];

    [Words("inbox", "planning", "ready", "in_flight", "review", "done", "blocked", "failed", "canceled", "skipped")]
    public required string Status { get; init; }

    /// <summary>Where it is shown; what is blocked or has failed stays where it came from.</summary>
    [Words("inbox", "ready", "in_flight", "review", "done")]
    public required string Column { get; init; }

    /// <summary>What holds it back or what it waits for, in words; the most telling first.</summary>
    public IReadOnlyList<string> Reasons { get; init; } = [];

    /// <summary>What it needs from a person, see <see cref="Need.Kind"/>; null for nothing.</summary>
    [Words("approval", "question", "login", "budget", "decision", "conflict", "failed", "stalled", "review")]
    public string? Needs { get; init; }

    /// <summary>Those of its run; before there is one, the profile it asks for.</summary>
    public string? Profile { get; init; }
    public string? Agent { get; init; }
    public string? Model { get; init; }

    /// <summary>The run that works on it, or did last.</summary>
    public string? RunId { get; init; }
    public string? RunStatus { get; init; }

    /// <summary>How its run is doing, as far as it can be told; null when none works on it.</summary>
    [Words("working", "waiting", "quiet", "stalled", "dead")]
    public string? Health { get; init; }

    /// <summary>How often it was taken up.</summary>
    public long Attempts { get; init; }

    /// <summary>Since when it is in this status.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>What its run said last, in one line without control characters; its summary once it has ended.</summary>
    public string? LastLine { get; init; }

    /// <summary>What all its runs used together; null when none told.</summary>
    public CardUsage? Usage { get; init; }

    /// <summary>What its last run changed; null before it has ended, and when nothing was.</summary>
    public CardDiff? Diff { get; init; }

    /// <summary>What the daemon's last check of its work came to; open while it is under way.</summary>
    [Words("open", "passed", "failed", "unverified", "impossible")]
    public string? Check { get; init; }

    public required CardCount Dependencies { get; init; }

    /// <summary>Its steps.</summary>
    public required CardCount Children { get; init; }

    /// <summary>What keeps its agent inside of its workspace: enforced, agent's own rules, or none; null before there is a run.</summary>
    public string? Protection { get; init; }

    /// <summary>The last delivery of its work; null when there is none.</summary>
    public CardDelivery? Delivery { get; init; }

    /// <summary>Done only by somebody's word.</summary>
    public bool Unchecked { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>Tokens and money.</summary>
/// <param name="InputTokens">Those from the provider's cache included.</param>
/// <param name="CostUsd">As far as it is known; null when nothing is.</param>
/// <param name="CostIsEstimate">Some of it is from a price table.</param>
sealed record CardUsage(long InputTokens, long OutputTokens, decimal? CostUsd, bool CostIsEstimate);

/// <summary>How much was changed, in files and lines.</summary>
sealed record CardDiff(long Files, long Added, long Removed);

/// <summary>How many there are, and how many of them are not done.</summary>
sealed record CardCount(long Open, long Total);

/// <summary>A delivery: its state, and the address of its pull request.</summary>
sealed record CardDelivery(string State, string? Pull);

/// <summary>JSON of the board: members in snake_case.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(UtcTime)])]
[JsonSerializable(typeof(IReadOnlyList<Card>))]
[JsonSerializable(typeof(IReadOnlyList<Need>))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
sealed partial class BoardJson : JsonSerializerContext;
