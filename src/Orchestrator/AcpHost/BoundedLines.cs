namespace Orchestrator.AcpHost;

/// <summary>What a piece is of its line.</summary>
enum LinePart
{
    /// <summary>All of it.</summary>
    Whole,
    /// <summary>The beginning of a line that is too long to be kept.</summary>
    Beginning,
    /// <summary>More of such a line.</summary>
    Middle,
    /// <summary>The last of it.</summary>
    End,
}

/// <summary>Bytes of a line, its end included; good until the next one is read.</summary>
readonly record struct LinePiece(LinePart Part, ReadOnlyMemory<byte> Bytes);

/// <summary>Reads lines; one that is too long comes in pieces, so that no line fills the memory.</summary>
/// <param name="source">Where they come from.</param>
/// <param name="most">Bytes of a line that are kept.</param>
sealed class BoundedLines(Stream source, int most = BoundedLines.Usual)
{
    /// <summary>As much as the daemon reads of one line.</summary>
    public const int Usual = 16 << 20;

    const int AtOnce = 64 * 1024;

    byte[] buffer = new byte[AtOnce];
    int start, end, searched;
    bool within;

    /// <summary>The next piece; null at the end.</summary>
    public LinePiece? Next()
    {
        while (true)
        {
            var at = buffer.AsSpan(searched, end - searched).IndexOf((byte)'\n');
            if (at >= 0)
                return Take(searched + at + 1, isEnd: true);
            searched = end;
            if (end - start >= most || (within && end > start))
                return Take(end, isEnd: false);
            if (!Fill())
                return end > start ? Take(end, isEnd: true) : null;
        }
    }

    LinePiece Take(int until, bool isEnd)
    {
        var part = (within, isEnd) switch
        {
            (false, true) => LinePart.Whole,
            (false, false) => LinePart.Beginning,
            (true, false) => LinePart.Middle,
            (true, true) => LinePart.End,
        };
        within = !isEnd;
        var bytes = buffer.AsMemory(start, until - start);
        start = searched = until;
        return new(part, bytes);
    }

    bool Fill()
    {
        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (end, searched, start) = (end - start, searched - start, 0);
        }
        if (buffer.Length - end < AtOnce)
            Array.Resize(ref buffer, buffer.Length * 2);
        var got = source.Read(buffer, end, buffer.Length - end);
        end += got;
        return got > 0;
    }
}
