using System.Text.Json.Serialization;
using Orchestrator.Http;

namespace Orchestrator.Board;

/// <summary>What took which time in the work on an item, or below a run.</summary>
sealed record Timeline
{
    /// <summary>Of the item or the run.</summary>
    public required string Id { get; init; }
    public required string Title { get; init; }

    /// <summary>The daemon's clock: what is still going on reaches up to here.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>Not everything is here: there were more runs or tool calls than one answer holds.</summary>
    public bool IsCut { get; init; }

    /// <summary>In order of their beginning, each after the one it is below.</summary>
    public required IReadOnlyList<TimelineSpan> Spans { get; init; }
}

/// <summary>One thing with a beginning and, once it is over, an end.</summary>
sealed record TimelineSpan
{
    /// <summary>Kind and the id of the thing, with a number where it has none.</summary>
    public required string Id { get; init; }

    /// <summary>The span it is below; null at the top.</summary>
    public string? Parent { get; init; }

    /// <summary>One of <see cref="SpanKinds"/>.</summary>
    public required string Kind { get; init; }
    public required string Title { get; init; }

    /// <summary>The thing's own word for its state.</summary>
    public string? State { get; init; }

    /// <summary>Nobody works meanwhile: it waits for a slot, a time, a child.</summary>
    public bool IsWait { get; init; }

    /// <summary>A person's turn: an answer, a look, a decision.</summary>
    public bool IsHuman { get; init; }
    public required DateTimeOffset From { get; init; }

    /// <summary>Null while it goes on.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>The run it belongs to.</summary>
    public string? RunId { get; init; }
}

/// <summary>What takes time.</summary>
static class SpanKinds
{
    /// <summary>A status of the item.</summary>
    public const string Status = "status";

    /// <summary>From accepted to started.</summary>
    public const string Queue = "queue";
    public const string Run = "run";

    /// <summary>A run that waits and has given its slot back.</summary>
    public const string Wait = "wait";

    /// <summary>A question of a run, up to its answer.</summary>
    public const string Request = "request";
    public const string Tool = "tool";
    public const string Check = "check";

    /// <summary>A round of reviews.</summary>
    public const string Review = "review";
    public const string Delivery = "delivery";

    public static readonly IReadOnlyList<string> All = [Status, Queue, Run, Wait, Request, Tool, Check, Review, Delivery];
}

/// <summary>JSON of timelines: members in snake_case.</summary>
[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.General,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(UtcTime)])]
[JsonSerializable(typeof(Timeline))]
sealed partial class TimelineJson : JsonSerializerContext;
