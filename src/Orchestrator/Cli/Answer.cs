using System.Globalization;
using System.Text;

namespace Orchestrator.Cli;

/// <summary>The answer to one request: status, headers, and a body that is read as it comes.</summary>
sealed class Answer : Stream
{
    readonly Stream wire;
    readonly IDisposable onDispose;
    readonly byte[] buffer = new byte[16 * 1024];
    int at, end;
    bool chunked, toTheEnd;
    long left;

    Answer(Stream wire, IDisposable onDispose) => (this.wire, this.onDispose) = (wire, onDispose);

    /// <summary>HTTP status.</summary>
    public int Status { get; private set; }

    /// <summary>Headers by name, case ignored; of a repeated one the last.</summary>
    public Dictionary<string, string> Headers { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads the head. Informational answers (1xx) are skipped.</summary>
    public static Answer Read(Stream wire, IDisposable onDispose)
    {
        var answer = new Answer(wire, onDispose);
        do answer.ReadHead();
        while (answer.Status is >= 100 and < 200);
        answer.chunked = answer.Headers.TryGetValue("Transfer-Encoding", out var coding) &&
            coding.Contains("chunked", StringComparison.OrdinalIgnoreCase);
        if (answer.Status is 204 or 304) return answer;
        if (!answer.chunked && answer.Headers.TryGetValue("Content-Length", out var length))
            answer.left = long.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes : throw Garbled();
        else
            answer.toTheEnd = !answer.chunked;
        return answer;
    }

    void ReadHead()
    {
        Headers.Clear();
        var status = ReadLine().Split(' ', 3);
        if (status.Length < 2 || !status[0].StartsWith("HTTP/1.", StringComparison.Ordinal) || !int.TryParse(status[1], out var number))
            throw Garbled();
        Status = number;
        for (var line = ReadLine(); line.Length > 0; line = ReadLine())
        {
            var colon = line.IndexOf(':');
            if (colon <= 0 || Headers.Count > 200) throw Garbled();
            Headers[line[..colon]] = line[(colon + 1)..].Trim();
        }
    }

    /// <summary>Everything that is left. A body that ends early is an <see cref="IOException"/>, never a short answer.</summary>
    public byte[] ReadToEnd()
    {
        using var all = new MemoryStream();
        CopyTo(all);
        return all.ToArray();
    }

    public override int Read(Span<byte> target)
    {
        if (target.Length == 0) return 0;
        if (chunked && left == 0 && !NextChunk()) return 0;
        if (!toTheEnd && left == 0) return 0;
        if (at == end && !Fill()) return toTheEnd ? 0 : throw Cut();
        var count = (int)Math.Min(Math.Min(target.Length, end - at), toTheEnd ? int.MaxValue : left);
        buffer.AsSpan(at, count).CopyTo(target);
        at += count;
        if (toTheEnd) return count;
        left -= count;
        if (chunked && left == 0 && ReadLine().Length > 0) throw Garbled();
        return count;
    }

    public override int Read(byte[] target, int offset, int count) => Read(target.AsSpan(offset, count));

    /// <summary>Reads the size line of the next chunk ("1f;extension"); false at the last one, whose trailers are read too.</summary>
    bool NextChunk()
    {
        var size = ReadLine().Split(';', 2)[0].Trim();
        if (!long.TryParse(size, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out left) || left < 0) throw Garbled();
        if (left > 0) return true;
        while (ReadLine().Length > 0) { }
        (chunked, toTheEnd) = (false, false);
        return false;
    }

    /// <summary>One line of head or chunk framing, at most 16 KiB, without its line end.</summary>
    string ReadLine()
    {
        var line = new StringBuilder();
        while (true)
        {
            if (at == end && !Fill()) throw Cut();
            var value = buffer[at++];
            if (value == '\n') break;
            if (line.Length >= buffer.Length) throw Garbled();
            line.Append((char)value);
        }
        if (line.Length > 0 && line[^1] == '\r') line.Length--;
        return line.ToString();
    }

    bool Fill()
    {
        try
        {
            (at, end) = (0, wire.Read(buffer));
            return end > 0;
        }
        catch (ObjectDisposedException e)
        {
            throw new IOException("the connection was closed", e);
        }
    }

    static IOException Cut() => new("the answer ended in the middle");
    static IOException Garbled() => new("what came back is not HTTP");

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            onDispose.Dispose();
            wire.Dispose();
        }
        base.Dispose(disposing);
    }

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
    public override void Flush() { }
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] source, int offset, int count) => throw new NotSupportedException();
}
