using System.Text.Json.Nodes;
using Orchestrator.Cli;

namespace Orchestrator.Verbs;

/// <summary>
/// Options and variables of the program this command stands in for that mean nothing here, or something else: each is told in one line,
/// none is passed over in silence. Pure.
/// </summary>
static class CallRemarks
{
    const string View = "a pane is only a view here";

    static readonly (string Option, string Text)[] Without =
    [
        ("--tmux-attach", $"nothing is attached to; {View}: 'agentctl panes', 'agentctl run attach RUN'."),
        ("--tmux-no-main-window", $"there is no main window; {View}."),
        ("--window-for", $"a task shares nobody's window; {View}."),
        ("--state-file", "no file is written; runs and sessions are in the daemon's store, and 'agentctl plan export' gives a plan's "
            + "AGENT_STATE.json."),
    ];

    /// <summary>Variables that ask for more rights than a profile gives.</summary>
    public static readonly IReadOnlyList<string> RightsVariables = ["CODEAGENT_SKIP_PERMISSIONS", "CODEX_BYPASS_SANDBOX"];

    /// <summary>Those of the options that were given.</summary>
    public static IEnumerable<string> Of(Func<string, bool> given) =>
        Without.Where(one => given(one.Option)).Select(one => $"{one.Option}: {one.Text}");

    /// <summary>What holds although somebody asked for no permissions: what the profiles say.</summary>
    /// <param name="asked">The option or variable.</param>
    /// <param name="profiles">Those the tasks get, by name.</param>
    /// <param name="configuration">As the daemon shows it.</param>
    public static string Rights(string asked, IEnumerable<string> profiles, JsonNode? configuration)
    {
        var known = configuration.Entries("profiles").ToDictionary(profile => profile.Text("name") ?? "");
        var hold = profiles.Distinct().Select(name => !known.TryGetValue(name, out var profile) ? name
            : $"'{name}' (sandbox {profile.Text("sandbox") ?? "of its agent"}, approval {profile.Text("approval") ?? "of its agent"}, "
                + $"protection {profile.Text("protection")})");
        return $"{asked} gives no rights here; what holds is the profile: {string.Join(", ", hold)}. For more, make a profile with "
            + "'sandbox: full-access' in config.yaml and name it with --backend: each of its runs shows it.";
    }

    /// <summary>Whether a variable says yes.</summary>
    public static bool IsYes(string? value) => value?.Trim().ToLowerInvariant() is "1" or "true" or "yes" or "on";
}
