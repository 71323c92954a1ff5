namespace Orchestrator.Mcp;

/// <summary>A stream somebody began to read: first the bytes that are to be read again, then the rest.</summary>
sealed class Resumed(byte[] first, Stream rest) : Stream
{
    int at;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken stop = default)
    {
        if (at == first.Length) return rest.ReadAsync(buffer, stop);
        var count = Math.Min(buffer.Length, first.Length - at);
        first.AsMemory(at, count).CopyTo(buffer);
        at += count;
        return new(count);
    }

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
