using System.Text.RegularExpressions;

namespace Orchestrator.Agents.Codex;

/// <summary>What the user's own settings say that a run must know; never written.</summary>
static partial class CodexSettings
{
    /// <summary>The settings file of the home folder this environment names.</summary>
    public static string? PathIn(IReadOnlyDictionary<string, string> environment) =>
        environment.TryGetValue("CODEX_HOME", out var home) && home.Length > 0 ? Path.Combine(home, "config.toml")
        : environment.TryGetValue("HOME", out var user) ? Path.Combine(user, ".codex", "config.toml")
        : null;

    /// <summary>The variables that hold the keys of the user's own model providers.</summary>
    /// <remarks>Raw: <c>[model_providers.fake]⏎env_key = "FAKE_KEY"</c>, also inline: <c>fake = { env_key = "FAKE_KEY" }</c></remarks>
    public static IReadOnlyList<string> KeyVariables(string toml) =>
    [
        .. KeyLine().Matches(toml).Select(match => match.Groups["name"].Value).Distinct(),
    ];

    [GeneratedRegex("""^[^#\r\n]*\benv_key\s*=\s*["'](?<name>[A-Za-z_][A-Za-z0-9_]*)["']""", RegexOptions.Multiline)]
    private static partial Regex KeyLine();
}
