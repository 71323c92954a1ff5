using System.Text.RegularExpressions;
using Tomlyn;
using Tomlyn.Model;

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

    // model_provider = "fake"⏎[model_providers.fake]⏎base_url = "https://models.example/v1"
    /// <summary>The provider of the user's own that the settings choose, with its address where it has one; null for none.</summary>
    public static (string Name, string? Url)? OwnProvider(string toml)
    {
        try
        {
            var settings = TomlSerializer.Deserialize<TomlTable>(toml);
            if (settings is null || !settings.TryGetValue("model_provider", out var chosen) || chosen is not string name
                || name == "openai")
                return null;
            var provider = settings.TryGetValue("model_providers", out var all) && all is TomlTable providers
                && providers.TryGetValue(name, out var own) ? own as TomlTable : null;
            return (name, provider is not null && provider.TryGetValue("base_url", out var url) ? url as string : null);
        }
        catch (TomlException)
        {
            // Codex itself will say what is wrong with it.
            return null;
        }
    }

    [GeneratedRegex("""^[^#\r\n]*\benv_key\s*=\s*["'](?<name>[A-Za-z_][A-Za-z0-9_]*)["']""", RegexOptions.Multiline)]
    private static partial Regex KeyLine();
}
