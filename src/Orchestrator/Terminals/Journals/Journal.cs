using System.Buffers;
using System.Text;
using Microsoft.Win32.SafeHandles;

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

/// <summary>One line without its end (\n or \r\n).</summary>
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

/// <summary>
/// Reads the lines of a growing file from a stored offset. Offsets handed out are line ends only, so a reader that starts again
/// from one gets the same lines: an over-long line is simply begun again. Not for several threads.
/// </summary>
sealed class Journal : IDisposable
{
    const int FirstBuffer = 128 << 10;

    readonly SafeFileHandle file;
    readonly JournalLimits limits;

    /// <summary>Bytes read and not handed out are buffer[start..end]; no line end lies before searched.</summary>
    byte[] buffer = [];
    int start, end, searched;

    /// <summary>File position of buffer[end].</summary>
    long position;

    /// <summary>The text of a line whose rest is being passed over; null while lines are kept whole.</summary>
    string? passing;

    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public Journal(string path, long offset, JournalLimits limits)
    {
        file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        this.limits = limits;
        position = Offset = offset;
        Cut = JournalCut.Find(file);
    }

    /// <summary>The file's length now, in bytes.</summary>
    public long Length => RandomAccess.GetLength(file);

    /// <summary>The end of the last line that was handed out.</summary>
    public long Offset { get; private set; }

    /// <summary>The part of the file that was cut out and is passed over; the line around it is truncated.</summary>
    public CutRange? Cut { get; set; }

    /// <summary>The next lines. With <paramref name="final"/>, when nobody writes any more, also half a line at the end.</summary>
    public JournalBatch Read(bool final = false)
    {
        var lines = new List<JournalLine>();
        var begun = position - (end - searched);
        while (true)
        {
            if (TakeLines(lines, begun))
                return new(lines, Offset, More: true);
            if (Fill() == 0)
                break;
        }
        if (final && (passing is not null || end > start))
        {
            var whole = passing is null && end - start <= limits.LineBytes;
            Add(lines, passing ?? Decode(end), position, truncated: !whole, complete: false);
            start = searched = end;
        }
        if (start == end)
            GiveBack();
        return new(lines, Offset, More: false);
    }

    public void Dispose()
    {
        GiveBack();
        file.Dispose();
    }

    /// <summary>Hands out the whole lines that are held. True when a bound of the batch was met.</summary>
    bool TakeLines(List<JournalLine> lines, long begun)
    {
        while (true)
        {
            if (lines.Count >= limits.BatchLines || position - (end - searched) - begun >= limits.BatchBytes)
                return true;
            var found = buffer.AsSpan(searched, end - searched).IndexOf((byte)'\n');
            if (found < 0)
                break;
            var lineEnd = searched + found;
            var textEnd = lineEnd > start && buffer[lineEnd - 1] == '\r' ? lineEnd - 1 : lineEnd;
            var truncated = passing is not null || textEnd - start > limits.LineBytes;
            Add(lines, passing ?? Decode(textEnd), position - (end - lineEnd - 1), truncated, complete: true);
            start = searched = lineEnd + 1;
        }
        searched = end;
        // One more byte is allowed for: the \r of a line of exactly the limit.
        if (passing is null && end - start > limits.LineBytes + 1)
            passing = Decode(end);
        if (passing is not null)
            start = end = searched = 0;
        return false;
    }

    void Add(List<JournalLine> lines, string text, long lineEnd, bool truncated, bool complete)
    {
        lines.Add(new(text, lineEnd, truncated, complete));
        Offset = lineEnd;
        passing = null;
    }

    /// <summary>Reads on; 0 at the end of the file.</summary>
    int Fill()
    {
        if (Cut is { } cut && position >= cut.Start && position < cut.End)
        {
            passing ??= Decode(end);
            start = end = searched = 0;
            position = cut.End;
        }
        MakeRoom();
        var room = buffer.AsSpan(end);
        if (Cut is { } ahead && position < ahead.Start && ahead.Start - position < room.Length)
            room = room[..(int)(ahead.Start - position)];
        var got = RandomAccess.Read(file, room, position);
        end += got;
        position += got;
        return got;
    }

    void MakeRoom()
    {
        if (end < buffer.Length)
            return;
        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (searched, end, start) = (searched - start, end - start, 0);
            if (end < buffer.Length)
                return;
        }
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(FirstBuffer, buffer.Length * 2));
        buffer.AsSpan(0, end).CopyTo(larger);
        if (buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(buffer);
        buffer = larger;
    }

    /// <summary>A quiet run holds no buffer.</summary>
    void GiveBack()
    {
        if (buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(buffer);
        buffer = [];
        start = end = searched = 0;
    }

    /// <summary>The held text up to an index, at most the limit, never ending inside a character.</summary>
    string Decode(int textEnd)
    {
        var text = buffer.AsSpan(start, textEnd - start);
        if (text.Length > limits.LineBytes)
        {
            var length = limits.LineBytes;
            while (length > 0 && limits.LineBytes - length < 3 && (text[length] & 0xC0) == 0x80)
                length--;
            text = text[..length];
        }
        return Encoding.UTF8.GetString(text);
    }
}
