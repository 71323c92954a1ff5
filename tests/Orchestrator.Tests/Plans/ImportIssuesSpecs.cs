using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Plans;

/// <summary>Two daemons at one server that answers as GitHub does: one has the token, the other has none.</summary>
public sealed class IssueDaemons : IAsyncLifetime
{
    internal GitHubServer Server { get; private set; } = null!;

    internal TestDaemon Known { get; private set; } = null!;

    internal TestDaemon Unknown { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = await GitHubServer.Open();
        var settings = $"github: {{url: \"{Server.Url}\"}}";
        (Known, Unknown) = (TestDaemon.Prepare(settings), TestDaemon.Prepare(settings));
        Known.With("GITHUB_TOKEN", GitHubServer.Token);
        await Known.Start();
        await Unknown.Start();
    }

    public async ValueTask DisposeAsync()
    {
        await Known.DisposeAsync();
        await Unknown.DisposeAsync();
        await Server.DisposeAsync();
    }
}

/// <summary>Issues become plans over the daemon: pages, labels, what was closed since, and every refusal of the other side.</summary>
public class ImportIssuesSpecs(IssueDaemons shared) : IClassFixture<IssueDaemons>
{
    GitHubServer Server => shared.Server;

    static Task<(int Code, string Out, string Error)> Ctl(TestDaemon daemon, params string[] args) => TypedCommand.Run(daemon, null, args);

    static string[] Ids(JsonNode answer) => [.. answer["items"]!.AsArray().Select(item => (string)item!["foreign_id"]!)];

    [Fact]
    public async Task Open_issues_page_by_page_become_items_and_pull_requests_do_not()
    {
        Server.Book.Make("acme/paged");
        for (var number = 1; number <= 7; number++)
            Server.Book.Issue("acme/paged", number, $"issue {number}", number == 5 ? "Depends on #2." : "", isPull: number == 4,
                labels: number == 1 ? ["critical"] : ["bug"], state: number == 6 ? "closed" : "open");
        Server.PageSize = 2;
        var (code, output, error) = await Ctl(shared.Known, "plan", "import", "github:acme/paged");
        Server.PageSize = 100;

        Assert.True(code == 0, error);
        var made = JsonNode.Parse(output)!;
        Assert.Equal(["1", "2", "3", "5", "7"], Ids(made).Order(StringComparer.Ordinal));
        Assert.Equal(("issues", "Issues of acme/paged"), ((string?)made["plan"]!["source_kind"], (string?)made["plan"]!["title"]));
        var fifth = made["items"]!.AsArray().Single(item => (string?)item!["foreign_id"] == "5")!;
        Assert.Equal("acme/paged#5", (string?)(await shared.Known.Get($"/items/{fifth["id"]}"))["item"]!["issue"]);
        Assert.Equal("2", (string?)fifth["depends_on"]![0]);
    }

    [Fact]
    public async Task Labels_and_a_limit_choose_and_all_takes_closed_ones_as_they_ended()
    {
        Server.Book.Make("acme/labels");
        Server.Book.Issue("acme/labels", 1, "one", "", labels: ["bug", "two words"]);
        Server.Book.Issue("acme/labels", 2, "two", "", labels: ["bug"]);
        Server.Book.Issue("acme/labels", 3, "three", "", "closed", ["bug"], reason: "completed");
        Server.Book.Issue("acme/labels", 4, "four", "", "closed", ["bug"], reason: "not_planned");
        async Task<JsonNode> Import(params string[] more) => JsonNode.Parse((await Ctl(shared.Known,
            ["plan", "import", "github:acme/labels", .. more])).Out)!;

        var both = await Import("--label", "bug", "--label", "two words");
        Assert.Equal(["1"], Ids(both));
        var all = await Import("--state", "all");
        Assert.Equal("4 skipped, 3 done, 2 inbox, 1 inbox", string.Join(", ", all["items"]!.AsArray()
            .OrderByDescending(item => (string)item!["foreign_id"]!, StringComparer.Ordinal)
            .Select(item => $"{item!["foreign_id"]} {item["status"]}")));
        // Another choice of labels is another plan.
        Assert.NotEqual((string?)both["plan"]!["id"], (string?)all["plan"]!["id"]);
        var one = await Import("--label", "bug", "--limit", "1", "--dry-run");
        Assert.Equal(["2"], Ids(one));
        Assert.Contains("more_issues", one["findings"]!.AsArray().Select(finding => (string?)finding!["code"]));
        Assert.Null(one["plan"]);
    }

