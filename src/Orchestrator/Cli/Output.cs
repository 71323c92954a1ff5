using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Orchestrator.Cli;

/// <summary>Prints answers: indented JSON, one compact line, or one field of it.</summary>
sealed class Output(TextWriter data, TextWriter remarks, Settings settings)
{
    /// <summary>True when the caller asked for JSON or for a field, so that no table may be printed.</summary>
    public bool WantsJson => settings.Compact || settings.Field is not null;

    /// <summary>Prints a document as the settings say; a missing field prints nothing (<see cref="ExitCodes.NotFound"/>).</summary>
    public int Document(JsonNode? document)
    {
        if (settings.Field is null)
        {
            data.WriteLine(Text(document, indented: !settings.Compact));
            return ExitCodes.Ok;
        }
        return Field(document) ? ExitCodes.Ok : MissingField();
    }

    /// <summary>Prints one entry of a stream on one line. False when it lacks the wanted field (then nothing is printed).</summary>
    public bool Entry(JsonNode? entry)
    {
        if (settings.Field is not null) return Field(entry);
        data.WriteLine(Text(entry, indented: false));
        return true;
    }

    /// <summary>Says that the field is not there.</summary>
    public int MissingField()
    {
        remarks.WriteLine($"There is no field '{settings.Field}' in the answer.");
        return ExitCodes.NotFound;
    }

    /// <summary>Prints a line of data.</summary>
    public void Line(string text) => data.WriteLine(text);

    /// <summary>A remark for a person; silent with -q.</summary>
    public void Remark(string text)
    {
        if (!settings.Quiet) remarks.WriteLine(Printable(text));
    }

    bool Field(JsonNode? document)
    {
        if (!TryFind(document, settings.Field!, out var found)) return false;
        data.WriteLine(found is JsonValue value && value.TryGetValue<string>(out var text) ? text : Text(found, indented: false));
        return true;
    }

    /// <summary>Walks a path like <c>runs.0.id</c>; a present null is found and printed as null.</summary>
    public static bool TryFind(JsonNode? document, string path, out JsonNode? found)
    {
        found = document;
        foreach (var step in path.Split('.'))
        {
            switch (found)
            {
                case JsonObject members when members.TryGetPropertyValue(step, out var member):
                    found = member;
                    break;
                case JsonArray entries when int.TryParse(step, out var index) && index >= 0 && index < entries.Count:
                    found = entries[index];
                    break;
                default:
                    return false;
            }
        }
        return true;
    }

    /// <summary>JSON text with characters outside ASCII as they are: it goes to a person or a pipe, never into HTML.</summary>
    public static string Text(JsonNode? document, bool indented)
    {
        if (document is null) return "null";
        var buffer = new ArrayBufferWriter<byte>();
        var options = new JsonWriterOptions { Indented = indented, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var writer = new Utf8JsonWriter(buffer, options))
            document.WriteTo(writer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Text of others made harmless for a terminal: control characters (escape sequences, line ends) become blanks.</summary>
    public static string Printable(string text) =>
        text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)) : text;
}
