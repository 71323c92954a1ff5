namespace Orchestrator.Tests.Support;

/// <summary>
/// One way of speaking with one agent, as a profile of <see cref="RealAgents"/> sets it up, and what it is known not to do.
/// </summary>
/// <param name="Name">Its heading in docs/agents.md.</param>
/// <param name="Profile">A profile as a user has it.</param>
/// <param name="Free">The same with full access, for commands of the test's own.</param>
/// <param name="Program">Name of the process that is the agent.</param>
sealed record AgentKind(string Name, string Profile, string Free, string Program)
{
    /// <summary>A script in which the agent asks before it makes <c>made.txt</c>; null when it never asks anybody outside.</summary>
    public string? Asks { get; init; }

    /// <summary>Why it asks nobody.</summary>
    public string AsksNobody { get; init; } = "";

    /// <summary>What a refusal of the model server needs so that this agent does not try for minutes: a waiting time it is told.</summary>
    public string AtOnce { get; init; } = "";

    /// <summary>A profile with which it tries again after a failure that may pass, where that is another one.</summary>
    public string? Again { get; init; }

    /// <summary>Folder of the recorded conversations that UPDATE_CAPTURES=1 renews; null for none.</summary>
    public string? Captures { get; init; }

    /// <summary>True when its own sandbox needs what some kernels refuse.</summary>
    public bool Sandboxed { get; init; }

    /// <summary>True when a run of it takes seconds of computing only to begin.</summary>
    public bool Slow => Program is "node" or "opencode";

    const string Escalates = "tool exec_command {\"cmd\":\"touch made.txt\",\"sandbox_permissions\":\"require_escalated\","
        + "\"justification\":\"may I?\"}; text done";

    const string Touches = "shell python3 -c 1 && touch made.txt; text done";

    /// <summary>All of them, in the order of the page.</summary>
    public static readonly IReadOnlyList<AgentKind> All =
    [
        new("codex, protocol exec", "codex", "loose", "codex") { AsksNobody = "`codex exec` has no way to ask.", Sandboxed = true },
        new("codex, protocol app-server", "served", "served-free", "codex") { Asks = Escalates, Sandboxed = true },
        new("claude, protocol print", "printed", "free", "claude") { AsksNobody = "By print, what its rules do not allow is refused." },
        new("claude, protocol stream", "talk", "talk-free", "claude") { Asks = Touches },
        new("gemini", "gemini", "gemini-free", "node")
        {
            AsksNobody = "Its one-way protocol refuses what its approval mode does not allow.",
            Again = "gemini-again",
        },
        new("opencode", "opencode", "opencode", "opencode")
        {
            AsksNobody = "`opencode run` refuses what its permission rules would ask about.",
            AtOnce = " retry=0",
        },
        new("gemini, protocol acp", "gemini-acp", "gemini-acp-free", "node")
        {
            Asks = Touches,
            Again = "gemini-acp-again",
            Captures = "gemini",
        },
        new("opencode, protocol acp", "opencode-acp", "opencode-acp-free", "opencode")
        {
            Asks = Touches,
            AtOnce = " retry=0",
            Captures = "opencode",
        },
        new("acp, the adapter for Claude Code", "adapter", "adapter-free", "node") { Asks = Touches, Captures = "adapter" },
        new("openai", "loop", "loop-free", "agentctl") { AsksNobody = "Our own agent works within its sandbox word and asks nobody." },
    ];

    /// <inheritdoc/>
    public override string ToString() => Name;
}
