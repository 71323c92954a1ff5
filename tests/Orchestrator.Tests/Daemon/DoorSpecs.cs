using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Orchestrator.Tests.Docs;
using Orchestrator.Tests.Support;
using Orchestrator.Tests.Tidy;

namespace Orchestrator.Tests.Daemon;

/// <summary>Who gets in, on every route there is.</summary>
public class DoorSpecs
{
    const string Nobody = "0123456789abcdef";

    // Stopping the daemon ends the test: it is asked last.
    static readonly HttpOperation[] Operations =
        [.. Surface.Operations(SourceTree.Repository).OrderBy(o => o.Name == "StopDaemon")];

    [Fact]
    public async Task Every_route_asks_for_the_token_and_takes_the_local_one()
    {
        await using var daemon = await TestDaemon.Start();
        Assert.True(Operations.Length > 25, "the table of operations is not read");
        foreach (var operation in Operations)
        {
            var open = operation.Scope == "Open";
            string?[] wrongs = [null, "Bearer wrong-token-0123", "Bearer ", "Basic dXNlcjpwYXNz", "Bearer " + daemon.Token + "x"];
            foreach (var wrong in wrongs)
            {
                var (status, code) = await Ask(daemon, operation, authorization: wrong);
                if (open)
                    // 400, 404: an open route may still miss something else than a token.
                    Assert.True(status is 200 or 400 or 404, $"{operation.Name} with '{wrong}': {status}");
                else
                    Assert.True((status, code) == (401, "unauthorized"), $"{operation.Name} with '{wrong}': {status} {code}");
            }

            var local = "Bearer " + daemon.Token;
            Assert.Equal((403, "forbidden"), await Ask(daemon, operation, local, host: "evil.example"));
            Assert.Equal((403, "forbidden"), await Ask(daemon, operation, local, origin: "http://evil.example"));
            Assert.Equal((403, "forbidden"), await Ask(daemon, operation, local, origin: "null"));
            Assert.Equal((403, "forbidden"), await Ask(daemon, operation, local, origin: "http://localhost:1"));
            var let = await Ask(daemon, operation, local, origin: daemon.Url);
            Assert.True(let.Status is not (401 or 403 or >= 500), $"{operation.Name} with the local token: {let}");
        }

        await daemon.Died();
    }

    [Fact]
    public async Task A_runs_own_token_reaches_its_own_run_and_session_and_dies_with_it()
    {
        await using var daemon = await TestDaemon.Start();
        var gate = Path.Combine(daemon.Root, "gate");
        var other = await daemon.Run("print x");
        await daemon.Ended(other);
        var id = await daemon.Run("env AGENTCTL_AUTH_TOKEN", $"wait-file {gate}");
        var session = (string)(await daemon.Get($"/runs/{id}"))["run"]!["session_id"]!;
        var bearer = "Bearer " + await daemon.TokenOf(id);
        foreach (var operation in Operations.Where(o => o.Name is not ("CancelRun" or "TransitionRun" or "WaitRun" or "StreamEvents")
            && !o.OwnRun.StartsWith("Message", StringComparison.Ordinal) && !o.OwnRun.StartsWith("Request", StringComparison.Ordinal)))
        {
            var own = operation.OwnRun == "SessionInReach" ? session : id;
            var mine = await Ask(daemon, operation, bearer, id: own);
            var reached = operation.Scope == "Open" || operation.OwnRun != "Never";
            Assert.True(reached ? mine.Status is not (401 or 403) : mine == (403, "forbidden"),
                $"{operation.Name} {operation.OwnRun}: {mine}");
            if (operation.Pattern.Contains("{id}", StringComparison.Ordinal))
                Assert.Equal((403, "forbidden"), await Ask(daemon, operation, bearer, id: other));
        }

        var stream = Operations.Single(o => o.Name == "StreamEvents");
        Assert.Equal((403, "forbidden"), await Ask(daemon, stream, bearer));
        Assert.Equal((403, "forbidden"), await Ask(daemon, stream, bearer, query: $"?run_id={other}"));
        Assert.Equal((200, null), await Ask(daemon, stream, bearer, query: $"?session_id={session}"));
        Assert.Equal((200, null), await Ask(daemon, stream, bearer, query: $"?run_id={id}"));

        await File.WriteAllTextAsync(gate, "", TestContext.Current.CancellationToken);
        await daemon.Ended(id);
        Assert.Equal((401, "unauthorized"), await Ask(daemon, Operations.Single(o => o.Name == "ShowRun"), bearer, id: id));
    }

