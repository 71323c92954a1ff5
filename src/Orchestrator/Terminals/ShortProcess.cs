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

/// <summary>Runs a short command to its end.</summary>
static class ShortProcess
{
    /// <summary>Runs it. <paramref name="stop"/> kills its group and throws.</summary>
    /// <exception cref="SpawnFailure">Program or folder missing, or no process could be made.</exception>
    public static Task<ShortResult> Run(ShortOrder order, CancellationToken stop) => throw new NotImplementedException();
}
