using System.Text.Json;
using System.Text.Unicode;

namespace Orchestrator.Http;

/// <summary>
/// Checks bytes from outside before they are read as JSON. The framework's reader lets invalid UTF-8 and half surrogate pairs pass
/// inside values it is not asked to decode (<c>metadata</c>, a schema), and fails on them later, when they are stored or sent.
/// </summary>
static class JsonText
{
    /// <summary>Throws <see cref="JsonException"/> or <see cref="Fault"/> when not every text in it can be decoded.</summary>
    public static void Check(ReadOnlySpan<byte> bytes)
    {
        if (!Utf8.IsValid(bytes))
            throw Fault.Invalid("body", "is not UTF-8.");
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = Json.MaxDepth });
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
                Decode(ref reader);
        }
    }

    // "\ud800" alone: JSON's grammar allows it, no text can hold it.
    static void Decode(ref Utf8JsonReader reader)
    {
        try
        {
            reader.GetString();
        }
        catch (InvalidOperationException)
        {
            throw Fault.Invalid("body", $"holds half a surrogate pair (byte {reader.TokenStartIndex}).");
        }
    }
}

/// <summary>Which content types a JSON body may be announced as.</summary>
static class ContentType
{
    /// <summary>JSON, or what curl says of every body when nobody tells it (and none at all).</summary>
    public static void Check(string? given)
    {
        if (string.IsNullOrEmpty(given))
            return;
        var type = given.Split(';')[0].Trim();
        if (!type.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            && !type.EndsWith("+json", StringComparison.OrdinalIgnoreCase)
            && !type.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase))
            throw Fault.Invalid("Content-Type", $"'{Texts.Short(given)}' is not understood; send application/json.");
    }
}
