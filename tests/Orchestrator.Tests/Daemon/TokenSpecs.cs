using System.Net;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Daemon;

/// <summary>Named tokens from their making to their end, and what is cut when they end.</summary>
public class TokenSpecs(SharedDaemon shared) : IClassFixture<SharedDaemon>
{
    TestDaemon Daemon => shared.Daemon;

    [Fact]
    public async Task A_token_is_shown_once_listed_without_its_secret_and_gone_after_its_end()
    {
        var made = await Daemon.Post("/tokens", new JsonObject
        {
            ["name"] = "ci", ["scopes"] = new JsonArray("operate", "read", "read"), ["expires_in_s"] = 3600,
        });
        var (secret, id) = ((string)made["secret"]!, (string)made["token"]!["id"]!);
        Assert.Equal(["read", "operate"], made["token"]!["scopes"]!.AsArray().Select(scope => (string)scope!));
        Assert.Equal("local", (string?)made["token"]!["created_by"]);
        Assert.NotNull((string?)made["token"]!["expires_at"]);
        using var client = Daemon.As(secret);
        using (var answer = await client.PostAsync("/sessions", null, TestContext.Current.CancellationToken))
            Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var told = (await Daemon.Events()).Last(e => (string?)e["event_type"] == "session.created");
        Assert.Equal("ci", (string?)told["actor"]);

        var listed = await Daemon.Get("/tokens");
        Assert.DoesNotContain(secret, listed.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain("hash", listed.ToJsonString(), StringComparison.OrdinalIgnoreCase);
        Assert.Contains(listed["tokens"]!.AsArray(), t => (string?)t!["id"] == id && t["revoked_at"] is null);
        await Eventually.True(() => Used(id), "the use is written");

        await Daemon.Send(HttpMethod.Post, "/tokens", Order("ci", "read")).Refused(409, "conflict");
        var revoked = (await Daemon.Post($"/tokens/{id[..10]}/revoke"))["token"]!;
        var again = (await Daemon.Post("/tokens/ci/revoke"))["token"]!;
        Assert.Equal((string?)revoked["revoked_at"], (string?)again["revoked_at"]);
        Assert.Single(await Daemon.Events(), e => (string?)e["event_type"] == "token.revoked" && (string?)e["data"]!["token_id"] == id);
        var refused = await client.GetAsync("/sessions", TestContext.Current.CancellationToken).Refused(401, "unauthorized");
        Assert.Contains("revoked", (string?)refused["detail"], StringComparison.Ordinal);
        // Its name is free again, and means the new one.
        await Daemon.NewToken("ci", "read");
        Assert.NotEqual(id, (string?)(await Daemon.Post("/tokens/ci/revoke"))["token"]!["id"]);
    }

    [Fact]
    public async Task A_secret_cannot_be_asked_for_again()
    {
        var order = Order("again", "read");
        order["idempotency_key"] = "k";
        await Daemon.Send(HttpMethod.Post, "/tokens", order).Refused(422, "unprocessable");
        order.Remove("idempotency_key");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/tokens") { Content = new StringContent(order.ToJsonString()) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.Add("Idempotency-Key", "k");
        await Daemon.Http.SendAsync(request, TestContext.Current.CancellationToken).Refused(422, "unprocessable");
        Assert.DoesNotContain((await Daemon.Get("/tokens"))["tokens"]!.AsArray(), t => (string?)t!["name"] == "again");
    }

    [Fact]
    public async Task Revoking_cuts_streams_sockets_and_waits_of_that_token_and_of_no_other()
    {
        var run = await Daemon.Run($"wait-file {Path.Combine(Daemon.Root, "never")}");
        var secret = await Daemon.NewToken("watcher", "read");
        using var client = Daemon.As(secret);
        using var mine = await SseWatch.Open(Daemon, "?after=latest", token: secret);
        using var theirs = await SseWatch.Open(Daemon, "?after=latest");
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", "Bearer " + secret);
        var stream = new Uri(Daemon.Url.Replace("http", "ws", StringComparison.Ordinal) + "/stream?after=latest");
        await socket.ConnectAsync(stream, TestContext.Current.CancellationToken);
        var wait = client.GetAsync($"/runs/{run}/wait?timeout_s=300", TestContext.Current.CancellationToken);
        // Whether the wait has begun by now or not, it is not answered with the run.
        using (await client.GetAsync("/sessions", TestContext.Current.CancellationToken))
            await Daemon.Post("/tokens/watcher/revoke");

        while (await mine.Next() is not null)
        {
            // Events of others until the end.
        }

        await UntilCut(socket);

        await wait.Refused(401, "unauthorized");
        await Daemon.Post("/sessions");
        Assert.NotNull(await theirs.Next());
        await Daemon.Post($"/runs/{run}/cancel");
    }

    [Fact]
    public async Task Expiry_ends_a_token_and_cuts_what_is_open_with_it()
    {
        var order = Order("short", "read");
        order["expires_in_s"] = 2;
        var secret = (string)(await Daemon.Post("/tokens", order))["secret"]!;
        using var watch = await SseWatch.Open(Daemon, "?after=latest", token: secret);
        while (await watch.Next() is not null)
        {
            // Until its time is over.
        }

        using var client = Daemon.As(secret);
        var refused = await client.GetAsync("/sessions", TestContext.Current.CancellationToken).Refused(401, "unauthorized");
        Assert.Contains("expired", (string?)refused["detail"], StringComparison.Ordinal);
        await Daemon.NewToken("short", "read");
    }

    [Fact]
    public async Task A_runs_token_is_cut_after_the_runs_end_was_delivered()
    {
        var gate = Path.Combine(Daemon.Root, "gate-" + Ids.New());
        var run = await Daemon.Run("env AGENTCTL_AUTH_TOKEN", $"wait-file {gate}");
        using var watch = await SseWatch.Open(Daemon, $"?run_id={run}", token: await Daemon.TokenOf(run));
        await File.WriteAllTextAsync(gate, "", TestContext.Current.CancellationToken);
        var last = "";
        while (await watch.Next() is { } frame)
            last = (string)JsonNode.Parse(frame.Data)!["event_type"]!;
        Assert.Equal("run.succeeded", last);
    }

    [Fact]
    public async Task Tokens_survive_a_restart_and_so_does_their_end()
    {
        await using var daemon = await TestDaemon.Start();
        var (stays, ends) = (await daemon.NewToken("stays", "read"), await daemon.NewToken("ends", "read"));
        await daemon.Post("/tokens/ends/revoke");
        await daemon.Kill();
        await daemon.Start();
        using var good = daemon.As(stays);
        using var bad = daemon.As(ends);
        using (var answer = await good.GetAsync("/sessions", TestContext.Current.CancellationToken))
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await bad.GetAsync("/sessions", TestContext.Current.CancellationToken).Refused(401, "unauthorized");
    }

    [Fact]
    public async Task A_named_token_is_enough_to_listen_beyond_loopback_and_each_is_counted_by_itself()
    {
        await using var daemon = TestDaemon.Prepare("limits: {requests_per_minute: 20}");
        await daemon.Start();
        var (one, two) = (await daemon.NewToken("one", "read"), await daemon.NewToken("two", "read"));
        await daemon.Stop();
        daemon.Flags.AddRange(["--listen", "0.0.0.0"]);
        await daemon.Start();
        using var first = daemon.As(one);
        using var second = daemon.As(two);
        var last = HttpStatusCode.OK;
        for (var i = 0; i <= 20; i++)
        {
            using var answer = await first.GetAsync("/sessions", TestContext.Current.CancellationToken);
            last = answer.StatusCode;
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, last);
        using (var answer = await second.GetAsync("/sessions", TestContext.Current.CancellationToken))
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task A_run_that_was_started_and_not_recorded_is_known_by_its_token_to_the_next_daemon()
    {
        await using var daemon = TestDaemon.Prepare();
        daemon.With("AGENTD_CRASH_AT", "holder-started");
        await daemon.Start();
        var id = await daemon.Run("env AGENTCTL_AUTH_TOKEN", $"wait-file {Path.Combine(daemon.Root, "never")}");
        await daemon.Died();
        var journal = Path.Combine(daemon.Data, "runs", id, "stdout");
        var printed = await Eventually.Value(() => File.Exists(journal) && File.ReadAllText(journal) is var text && text.EndsWith('\n')
            ? text : null, "the agent has said its token");
        daemon.Without("AGENTD_CRASH_AT");
        await daemon.Start();
        using var agent = daemon.As(printed["AGENTCTL_AUTH_TOKEN=".Length..].Trim());
        var mine = JsonNode.Parse(await agent.GetStringAsync($"/runs/{id}", TestContext.Current.CancellationToken))!;
        Assert.Equal(id, (string?)mine["run"]!["id"]);
    }

    [Theory]
    [InlineData("""{}""", 400)]
    [InlineData("""{"name":"a"}""", 422)]
    [InlineData("""{"name":"a","scopes":[]}""", 422)]
    [InlineData("""{"name":"a","scopes":["root"]}""", 422)]
    [InlineData("""{"name":"a","scopes":["READ"]}""", 422)]
    [InlineData("""{"name":"a","scopes":[null]}""", 422)]
    [InlineData("""{"name":"a","scopes":["open"]}""", 422)]
    [InlineData("""{"name":"a","scopes":["run:0123456789abcdef"]}""", 422)]
    [InlineData("""{"name":"a","scopes":"read"}""", 400)]
    [InlineData("""{"name":7,"scopes":["read"]}""", 400)]
    [InlineData("""{"name":"","scopes":["read"]}""", 422)]
    [InlineData("""{"name":"a b","scopes":["read"]}""", 422)]
    [InlineData("""{"name":"a\u0000","scopes":["read"]}""", 422)]
    [InlineData("""{"name":"a\nb","scopes":["read"]}""", 422)]
    [InlineData("""{"name":"../x","scopes":["read"]}""", 422)]
    [InlineData("""{"name":"🙈","scopes":["read"]}""", 422)]
    [InlineData("""{"name":"local","scopes":["read"]}""", 422)]
    [InlineData("""{"name":"Daemon","scopes":["read"]}""", 422)]
    [InlineData("""{"name":"run:x","scopes":["read"]}""", 422)]
    [InlineData("""{"name":"0123456789abcdef","scopes":["read"]}""", 422)]
    [InlineData("""{"name":"a","scopes":["read"],"expires_in_s":0}""", 422)]
    [InlineData("""{"name":"a","scopes":["read"],"expires_in_s":-5}""", 422)]
    [InlineData("""{"name":"a","scopes":["read"],"expires_in_s":9223372036854775807}""", 422)]
    [InlineData("""{"name":"a","scopes":["read"],"expires_in_s":1.5}""", 400)]
    [InlineData("""{"name":"a","scopes":["read"],"expires_in_s":"1d"}""", 400)]
    public async Task A_token_that_makes_no_sense_is_refused(string body, int status)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        await Daemon.Http.PostAsync("/tokens", content, TestContext.Current.CancellationToken)
            .Refused(status, status == 400 ? "invalid_request" : "unprocessable");
        var name = new string('a', 101);
        await Daemon.Send(HttpMethod.Post, "/tokens", Order(name, "read")).Refused(422, "unprocessable");
    }

    /// <summary>Reads until it is closed, or torn: a revoked caller is owed no farewell.</summary>
    static async Task UntilCut(ClientWebSocket socket)
    {
        var buffer = new byte[4096];
        try
        {
            while ((await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken)).MessageType != WebSocketMessageType.Close)
            {
                // Events of others.
            }
        }
        catch (WebSocketException)
        {
            Assert.Equal(WebSocketState.Aborted, socket.State);
        }
    }

    bool Used(string id)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/tokens");
        using var answer = Daemon.Http.Send(request, TestContext.Current.CancellationToken);
        using var text = new StreamReader(answer.Content.ReadAsStream(TestContext.Current.CancellationToken));
        return JsonNode.Parse(text.ReadToEnd())!["tokens"]!.AsArray().Any(t => (string?)t!["id"] == id && t["last_used_at"] is not null);
    }

    static JsonObject Order(string name, params string[] scopes) =>
        new() { ["name"] = name, ["scopes"] = new JsonArray([.. scopes.Select(scope => (JsonNode)scope)]) };
}
