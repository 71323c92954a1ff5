using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Orchestrator.Tests.Docs;
using Orchestrator.Tests.Support;
using Orchestrator.Tests.Tidy;

namespace Orchestrator.Tests.Daemon;

/// <summary>Bytes no honest client sends: the daemon refuses, cuts, never fails, never waits for ever, and works on.</summary>
public class HostileWireSpecs(SharedDaemon shared) : IClassFixture<SharedDaemon>
{
    const string Nobody = "0123456789abcdef";

    TestDaemon Daemon => shared.Daemon;

    string Head => $"Host: 127.0.0.1\r\nAuthorization: Bearer {Daemon.Token}\r\n";

    [Theory]
    [InlineData("/runs/../x")]
    [InlineData("/runs/../../../../etc/passwd")]
    [InlineData("/runs/%2e%2e/x")]
    [InlineData("/runs/%2e%2e%2f%2e%2e%2fetc%2fpasswd")]
    [InlineData("/runs/%00")]
    [InlineData("/runs/%")]
    [InlineData("/runs/%zz")]
    [InlineData("/runs/%ff%fe")]
    [InlineData("/runs/%c0%ae%c0%ae")]
    [InlineData("/runs/%E2%98%83")]
    [InlineData("/runs/a%0d%0aX: y")]
    [InlineData("/runs/..;/x")]
    [InlineData("//runs//x//")]
    [InlineData("/runs/\\..\\x")]
    [InlineData("/runs/x?a=%00&b=%zz&&&=&cursor")]
    [InlineData("/RUNS/" + Nobody)]
    [InlineData("http://evil.example/runs")]
    [InlineData("*")]
    [InlineData("runs")]
    [InlineData("/runs?status=%00")]
    [InlineData("/runs?session_id=%ff")]
    [InlineData("/events?types=%00,%ff")]
    [InlineData("/projects/..%2f..%2fetc")]
    [InlineData("/projects/%00")]
    [InlineData("/projects/%2fproc%2fself")]
    public async Task A_path_trick_is_refused(string target)
    {
        var answer = await Exchange($"GET {target} HTTP/1.1\r\n{Head}Connection: close\r\n\r\n");
        var fine = target.StartsWith("/events", StringComparison.Ordinal) || target.Contains("?a=", StringComparison.Ordinal);
        Assert.True(RawHttp.Status(answer) is >= 400 and < 500 || fine && RawHttp.Status(answer) == 200, answer);
        Assert.False(answer.Contains("root:", StringComparison.Ordinal));
        if (RawHttp.Status(answer) >= 400)
            Assert.NotNull((string?)RawHttp.Body(answer)!["code"]);
    }