    [Fact]
    public async Task Tokens_come_by_flag_and_environment_beside_the_local_one()
    {
        await using var daemon = TestDaemon.Prepare();
        daemon.Flags.AddRange(["--auth-token", "by-flag-one", "--auth-token=by-flag-two"]);
        daemon.With("AGENTD_AUTH_TOKEN", "by-variable").With("AGENTD_AUTH_TOKENS", "of-a-list-1, of-a-list-2");
        await daemon.Start();
        var list = Operations.Single(o => o.Name == "ListSessions");
        foreach (var token in new[] { "by-flag-one", "by-flag-two", "by-variable", "of-a-list-1", "of-a-list-2", daemon.Token })
            Assert.Equal((200, null), await Ask(daemon, list, "Bearer " + token));
        Assert.Equal((401, "unauthorized"), await Ask(daemon, list, "Bearer of-a-list-3"));
    }

    [Fact]
    public async Task The_token_file_is_the_owners_alone_and_daemon_json_leads_to_the_daemon()
    {
        await using var daemon = await TestDaemon.Start();
        var mode = File.GetUnixFileMode(Path.Combine(daemon.Data, "token"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, mode);
        var file = Path.Combine(daemon.Data, "daemon.json");
        var facts = JsonNode.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken))!;
        Assert.Equal(daemon.Url, (string?)facts["url"]);
        Assert.Equal(daemon.Pid, (int?)facts["pid"]);
        Assert.NotNull((string?)facts["version"]);
        var before = daemon.Token;
        await daemon.Kill();
        await daemon.Start();
        Assert.Equal(before, daemon.Token);
    }

    [Fact]
    public async Task Open_asks_for_no_token_and_still_keeps_strangers_pages_out()
    {
        await using var daemon = TestDaemon.Prepare();
        daemon.Flags.Add("--open");
        await daemon.Start();
        var list = Operations.Single(o => o.Name == "ListSessions");
        Assert.Equal((200, null), await Ask(daemon, list, null));
        Assert.Equal((200, null), await Ask(daemon, list, "Bearer whatever"));
        Assert.Equal((403, "forbidden"), await Ask(daemon, list, null, host: "evil.example"));
        Assert.Equal((403, "forbidden"), await Ask(daemon, list, null, origin: "http://evil.example"));
    }

    [Theory]
    [InlineData("--open --listen 0.0.0.0", "--open")]
    [InlineData("--listen 0.0.0.0", "--listen")]
    [InlineData("--auth-token kö", "--auth-token")]
    [InlineData("--max-concurrency 0", "--max-concurrency")]
    [InlineData("--listen nowhere", "--listen")]
    [InlineData("--auth-tokens x", "--auth-tokens")]
    public async Task A_start_that_would_be_unsafe_or_unclear_is_refused_with_the_flag(string flags, string named)
    {
        await using var daemon = TestDaemon.Prepare();
        daemon.Flags.AddRange(flags.Split(' '));
        Assert.Equal(2, await daemon.StartAndEnd());
        Assert.Contains(named, daemon.Said, StringComparison.Ordinal);
    }

    static async Task<(int Status, string? Code)> Ask(TestDaemon daemon, HttpOperation operation, string? authorization,
        string? host = null, string? origin = null, string id = Nobody, string query = "")
    {
        using var client = new HttpClient { BaseAddress = new Uri(daemon.Url) };
        var path = operation.Pattern.Replace("{id}", id, StringComparison.Ordinal).Replace("{name}", "nobody", StringComparison.Ordinal)
            .Replace("{path}", "needs", StringComparison.Ordinal);
        using var request = new HttpRequestMessage(new HttpMethod(operation.Method), path + query);
        if (authorization is not null)
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        if (origin is not null)
            request.Headers.Add("Origin", origin);
        request.Headers.Host = host;
        if (operation.Method == "POST")
            request.Content = new StringContent("{}", new MediaTypeHeaderValue("application/json"));
        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        if (answer.IsSuccessStatusCode)
            return ((int)answer.StatusCode, null);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return ((int)answer.StatusCode, (string?)JsonNode.Parse(text)!["code"]);
    }
}
