using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Orchestrator.Profiles;

namespace Orchestrator.GitHub;

/// <summary>One answer of the API.</summary>
/// <param name="Body">Its JSON; undefined for none.</param>
/// <param name="Next">The address of the next page; null for none.</param>
/// <param name="Scopes">What a classic token may do; null for other tokens.</param>
sealed record GitHubAnswer(JsonElement Body, string? Next, string? Scopes);

/// <summary>
/// GitHub's REST API (https://docs.github.com/rest) as far as it is the same for all of it: one request at a time, conditional where an
/// answer is known, and none at all while GitHub wants to be left alone. Nothing is tried again here: that is decided where rows are.
/// </summary>
/// <param name="token">Whose requests they are.</param>
/// <param name="settings">Where it is.</param>
/// <param name="clock">The clock.</param>
sealed partial class GitHubApi(GitHubToken token, Func<GitHubSettings> settings, TimeProvider clock) : IDisposable
{
    const string Version = "2022-11-28";
    const int MostBytes = 8 << 20, MostKept = 256, LargestKept = 256 * 1024, MostPages = 20;

    /// <summary>Longest one request may take.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    // A redirect could lead anywhere, and the token with it: it is a refusal.
    readonly HttpClient http = new HttpClient(new SocketsHttpHandler
    {
        AllowAutoRedirect = false, UseCookies = false, AutomaticDecompression = System.Net.DecompressionMethods.All,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = MostBytes,
    };

    // "Make requests serially instead of concurrently", says GitHub.
    readonly SemaphoreSlim turn = new(1, 1);
    readonly ConcurrentDictionary<string, (string ETag, GitHubAnswer Answer)> known = new(StringComparer.Ordinal);
    (DateTimeOffset Until, string Why)? quiet;
    int refusals;

    /// <summary>Reads one thing. What has not changed since is not sent again, and does not count.</summary>
    /// <param name="path">From the API's address on, beginning with a slash.</param>
    /// <param name="stop">Gives up.</param>
    /// <exception cref="GitHubFailure">Everything but a good answer.</exception>
    /// <param name="open">What is public may be read without a token; a program that could give one is not asked for it.</param>
    public Task<GitHubAnswer> Get(string path, CancellationToken stop, bool open = false) => Do(HttpMethod.Get, path, null, stop, open);

    /// <summary>A token is at hand, so that more than what is public can be seen.</summary>
    public bool HasToken => token.InHand is not null;

    /// <summary>Sends something: POST, PATCH, PUT.</summary>
    /// <inheritdoc cref="Get"/>
    public Task<GitHubAnswer> Send(HttpMethod method, string path, JsonObject body, CancellationToken stop) =>
        Do(method, path, body.ToJsonString(Json.PlainOptions), stop);

    /// <summary>All entries of a list, page by page, 2,000 at most.</summary>
    /// <param name="path">With its query; the number of entries a page is added.</param>
    /// <param name="member">The member that holds the list, where the answer is an object; null where it is the list.</param>
    /// <param name="stop">Gives up.</param>
    /// <param name="open">As with <see cref="Get"/>.</param>
    /// <param name="cut">Told when there are more pages than are asked for.</param>
    /// <exception cref="GitHubFailure">Everything but good answers.</exception>
    public async IAsyncEnumerable<JsonElement> List(string path, string? member, [EnumeratorCancellation] CancellationToken stop,
        bool open = false, Action? cut = null)
    {
        string? next = $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}per_page=100";
        for (var page = 0; next is not null && page < MostPages; page++)
        {
            var answer = await Get(next, stop, open);
            var list = member is null ? answer.Body
                : answer.Body.ValueKind == JsonValueKind.Object && answer.Body.TryGetProperty(member, out var inner) ? inner : default;
            if (list.ValueKind != JsonValueKind.Array)
                throw Odd($"GET {path}", "it holds no list");
            foreach (var entry in list.EnumerateArray())
                yield return entry;
            next = answer.Next;
        }

        if (next is not null)
            cut?.Invoke();
    }

    async Task<GitHubAnswer> Do(HttpMethod method, string path, string? body, CancellationToken stop, bool open = false)
    {
        var what = $"{method} {path.Split('?')[0]}";
        var secret = open ? token.InHand : await token.Get(stop);
        await turn.WaitAsync(stop);
        try
        {
            if (quiet is { } rest && rest.Until > clock.GetUtcNow())
                throw Limited(what, rest.Why, rest.Until);
            using var request = new HttpRequestMessage(method, settings().Api + path);
            if (secret is not null)
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", secret);
            request.Headers.Accept.ParseAdd("application/vnd.github+json");
            request.Headers.UserAgent.ParseAdd("agent-orchestrator");
            request.Headers.Add("X-GitHub-Api-Version", Version);
            var before = method == HttpMethod.Get && known.TryGetValue(path, out var kept) ? kept.Answer : null;
            if (before is not null)
                request.Headers.TryAddWithoutValidation("If-None-Match", known[path].ETag);
            if (body is not null)
                request.Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
            return await Ask(request, what, path, before, stop);
        }
        finally
        {
            turn.Release();
        }
    }

