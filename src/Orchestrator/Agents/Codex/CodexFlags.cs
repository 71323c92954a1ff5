namespace Orchestrator.Agents.Codex;

/// <summary>The daemon's flags for this agent, named by seed 1 (fact G34); their values become <see cref="CodexExec.DaemonArgs"/>.</summary>
static class CodexFlags
{
    /// <summary>The agent's own name in the catalogue.</summary>
    public const string Agent = "codex";

    /// <summary>The user's Codex profile for all runs.</summary>
    public const string Profile = "--codex-profile";

    /// <summary>The same from the environment.</summary>
    public const string ProfileVariable = "AGENTD_CODEX_PROFILE";

    /// <summary>An argument put before the subcommand; may be repeated.</summary>
    public const string ExtraArg = "--codex-extra-arg";
}
