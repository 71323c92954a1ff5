using System.Buffers;
using System.Text;

namespace Orchestrator.Terminals;

/// <summary>
/// The pipes of one short command: writes what it reads, keeps the beginning of what it prints. One thread waits for all in poll.
/// </summary>
sealed unsafe class ShortPipes : IDisposable
{
    /// <summary>A pipe that poll calls writable takes this much without blocking (PIPE_BUF; 512 on macOS).</summary>
    static readonly int AtOnce = OperatingSystem.IsMacOS() ? 512 : 4096;

    /// <summary>Milliseconds between looks where no descriptor tells of the end (macOS, untested).</summary>
    const int LookPause = 5;

    readonly byte[] input;
    readonly Captured stdout, stderr;
    readonly byte[] chunk = new byte[32 << 10];
    readonly Lock wakeGuard = new();
    int inputWritten;
    (int Read, int Write) stdinPipe = (-1, -1), stdoutPipe = (-1, -1), stderrPipe = (-1, -1), wakePipe = (-1, -1);

    public ShortPipes(string stdin, int maxOutput)
    {
        input = Encoding.UTF8.GetBytes(stdin);
        (stdout, stderr) = (new(maxOutput), new(maxOutput));
        try
        {
            if (input.Length > 0)
                stdinPipe = Native.Pipe();
            stdoutPipe = Native.Pipe();
            stderrPipe = Native.Pipe();
            wakePipe = Native.Pipe();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public int? ChildStdin => stdinPipe.Read < 0 ? null : stdinPipe.Read;
    public int ChildStdout => stdoutPipe.Write;
    public int ChildStderr => stderrPipe.Write;
    public string Stdout => stdout.Text;
    public string Stderr => stderr.Text;
    public bool Truncated => stdout.Truncated || stderr.Truncated;

    /// <summary>Makes <see cref="Pump"/> return; from any thread.</summary>
    public void Wake()
    {
        lock (wakeGuard)
        {
            byte one = 1;
            if (wakePipe.Write >= 0)
                _ = Native.Write(wakePipe.Write, &one, 1);
        }
    }

    /// <summary>After the start, so that the command's own end is the end of the pipe.</summary>
    public void CloseChildEnds()
    {
        Close(ref stdinPipe.Read);
        Close(ref stdoutPipe.Write);
        Close(ref stderrPipe.Write);
    }

    /// <summary>Moves bytes until the process has ended; false when the limit or <see cref="Wake"/> came first.</summary>
    public bool Pump(int pid, TimeSpan limit)
    {
        var process = Native.OpenProcess(pid);
        try
        {
            var begun = TimeProvider.System.GetTimestamp();
            var entries = stackalloc Native.PollEntry[5];
            while (true)
            {
                var left = (limit - TimeProvider.System.GetElapsedTime(begun)).TotalMilliseconds;
                if (left <= 0)
                    return false;
                entries[0] = new() { Descriptor = stdinPipe.Write, Events = Native.PollOut };
                entries[1] = new() { Descriptor = stdoutPipe.Read, Events = Native.PollIn };
                entries[2] = new() { Descriptor = stderrPipe.Read, Events = Native.PollIn };
                entries[3] = new() { Descriptor = wakePipe.Read, Events = Native.PollIn };
                entries[4] = new() { Descriptor = process, Events = Native.PollIn };
                _ = Native.Poll(entries, 5, process < 0 ? LookPause : (int)Math.Min(left + 1, int.MaxValue));
                if (entries[3].Occurred != 0)
                    return false;
                if (entries[0].Occurred != 0)
                    Feed();
                if (entries[1].Occurred != 0)
                    Take(ref stdoutPipe.Read, stdout);
                if (entries[2].Occurred != 0)
                    Take(ref stderrPipe.Read, stderr);
                if (process < 0 ? ProcStat.Of(pid) is null or { IsZombie: true } : entries[4].Occurred != 0)
                    return true;
            }
        }
        finally
        {
            Close(ref process);
        }
    }

    /// <summary>Takes what is in the pipes now; a grandchild that holds them open is not waited for.</summary>
    public void Drain()
    {
        // More than a pipe holds.
        const int most = 64;
        var entry = stackalloc Native.PollEntry[1];
        for (var turn = 0; turn < 2 * most; turn++)
        {
            ref var end = ref stdoutPipe.Read;
            if (turn >= most)
                end = ref stderrPipe.Read;
            *entry = new() { Descriptor = end, Events = Native.PollIn };
            if (end >= 0 && Native.Poll(entry, 1, 0) > 0)
                Take(ref end, turn >= most ? stderr : stdout);
        }
    }

    void Feed()
    {
        nint written;
        fixed (byte* at = input)
            written = Native.Write(stdinPipe.Write, at + inputWritten, Math.Min(AtOnce, input.Length - inputWritten));
        // A command that reads no further is no error; its exit code tells.
        inputWritten = written < 0 ? input.Length : inputWritten + (int)written;
        if (inputWritten == input.Length)
            Close(ref stdinPipe.Write);
    }

    void Take(ref int end, Captured into)
    {
        var got = Native.Read(end, chunk);
        if (got > 0)
            into.Add(chunk.AsSpan(0, got));
        else
            Close(ref end);
    }

    static void Close(ref int descriptor)
    {
        if (descriptor >= 0)
            _ = Native.Close(descriptor);
        descriptor = -1;
    }

    public void Dispose()
    {
        CloseChildEnds();
        Close(ref stdinPipe.Write);
        Close(ref stdoutPipe.Read);
        Close(ref stderrPipe.Read);
        lock (wakeGuard)
        {
            Close(ref wakePipe.Read);
            Close(ref wakePipe.Write);
        }
    }

    /// <summary>The beginning of a stream.</summary>
    sealed class Captured(int limit)
    {
        readonly ArrayBufferWriter<byte> kept = new();

        public bool Truncated { get; private set; }

        public string Text => Encoding.UTF8.GetString(kept.WrittenSpan);

        public void Add(ReadOnlySpan<byte> bytes)
        {
            var room = Math.Min(bytes.Length, limit - kept.WrittenCount);
            kept.Write(bytes[..room]);
            Truncated |= room < bytes.Length;
        }
    }
}
