using System.Text.RegularExpressions;

namespace Orchestrator.Agents.Gemini;

/// <summary>What the user's own settings say that a run must know; never written.</summary>
static partial class GeminiSettings
{
    /// <summary>The settings file of the home folder this environment names.</summary>
    public static string? PathIn(IReadOnlyDictionary<string, string> environment) =>
        environment.TryGetValue("GEMINI_CLI_HOME", out var home) && home.Length > 0 ? Path.Combine(home, ".gemini", "settings.json")
        : environment.TryGetValue("HOME", out var user) ? Path.Combine(user, ".gemini", "settings.json")
        : null;

    /// <summary>The variables the settings take values from.</summary>
    /// <remarks>Raw: <c>{"mcpServers":{"docs":{"command":"docs","env":{"TOKEN":"$DOCS_TOKEN","OTHER":"${OTHER}"}}}}</c></remarks>
    public static IReadOnlyList<string> Variables(string json) =>
        [.. Place().Matches(json).Select(match => match.Groups["name"].Value).Distinct()];

    [GeneratedRegex(@"\$\{?(?<name>[A-Za-z_][A-Za-z0-9_]*)")]
    private static partial Regex Place();
}
