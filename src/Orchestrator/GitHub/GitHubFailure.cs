using System.Text;
using System.Text.Json;

namespace Orchestrator.GitHub;

/// <summary>What kind of refusal it was, and so what may follow.</summary>
enum GitHubTrouble
{
    /// <summary>There is no token.</summary>
    NoToken,
    /// <summary>401: the token is wrong, expired or revoked.</summary>
    BadToken,
    /// <summary>403: the token may not do this.</summary>
    Forbidden,
    /// <summary>404: it is not there, or the token does not see it.</summary>
    NotFound,
    /// <summary>422 and other refusals of what was asked.</summary>
    Refused,
    /// <summary>Too many requests; <see cref="GitHubFailure.RetryAt"/> says until when it is left alone.</summary>
    Limited,
    /// <summary>A redirect: it is somewhere else now.</summary>
    Moved,
    /// <summary>5xx, no connection, no answer in time.</summary>
    Down,
    /// <summary>An answer that is none.</summary>
    Odd,
}

/// <summary>GitHub did not do what was asked. The message is for people and holds no secret.</summary>
sealed class GitHubFailure(GitHubTrouble trouble, string message, string? hint = null) : Exception(message)
{
    public GitHubTrouble Trouble { get; } = trouble;

    /// <summary>What to do about it.</summary>
    public string? Hint { get; } = hint;

    /// <summary>When it may be asked again; null when GitHub did not say.</summary>
    public DateTimeOffset? RetryAt { get; init; }

    /// <summary>Where a redirect led; null for none.</summary>
    public string? Elsewhere { get; init; }

    /// <summary>GitHub's own words for what was wrong, lower case, to be searched; empty for none.</summary>
    public string Words { get; init; } = "";

    /// <summary>The same may work later.</summary>
    public bool Passes => Trouble is GitHubTrouble.Limited or GitHubTrouble.Down;

    /// <summary>Message and hint as one text.</summary>
    public string Whole => Hint is null ? Message : $"{Message} {Hint}";
}

/// <summary>GitHub's refusals in words. Pure.</summary>
static class GitHubWords
{
    const int MostOfMessage = 500;

    /// <summary>What a refused answer means.</summary>
    /// <param name="what">What was asked, like <c>POST /repos/acme/shop/pulls</c>.</param>
    /// <param name="status">HTTP status.</param>
    /// <param name="body">As it came.</param>
    /// <param name="header">Looks up a header.</param>
    public static GitHubFailure Failure(string what, int status, string body, Func<string, string?> header)
    {
        var said = Said(body);
        var text = $"GitHub answered {status} to {what}{(said.Length > 0 ? $": {said.TrimEnd('.')}" : "")}.";
        var words = said.ToLowerInvariant();
        return status switch
        {
            401 => new GitHubFailure(GitHubTrouble.BadToken, text,
                "The token is wrong, expired or revoked: set a new one in GITHUB_TOKEN and restart the daemon.")
            { Words = words },
            403 => new GitHubFailure(GitHubTrouble.Forbidden, text, Missing(header)
                ?? "The token may not do this: give it access to the repository, and approve it for the organization.")
            { Words = words },
            404 => new GitHubFailure(GitHubTrouble.NotFound, text, Missing(header)
                ?? "It is not there, or the token does not see it: GitHub says the same to both.")
            { Words = words },
            301 or 302 or 303 or 307 or 308 => new GitHubFailure(GitHubTrouble.Moved, text,
                "It was renamed or moved: set the project's github.repository (and its remote) to where it is now.")
            { Words = words, Elsewhere = header("Location") },
            >= 500 => new GitHubFailure(GitHubTrouble.Down, text, "www.githubstatus.com tells of outages.") { Words = words },
            >= 400 => new GitHubFailure(GitHubTrouble.Refused, text) { Words = words },
            _ => new GitHubFailure(GitHubTrouble.Odd, text, "Is github.api_url the address of a GitHub REST API?") { Words = words },
        };
    }

    // X-OAuth-Scopes: public_repo        X-Accepted-OAuth-Scopes: repo        (classic tokens)
    // X-Accepted-GitHub-Permissions: pull_requests=write; contents=read       (fine-grained tokens)
    static string? Missing(Func<string, string?> header)
    {
        if (header("X-Accepted-GitHub-Permissions") is { Length: > 0 } permissions)
            return $"This needs the permissions {permissions}.";
        if (header("X-Accepted-OAuth-Scopes") is not { Length: > 0 } accepted)
            return null;
        var (has, needs) = (Names(header("X-OAuth-Scopes")), Names(accepted));
        return has.Intersect(needs).Any() ? null
            : $"The token has the scopes {(has.Count > 0 ? string.Join(", ", has) : "none")}; this needs {string.Join(" or ", needs)}.";
    }

    static List<string> Names(string? list) =>
        [.. (list ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];

    // {"message":"Validation Failed","errors":[{"resource":"PullRequest","field":"head","code":"invalid"},
    //  {"resource":"PullRequest","code":"custom","message":"A pull request already exists for acme:work."}],"documentation_url":"…"}
    static string Said(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return "";
            var text = new StringBuilder(Text(document.RootElement, "message"));
            if (document.RootElement.TryGetProperty("errors", out var errors) && errors.ValueKind == JsonValueKind.Array)
                foreach (var error in errors.EnumerateArray().Take(5))
                    text.Append(text.Length > 0 ? "; " : "").Append(error.ValueKind == JsonValueKind.String ? error.GetString()
                        : Text(error, "message") is { Length: > 0 } message ? message
                        : $"{Text(error, "resource")} {Text(error, "field")}: {Text(error, "code")}".Trim());
            return Cut(text.ToString());
        }
        catch (JsonException)
        {
            return "";
        }
    }

    static string Text(JsonElement element, string name) => element.ValueKind == JsonValueKind.Object
        && element.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString()!.Trim() : "";

    static string Cut(string text)
    {
        var line = string.Concat(text.Select(letter => char.IsControl(letter) ? ' ' : letter));
        return line.Length <= MostOfMessage ? line : line[..MostOfMessage] + "…";
    }
}
