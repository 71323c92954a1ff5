namespace Orchestrator.Agents;

/// <summary>How to find out, without running a turn, whether an agent is installed and probably logged in.</summary>
/// <param name="Name">The word config.yaml uses.</param>
/// <param name="Program">Looked up on PATH.</param>
/// <param name="VersionArguments">Make it print its version and end.</param>
/// <param name="Tested">The version the adapter was tested with.</param>
/// <param name="Install">What a person types to get it.</param>
/// <param name="Login">What a person types to log in.</param>
/// <param name="KeyVariables">Any of these, set, is a login. Only whether they are set is looked at, never what they hold.</param>
/// <param name="HomeVariable">Names the folder of its own files.</param>
/// <param name="DefaultHome">That folder below the home folder, when the variable is not set.</param>
/// <param name="LoginFile">Path in that folder, there when logged in.</param>
/// <param name="OwnProviderMark">In the settings file, when a provider of the user's own does the login; null for none.</param>
sealed record AgentProbe(
    string Name, string Program, IReadOnlyList<string> VersionArguments, string Tested, string Install, string Login,
    IReadOnlyList<string> KeyVariables, string HomeVariable, string DefaultHome, string LoginFile,
    (string File, string Text)? OwnProviderMark);

/// <summary>Whether an agent is logged in, as far as files and variables tell.</summary>
/// <param name="Found">False when nothing was found.</param>
/// <param name="Evidence">Which file or variable, for a person; never a secret.</param>
readonly record struct LoginState(bool Found, string Evidence);

/// <summary>The probes of the agents that are programs of their own.</summary>
static class AgentProbes
{
    public static IReadOnlyList<AgentProbe> All { get; } =
    [
        new("codex", "codex", ["--version"], "0.169.0", "npm install -g @openai/codex", "codex login",
            ["OPENAI_API_KEY", "CODEX_API_KEY"], "CODEX_HOME", ".codex", "auth.json", ("config.toml", "model_provider")),
        new("claude", "claude", ["--version"], "2.1.329", "npm install -g @anthropic-ai/claude-code", "claude, then /login",
            ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN", "CLAUDE_CODE_USE_BEDROCK", "CLAUDE_CODE_USE_VERTEX"],
            "CLAUDE_CONFIG_DIR", ".claude", ".credentials.json", null),
        new("gemini", "gemini", ["--version"], "0.61.0", "npm install -g @google/gemini-cli", "gemini, then /auth",
            ["GEMINI_API_KEY", "GOOGLE_API_KEY", "GOOGLE_GENAI_USE_VERTEXAI", "GOOGLE_GENAI_USE_GCA"],
            "GEMINI_CLI_HOME", "", Path.Combine(".gemini", "oauth_creds.json"), null),
        new("opencode", "opencode", ["--version"], "1.18.33", "npm install -g opencode-ai", "opencode auth login",
            ["OPENCODE_API_KEY", "ANTHROPIC_API_KEY", "OPENAI_API_KEY", "OPENROUTER_API_KEY", "GEMINI_API_KEY"],
            "XDG_DATA_HOME", Path.Combine(".local", "share"), Path.Combine("opencode", "auth.json"), null),
    ];

    /// <summary>How a person gets the agent, as the beginning of a sentence.</summary>
    /// <param name="agent">Its name; null when the program is no agent of ours.</param>
    public static string HowToGet(string? agent) => All.FirstOrDefault(probe => probe.Name == agent) is { } probe
        ? $"Install it ({probe.Install})"
        : $"Install {agent ?? "it"}";

    /// <summary>Looks for evidence of a login.</summary>
    /// <param name="probe">Which agent.</param>
    /// <param name="variable">Looks up an environment variable.</param>
    public static LoginState LoginOf(AgentProbe probe, Func<string, string?> variable)
    {
        if (probe.KeyVariables.FirstOrDefault(name => variable(name) is { Length: > 0 }) is { } key)
            return new(true, $"{key} is set");
        var home = variable(probe.HomeVariable) ?? Path.Combine(variable("HOME") ?? "/", probe.DefaultHome);
        var file = Path.Combine(home, probe.LoginFile);
        if (File.Exists(file)) return new(true, $"{file} is there");
        if (probe.OwnProviderMark is { } mark && Mentions(Path.Combine(home, mark.File), mark.Text))
            return new(true, $"{Path.Combine(home, mark.File)} names a provider of its own");
        return new(false, $"neither {file} nor {string.Join(" or ", probe.KeyVariables.Take(2))}");
    }

    // codex-cli 0.169.0      2.1.329 (Claude Code)      0.61.0      1.18.33
    /// <summary>What to say about a version; null when it is the tested one or a newer one.</summary>
    /// <param name="probe">Which agent.</param>
    /// <param name="said">What its program printed.</param>
    public static string? DoubtAbout(AgentProbe probe, string said)
    {
        if (VersionIn(said) is not { } version)
            return $"this version is not known; tested with {probe.Tested}";
        return version < System.Version.Parse(probe.Tested) ? $"older than {probe.Tested}, which it was tested with" : null;
    }

    static Version? VersionIn(string said) => said.Split(' ', '-', 'v', '(', ')')
        .Select(word => System.Version.TryParse(word, out var version) ? version : null).FirstOrDefault(version => version is not null);

    /// <summary>The ways to speak with an agent, in words; empty when there is only one.</summary>
    public static string ProtocolsOf(string agent) =>
        string.Join(", ", AgentCatalog.ProtocolsOf(agent).Select(each => each.Protocol).OfType<string>());

    /// <summary>
    /// Whether our own agent has an endpoint and, where one is needed, a key. Nothing is asked over the network: only variables are looked
    /// at, and only whether a key is set.
    /// </summary>
    public static LoginState EndpointOf(Func<string, string?> variable)
    {
        var keyName = variable(OpenAi.LoopProtocol.KeyNameVariable) is { Length: > 0 } named ? named : OpenAi.LoopProtocol.KeyVariable;
        var url = variable(OpenAi.LoopProtocol.UrlVariable) is { Length: > 0 } set ? set : null;
        var hasKey = variable(keyName) is { Length: > 0 };
        if (url is not null && !(Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"))
            return new(false, $"{OpenAi.LoopProtocol.UrlVariable} is no address: {url}");
        if (hasKey)
            return new(true, $"{keyName} is set, endpoint {url ?? "of OpenAI"}");
        return url is not null && keyName == OpenAi.LoopProtocol.KeyVariable
            ? new(true, $"endpoint {url}, without a key")
            : new(false, $"{keyName} is not set");
    }

    static bool Mentions(string file, string text)
    {
        try
        {
            return File.ReadLines(file).Any(line => line.TrimStart().StartsWith(text, StringComparison.Ordinal));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
