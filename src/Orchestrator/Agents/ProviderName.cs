using System.Security.Cryptography;
using System.Text;
using Orchestrator.Profiles;

namespace Orchestrator.Agents;

/// <summary>
/// Whose limits a run shares: the account an agent speaks with, as far as the profile tells. All runs of one name wait together when that
/// provider wants to be left alone. Another key, endpoint or home folder in the profile's env is another account.
/// </summary>
static class ProviderName
{
    /// <summary>The agent's name, and a mark for each account that is not the daemon's own: <c>claude</c>, <c>claude-3fa9c1</c>.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="agent">Its adapter.</param>
    public static string Of(Profile profile, IAgent agent)
    {
        var own = profile.Env.Where(pair => agent.PassedVariables.Any(pattern => Matches(pattern, pair.Key)) || IsHome(pair.Key))
            .OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}\n")
            .Concat(profile.Args.Where(NamesAccount).Select(arg => arg + "\n"));
        var text = string.Concat(own);
        // Its hash only: the value may be a key.
        return text.Length == 0 ? agent.Name
            : $"{agent.Name}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..6]}";
    }

    /// <summary>A name as it may stand in a path and a command line.</summary>
    public static string Plain(string name) =>
        string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '-'));

    static bool IsHome(string variable) => AgentProbes.All.Any(probe => probe.HomeVariable == variable);

    // Codex's own ways to name another provider or account.
    static bool NamesAccount(string arg) =>
        arg.Contains("model_provider", StringComparison.Ordinal) || arg.Contains("base_url", StringComparison.Ordinal);

    static bool Matches(string pattern, string name) => pattern switch
    {
        ['*', .. var end] => name.EndsWith(end, StringComparison.Ordinal),
        [.. var start, '*'] => name.StartsWith(start, StringComparison.Ordinal),
        _ => name == pattern,
    };
}
