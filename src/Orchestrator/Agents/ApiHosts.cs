using Orchestrator.Agents.Codex;
using Orchestrator.Agents.OpenAi;

namespace Orchestrator.Agents;

/// <summary>Whom an agent asks for its answers.</summary>
/// <param name="Agent">The word config.yaml uses.</param>
/// <param name="Address">Where its API is; null when nobody knows.</param>
/// <param name="Why">What says so, or why it is not known; never a secret.</param>
sealed record ApiHost(string Agent, Uri? Address, string Why);

/// <summary>
/// The API address of each agent that is configured here, as far as variables and settings tell. Pure but for the settings file it is
/// given. The defaults are those of the tested versions.
/// </summary>
static class ApiHosts
{
    static readonly string[] CodexFolders = ["CODEX_HOME", "HOME"];

    /// <param name="variable">Looks up an environment variable; empty counts as not set.</param>
    /// <param name="text">The text of a file; null when it cannot be read.</param>
    public static IReadOnlyList<ApiHost> Of(Func<string, string?> variable, Func<string, string?> text) =>
    [
        .. AgentProbes.All.Where(probe => AgentProbes.LoginOf(probe, variable).Found).Select(probe => probe.Name switch
        {
            "codex" => Codex(variable, text),
            "claude" => Claude(variable),
            "gemini" => Gemini(variable),
            _ => new ApiHost(probe.Name, null, "its own settings choose the provider"),
        }),
        .. AgentProbes.EndpointOf(variable).Found
            ? new[] { Named("openai", variable, LoopProtocol.UrlVariable) ?? At("openai", "https://api.openai.com/v1", "its default") }
            : [],
    ];

    static ApiHost Codex(Func<string, string?> variable, Func<string, string?> text)
    {
        var environment = CodexFolders.Where(name => variable(name) is not null)
            .ToDictionary(name => name, name => variable(name)!);
        var file = CodexSettings.PathIn(environment);
        if (file is not null && text(file) is { } settings && CodexSettings.OwnProvider(settings) is { } provider)
            return provider.Url is { } url ? At("codex", url, $"provider '{provider.Name}' in {file}")
                : new("codex", null, $"{file} names the provider '{provider.Name}' without a base_url");
        return (variable("OPENAI_API_KEY") ?? variable("CODEX_API_KEY")) is not null
            ? At("codex", "https://api.openai.com/v1", "its default with a key")
            : At("codex", "https://chatgpt.com/backend-api/codex", "its default with a login by ChatGPT");
    }

    static ApiHost Claude(Func<string, string?> variable)
    {
        foreach (var elsewhere in new[] { "CLAUDE_CODE_USE_BEDROCK", "CLAUDE_CODE_USE_VERTEX" })
            if (variable(elsewhere) is not null)
                return new("claude", null, $"{elsewhere} is set: the address depends on the region");
        return Named("claude", variable, "ANTHROPIC_BASE_URL") ?? At("claude", "https://api.anthropic.com", "its default");
    }

    static ApiHost Gemini(Func<string, string?> variable)
    {
        if (variable("GOOGLE_GENAI_USE_VERTEXAI") is not null)
            return new("gemini", null, "GOOGLE_GENAI_USE_VERTEXAI is set: the address depends on the region");
        return Named("gemini", variable, "GOOGLE_GEMINI_BASE_URL")
            ?? ((variable("GEMINI_API_KEY") ?? variable("GOOGLE_API_KEY")) is not null
                ? At("gemini", "https://generativelanguage.googleapis.com", "its default with a key")
                : At("gemini", "https://cloudcode-pa.googleapis.com", "its default with a login by Google"));
    }

    static ApiHost? Named(string agent, Func<string, string?> variable, string name) =>
        variable(name) is { } url ? At(agent, url, name) : null;

    static ApiHost At(string agent, string url, string why) =>
        Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is ("http" or "https")
            ? new(agent, address, why) : new(agent, null, $"{why} is no address");
}
