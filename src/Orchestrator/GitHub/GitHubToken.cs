using Orchestrator.Profiles;
using Orchestrator.Terminals;

namespace Orchestrator.GitHub;

/// <summary>
/// The token that this daemon shows GitHub: of its own environment, else that of GitHub's own command line where somebody is logged in.
/// It is held here and handed to nobody but the API client and the push.
/// </summary>
/// <param name="environment">The daemon's own variables.</param>
/// <param name="settings">Where GitHub is.</param>
sealed class GitHubToken(IReadOnlyDictionary<string, string> environment, Func<GitHubSettings> settings)
{
    // What gh needs to find its login: no other secret of the daemon.
    static readonly string[] Passed =
        ["PATH", "HOME", "USER", "LOGNAME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR", "GH_CONFIG_DIR",
            "DBUS_SESSION_BUS_ADDRESS", "TMPDIR"];

    static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    string? ofProgram;

    /// <summary>The token of the environment; null when none is set. Reads memory only.</summary>
    public string? OfEnvironment => Named(environment.GetValueOrDefault, settings()).Token;

    /// <summary>The token as far as it is known without asking anybody; null when there is none in memory. Starts nothing.</summary>
    public string? InHand => OfEnvironment ?? ofProgram;

    /// <summary>The token and the variable it is in; null and the variables that could hold it.</summary>
    public static (string? Token, string Variable) Named(Func<string, string?> variable, GitHubSettings settings)
    {
        IReadOnlyList<string> names = settings.TokenEnv is { } own ? [own] : GitHubSettings.TokenVariables;
        var name = names.FirstOrDefault(name => IsToken(variable(name)));
        return name is null ? (null, string.Join(" or ", names)) : (variable(name)!.Trim(), name);
    }

    /// <summary>The organization in which repositories are made; null for the token's own account.</summary>
    public string? Organization => settings().Organization
        ?? (environment.GetValueOrDefault("GITHUB_ORG") is { Length: > 0 } organization ? organization.Trim() : null);

    /// <summary>The token. May start <c>gh</c>, so never in a request.</summary>
    /// <exception cref="GitHubFailure">There is none.</exception>
    public async Task<string> Get(CancellationToken stop) =>
        OfEnvironment ?? (ofProgram ??= await OfProgram(environment.GetValueOrDefault, settings(), stop))
        ?? throw new GitHubFailure(GitHubTrouble.NoToken, "There is no GitHub token.",
            $"Set {Named(environment.GetValueOrDefault, settings()).Variable} in the daemon's environment and restart it, "
            + "or log in with 'gh auth login'.");

    /// <summary>What was learned from the program counts no longer: GitHub refused it.</summary>
    public void Forget() => ofProgram = null;

    // gho_16C7e42F292c6912E7710c838347Ae178B4a␊
    /// <summary>What <c>gh auth token</c> prints; null where it is not installed or nobody is logged in.</summary>
    public static async Task<string?> OfProgram(Func<string, string?> variable, GitHubSettings settings, CancellationToken stop)
    {
        // A variable that was named is meant: nothing else is taken for it.
        if (settings.TokenEnv is not null || variable("HOME") is not { Length: > 0 } home || !Directory.Exists(home))
            return null;
        try
        {
            var asked = await ShortProcess.Run(new ShortOrder
            {
                Argv = ["gh", "auth", "token", "--hostname", new Uri(settings.Url).Host],
                Folder = home,
                Environment = Passed.Where(name => variable(name) is not null).ToDictionary(name => name, name => variable(name)!),
                Limit = Limit,
                MaxOutput = 4096,
            }, stop);
            return asked.Succeeded && IsToken(asked.Stdout) ? asked.Stdout.Trim() : null;
        }
        catch (SpawnFailure)
        {
            return null;
        }
    }

    static bool IsToken(string? text) => text?.Trim() is { Length: > 0 and <= 1024 } token
        && token.All(letter => letter is > ' ' and < '\x7f');
}
