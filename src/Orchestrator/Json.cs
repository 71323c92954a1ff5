using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orchestrator;

/// <summary>
/// How JSON is written everywhere: readable characters, no HTML escaping (agent output is data, not markup), deep input refused.
/// </summary>
static class Json
{
    /// <summary>For hand-written JSON.</summary>
    public static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>For nodes.</summary>
    public static readonly JsonSerializerOptions PlainOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Deepest nesting accepted from outside.</summary>
    public const int MaxDepth = 64;
}

/// <summary>The words a text member may have, for the OpenAPI document; a later version may add some.</summary>
[AttributeUsage(AttributeTargets.Property)]
sealed class WordsAttribute(params string[] words) : Attribute
{
    public IReadOnlyList<string> Words => words;
}

/// <summary>Times in answers: RFC 3339 in UTC, ending in Z ("2026-01-31T09:30:00.123456Z").</summary>
sealed class UtcTime : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => reader.GetDateTimeOffset();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.UtcDateTime);
}
