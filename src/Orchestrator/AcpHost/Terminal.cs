using System.Text;
using Orchestrator.Terminals;

namespace Orchestrator.AcpHost;

/// <summary>One command with the end of what it printed.</summary>
sealed class Terminal : IAsyncDisposable
{
    /// <summary>Bytes kept when the agent does not say, and at most.</summary>
    const int UsualBytes = 1 << 20, MostBytes = 8 << 20;

    /// <summary>For what a command printed last; a child of its that holds the pipe open is not waited for longer.</summary>
    static readonly TimeSpan ForOutput = TimeSpan.FromMilliseconds(300);

    readonly PipedProcess process;
    readonly int limit;
    readonly Task reading;
    readonly Lock gate = new();
    byte[] kept = [];
    int length;
    bool cut;

    /// <summary>Begins to read.</summary>
    /// <param name="process">The command.</param>
    /// <param name="limit">Bytes of its output to keep; null for the usual number.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="told">Hears its end and output before anybody else does.</param>
    public Terminal(PipedProcess process, long? limit, TimeProvider clock, Action<ProcessEnd, string> told)
    {
        this.process = process;
        this.limit = (int)Math.Clamp(limit ?? UsualBytes, 0, MostBytes);
        reading = Task.Factory.StartNew(Read, CancellationToken.None,
            TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);
        Ended = Await(clock, told);
    }

    /// <summary>Its end, once its output is read.</summary>
    public Task<ProcessEnd> Ended { get; }

    /// <summary>The same; null while it runs.</summary>
    public ProcessEnd? End { get; private set; }

    /// <summary>The end of its output, and whether there was more.</summary>
    public (string Text, bool Cut) Output()
    {
        lock (gate)
        {
            var from = Math.Max(0, length - limit);
            // Never half a character.
            while (from > 0 && from < length && (kept[from] & 0xC0) == 0x80)
                from++;
            return (Encoding.UTF8.GetString(kept, from, length - from), cut || from > 0);
        }
    }

    /// <summary>Ends the command and all in its group; what it printed stays.</summary>
    public void Kill() => process.Kill();

    public ValueTask DisposeAsync() => process.DisposeAsync();

    async Task<ProcessEnd> Await(TimeProvider clock, Action<ProcessEnd, string> told)
    {
        var end = await process.Ended;
        await Task.WhenAny(reading, Task.Delay(ForOutput, clock, CancellationToken.None));
        told(end, Output().Text);
        End = end;
        return end;
    }

    void Read()
    {
        var piece = new byte[32 << 10];
        try
        {
            for (int count; (count = process.Output.Read(piece)) > 0;)
                lock (gate)
                    Keep(piece.AsSpan(0, count));
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The terminal was released.
        }
    }

    /// <summary>Twice the limit at most; then the older half goes.</summary>
    void Keep(ReadOnlySpan<byte> piece)
    {
        if (length + piece.Length > kept.Length)
        {
            if (length > 2 * limit)
            {
                cut = true;
                kept.AsSpan(length - limit, limit).CopyTo(kept);
                length = limit;
            }
            if (length + piece.Length > kept.Length)
                Array.Resize(ref kept, Math.Max(kept.Length * 2, length + piece.Length));
        }
        piece.CopyTo(kept.AsSpan(length));
        length += piece.Length;
    }
}