    [Theory]
    [InlineData("\r\n\r\n\r\n")]
    [InlineData("GET\r\n\r\n")]
    [InlineData("GET / HTTP/9.9\r\nHost: 127.0.0.1\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("GET /runs HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\n\r\n")]
    [InlineData("GET /runs HTTP/1.1\r\nHost: \r\n\r\n")]
    [InlineData("GET /runs HTTP/1.1\r\nHost: evil.example\r\n\r\n")]
    [InlineData("GET /runs HTTP/1.1\r\nHost: 127.0.0.1\r\nX: a\0b\r\n\r\n")]
    [InlineData("GET /runs HTTP/1.1\r\nHost: 127.0.0.1\r\n: x\r\n\r\n")]
    [InlineData("GET /runs HTTP/1.1\r\nHost: 127.0.0.1\r\nNo colon\r\n\r\n")]
    [InlineData("POST /runs HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -5\r\n\r\n")]
    [InlineData("POST /runs HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99999999999999999999\r\n\r\n")]
    [InlineData("POST /runs HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcd")]
    [InlineData("\u0016\u0003\u0001\u0002\u0000\u0001\u0000")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")]
    public async Task A_request_that_is_none_is_cut_with_a_refusal(string bytes)
    {
        var answer = await Exchange(bytes);
        Assert.True(RawHttp.Status(answer) is null or (>= 400 and <= 505 and not 500), answer);
    }

    [Fact]
    public async Task What_cannot_even_be_read_is_refused_with_the_same_document()
    {
        foreach (var (bytes, status) in new[]
        {
            ("GET /runs/%00 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", 400),
            ($"GET /{new string('a', 20_000)} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", 414),
            ($"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: {new string('a', 50_000)}\r\n\r\n", 431),
        })
        {
            var answer = await Exchange(bytes);
            Assert.Equal(status, RawHttp.Status(answer));
            Assert.Contains("application/problem+json", answer, StringComparison.Ordinal);
            var problem = RawHttp.Body(answer)!;
            Assert.Equal("invalid_request", (string?)problem["code"]);
            Assert.Equal(status, (int?)problem["status"]);
            Assert.Equal("invalid_request", (string?)problem["error"]!["code"]);
        }
    }

    [Theory]
    [InlineData("zz\r\nhello\r\n0\r\n\r\n")]
    [InlineData("5\r\nhelloX\r\n0\r\n\r\n")]
    [InlineData("-1\r\n\r\n")]
    [InlineData("ffffffffffffffffffff\r\nx")]
    [InlineData("2\r\n{}")]
    [InlineData("1\r\n")]
    public async Task Chunks_that_are_none_are_refused(string chunks)
    {
        var answer = await Exchange($"POST /sessions HTTP/1.1\r\n{Head}Transfer-Encoding: chunked\r\n\r\n{chunks}");
        Assert.True(RawHttp.Status(answer) is null or (>= 400 and < 500), answer);
    }

    [Fact]
    public async Task A_client_that_trickles_is_told_and_cut()
    {
        using var body = await RawHttp.Open(Daemon.Url);
        using var head = await RawHttp.Open(Daemon.Url);
        using var lone = await RawHttp.Open(Daemon.Url);
        await body.Send($"POST /sessions HTTP/1.1\r\n{Head}Content-Length: 1000\r\n\r\n{{");
        await head.Send("GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ");
        await lone.Send($"POST /runs/{Nobody}/cancel HTTP/1.1\r\n{Head}Transfer-Encoding: chunked\r\n\r\n");
        foreach (var answer in await Task.WhenAll(body.ReadToEnd(), head.ReadToEnd(), lone.ReadToEnd()))
        {
            Assert.True(RawHttp.Status(answer) is >= 400 and < 500, answer);
            Assert.Equal("invalid_request", (string?)RawHttp.Body(answer)!["code"]);
        }
    }

    [Fact]
    public async Task Two_hundred_idle_connections_keep_nobody_out()
    {
        var idle = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => RawHttp.Open(Daemon.Url)));
        foreach (var (one, i) in idle.Select((one, i) => (one, i)))
            await one.Send(i % 2 == 0 ? "" : "GET /health HT");
        var id = await Daemon.Run("print x");
        Assert.Equal("succeeded", (string?)(await Daemon.Ended(id))["status"]);
        foreach (var one in idle)
            one.Dispose();
    }

    [Fact]
    public async Task Junk_after_a_good_request_spoils_only_itself()
    {
        using var raw = await RawHttp.Open(Daemon.Url);
        await raw.Send($"GET /daemon/status HTTP/1.1\r\n{Head}\r\nGARBAGE\r\n\r\n\0\0\0");
        var answer = await raw.ReadToEnd();
        Assert.Equal(200, RawHttp.Status(answer));
        Assert.Contains("HTTP/1.1 400", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unknown_ids_and_odd_queries_are_refused_on_every_route()
    {
        string[] ids = ["x", "-1", Nobody, Nobody.ToUpperInvariant(), new string('f', 500), "%20", "a'--", "null", "undefined", "🙈"];
        // The board's page is there at whatever address it makes for itself.
        foreach (var operation in Surface.Operations(SourceTree.Repository)
            .Where(o => o.Pattern.Contains('{', StringComparison.Ordinal) && !o.Pattern.Contains("{path}", StringComparison.Ordinal)))
            foreach (var id in ids)
            {
                var path = operation.Pattern.Replace("{id}", Uri.EscapeDataString(id), StringComparison.Ordinal)
                    .Replace("{name}", Uri.EscapeDataString(id), StringComparison.Ordinal);
                var body = new JsonObject { ["role"] = "user", ["text"] = "x", ["prompt"] = "x", ["to_status"] = "canceled" };
                await Daemon.Send(new HttpMethod(operation.Method), path, operation.Method == "POST" ? body : null)
                    .RefusedSomehow($"{operation.Name} {id}");
            }

        string[] queries = ["limit", "cursor", "after", "offset", "timeout_s", "interval_ms", "status", "session_id", "stream", "format"];
        string[] values = ["%00", "-1", "1e9", "9223372036854775808", "[]", "a,b,,", "%ff", "0x10", "%F0%9F%99%88", new string('9', 4000)];
        var run = await Daemon.Run("print x");
        await Daemon.Ended(run);
        var session = (string)(await Daemon.Get($"/runs/{run}"))["run"]!["session_id"]!;
        foreach (var operation in Surface.Operations(SourceTree.Repository).Where(o => o.Method == "GET"))
            foreach (var query in queries)
                foreach (var value in values)
                {
                    var id = operation.Pattern.StartsWith("/runs", StringComparison.Ordinal) ? run : session;
                    using var request = new HttpRequestMessage(HttpMethod.Get, $"{operation.Pattern.Replace("{id}", id)}?{query}={value}");
                    using var answer = await Daemon.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead,
                        TestContext.Current.CancellationToken);
                    Assert.True((int)answer.StatusCode < 500, $"{request.RequestUri}: {(int)answer.StatusCode}");
                }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(0)]
    public async Task Good_requests_with_flipped_bytes_never_meet_a_defect(int fixedSeed)
    {
        var seed = fixedSeed == 0 ? Random.Shared.Next() : fixedSeed;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed.ToString(CultureInfo.InvariantCulture)}");
        var random = new Random(seed);
        var session = (string)(await Daemon.Post("/sessions", new JsonObject { ["profile"] = "fake" }))["session"]!["id"]!;
        string[] good =
        [
            Post("/sessions", """{"title":"T","profile":"fake","metadata":{"a":[1,2,{"b":"c"}]},"idempotency_key":"k"}"""),
            Post($"/sessions/{session}/messages", """{"role":"assistant","text":"hello","profile":"fake"}"""),
            Post("/runs", """{"prompt":"!print x","profile":"fake","output_schema":{"type":"object"}}"""),
            Post("/projects", $$"""{"name":"p","path":"{{Daemon.Root}}"}"""),
            Post("/worktrees/cleanup", """{"dry_run":true}"""),
            $"GET /events?limit=3&cursor=1&types=run.* HTTP/1.1\r\n{Head}\r\n",
            $"GET /sessions/{session}/events HTTP/1.1\r\n{Head}\r\n",
        ];
        for (var round = 0; round < 100; round++)
        {
            var bytes = Encoding.UTF8.GetBytes(good[random.Next(good.Length)]);
            for (var flips = random.Next(1, 6); flips > 0; flips--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            var answer = await Exchange(Encoding.Latin1.GetString(bytes));
            Assert.True(RawHttp.Status(answer) is null or (>= 200 and < 500) or 505,
                $"seed {seed}, round {round}: {Encoding.Latin1.GetString(bytes)}\n{answer}");
        }

        Assert.Equal("ok", (string?)(await Daemon.Get("/daemon/status"))["daemon_health"]);
        Assert.DoesNotContain("defect", Daemon.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_many_big_bodies_the_daemon_is_no_larger_than_it_should_be()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "memory is read from /proc");
        var body = new string('x', 9 * 1024 * 1024);
        var eight = new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = TestContext.Current.CancellationToken };
        await Parallel.ForAsync(0, 40, eight, async (_, _) =>
 await Daemon.Send(HttpMethod.Post, "/sessions", new JsonObject { ["title"] = body }).Refused(413, "too_large"));
        var line = File.ReadLines($"/proc/{Daemon.Pid}/status").Single(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        var kilobytes = long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture);
        Assert.InRange(kilobytes, 1, 1024 * 1024);
    }

    string Post(string path, string json) =>
        $"POST {path} HTTP/1.1\r\n{Head}Content-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(json)}\r\n\r\n{json}";

    async Task<string> Exchange(string bytes)
    {
        using var raw = await RawHttp.Open(Daemon.Url);
        await raw.Send(bytes);
        // A head without a body is whole; after anything else the daemon may wait for more until it hears that there is none.
        var whole = bytes.EndsWith("\r\n\r\n", StringComparison.Ordinal) && bytes.StartsWith("GET ", StringComparison.Ordinal)
            && !bytes.Contains("Content-Length", StringComparison.OrdinalIgnoreCase)
            && !bytes.Contains("chunked", StringComparison.OrdinalIgnoreCase);
        return await raw.ReadAnswer(TimeSpan.FromMilliseconds(whole ? 2000 : 100));
    }
}
