using System.Text.Json.Nodes;
using Orchestrator.GitHub;
using Orchestrator.Profiles;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.GitHub;

/// <summary>The client against a server that answers as GitHub does, its refusals and limits included.</summary>
public sealed class GitHubApiSpecs : IAsyncLifetime
{
    static readonly RepositoryName Shop = new("acme", "shop");

    readonly ManualClock clock = new();
    GitHubServer server = null!;
    GitHubApi api = null!;
    PullCalls calls = null!;

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        server = await GitHubServer.Open();
        server.Book.Make("acme/shop");
        (api, calls) = With(GitHubServer.Token);
    }

    (GitHubApi, PullCalls) With(string? token, string? path = null)
    {
        var settings = new GitHubSettings { Url = server.Url + path };
        var environment = token is null ? [] : new Dictionary<string, string> { ["GITHUB_TOKEN"] = token };
        var made = new GitHubApi(new GitHubToken(environment, () => settings), () => settings, clock);
        return (made, new PullCalls(made));
    }

    public async ValueTask DisposeAsync()
    {
        api.Dispose();
        await server.DisposeAsync();
    }

    [Theory]
    [InlineData(401, """{"message":"Bad credentials"}""", "", GitHubTrouble.BadToken, "401", "expired or revoked")]
    [InlineData(403, """{"message":"Resource not accessible by personal access token"}""",
        "X-Accepted-GitHub-Permissions=pull_requests=write", GitHubTrouble.Forbidden, "not accessible", "pull_requests=write")]
    [InlineData(403, """{"message":"Must have admin rights"}""", "X-OAuth-Scopes=public_repo, gist;X-Accepted-OAuth-Scopes=repo",
        GitHubTrouble.Forbidden, "admin rights", "public_repo, gist; this needs repo")]
    [InlineData(404, """{"message":"Not Found"}""", "", GitHubTrouble.NotFound, "404", "does not see it")]
    [InlineData(422, """{"message":"Validation Failed","errors":[{"resource":"PullRequest","field":"base","code":"invalid"}]}""", "",
        GitHubTrouble.Refused, "PullRequest base: invalid", "")]
    [InlineData(422, """{"message":"Validation Failed","errors":["wrong"]}""", "", GitHubTrouble.Refused, "Failed; wrong", "")]
    [InlineData(301, """{"message":"Moved Permanently"}""", "Location=http://127.0.0.1:1/", GitHubTrouble.Moved, "301",
        "github.repository")]
    [InlineData(502, "<html>unicorn</html>", "", GitHubTrouble.Down, "502", "")]
    [InlineData(200, "<html>hello</html>", "", GitHubTrouble.Odd, "no JSON", "github.api_url")]
    [InlineData(200, "[]", "", GitHubTrouble.Odd, "full_name", "github.api_url")]
    [InlineData(200, """{"full_name":7}""", "", GitHubTrouble.Odd, "full_name", "")]
    [InlineData(304, "", "", GitHubTrouble.Odd, "304", "")]
    [InlineData(429, "", "Retry-After=30", GitHubTrouble.Limited, "left alone", "")]
    public async Task Each_refusal_says_what_it_was_and_what_to_do(int status, string body, string headers, object trouble, string words,
        string hint)
    {
        server.Once("GET", new Instead(status, body, [.. headers.Split(';', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => (pair[..pair.IndexOf('=')], pair[(pair.IndexOf('=') + 1)..]))]));

        var failure = await Assert.ThrowsAsync<GitHubFailure>(() => calls.Repository(Shop, Stop));

        Assert.Equal(trouble, failure.Trouble);
        Assert.Contains(words, failure.Message, StringComparison.Ordinal);
        Assert.Contains(hint, failure.Hint ?? "", StringComparison.Ordinal);
        Assert.DoesNotContain(GitHubServer.Token, failure.Whole, StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_it_wants_to_be_left_alone_nobody_asks_it()
    {
        server.Once("GET", new Instead(403, """{"message":"You have exceeded a secondary rate limit."}"""));
        var first = await Assert.ThrowsAsync<GitHubFailure>(() => calls.Repository(Shop, Stop));
        var second = await Assert.ThrowsAsync<GitHubFailure>(() => calls.Self(Stop));
        Assert.Single(server.Asked);
        Assert.Equal(clock.GetUtcNow() + TimeSpan.FromMinutes(1), first.RetryAt);
        Assert.Equal((true, first.RetryAt), (second.Passes, second.RetryAt));

        clock.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal("robot", (await calls.Self(Stop)).Login);
    }

    [Fact]
    public async Task A_list_is_read_page_by_page_and_what_did_not_change_is_not_sent_again()
    {
        server.PageSize = 2;
        for (var line = 1; line <= 5; line++)
            server.Book.Comment(1, "una", "MEMBER", "a.txt", line, $"remark {line}");

        var all = await calls.Comments(Shop, 1, Stop);
        Assert.Equal([1, 2, 3, 4, 5], all.Select(comment => (int)comment.Line!));
        Assert.Equal(3, server.Asked.Count(asked => asked.EndsWith("/comments", StringComparison.Ordinal)));
        Assert.Equal(5, (await calls.Comments(Shop, 1, Stop)).Count);
        // Reviews and three pages of comments.
        Assert.Equal(4, server.Unchanged);
    }

    [Theory]
    [InlineData("<http://api/repos?page=2>; rel=\"next\", <http://api/repos?page=9>; rel=\"last\"", "/repos?page=2")]
    [InlineData("<http://api/repos?page=1>; rel=\"first\"", null)]
    [InlineData("<http://api/repositories/7/issues?labels=a,b&after=Y3Vy%3D&page=2>; rel=\"next\", <http://api/x?page=1>; rel=\"prev\"",
        "/repositories/7/issues?labels=a,b&after=Y3Vy%3D&page=2")]
    [InlineData("<http://api/x?page=1>; rel=\"prev\", <http://api/x?page=3>; rel=\"next\"", "/x?page=3")]
    [InlineData("<http://evil/other?page=2>; rel=\"next\"", "/asked?page=2")]
    [InlineData("<http://api.evil/other?page=2>; rel=\"next\"", "/asked?page=2")]
    [InlineData("<http://evil/other>; rel=\"next\"", null)]
    [InlineData("><; rel=\"next\"", null)]
    [InlineData(null, null)]
    public void The_next_page_is_at_the_same_address(string? link, string? path) =>
        Assert.Equal(path, GitHubApi.Following(link, "http://api", "/asked?per_page=100"));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("line\nbreak")]
    public async Task Without_a_token_nothing_is_asked(string? token)
    {
        var (mine, asking) = With(token);
        using var done = mine;
        var failure = await Assert.ThrowsAsync<GitHubFailure>(() => asking.Self(Stop));
        Assert.Equal(GitHubTrouble.NoToken, failure.Trouble);
        Assert.Contains("GITHUB_TOKEN or GH_TOKEN", failure.Hint, StringComparison.Ordinal);
        Assert.Empty(server.Asked);
    }

    [Fact]
    public async Task A_wrong_token_and_a_wrong_address_are_told_apart()
    {
        var (wrong, asking) = With("ghp_wrong");
        using var one = wrong;
        Assert.Equal(GitHubTrouble.BadToken, (await Assert.ThrowsAsync<GitHubFailure>(() => asking.Self(Stop))).Trouble);
        await server.DisposeAsync();
        Assert.Equal(GitHubTrouble.Down, (await Assert.ThrowsAsync<GitHubFailure>(() => calls.Self(Stop))).Trouble);
        server = await GitHubServer.Open();
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_given_up()
    {
        var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        var settings = new GitHubSettings { ApiUrl = $"http://{silent.LocalEndpoint}" };
        using var asking = new GitHubApi(new GitHubToken(new Dictionary<string, string> { ["GH_TOKEN"] = "t" }, () => settings),
            () => settings, clock);
        var asked = new PullCalls(asking).Self(Stop);
        await Eventually.True(() => clock.Waiting > 0, "it waits");
        clock.Advance(GitHubApi.Limit);
        var failure = await Assert.ThrowsAsync<GitHubFailure>(() => asked);
        silent.Stop();
        Assert.True(failure.Passes);
        Assert.Contains("within 30 s", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_may_not_read_check_runs_sees_workflows_and_says_what_it_cannot_see()
    {
        var forbidden = GitHubBook.Refuse(403, "Resource not accessible by personal access token");
        server.Once("GET /repos/acme/shop/commits/abc/check-runs", forbidden);
        var checks = await calls.Checks(Shop, "abc", Stop);
        Assert.Null(checks.Trouble);
        Assert.Equal([new PullCheck("CI", "failure", null, "linux: Test", "https://x/31"),
            new PullCheck("Docs", null, null, null, "https://x/29")], checks.All);

        foreach (var path in (string[])["commits/abc/check-runs", "actions/runs", "commits/abc/status"])
            server.Once($"GET /repos/acme/shop/{path}", forbidden);
        var none = await calls.Checks(Shop, "abc", Stop);
        Assert.Empty(none.All);
        Assert.Contains("Resource not accessible", none.Trouble, StringComparison.Ordinal);
        // Anything but that is a failure of the look.
        server.Once("GET /repos/acme/shop/commits/abc/check-runs", new Instead(502, ""));
        Assert.True((await Assert.ThrowsAsync<GitHubFailure>(() => calls.Checks(Shop, "abc", Stop))).Passes);
    }

    [Fact]
    public async Task A_pull_request_that_cannot_be_is_refused_in_githubs_words()
    {
        var failure = await Assert.ThrowsAsync<GitHubFailure>(() => calls.Create(Shop, "work", "main", "t", "b", false, Stop));
        Assert.Contains("PullRequest head: invalid", failure.Message, StringComparison.Ordinal);
        var refused = await Assert.ThrowsAsync<GitHubFailure>(() => api.Send(HttpMethod.Post, "/repos/acme/shop/pulls",
            new JsonObject { ["head"] = "work" }, Stop));
        Assert.Contains("\"base\" wasn't supplied", refused.Message, StringComparison.Ordinal);
    }
}
