using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orchestrator;

/// <summary>The words of an enumeration, as the API, the store and events have them: <c>TimedOut</c> is <c>timed_out</c>.</summary>
static class EnumWords
{
    public static string Of<T>(T value) where T : struct, Enum => Table<T>.Words[value];

    /// <summary>Every word, in the order of the values.</summary>
    public static IReadOnlyList<string> All<T>() where T : struct, Enum => Table<T>.All;

    /// <summary>The value a word names, or null.</summary>
    public static T? Parse<T>(string word) where T : struct, Enum => Table<T>.Values.TryGetValue(word, out var value) ? value : null;

    /// <summary>The value of a word that we wrote ourselves.</summary>
    public static T Read<T>(string word) where T : struct, Enum => Table<T>.Values[word];

    /// <summary>The words of one enumeration, made once.</summary>
    static class Table<T> where T : struct, Enum
    {
        public static readonly Dictionary<T, string> Words =
            Enum.GetValues<T>().ToDictionary(value => value, value => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()));

        public static readonly Dictionary<string, T> Values =
            Words.ToDictionary(pair => pair.Value, pair => pair.Key, StringComparer.Ordinal);

        public static readonly IReadOnlyList<string> All = [.. Enum.GetValues<T>().Select(value => Words[value])];
    }
}

/// <summary>Values of an enumeration on the wire are their words.</summary>
sealed class EnumWordJson<T> : JsonConverter<T> where T : struct, Enum
{
    public override T Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
        EnumWords.Parse<T>(reader.GetString() ?? "") ?? throw new JsonException($"is no {typeof(T).Name}.");

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WriteStringValue(EnumWords.Of(value));
}
