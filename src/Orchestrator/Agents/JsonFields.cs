using System.Text.Encodings.Web;
using System.Text.Json;

namespace Orchestrator.Agents;

/// <summary>
/// Reads members of agents' JSON without ever throwing for a shape nobody expected: these formats change weekly, so a missing
/// member or another type reads as nothing.
/// </summary>
static class JsonFields
{
    /// <summary>The member, or an element of kind Undefined when the parent is no object or has no such member.</summary>
    public static JsonElement Field(this JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) ? value : default;

    /// <summary>The member as text; null when it is no string.</summary>
    public static string? Text(this JsonElement parent, string name) => parent.Field(name).AsText();

    /// <summary>Names of the members; none when it is no object.</summary>
    public static IEnumerable<string> Members(this JsonElement parent) =>
        parent.ValueKind == JsonValueKind.Object ? parent.EnumerateObject().Select(member => member.Name) : [];

    /// <summary>The string itself; null when it is no string. Half a surrogate pair reads as its escaped source.</summary>
    public static string? AsText(this JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
            return null;
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return value.GetRawText();
        }
    }

    /// <summary>The member as a whole number, 0 when it is none.</summary>
    public static long Whole(this JsonElement parent, string name) => parent.WholeOrNull(name) ?? 0;

    /// <summary>The member as a whole number, null when it is none.</summary>
    public static long? WholeOrNull(this JsonElement parent, string name) =>
        parent.Field(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var number) ? number : null;

    /// <summary>The member as a decimal, null when it is none.</summary>
    public static decimal? Money(this JsonElement parent, string name) =>
        parent.Field(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetDecimal(out var number) ? number : null;

    /// <summary>True only when the member is the literal true.</summary>
    public static bool IsTrue(this JsonElement parent, string name) => parent.Field(name).ValueKind == JsonValueKind.True;

    /// <summary>The elements of the member, none when it is no array.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement parent, string name) =>
        parent.Field(name) is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray() : [];

    /// <summary>JSON text of the value, <c>{}</c> when there is none.</summary>
    public static string Json(this JsonElement value) => value.ValueKind == JsonValueKind.Undefined ? "{}" : value.GetRawText();

    /// <summary>One JSON object with one string member, for tool calls that have no input object of their own.</summary>
    public static string Object(string name, string? value) =>
        $"{{{Quoted(name)}:{(value is null ? "null" : Quoted(value))}}}";

    static string Quoted(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
}
