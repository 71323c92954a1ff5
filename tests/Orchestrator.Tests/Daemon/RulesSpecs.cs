using System.Text;
using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Daemon;

/// <summary>Rules that hold on every route: refusals, prefixes, empty bodies, methods, cursors, repeats.</summary>
public class RulesSpecs(SharedDaemon shared) : IClassFixture<SharedDaemon>
{
    const string Nobody = "0123456789abcdef";

    TestDaemon Daemon => shared.Daemon;

    [Theory]
    [InlineData("GET", "/nowhere")]
    [InlineData("POST", "/sessions/x/y/z")]
    [InlineData("GET", "/runs/" + Nobody)]
    [InlineData("GET", "/runs/not-an-id")]
    [InlineData("GET", "/runs/0123456789ABCDEF")]
    [InlineData("GET", "/runs/" + Nobody + "0")]
    [InlineData("GET", "/sessions/" + Nobody + "/events")]
    [InlineData("POST", "/sessions/" + Nobody + "/messages")]
    [InlineData("POST", "/runs/" + Nobody + "/cancel")]
    [InlineData("GET", "/runs/" + Nobody + "/wait")]
    [InlineData("GET", "/stream?session_id=" + Nobody)]
    [InlineData("GET", "/projects/none")]
    public async Task What_is_not_there_is_404_by_path_and_by_object(string method, string path)
    {
        var body = new JsonObject { ["role"] = "user", ["text"] = "x", ["prompt"] = "x" };
        await Daemon.Send(new HttpMethod(method), path, method == "POST" ? body : null).Refused(404, "not_found");
    }

    [Theory]
    [InlineData("DELETE", "/sessions", "GET, HEAD, POST")]
    [InlineData("POST", "/health", "GET, HEAD")]
    [InlineData("PUT", "/runs/x/cancel", "POST")]
    [InlineData("BREW", "/runs", "GET, HEAD, POST")]
    public async Task A_wrong_method_is_405_and_says_the_right_ones(string method, string path, string allowed)
    {
        using var answer = await Daemon.Send(new HttpMethod(method), path);
        Assert.Equal(allowed.Split(", "), answer.Content.Headers.Allow.Order(StringComparer.Ordinal));
        await Daemon.Send(new HttpMethod(method), path).Refused(405, "method_not_allowed");
    }

