using System.Globalization;

namespace Orchestrator.Profiles;

/// <summary>config.yaml: <c>github</c>, where GitHub is and how it is asked. Only the user's own file is asked: it says where a
/// secret goes.</summary>
sealed record GitHubSettings
{
    public const string DefaultUrl = "https://github.com";

    /// <summary>Variables of the daemon that hold a token, the first that is set counts.</summary>
    public static readonly IReadOnlyList<string> TokenVariables = ["GITHUB_TOKEN", "GH_TOKEN"];

    /// <summary>Where people look at it, and where git pushes to, without a slash at the end.</summary>
    public string Url { get; init; } = DefaultUrl;

    /// <summary>Where the REST API is; null for what follows from <see cref="Url"/>.</summary>
    public string? ApiUrl { get; init; }

    /// <summary>Name of the daemon's variable with the token; null for <see cref="TokenVariables"/>.</summary>
    public string? TokenEnv { get; init; }

    /// <summary>Where repositories are made; null for GITHUB_ORG, and then the token's own account.</summary>
    public string? Organization { get; init; }

    /// <summary>From one look at a pull request to the next.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The API's address: that of github.com, or as an Enterprise server has it.</summary>
    public string Api => ApiUrl ?? (Url == DefaultUrl ? "https://api.github.com" : Url + "/api/v3");

    public static ConfigKey Key { get; } = new("github", ConfigKind.Group,
        "Where GitHub is and how it is asked; counts in the data folder's config.yaml only.")
    {
        Members =
        [
            new("url", ConfigKind.Text, $"Its address, of an Enterprise server too; unset: {DefaultUrl}."),
            new("api_url", ConfigKind.Text, "Address of its REST API; unset: https://api.github.com, of another server its url with "
                + "/api/v3."),
            new("token_env", ConfigKind.Text, "The daemon's variable that holds the token; unset: GITHUB_TOKEN, then GH_TOKEN, then what "
                + "'gh auth token' prints."),
            new("organization", ConfigKind.Text, "Where repositories are made; unset: GITHUB_ORG, else the token's own account."),
            new("poll_s", ConfigKind.Seconds, "Seconds from one look at an open pull request to the next; unset: 60."),
        ],
    };

    public static GitHubSettings Of(ConfigGroup? group, ConfigReader reader)
    {
        if (group is null)
            return new GitHubSettings();
        string? Address(string key)
        {
            if (group.Get<string>(key) is not { } text)
                return null;
            if (NotificationRule.Address(text) is { } address && address.UserInfo.Length == 0 && address.Query.Length == 0)
                return text.TrimEnd('/');
            reader.Missing(group.Lines.GetValueOrDefault(key, group.Line), "github." + key,
                "an address expected, like https://github.example.com, with no user, password or query in it");
            return null;
        }
        return new GitHubSettings
        {
            Url = Address("url") ?? DefaultUrl,
            ApiUrl = Address("api_url"),
            TokenEnv = group.Get<string>("token_env"),
            Organization = group.Get<string>("organization"),
            Poll = group.Number<double>("poll_s") is { } seconds ? TimeSpan.FromSeconds(seconds) : TimeSpan.FromSeconds(60),
        };
    }
}

/// <summary>config.yaml: <c>github</c> of a project, how its work becomes pull requests.</summary>
sealed record PullRequestSettings
{
    /// <summary>Rounds in which what GitHub says goes back to the agent without anybody being asked.</summary>
    public const int DefaultRounds = 2;

    /// <summary>Name of the remote whose address says where the repository is; or an address.</summary>
    public string Remote { get; init; } = "origin";

    /// <summary>owner/name; null for what the remote's address says.</summary>
    public string? Repository { get; init; }

    public bool Draft { get; init; }

    /// <summary>Pattern of titles; null for the built-in one.</summary>
    public string? Title { get; init; }

    /// <summary>Pattern of the text; null for the built-in one.</summary>
    public string? Body { get; init; }

    public IReadOnlyList<string> Labels { get; init; } = [];

    public int Rounds { get; init; } = DefaultRounds;

    /// <summary>Whose comments go to the agent: write, all or none.</summary>
    public string Comments { get; init; } = "write";

    public static ConfigKey Key { get; } = new("github", ConfigKind.Group,
        "How this project's work becomes pull requests; counts in the data folder's config.yaml only.")
    {
        Members =
        [
            new("remote", ConfigKind.Text, "The remote whose address names the repository, or an address; unset: origin."),
            new("repository", ConfigKind.Text, "owner/name; unset: what the remote's address says."),
            new("draft", ConfigKind.Flag, "Open pull requests as drafts."),
            new("title", ConfigKind.Text, "Pattern of titles, with {title}, {issue} and {number} in it; unset: 'fix: Issue #{issue} - "
                + "{title}' for an item that comes from an issue, else {title}."),
            new("body", ConfigKind.Text, "Pattern of the text, with {title}, {issue}, {number}, {closes}, {description}, {changes}, "
                + "{testing}, {criteria} and {findings} in it; unset: all of them in order."),
            new("labels", ConfigKind.Texts, "Labels that a pull request gets."),
            new("rounds", ConfigKind.Count, "How often failing checks and comments go back to the agent before a person is asked; "
                + "unset: 2."),
            new("comments", ConfigKind.Word, "Whose comments go to the agent: of people who may write there (unset), of all, or of nobody.")
            {
                Words = ["write", "all", "none"],
            },
        ],
    };

    public static PullRequestSettings Of(ConfigGroup? group, string path, ConfigReader reader)
    {
        if (group is null)
            return new PullRequestSettings();
        var repository = group.Get<string>("repository");
        if (repository is not null && !IsRepository(repository))
            reader.Missing(group.Lines.GetValueOrDefault("repository", group.Line), path + ".repository",
                string.Create(CultureInfo.InvariantCulture, $"'{repository}' is no owner/name"));
        return new PullRequestSettings
        {
            Remote = group.Get<string>("remote") ?? "origin",
            Repository = repository,
            Draft = group.Number<bool>("draft") ?? false,
            Title = group.Get<string>("title"),
            Body = group.Get<string>("body"),
            Labels = group.Get<List<string>>("labels") ?? [],
            Rounds = (int?)group.Number<long>("rounds") ?? DefaultRounds,
            Comments = group.Get<string>("comments") ?? "write",
        };
    }

    /// <summary>True for owner/name as GitHub allows them.</summary>
    public static bool IsRepository(string text) => text.Split('/') is [var owner, var name] && IsName(owner) && IsName(name)
        && name is not ("." or "..");

    /// <summary>True for what may be the name of an owner or of a repository.</summary>
    public static bool IsName(string text) => text.Length is > 0 and <= 100
        && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.');
}
