using System.Collections;

namespace Orchestrator.Terminals;

/// <summary>A command that ends soon: git, a version probe.</summary>
sealed record ShortOrder
{
    /// <summary>Program (absolute, or looked up on PATH) and arguments.</summary>
    public required IReadOnlyList<string> Argv { get; init; }

    /// <summary>Absolute folder it runs in.</summary>
    public required string Folder { get; init; }

    /// <summary>Its whole environment; null for ours without AGENTCTL_*.</summary>
    public IReadOnlyDictionary<string, string>? Environment { get; init; }

    /// <summary>Set over <see cref="Environment"/>; a null value removes.</summary>
    public IReadOnlyDictionary<string, string?> Overrides { get; init; } = new Dictionary<string, string?>();

    /// <summary>What it reads; empty for nothing.</summary>
    public string Stdin { get; init; } = "";

    /// <summary>After this its whole group is killed.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Bytes kept of each stream; the rest is read and dropped.</summary>
    public int MaxOutput { get; init; } = 4 << 20;
}

/// <summary>How it went.</summary>
/// <param name="ExitCode">As the shell gives it: 128 + n for signal n.</param>
/// <param name="Stdout">The beginning of what it printed, invalid UTF-8 as U+FFFD.</param>
/// <param name="Stderr">The same of standard error.</param>
/// <param name="TimedOut">True when the limit ended it.</param>
/// <param name="Truncated">True when more was printed than kept.</param>
sealed record ShortResult(int ExitCode, string Stdout, string Stderr, bool TimedOut, bool Truncated)
{
    public bool Succeeded => ExitCode == 0 && !TimedOut;
}

/// <summary>Runs a short command to its end, in a session of its own: it can ask no terminal for a password.</summary>
static class ShortProcess
{
    /// <summary>Runs it. <paramref name="stop"/> kills its group and throws. What it leaves in the background is not waited for.</summary>
    /// <exception cref="SpawnFailure">Program or folder missing, or no process could be made.</exception>
    public static async Task<ShortResult> Run(ShortOrder order, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        var (program, environment) = Look(order);
        // A thread of its own: waiting in poll would starve the pool when many commands run.
        var ended = await Task.Factory.StartNew(() => Hold(order, program, environment, stop), CancellationToken.None,
            TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);
        stop.ThrowIfCancellationRequested();
        return ended;
    }

    /// <summary>The same on the caller's own thread, for commands that do nothing else meanwhile.</summary>
    /// <inheritdoc cref="Run"/>
    public static ShortResult RunHere(ShortOrder order)
    {
        var (program, environment) = Look(order);
        return Hold(order, program, environment, CancellationToken.None);
    }

    static (string Program, Dictionary<string, string> Environment) Look(ShortOrder order)
    {
        var environment = EnvironmentOf(order);
        var program = Executable.Find(order.Argv[0], environment.GetValueOrDefault("PATH"), order.Folder, out var problem)
            ?? throw new SpawnFailure(problem);
        if (!Directory.Exists(order.Folder))
            throw new SpawnFailure($"The folder {order.Folder} does not exist.");
        return (program, environment);
    }

    static ShortResult Hold(ShortOrder order, string program, Dictionary<string, string> environment, CancellationToken stop)
    {
        using var pipes = new ShortPipes(order.Stdin, order.MaxOutput);
        var pid = Spawn.Start(new SpawnOrder
        {
            Program = program,
            Argv = order.Argv,
            Environment = environment,
            Folder = order.Folder,
            Stdin = pipes.ChildStdin,
            Stdout = pipes.ChildStdout,
            Stderr = pipes.ChildStderr,
        });
        pipes.CloseChildEnds();
        using var wake = stop.Register(pipes.Wake);
        var timedOut = !pipes.Pump(pid, order.Limit) && !stop.IsCancellationRequested;
        if (timedOut || stop.IsCancellationRequested)
            // Not reaped yet, so the group's number is still its own.
            _ = Native.Kill(-pid, Native.SignalKill);
        var exitCode = Native.WaitFor(pid);
        pipes.Drain();
        return new(exitCode, pipes.Stdout, pipes.Stderr, timedOut, pipes.Truncated);
    }

    static Dictionary<string, string> EnvironmentOf(ShortOrder order)
    {
        var result = order.Environment is { } given
            ? new Dictionary<string, string>(given)
            : Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
                .Where(entry => !((string)entry.Key).StartsWith("AGENTCTL_", StringComparison.Ordinal))
                .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "");
        foreach (var (name, value) in order.Overrides)
        {
            if (value is null)
                result.Remove(name);
            else
                result[name] = value;
        }
        return result;
    }
}
