using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Http;
using Orchestrator.Store;

namespace Orchestrator.Events;

/// <summary>One fact that happened. Never changed. <see cref="Seq"/> is gapless and in commit order over the whole store.</summary>
sealed class Event
{
    byte[]? frame;

    /// <summary>Position in the log; the cursor of this event.</summary>
    public required long Seq { get; init; }

    /// <summary>When, in microseconds since 1970.</summary>
    public required long At { get; init; }

    /// <summary>Dotted type: see docs/events.md.</summary>
    public required string Type { get; init; }

    public string? SessionId { get; init; }

    public string? RunId { get; init; }

    public string? ItemId { get; init; }

    public string? PlanId { get; init; }

    /// <summary>Who caused it: a token's name, <c>agent</c>, or <c>daemon</c>.</summary>
    public required string Actor { get; init; }

    /// <summary>A JSON object as text.</summary>
    public required string Data { get; init; }

    /// <summary>The event as clients get it, one line of UTF-8 JSON; made once, shared by all watchers.</summary>
    public ReadOnlyMemory<byte> Frame => frame ??= Write();

    /// <summary>Name of the frame's schema in the OpenAPI document.</summary>
    public const string Schema = "Event";

    /// <summary>The frame as a schema.</summary>
    public static JsonObject FrameShape() => Shape.Members(
        ("id", Shape.Text), ("cursor", Shape.Text), ("event_type", Shape.Text), ("session_id", Shape.Maybe(Shape.Text)),
        ("run_id", Shape.Maybe(Shape.Text)), ("item_id", Shape.Maybe(Shape.Text)), ("created_at", Shape.Time), ("actor", Shape.Text),
        ("data", Shape.Members()));

    byte[] Write()
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(256 + Data.Length);
        using var json = new Utf8JsonWriter(buffer, Json.Plain);
        json.WriteStartObject();
        json.WriteString("id", Seq.ToString("x16", System.Globalization.CultureInfo.InvariantCulture));
        json.WriteString("cursor", Seq.ToString(System.Globalization.CultureInfo.InvariantCulture));
        json.WriteString("event_type", Type);
        json.WriteString("session_id", SessionId);
        json.WriteString("run_id", RunId);
        json.WriteString("item_id", ItemId);
        json.WriteString("created_at", Times.From(At).UtcDateTime);
        json.WriteString("actor", Actor);
        json.WritePropertyName("data");
        json.WriteRawValue(Data, skipInputValidation: true);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }
}

/// <summary>An event to be appended; the log numbers and stamps it.</summary>
/// <param name="Type">Dotted type.</param>
/// <param name="Actor">Who caused it.</param>
/// <param name="Data">A JSON object as text.</param>
readonly record struct NewEvent(string Type, string Actor, string Data = "{}", string? SessionId = null, string? RunId = null,
    string? ItemId = null)
{
    public NewEvent(string type, string actor, JsonObject data, string? sessionId = null, string? runId = null, string? itemId = null)
        : this(type, actor, data.ToJsonString(Json.PlainOptions), sessionId, runId, itemId)
    {
    }
}

/// <summary>Which events a reader wants. Raw agent events come only when asked for by type.</summary>
sealed record EventFilter
{
    public const string RawType = "backend.event";

    public string? SessionId { get; init; }

    public string? RunId { get; init; }

    public string? ItemId { get; init; }

    /// <summary>Exact types, or prefixes that end in <c>.*</c>; empty for all.</summary>
    public IReadOnlyList<string> Types { get; init; } = [];

    public bool Matches(Event candidate) =>
        (SessionId is null || candidate.SessionId == SessionId)
        && (RunId is null || candidate.RunId == RunId)
        && (ItemId is null || candidate.ItemId == ItemId)
        && (Types.Count == 0 ? candidate.Type != RawType : Types.Any(type => TypeMatches(type, candidate.Type)));

    static bool TypeMatches(string wanted, string type) =>
        wanted.EndsWith(".*", StringComparison.Ordinal)
            ? type.StartsWith(wanted.AsSpan(0, wanted.Length - 1), StringComparison.Ordinal)
            : wanted == type;
}
