namespace Orchestrator.Agents;

/// <summary>
/// The environment an agent gets: an allow-list, so that no secret of the daemon reaches it by being forgotten. Not on it on purpose:
/// SSH_AUTH_SOCK and the session bus (with them an agent could act as the person anywhere; delivery is the daemon's job), GITHUB_TOKEN,
/// cloud credentials. A profile's <c>env</c> adds what a project really needs.
/// </summary>
static class AgentEnvironment
{
    /// <summary>What every program may know: who and where it is, how to reach the network, where toolchains live.</summary>
    static readonly string[] Common =
    [
        "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "LC_*", "TERM", "COLORTERM", "TZ", "TMPDIR", "XDG_*",
        "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "no_proxy", "all_proxy",
        "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO",
        "GIT_AUTHOR_*", "GIT_COMMITTER_*",
        "DOTNET_*", "NUGET_PACKAGES", "JAVA_HOME", "GOPATH", "GOROOT", "GOPROXY", "CARGO_HOME", "RUSTUP_HOME", "NVM_DIR", "PYENV_ROOT",
        "npm_config_registry", "npm_config_cache",
    ];

    /// <summary>
    /// Later wins: the daemon's own variables that are allowed, the adapter's defaults for what is still unset, the profile's, the run's.
    /// Variables of ours come from the run and the adapter only.
    /// </summary>
    public static Dictionary<string, string> Build(
        IReadOnlyDictionary<string, string> daemon,
        IReadOnlyList<string> passedVariables,
        IReadOnlyDictionary<string, string> defaults,
        IReadOnlyDictionary<string, string> profile,
        IReadOnlyDictionary<string, string> run)
    {
        var result = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in daemon)
            if (!IsOurs(name) && (Array.Exists(Common, p => Matches(p, name)) || passedVariables.Any(p => Matches(p, name))))
                result[name] = value;
        foreach (var (name, value) in defaults)
            result.TryAdd(name, value);
        // A build server an agent started would outlive its run.
        result["MSBUILDDISABLENODEREUSE"] = "1";
        foreach (var (name, value) in profile)
            if (!IsOurs(name))
                result[name] = value;
        foreach (var (name, value) in run)
            result[name] = value;
        return result;
    }

    /// <summary>What a command of the project's own gets: the allow-list alone.</summary>
    public static Dictionary<string, string> Build(IReadOnlyDictionary<string, string> daemon) =>
        Build(daemon, [], new Dictionary<string, string>(), new Dictionary<string, string>(), new Dictionary<string, string>());

    static bool IsOurs(string name) =>
        name.StartsWith("AGENTD_", StringComparison.Ordinal) || name.StartsWith("AGENTCTL_", StringComparison.Ordinal);

    /// <summary>Exact, <c>PREFIX*</c> or <c>*SUFFIX</c>.</summary>
    static bool Matches(string pattern, string name)
    {
        if (pattern.EndsWith('*'))
            return name.AsSpan().StartsWith(pattern.AsSpan(0, pattern.Length - 1), StringComparison.Ordinal);
        return pattern.StartsWith('*')
            ? name.AsSpan().EndsWith(pattern.AsSpan(1), StringComparison.Ordinal)
            : name == pattern;
    }
}
