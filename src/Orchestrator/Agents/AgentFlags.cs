using Orchestrator.Agents.Codex;

namespace Orchestrator.Agents;

/// <summary>Flags of agentd that concern one agent only, named by seed 1 (fact G34).</summary>
static class AgentFlags
{
    /// <summary>The user's own Codex profile, for all runs.</summary>
    public const string Profile = "--codex-profile";

    /// <summary>An argument put before the subcommand; may be repeated.</summary>
    public const string ExtraArg = "--codex-extra-arg";

    /// <summary>Their lines in the daemon's help.</summary>
    public const string Help = """
          --codex-profile NAME   The user's own Codex profile for all runs (AGENTD_CODEX_PROFILE).
          --codex-extra-arg ARG  An argument for every Codex run, put before its subcommand; may be repeated.

        """;

    const string ProfileVariable = "AGENTD_CODEX_PROFILE";

    /// <summary>Arguments by agent, from the flags that were given and the environment.</summary>
    public static Dictionary<string, IReadOnlyList<string>> Read(
        Dictionary<string, List<string>> given, IReadOnlyDictionary<string, string> environment)
    {
        var profile = given.TryGetValue(Profile, out var named) ? named[^1] : environment.GetValueOrDefault(ProfileVariable);
        return new() { ["codex"] = CodexExec.DaemonArgs(profile, given.GetValueOrDefault(ExtraArg, [])) };
    }
}