    [Theory]
    [InlineData("/health")]
    [InlineData("/sessions")]
    [InlineData("/stream")]
    [InlineData("/events?limit=1")]
    public async Task Head_answers_like_get_without_a_body(string path)
    {
        using var answer = await Daemon.Send(HttpMethod.Head, path);
        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_prefix_names_its_object_and_an_ambiguous_one_lists_the_candidates()
    {
        // Seventeen ids: two of them begin alike.
        var ids = new List<string>();
        for (var i = 0; i < 17; i++)
            ids.Add((string)(await Daemon.Post("/sessions"))["session"]!["id"]!);
        var alike = ids.GroupBy(id => id[0]).First(group => group.Count() > 1);

        var problem = await Daemon.Send(HttpMethod.Get, $"/sessions/{alike.Key}").Refused(409, "conflict");
        Assert.Contains(problem["candidates"]!.AsArray(), id => ((string)id!)[0] == alike.Key);
        Assert.Equal(ids[0], (string?)(await Daemon.Get($"/sessions/{ids[0][..12]}"))["session"]!["id"]);
    }

    [Fact]
    public async Task A_missing_member_is_400_and_an_unacceptable_one_422_with_its_name()
    {
        var session = (await Daemon.Post("/sessions"))["session"]!["id"]!;
        async Task Says(string path, string body, int status, string field)
        {
            var problem = await Raw(path, body).Refused(status, status == 400 ? "invalid_request" : "unprocessable");
            Assert.Equal(field, (string?)problem["field"]);
        }

        await Says($"/sessions/{session}/messages", "{}", 400, "role");
        await Says($"/sessions/{session}/messages", """{"role":"user"}""", 400, "text");
        await Says($"/sessions/{session}/messages", """{"role":"user","text":7}""", 400, "text");
        await Says($"/sessions/{session}/messages", """{"role":"user","text":" \n"}""", 422, "text");
        await Says($"/sessions/{session}/messages", """{"role":"owner","text":"x"}""", 422, "role");
        await Says($"/sessions/{session}/messages", """{"role":"user","text":"x","profile":"nobody"}""", 422, "profile");
        await Says("/sessions", """{"profile":"nobody"}""", 422, "profile");
        await Says("/sessions", """{"project":"nobody"}""", 422, "project");
        await Says("/sessions", """{"project":"/does/not/exist"}""", 422, "project");
        await Says("/sessions", """{"workdir":"relative"}""", 422, "workdir");
        await Says("/sessions", """{"workdir":"/does/not/exist"}""", 422, "workdir");
        await Says("/sessions", """{"metadata":[]}""", 422, "metadata");
        await Says("/runs", "{}", 400, "prompt");
        await Says("/runs", """{"prompt":"x","output_schema":"y"}""", 422, "output_schema");
        await Says("/runs", """{"prompt":"x","profile":"nobody"}""", 422, "profile");
        await Says("/projects", """{"name":"p"}""", 400, "path");
        await Says("/projects", """{"name":"../p","path":"/tmp"}""", 422, "name");
        await Says("/projects", """{"name":"p","path":"/does/not/exist"}""", 422, "path");
        await Says("/projects", """{"name":"p","path":"/tmp","default_profile":"nobody"}""", 422, "default_profile");
    }

    [Fact]
    public async Task A_text_over_a_mebibyte_is_413()
    {
        var session = (await Daemon.Post("/sessions"))["session"]!["id"]!;
        var long1 = new JsonObject { ["role"] = "assistant", ["text"] = new string('x', (1 << 20) + 1) };
        await Daemon.Send(HttpMethod.Post, $"/sessions/{session}/messages", long1).Refused(413, "too_large");
        long1["text"] = new string('x', 1 << 20);
        await Daemon.Post($"/sessions/{session}/messages", long1);
        // A euro sign is three bytes: what counts is bytes.
        long1["text"] = new string('€', 400_000);
        await Daemon.Send(HttpMethod.Post, $"/sessions/{session}/messages", long1).Refused(413, "too_large");
    }

    [Fact]
    public async Task Event_pages_lead_on_by_their_cursor_even_when_they_are_empty()
    {
        for (var i = 0; i < 5; i++)
            await Daemon.Post("/sessions");
        var first = await Daemon.Get("/events?limit=2");
        Assert.Equal(["1", "2"], first["events"]!.AsArray().Select(e => (string)e!["cursor"]!));
        Assert.Equal("2", (string?)first["next_cursor"]);
        var next = await Daemon.Get("/events?limit=1&cursor=2");
        Assert.Equal("3", (string?)next["events"]![0]!["cursor"]);
        Assert.Equal("3", (string?)(await Daemon.Get("/events?limit=1&after=2"))["events"]![0]!["cursor"]);
        var latest = await Daemon.Get("/events?after=latest");
        Assert.Empty(latest["events"]!.AsArray());
        var last = (string)latest["next_cursor"]!;
        Assert.Matches("^[0-9]+$", last);
        var empty = await Daemon.Get($"/events?cursor={last}");
        Assert.Empty(empty["events"]!.AsArray());
        Assert.NotNull((string?)empty["next_cursor"]);
        var one = (await Daemon.Post("/sessions"))["session"]!["id"]!;
        var own = await Daemon.Get($"/sessions/{one}/events");
        Assert.Equal("session.created", (string?)Assert.Single(own["events"]!.AsArray())!["event_type"]);
        Assert.NotNull((string?)own["next_cursor"]);
    }

    [Theory]
    [InlineData("cursor=abc")]
    [InlineData("cursor=-1")]
    [InlineData("cursor=1.5")]
    [InlineData("cursor=999999999999999999999999")]
    [InlineData("cursor=99999999")]
    [InlineData("cursor=1&cursor=2")]
    [InlineData("cursor=%00")]
    [InlineData("limit=0")]
    [InlineData("limit=501")]
    [InlineData("limit=x")]
    [InlineData("limit=1e2")]
    public async Task A_cursor_or_limit_that_is_none_is_400(string query)
    {
        await Daemon.Send(HttpMethod.Get, "/events?" + query).Refused(400, "invalid_request");
        if (query.Contains("limit", StringComparison.Ordinal))
            await Daemon.Send(HttpMethod.Get, "/runs?" + query).Refused(400, "invalid_request");
    }

    [Fact]
    public async Task Types_choose_events_by_name_and_by_family()
    {
        var id = await Daemon.Run("print one", "err two");
        await Daemon.Ended(id);
        var session = (string)(await Daemon.Get($"/runs/{id}"))["run"]!["session_id"]!;

        async Task<string[]> Of(string types) =>
        [
            .. (await Daemon.Get($"/sessions/{session}/events?types={types}"))["events"]!.AsArray().Select(e => (string)e!["event_type"]!),
        ];

        Assert.Equal(["run.queued", "run.succeeded"], await Of("run.queued,run.succeeded"));
        Assert.Equal(["session.created"], await Of("session.*"));
        Assert.All(await Of("run.*"), type => Assert.StartsWith("run.", type, StringComparison.Ordinal));
        Assert.Empty(await Of("backend.event"));
        Assert.Equal(2, (await Of("run.output")).Length);
    }

    [Fact]
    public async Task Lists_page_by_cursor_newest_first()
    {
        var made = new List<string>();
        for (var i = 0; i < 3; i++)
            made.Add((string)(await Daemon.Post("/sessions"))["session"]!["id"]!);
        var first = await Daemon.Get("/sessions?limit=2");
        var second = await Daemon.Get($"/sessions?limit=1&cursor={first["next_cursor"]}");
        Assert.Equal([made[2], made[1]], first["sessions"]!.AsArray().Select(s => (string)s!["id"]!));
        Assert.Equal(made[0], (string?)second["sessions"]![0]!["id"]);
    }

    Task<HttpResponseMessage> Raw(string path, string body) => Daemon.Http.PostAsync(path,
        new StringContent(body, Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken);
}