    [Fact]
    public async Task Imported_again_what_was_closed_is_done_and_what_lost_its_label_is_kept_and_told()
    {
        Server.Book.Make("acme/again");
        for (var number = 1; number <= 4; number++)
            Server.Book.Issue("acme/again", number, $"issue {number}", "", labels: ["bug"]);
        var body = new JsonObject { ["repository"] = "acme/again", ["labels"] = new JsonArray("bug") };
        var first = await shared.Known.Post("/plans/import-issues", body.DeepClone());
        Server.Book.Issue("acme/again", 1, "issue 1", "", "closed", ["bug"], reason: "completed");
        Server.Book.Issue("acme/again", 2, "issue 2", "", "closed", ["bug"], reason: "duplicate");
        Server.Book.Issue("acme/again", 3, "issue 3", "", labels: ["other"]);
        Server.Book.Issue("acme/again", 5, "issue 5", "", labels: ["bug"]);
        for (var time = 0; time < 2; time++)
        {
            var again = await shared.Known.Post("/plans/import-issues", body.DeepClone());
            Assert.Equal((string?)first["plan"]!["id"], (string?)again["plan"]!["id"]);
            Assert.Equal("1 done, 2 skipped, 3 inbox, 4 inbox, 5 inbox", string.Join(", ", again["items"]!.AsArray()
                .OrderBy(item => (string)item!["foreign_id"]!, StringComparer.Ordinal)
                .Select(item => $"{item!["foreign_id"]} {item["status"]}")));
            var gone = Assert.Single(again["findings"]!.AsArray(), finding => (string?)finding!["code"] == "vanished")!;
            Assert.Contains("3 ('issue 3')", (string?)gone["text"], StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Without_a_token_what_is_public_is_read_and_the_rest_says_what_is_missing()
    {
        Server.Book.Make("acme/public", isPrivate: false);
        Server.Book.Make("acme/private");
        Server.Book.Issue("acme/public", 1, "one", "");
        Assert.Equal(["1"], Ids(JsonNode.Parse((await Ctl(shared.Unknown, "plan", "import", "github:acme/public")).Out)!));
        var (code, _, error) = await Ctl(shared.Unknown, "plan", "import", "github:acme/private");
        Assert.Equal(5, code);
        Assert.Contains("public repositories only, and may ask 60 times an hour. Set GITHUB_TOKEN", error, StringComparison.Ordinal);
    }

    /// <summary>An entry with every member that GitHub documents for one, in its types.</summary>
    static string Documented(long number, string body, string labels, string more = "") => $$"""
        {"id": 9007199254740991, "node_id": "I_kwDO", "url": "https://api.github.com/repos/acme/whole/issues/{{number}}",
         "repository_url": "https://api.github.com/repos/acme/whole", "html_url": "https://github.com/acme/whole/issues/{{number}}",
         "number": {{number}}, "state": "open", "state_reason": null, "title": "issue {{number}}", "body": {{body}},
         "user": {"login": "una", "id": 1, "type": "User", "site_admin": false}, "labels": {{labels}}, "assignee": null, "assignees": [],
         "milestone": null, "locked": false, "active_lock_reason": null, "comments": 0, "closed_at": null, "closed_by": null,
         "created_at": "2026-01-31T09:30:00Z", "updated_at": "2026-01-31T09:30:00Z", "author_association": "NONE", "type": null,
         "sub_issues_summary": {"total": 0, "completed": 0, "percent_completed": 0}, "reactions": {"total_count": 0, "+1": 0},
         "performed_via_github_app": null{{more}}}
        """;

    [Fact]
    public async Task Pages_as_GitHub_sends_them_are_read_whole_and_what_comes_twice_counts_once()
    {
        // The next page is named by the repository's id and a cursor, with a comma in it; in between somebody opened #9.
        var (first, second) = ($"[{Documented(8, "null", """[{"id": 1, "name": "Priority: High", "color": "f00", "default": false}]""")},"
            + $"{Documented(7, "\"one\\r\\n\\r\\n- [ ] a test\\r\\n\"", "[\"bug\", \"[P0]\"]")}]",
            $"[{Documented(7, "null", "[]")},"
            + $"{Documented(6, "null", "[]", ", \"pull_request\": {\"url\": \"https://x\", \"merged_at\": null}")},"
            + $"{Documented(5, "null", "[]")}]");
        Server.Once("GET /repos/acme/whole/issues", new Instead(200, first, ("Link",
            $"<{Server.Url}/api/v3/repositories/77/issues?labels=a,b&after=Y3Vyc29y&page=2>; rel=\"next\", "
            + $"<{Server.Url}/api/v3/repositories/77/issues?page=2>; rel=\"last\"")));
        Server.Once("GET /repositories/77/issues", new Instead(200, second));
        var answer = await shared.Known.Post("/plans/import-issues", new JsonObject { ["repository"] = "acme/whole" });
        Assert.Equal(["5 Phase 3: Medium and low medium", "7 Phase 1: Critical urgent", "8 Phase 2: High high"],
            answer["items"]!.AsArray().Select(item => $"{item!["foreign_id"]} {item["phase"]} {item["priority"]}"));
        var seventh = await shared.Known.Get($"/items/{answer["items"]![1]!["id"]}");
        Assert.Equal("a test", (string?)seventh["item"]!["acceptance_criteria"]![0]);
    }

    [Fact]
    public async Task More_pages_than_are_asked_for_are_told_and_so_is_the_new_name_of_a_repository()
    {
        for (var page = 1; page <= 20; page++)
            Server.Once("GET /repos/acme/pulls-only/issues", new Instead(200,
                $"[{Documented(page, "null", "[]", page < 20 ? ", \"pull_request\": {}" : "")}]",
                ("Link", $"<{Server.Url}/api/v3/repos/acme/pulls-only/issues?page={page + 1}>; rel=\"next\"")));
        var cut = await shared.Known.Post("/plans/import-issues", new JsonObject { ["repository"] = "acme/pulls-only" });
        Assert.Equal(["20"], Ids(cut));
        Assert.Contains(cut["findings"]!.AsArray(), finding => (string?)finding!["code"] == "more_issues");

        Server.Once("GET /repos/acme/old/issues", new Instead(301, """{"message":"Moved Permanently"}""",
            ("Location", $"{Server.Url}/api/v3/repositories/78/issues?state=open")));
        Server.Once("GET /repositories/78", new Instead(200, """{"id": 78, "full_name": "acme/new"}"""));
        var (code, _, error) = await Ctl(shared.Known, "plan", "import", "github:acme/old");
        Assert.Equal(6, code);
        Assert.Contains("It is called acme/new now: agentctl plan import github:acme/new", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(404, """{"message":"Not Found"}""", 404, "does not see it")]
    [InlineData(410, """{"message":"Issues are disabled for this repo"}""", 409, "Issues are disabled")]
    [InlineData(301, """{"message":"Moved Permanently"}""", 409, "renamed or moved")]
    [InlineData(401, """{"message":"Bad credentials"}""", 409, "expired or revoked")]
    [InlineData(403, """{"message":"Resource not accessible"}""", 409, "not accessible")]
    [InlineData(502, "<html>", 503, "502")]
    [InlineData(200, "<html>", 503, "no JSON")]
    [InlineData(200, """{"total": 0}""", 503, "no list")]
    [InlineData(200, """[7]""", 503, "no issue with a number")]
    [InlineData(200, """[{"title": "x"}]""", 503, "no issue with a number")]
    [InlineData(200, """[{"number": 1, "title": 7, "body": {}, "labels": [7, {"name": 7}], "state": []}]""", 201, "\"title\":\"7\"")]
    [InlineData(200, "[]", 422, "no open issue")]
    public async Task Every_answer_of_the_other_side_is_told_in_words(int status, string body, int answered, string words)
    {
        Server.Once("GET /repos/acme/odd/issues", new Instead(status, body));
        using var answer = await shared.Known.Send(HttpMethod.Post, "/plans/import-issues",
            new JsonObject { ["repository"] = "acme/odd" });
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True((int)answer.StatusCode == answered, text);
        Assert.Contains(words, text, StringComparison.Ordinal);
        Assert.DoesNotContain(GitHubServer.Token, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", 400)]
    [InlineData("""{"repository": "acme"}""", 422)]
    [InlineData("""{"repository": "acme/../../user"}""", 422)]
    [InlineData("""{"repository": "acme/shop?x=1"}""", 422)]
    [InlineData("""{"repository": "acme/shop", "labels": ["a,b"]}""", 422)]
    [InlineData("""{"repository": "acme/shop", "labels": [" "]}""", 422)]
    [InlineData("""{"repository": "acme/shop", "state": "closed"}""", 422)]
    [InlineData("""{"repository": "acme/shop", "limit": 0}""", 422)]
    [InlineData("""{"repository": "acme/shop", "limit": 5000}""", 422)]
    [InlineData("""{"repository": "acme/shop", "project": "nobody"}""", 422)]
    public async Task What_cannot_be_asked_is_refused_before_anybody_is_asked(string body, int status)
    {
        using var answer = await shared.Known.Send(HttpMethod.Post, "/plans/import-issues", JsonNode.Parse(body));
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True((int)answer.StatusCode == status, text);
        Assert.DoesNotContain(Server.Asked, asked => asked.Contains("acme/shop", StringComparison.Ordinal));
    }
}

/// <summary>GitHub says when it wants to be left alone: a daemon of its own, for it asks nothing until then.</summary>
public sealed class ImportIssuesLimitSpecs
{
    [Fact]
    public async Task A_rate_limit_says_when_to_ask_again()
    {
        await using var server = await GitHubServer.Open();
        server.Book.Make("acme/shop", isPrivate: false);
        await using var daemon = await TestDaemon.Start($"github: {{url: \"{server.Url}\"}}");
        var reset = TimeProvider.System.GetUtcNow().AddMinutes(20).ToUnixTimeSeconds();
        server.Once("GET", new Instead(403, """{"message":"API rate limit exceeded for 127.0.0.1."}""",
            ("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", $"{reset}")));
        foreach (var _ in new[] { 1, 2 })
        {
            var (code, _, error) = await TypedCommand.Run(daemon, null, "plan", "import", "github:acme/shop");
            Assert.Equal(9, code);
            Assert.Contains("left alone until", error, StringComparison.Ordinal);
            Assert.Contains("60 times an hour", error, StringComparison.Ordinal);
        }

        Assert.Single(server.Asked);
    }
}
