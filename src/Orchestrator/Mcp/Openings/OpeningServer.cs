namespace Orchestrator.Mcp;

/// <summary>What was read and said before the protocol's package was needed.</summary>
/// <param name="Read">The handshake, and what is not answered yet: the package reads these bytes first.</param>
/// <param name="HelloId">Id of the handshake's request, as JSON, when the client has its answer, so that it is not answered twice.</param>
sealed record Opened(byte[] Read, byte[]? HelloId);

/// <summary>
/// Answers a client's opening lines (<see cref="Opening"/>) before anything else of the program is loaded: neither the command line nor
/// the protocol's package, and nothing asynchronous, whose machinery is compiled anew at every start.
/// </summary>
static class OpeningServer
{
    const int Longest = 64 * 1024;

    /// <summary>Serves until a line comes that the package must see; null when the input ended before.</summary>
    public static Opened? Serve(Stream input, Stream output)
    {
        var opening = new Opening();
        var (buffer, at, end) = (new byte[Longest], 0, 0);
        while (true)
        {
            var length = buffer.AsSpan(at, end - at).IndexOf((byte)'\n') + 1;
            if (length > 0)
            {
                if (opening.AnswerTo(buffer.AsSpan(at, length)) is not { } answer) break;
                at += length;
                output.Write(answer);
                output.Flush();
                continue;
            }
            if (at > 0)
            {
                buffer.AsSpan(at, end - at).CopyTo(buffer);
                (at, end) = (0, end - at);
            }
            // A line that long is no opening, and neither is one that is cut off.
            var got = end == buffer.Length ? 0 : input.Read(buffer, end, buffer.Length - end);
            if (got == 0 && end == 0) return null;
            if (got == 0) break;
            end += got;
        }
        return new Opened([.. opening.Handshake, .. buffer.AsSpan(at, end - at)], opening.HelloId);
    }
}