    async Task<GitHubAnswer> Ask(HttpRequestMessage request, string what, string path, GitHubAnswer? before, CancellationToken stop)
    {
        using var late = new CancellationTokenSource(Limit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, late.Token);
        try
        {
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseContentRead, either.Token);
            var text = await answer.Content.ReadAsStringAsync(either.Token);
            return Take(answer, text, what, path, before);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new GitHubFailure(GitHubTrouble.Down, $"GitHub did not answer {what} within {Limit.TotalSeconds:0} s.");
        }
        catch (HttpRequestException e)
        {
            throw new GitHubFailure(GitHubTrouble.Down, $"{settings().Api} cannot be asked ({what}): {e.Message}",
                "Look at the network, a proxy (HTTPS_PROXY) and github.api_url.");
        }
    }

    GitHubAnswer Take(HttpResponseMessage answer, string text, string what, string path, GitHubAnswer? before)
    {
        string? Header(string name) => answer.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;
        var (status, now) = ((int)answer.StatusCode, clock.GetUtcNow());
        if (RateLimit.Until(status, text, Header, now, refusals) is { } until)
        {
            refusals++;
            quiet = (until, GitHubWords.Failure(what, status, text, Header).Message);
            throw Limited(what, quiet.Value.Why, until);
        }
        refusals = 0;
        if (RateLimit.Spent(Header, now) is { } reset)
            quiet = (reset, "The requests of this hour are used up.");
        if (status == 304 && before is not null)
            return before;
        if (!answer.IsSuccessStatusCode)
        {
            var failure = GitHubWords.Failure(what, status, text, Header);
            if (failure.Trouble == GitHubTrouble.BadToken)
                token.Forget();
            throw failure;
        }
        var taken = new GitHubAnswer(Parse(text, what), Following(Header("Link"), settings().Api, path), Header("X-OAuth-Scopes"));
        if (answer.RequestMessage?.Method == HttpMethod.Get && text.Length <= LargestKept && Header("ETag") is { } tag)
        {
            if (known.Count >= MostKept)
                known.Clear();
            known[path] = (tag, taken);
        }
        return taken;
    }

    static JsonElement Parse(string text, string what)
    {
        if (text.Length == 0)
            return default;
        try
        {
            return JsonElement.Parse(text, new JsonDocumentOptions { MaxDepth = Json.MaxDepth });
        }
        catch (JsonException)
        {
            throw Odd(what, "it is no JSON");
        }
    }

    // <https://api.github.com/repositories/1/pulls?page=2>; rel="next", <https://api.github.com/repositories/1/pulls?page=9>; rel="last"
    /// <summary>Path of the next page; null for none. The token is for one address alone: where the answer names another, as behind a
    /// proxy, the same list is asked for the page that it names.</summary>
    /// <param name="link">The header. An address in it may hold commas.</param>
    /// <param name="api">The API's address.</param>
    /// <param name="asked">The path that was asked.</param>
    internal static string? Following(string? link, string api, string asked)
    {
        foreach (Match part in Links().Matches(link ?? ""))
        {
            if (!part.Groups["rest"].Value.Contains("rel=\"next\"", StringComparison.Ordinal))
                continue;
            var address = part.Groups["address"].Value;
            if (address.StartsWith(api + "/", StringComparison.OrdinalIgnoreCase))
                return address[api.Length..];
            return address.IndexOf('?', StringComparison.Ordinal) is > 0 and var query ? asked.Split('?')[0] + address[query..] : null;
        }
        return null;
    }

    [GeneratedRegex("<(?<address>[^<>]{1,4000})>(?<rest>[^<]{0,400})")]
    private static partial Regex Links();

    static GitHubFailure Limited(string what, string why, DateTimeOffset until) => new(GitHubTrouble.Limited,
        $"GitHub wants to be left alone until {until.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z ({what}): {why}")
    { RetryAt = until };

    static GitHubFailure Odd(string what, string why) => new(GitHubTrouble.Odd, $"GitHub's answer to {what} is none: {why}.",
        "Is github.api_url the address of a GitHub REST API?");

    public void Dispose()
    {
        http.Dispose();
        turn.Dispose();
    }
}
