using Orchestrator.Profiles;

namespace Orchestrator.Agents.Acp;

/// <summary>What a conversation still needs of its order, stored with it: any daemon can go on.</summary>
sealed record AcpPlan
{
    /// <summary>What the agent may touch.</summary>
    public Sandbox Sandbox { get; init; }

    /// <summary>What begins the first turn; null once it is sent.</summary>
    public string? Prompt { get; init; }

    /// <summary>The conversation to go on with; null for a new one.</summary>
    public string? Resume { get; init; }

    /// <summary>The program with our tools; null for none.</summary>
    public ToolProgram? Tools { get; init; }

    /// <summary>Model the profile names, where it is chosen in the protocol.</summary>
    public string? Model { get; init; }

    /// <summary>Effort the profile names.</summary>
    public string? Effort { get; init; }

    /// <summary>The agent's way to log in that the profile names; null for none.</summary>
    public string? AuthMethod { get; init; }

    /// <summary>True where a conversation without an answer is not kept by the agent, and cannot be resumed.</summary>
    public bool KeptOnceAnswered { get; init; }

    /// <summary>How the agent goes on with an earlier conversation: session/resume, session/load, or null: it cannot.</summary>
    public string? ResumeCall { get; init; }

    /// <summary>The agent's ways to log in, in words.</summary>
    public string? Logins { get; init; }

    /// <summary>Settings to be made before the first turn, the first one being on its way.</summary>
    public IReadOnlyList<AcpSetting> Settings { get; init; } = [];

    /// <summary>Total cost of the conversation before this run, in US dollars; null when not known.</summary>
    public decimal? CostBefore { get; init; }

    /// <summary>Tool calls that are under way; the latest ones.</summary>
    public IReadOnlyList<OpenTool> UnderWay { get; init; } = [];

    /// <summary>Terminals that ended before any call named them; the latest ones.</summary>
    public IReadOnlyList<EndedTerminal> Ended { get; init; } = [];

    /// <summary>What is said at the moment is a thought.</summary>
    public bool Thinking { get; init; }

    /// <summary>The agent's id of the message that is being said.</summary>
    public string? MessageId { get; init; }

    /// <summary>The agent said that its turn broke down, which its protocol then tells as a good end.</summary>
    public bool Broken { get; init; }
}

/// <summary>One setting of a conversation.</summary>
/// <param name="What">mode, model or effort.</param>
/// <param name="Value">As the agent names it.</param>
/// <param name="Method">The call that makes it.</param>
/// <param name="ConfigId">Id of the option, for <c>session/set_config_option</c>.</param>
sealed record AcpSetting(string What, string Value, string Method, string? ConfigId = null);

/// <summary>A command of a terminal that has ended.</summary>
/// <param name="Id">Id of the terminal.</param>
/// <param name="ExitCode">As a shell tells it; null when it was not told.</param>
/// <param name="Output">The end of what it printed.</param>
sealed record EndedTerminal(string Id, int? ExitCode, string? Output);

/// <summary>A tool call under way: its facts come in pieces.</summary>
/// <param name="Id">The agent's id of it.</param>
sealed record OpenTool(string Id)
{
    /// <summary>read, edit, delete, move, search, execute, think, fetch, switch_mode, other; null while unknown.</summary>
    public string? Kind { get; init; }

    /// <summary>What a person reads.</summary>
    public string? Title { get; init; }

    /// <summary>The tool's own name, where the agent says it.</summary>
    public string? Name { get; init; }

    /// <summary>Its input as JSON.</summary>
    public string? Input { get; init; }

    /// <summary>The command it runs, of those that run one.</summary>
    public string? Command { get; init; }

    /// <summary>Files it changes when it succeeds.</summary>
    public IReadOnlyList<FileChange> Changes { get; init; } = [];

    /// <summary>How it changes them, clipped.</summary>
    public string? Diff { get; init; }

    /// <summary>The terminal it looks at, by its id.</summary>
    public string? Terminal { get; init; }

    /// <summary>What it printed so far, clipped.</summary>
    public string? Output { get; init; }

    /// <summary>Exit code of its command.</summary>
    public int? ExitCode { get; init; }

    /// <summary>It was told as an event.</summary>
    public bool Told { get; init; }
}
