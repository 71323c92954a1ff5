using System.Text.RegularExpressions;

namespace Orchestrator.Agents.OpenCode;

/// <summary>What the user's own settings say that a run must know; never written.</summary>
static partial class OpenCodeSettings
{
    /// <summary>The settings file this environment names.</summary>
    public static string? PathIn(IReadOnlyDictionary<string, string> environment) =>
        environment.TryGetValue("OPENCODE_CONFIG", out var file) && file.Length > 0 ? file
        : environment.TryGetValue("XDG_CONFIG_HOME", out var folder) && folder.Length > 0
            ? Path.Combine(folder, "opencode", "opencode.json")
        : environment.TryGetValue("HOME", out var user) ? Path.Combine(user, ".config", "opencode", "opencode.json")
        : null;

    /// <summary>The variables the settings take values from.</summary>
    /// <remarks>Raw: <c>{"provider":{"mine":{"options":{"apiKey":"{env:MY_KEY}"}}}}</c></remarks>
    public static IReadOnlyList<string> Variables(string json) =>
        [.. Place().Matches(json).Select(match => match.Groups["name"].Value).Distinct()];

    [GeneratedRegex(@"\{env:(?<name>[A-Za-z_][A-Za-z0-9_]*)\}")]
    private static partial Regex Place();
}
