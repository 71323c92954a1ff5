namespace Orchestrator.Terminals;

/// <summary>
/// One tmux server, by its socket. tmux shows things to people here; nothing about a run is ever read from it.
/// </summary>
/// <param name="Socket">Absolute path of its socket; null for the user's own default server.</param>
/// <param name="Config">Its configuration file, for the command that starts it; null for the user's own.</param>
/// <param name="Environment">The environment of its commands, which a server keeps for its panes; null for ours without AGENTCTL_*.</param>
/// <param name="Folder">Absolute folder its commands run in.</param>
sealed record TmuxServer(string? Socket, string? Config, IReadOnlyDictionary<string, string>? Environment, string Folder)
{
    /// <summary>Longer than any command takes: a server that says nothing is broken.</summary>
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>The words before a command.</summary>
    public IReadOnlyList<string> Program =>
        ["tmux", .. Config is null ? [] : new[] { "-f", Config }, .. Socket is null ? [] : new[] { "-S", Socket }];

    /// <summary>Gives a command and waits for its end.</summary>
    /// <exception cref="SpawnFailure">tmux is not installed.</exception>
    public ShortResult Run(params IEnumerable<string> command) => ShortProcess.RunHere(Order(command));

    /// <inheritdoc cref="Run"/>
    public Task<ShortResult> RunAsync(CancellationToken stop, params IEnumerable<string> command) =>
        ShortProcess.Run(Order(command), stop);

    ShortOrder Order(IEnumerable<string> command) => new()
    {
        Argv = [.. Program, .. command],
        Folder = Folder,
        Environment = Environment,
        // Inside of another tmux it would talk about that one.
        Overrides = Socket is null ? new Dictionary<string, string?>() : new Dictionary<string, string?> { ["TMUX"] = null },
        Limit = Limit,
        MaxOutput = 256 * 1024,
    };
}
