using System.Text;
using System.Text.RegularExpressions;

namespace Orchestrator.Mcp;

/// <summary>
/// Standard input line by line, without lines that are too long to be a message of ours: they would fill the memory of whoever reads
/// them. Such a line is replaced by a broken one that still carries its id, so that the caller is answered and does not wait.
/// </summary>
/// <param name="first">What was read of it already and comes first.</param>
/// <param name="inner">Where the rest comes from.</param>
/// <param name="remark">Told about each line that was dropped.</param>
/// <param name="ended">Awaited once there is no more, before the reader is told.</param>
/// <param name="limit">Longest line, in bytes.</param>
sealed partial class BoundedInput(
    byte[] first, Stream inner, Action<string> remark, Func<Task> ended, int limit = BoundedInput.Usual) : Stream
{
    /// <summary>A text of 1 MiB with every character escaped fits.</summary>
    public const int Usual = 8 * 1024 * 1024;

    const int Piece = 64 * 1024;

    /// <summary>As much of each end of a dropped line is looked through for its id.</summary>
    const int Ends = 4096;

    byte[] piece = first;
    readonly MemoryStream line = new();
    byte[] ready = [];
    int readyAt, at, end = first.Length;
    byte[]? head;
    long dropped;

    /// <summary>Lines so far that look like a request, which wants an answer.</summary>
    public int Asked { get; private set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken stop = default)
    {
        if (!await Fill(stop)) return 0;
        var count = Math.Min(buffer.Length, ready.Length - readyAt);
        ready.AsMemory(readyAt, count).CopyTo(buffer);
        readyAt += count;
        return count;
    }

    /// <summary>Waits until a line is ready; false at the end of the input.</summary>
    async ValueTask<bool> Fill(CancellationToken stop)
    {
        while (readyAt == ready.Length)
        {
            if (at == end)
            {
                if (piece.Length != Piece)
                    piece = new byte[Piece];
                // The read itself cannot be cancelled; leaving it behind is all there is to do, the process ends then.
                (at, end) = (0, await inner.ReadAsync(piece.AsMemory(), stop).AsTask().WaitAsync(stop));
                if (end == 0 && line.Length == 0)
                {
                    await ended();
                    return false;
                }
            }
            TakeLine();
        }
        return true;
    }

    /// <summary>Moves bytes up to the next line end, or the end of input, from the piece to the line.</summary>
    void TakeLine()
    {
        var rest = piece.AsSpan(at, end - at);
        var stop = rest.IndexOf((byte)'\n');
        var part = stop < 0 ? rest : rest[..(stop + 1)];
        line.Write(part);
        at += part.Length;
        if (line.Length > limit) Shorten();
        if (stop < 0 && end > 0) return;
        (ready, readyAt) = (head is null ? line.ToArray() : Replacement(), 0);
        if (ready.AsSpan().IndexOf("\"id\""u8) >= 0 && ready.AsSpan().IndexOf("\"method\""u8) >= 0) Asked++;
        (head, dropped) = (null, 0);
        line.SetLength(0);
    }

    void Shorten()
    {
        var bytes = line.ToArray();
        head ??= bytes[..Ends];
        dropped += bytes.Length - Ends;
        line.SetLength(0);
        line.Write(bytes.AsSpan(bytes.Length - Ends));
    }

    // {"method":"tools/call","params":{…},"jsonrpc":"2.0","id":7}    or    {"jsonrpc":"2.0","id":"a-7","method":…
    byte[] Replacement()
    {
        var last = line.ToArray();
        remark($"A message of {dropped + last.Length} bytes was refused: at most {limit} are read.");
        var text = Encoding.UTF8.GetString(head!);
        var first = IdFirst().Match(text);
        var id = first.Success ? first : IdLast().Match(Encoding.UTF8.GetString(last));
        return Encoding.UTF8.GetBytes(id.Success ? $"{{\"jsonrpc\":\"2.0\",\"id\":{id.Groups["id"].Value},\n" : "\n");
    }

    [GeneratedRegex("""^\s*\{(\s*"(jsonrpc|method)"\s*:\s*"[^"\\]*"\s*,)*\s*"id"\s*:\s*(?<id>-?\d{1,18}|"[^"\\]{1,200}")\s*,""")]
    private static partial Regex IdFirst();

    [GeneratedRegex(
        """\}\s*,(\s*"(jsonrpc|method)"\s*:\s*"[^"\\]*"\s*,)*\s*"id"\s*:\s*(?<id>-?\d{1,18}|"[^"\\]{1,200}")\s*"""
        + """(,\s*"jsonrpc"\s*:\s*"2\.0"\s*)?\}\s*$""")]
    private static partial Regex IdLast();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
    public override void Flush() { }
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
