namespace Orchestrator.Terminals;

/// <summary>Bounds of reading.</summary>
/// <param name="LineBytes">Text kept of one line; the rest of the line is passed over.</param>
/// <param name="BatchLines">Lines per call.</param>
/// <param name="BatchBytes">Bytes per call, beyond which no further line is begun.</param>
sealed record JournalLimits(int LineBytes, int BatchLines = 2000, int BatchBytes = 1 << 20)
{
    /// <summary>For agents whose lines are protocol: 16 MiB.</summary>
    public static JournalLimits Protocol { get; } = new(16 << 20);

    /// <summary>For plain output: 64 KiB.</summary>
    public static JournalLimits Plain { get; } = new(64 << 10);
}

/// <summary>One line without its end.</summary>
/// <param name="Text">Bytes that are no UTF-8 are U+FFFD.</param>
/// <param name="EndOffset">Where the next line begins: the offset to store with this line.</param>
/// <param name="Truncated">True when the line was longer than is kept, or part of it was cut from the file.</param>
/// <param name="Complete">False for half a line at the end of a file nobody writes any more.</param>
readonly record struct JournalLine(string Text, long EndOffset, bool Truncated, bool Complete);

/// <summary>What one call read.</summary>
/// <param name="Lines">In order.</param>
/// <param name="Offset">Where reading goes on after a restart: the end of the last line.</param>
/// <param name="More">True when a bound ended the call, false at the end of the file.</param>
readonly record struct JournalBatch(IReadOnlyList<JournalLine> Lines, long Offset, bool More);

/// <summary>Reads the lines of a growing file from a stored offset.</summary>
sealed class Journal : IDisposable
{
    public Journal(string path, long offset, JournalLimits limits) => throw new NotImplementedException($"{path} {offset} {limits}");

    /// <summary>The file's length now.</summary>
    public long Length => throw new NotImplementedException();

    /// <summary>The end of the last line that was handed out.</summary>
    public long Offset => throw new NotImplementedException();

    /// <summary>The part of the file that was cut out and is passed over.</summary>
    public CutRange? Cut { get; set; }

    /// <summary>The next lines. With <paramref name="final"/>, when nobody writes any more, also half a line at the end.</summary>
    public JournalBatch Read(bool final = false) => throw new NotImplementedException();

    public void Dispose() => throw new NotImplementedException();
}
