namespace Orchestrator.AgentLoop;

/// <summary>A body that may not be longer than agreed: a server that never ends its line would fill the memory.</summary>
sealed class BoundedBody(Stream inner, long limit) : Stream
{
    long seen;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => seen; set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => Counted(inner.Read(buffer, offset, count));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken stop = default) =>
        Counted(await inner.ReadAsync(buffer, stop));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    int Counted(int count)
    {
        seen += count;
        return seen <= limit ? count : throw new LoopFailure(Agents.EndReason.Budget, $"The answer is longer than {limit} bytes.");
    }
}
