using Microsoft.Win32.SafeHandles;

namespace Orchestrator.Terminals;

/// <summary>A child that is spoken with through pipes.</summary>
sealed record PipedOrder
{
    /// <summary>Program (absolute path) and arguments.</summary>
    public required IReadOnlyList<string> Argv { get; init; }

    /// <summary>Its whole environment.</summary>
    public required IEnumerable<KeyValuePair<string, string>> Environment { get; init; }

    /// <summary>Absolute folder it runs in; null for ours.</summary>
    public string? Folder { get; init; }

    /// <summary>
    /// True for a partner: it reads from us, its errors go where ours go, and it stays in our group. False for a command: it reads nothing,
    /// both its outputs are one, and it leads a group of its own.
    /// </summary>
    public bool Partner { get; init; }
}

/// <summary>How a process ended.</summary>
/// <param name="Code">Its exit code; null when a signal ended it.</param>
/// <param name="Signal">That signal.</param>
readonly record struct ProcessEnd(int? Code, int? Signal)
{
    /// <summary>As a shell reports it: 128 + n for signal n.</summary>
    public int ShellCode => Code ?? 128 + (Signal ?? 0);
}

/// <summary>A running child with its pipes. Its pid stays its own until this is disposed.</summary>
sealed class PipedProcess : IAsyncDisposable
{
    readonly int pid;
    readonly bool leads;
    readonly Lock gate = new();
    bool reaped;

    PipedProcess(int pid, bool leads, Stream? input, Stream output)
    {
        (this.pid, this.leads, Input, Output) = (pid, leads, input, output);
        Ended = Task.Factory.StartNew(() => Native.WaitUnreaped(pid), CancellationToken.None,
            TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);
    }

    /// <summary>What it reads; null for a command. Closing it is the end of its input.</summary>
    public Stream? Input { get; }

    /// <summary>What it prints. Reading blocks a thread.</summary>
    public Stream Output { get; }

    /// <summary>Its end.</summary>
    public Task<ProcessEnd> Ended { get; }

    /// <summary>Starts it.</summary>
    /// <exception cref="SpawnFailure">No process could be made.</exception>
    public static PipedProcess Start(PipedOrder order)
    {
        var output = Native.Pipe();
        var input = order.Partner ? Native.Pipe() : (Read: -1, Write: -1);
        try
        {
            var pid = Spawn.Start(new SpawnOrder
            {
                Program = order.Argv[0],
                Argv = order.Argv,
                Environment = order.Environment,
                Folder = order.Folder,
                Stdin = order.Partner ? input.Read : null,
                Stdout = output.Write,
                Stderr = order.Partner ? 2 : output.Write,
                InOurGroup = order.Partner,
            });
            return new(pid, !order.Partner, order.Partner ? Open(input.Write, FileAccess.Write) : null, Open(output.Read, FileAccess.Read));
        }
        catch
        {
            _ = Native.Close(output.Read);
            if (order.Partner)
                _ = Native.Close(input.Write);
            throw;
        }
        finally
        {
            _ = Native.Close(output.Write);
            if (order.Partner)
                _ = Native.Close(input.Read);
        }
    }

    /// <summary>Asks it to end (SIGTERM), with its group when it leads one.</summary>
    public void Terminate() => Signal(Native.SignalTerminate);

    /// <summary>Ends it at once, with its group when it leads one.</summary>
    public void Kill() => Signal(Native.SignalKill);

    void Signal(int signal)
    {
        lock (gate)
            if (!reaped)
                _ = Native.Kill(leads ? -pid : pid, signal);
    }

    /// <summary>Ends what is left of it and clears it away.</summary>
    public async ValueTask DisposeAsync()
    {
        Kill();
        await Ended;
        lock (gate)
        {
            if (reaped)
                return;
            // What it left in its group has no other sign of belonging to it.
            Signal(Native.SignalKill);
            _ = Native.WaitFor(pid);
            reaped = true;
        }
        if (Input is not null)
            await Input.DisposeAsync();
        await Output.DisposeAsync();
    }

    static FileStream Open(int descriptor, FileAccess access) =>
        new(new SafeFileHandle(descriptor, ownsHandle: true), access, bufferSize: 0, isAsync: false);
}
