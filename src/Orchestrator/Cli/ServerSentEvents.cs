using System.Text;

namespace Orchestrator.Cli;

/// <summary>One frame of an event stream.</summary>
/// <param name="Id">The cursor, null when the frame has none.</param>
/// <param name="Event">"message" unless the frame names another.</param>
/// <param name="Data">The data lines, joined by line ends.</param>
readonly record struct Frame(string? Id, string Event, string Data);

/// <summary>
/// Reads frames from a stream, as the HTML standard describes them (section 9.2.6, "Interpreting an event stream"):
/// <code>
/// id: 41
/// data: {"cursor":"41","event_type":"run.started",…}
///
/// : heartbeat
/// </code>
/// Frames without data (heartbeats) are skipped; a frame cut off by the end of the stream is dropped, because its
/// cursor has not been seen and it comes again.
/// </summary>
static class ServerSentEvents
{
    public static IEnumerable<Frame> Read(Stream stream)
    {
        using var lines = new StreamReader(stream, new UTF8Encoding(false), detectEncodingFromByteOrderMarks: false, leaveOpen: true);
        string? id = null;
        var kind = "";
        StringBuilder? data = null;
        while (lines.ReadLine() is { } line)
        {
            if (line.Length == 0)
            {
                if (data is not null) yield return new Frame(id, kind.Length == 0 ? "message" : kind, data.ToString());
                (kind, data) = ("", null);
                continue;
            }
            var colon = line.IndexOf(':');
            if (colon == 0) continue;
            var name = colon < 0 ? line : line[..colon];
            var value = colon < 0 ? "" : line[(colon + 1)..];
            if (value.StartsWith(' ')) value = value[1..];
            switch (name)
            {
                case "id":
                    id = value;
                    break;
                case "event":
                    kind = value;
                    break;
                case "data":
                    data = data is null ? new StringBuilder(value) : data.Append('\n').Append(value);
                    break;
            }
        }
    }
}
