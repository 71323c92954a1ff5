using System.Text.Json;

namespace Orchestrator.Agents;

/// <summary>The frame that all agents with JSON lines on standard output share: what is no JSON object is shown as printed text.</summary>
static class JsonLines
{
    static readonly IReadOnlyList<Signal> None = [];

    /// <summary>Hands a JSON object to <paramref name="understand"/>, which answers null for a kind it does not know.</summary>
    public static Reading Read(Transcript soFar, OutputLine line, Func<Transcript, JsonElement, Reading?> understand)
    {
        if (line.FromStderr)
            return string.IsNullOrWhiteSpace(line.Text) ? Silent(soFar) : Printed(soFar, line);
        if (string.IsNullOrWhiteSpace(line.Text))
            return Silent(soFar);
        if (line.Truncated)
            return Printed(soFar with { UnreadableLines = soFar.UnreadableLines + 1 }, line);
        try
        {
            using var document = JsonDocument.Parse(line.Text);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                return understand(soFar, document.RootElement) is not { } reading ? Unknown(soFar, line.Text)
                    : reading.Signals.Count > 0 ? reading
                    : reading with { Signals = [new Raw(line.Text)] };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            // Not JSON, or JSON with half a surrogate pair in a name, which .NET refuses to read: falls through to printed text.
        }
        return Printed(soFar with { UnreadableLines = soFar.UnreadableLines + 1 }, line);
    }

    /// <summary>A line that says nothing to a person; a JSON line is kept as it is for those who ask.</summary>
    public static Reading Silent(Transcript transcript) => new(transcript, None);

    /// <summary>A line that becomes these signals.</summary>
    public static Reading Says(Transcript transcript, params Signal[] signals) => new(transcript, signals);

    /// <summary>A line of a kind this version does not know: counted and kept as it is.</summary>
    public static Reading Unknown(Transcript soFar, string json) =>
        new(soFar with { UnknownLines = soFar.UnknownLines + 1 }, [new Raw(json)]);

    static Reading Printed(Transcript transcript, OutputLine line) =>
        new(transcript, [new Printed(line.FromStderr, line.Text, line.Truncated)]);
}
