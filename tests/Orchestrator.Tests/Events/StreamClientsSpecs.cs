using System.Globalization;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Events;

/// <summary>Real clients: they filter, they talk when they should listen, they stop reading, they vanish, and they are told why a stream
/// ends.</summary>
public class StreamClientsSpecs
{
    [Fact]
    public async Task Session_run_item_and_type_filter_in_any_combination_in_pages_and_both_streams()
    {
        await using var daemon = await TestDaemon.Start();
        var first = await daemon.Run("print one", "agentctl {\"type\":\"message\",\"text\":\"hi\"}");
        await daemon.Ended(first);
        var session = (string)(await daemon.Get($"/runs/{first}"))["run"]!["session_id"]!;
        var order = TestDaemon.Order("print two");
        order["session_id"] = session;
        await daemon.Ended((string)(await daemon.Post("/runs", order))["run"]!["id"]!);
        await daemon.Ended(await daemon.Run("print other"));
        var all = await daemon.Events();

        foreach (var bySession in new[] { false, true })
            foreach (var byRun in new[] { false, true })
                foreach (var types in new[] { "", "run.output", "run.*", "message.created,run.succeeded" })
                {
                    var query = (bySession ? $"&session_id={session}" : "") + (byRun ? $"&run_id={first}" : "")
                        + (types.Length > 0 ? $"&types={types}" : "");
                    var wanted = all.Where(e => (!bySession || (string?)e["session_id"] == session)
                        && (!byRun || (string?)e["run_id"] == first) && IsOf(types, (string)e["event_type"]!))
                        .Select(e => (string)e["cursor"]!).ToList();
                    Assert.NotEmpty(wanted);
                    var page = await daemon.Get("/events?limit=500" + query);
                    Assert.Equal(wanted, page["events"]!.AsArray().Select(e => (string)e!["cursor"]!));
                    using var sse = await SseWatch.Open(daemon, "?after=0" + query);
                    Assert.Equal(wanted, (await sse.Take(wanted.Count)).Select(f => f.Id.ToString(CultureInfo.InvariantCulture)));
                    using var socket = await SocketWatch.Open(daemon, "?after=0" + query);
                    foreach (var cursor in wanted)
                        Assert.Equal(cursor, (string?)(await socket.Next())!["cursor"]);
                }

        Assert.Empty((await daemon.Get("/events?item_id=0123456789abcdef"))["events"]!.AsArray());
        var ofSession = await daemon.Get($"/sessions/{session}/events?run_id={first}&types=run.succeeded");
        Assert.Equal(first, (string?)Assert.Single(ofSession["events"]!.AsArray())!["run_id"]);
    }

    [Theory]
    [InlineData("types=run.succeeded,Run Output", 400, "invalid_request", "Run Output")]
    [InlineData("types=run.**", 400, "invalid_request", "run.**")]
    [InlineData("types=*", 400, "invalid_request", "'*'")]
    [InlineData("item_id=xyz", 400, "invalid_request", "item_id")]
    [InlineData("item_id=0123", 400, "invalid_request", "item_id")]
    [InlineData("session_id=zzz", 404, "not_found", "session")]
    [InlineData("run_id=ffffffffffffffff", 404, "not_found", "run")]
    [InlineData("run_id=aa&run_id=bb", 400, "invalid_request", "run_id")]
    public async Task A_filter_that_makes_no_sense_is_refused_before_anything_is_sent(string query, int status, string code, string word)
    {
        await using var daemon = await TestDaemon.Start();
        foreach (var path in new[] { "/events", "/stream" })
        {
            var problem = await daemon.Send(HttpMethod.Get, $"{path}?{query}").Refused(status, code);
            Assert.Contains(word, (string?)problem["detail"], StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_stream_says_why_it_ends()
    {
        await using var daemon = await TestDaemon.Start();
        using (var tooBig = await SocketWatch.Open(daemon, "?after=latest"))
        {
            await tooBig.Say(4096);
            await tooBig.Say(4097);
            Assert.Equal(WebSocketCloseStatus.MessageTooBig, (await tooBig.Goodbye()).Code);
        }

        using (var endless = await SocketWatch.Open(daemon, "?after=latest"))
        {
            for (var i = 0; i < 20; i++)
                await endless.Socket.SendAsync(new byte[1024], WebSocketMessageType.Binary, endOfMessage: false,
                    TestContext.Current.CancellationToken);
            Assert.Equal(WebSocketCloseStatus.MessageTooBig, (await endless.Goodbye()).Code);
        }

        using (var flood = await SocketWatch.Open(daemon, "?after=latest"))
        {
            for (var i = 0; i < 500; i++)
                await flood.Say(10);
            Assert.Equal((WebSocketCloseStatus.PolicyViolation, "a watcher listens; it sent too many messages"), await flood.Goodbye());
        }

        using (var polite = await SocketWatch.Open(daemon, "?after=latest"))
        {
            await polite.Say(10);
            await polite.Socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);
            Assert.Equal(WebSocketCloseStatus.NormalClosure, polite.Socket.CloseStatus);
        }

        var sockets = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => SocketWatch.Open(daemon, "?after=latest")));
        using var sse = await SseWatch.Open(daemon, "?after=latest");
        await sse.NextRaw();
        await daemon.Stop();
        foreach (var socket in sockets)
        {
            Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, (await socket.Goodbye()).Code);
            socket.Dispose();
        }

        Assert.Contains("the daemon stops", (await sse.NextRaw())!.Lines[0], StringComparison.Ordinal);
        Assert.Null(await sse.NextRaw());
    }

    [Fact]
    public async Task Whoever_stops_reading_or_is_gone_without_a_word_is_cut_and_nobody_else_waits()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "open sockets and memory are read from /proc");
        await using var daemon = await TestDaemon.Start();
        var run = await daemon.Run($"wait-file {daemon.Root}/go", $"lines 30000 {new string('x', 900)}");
        await daemon.Get("/daemon/status");
        using var fast = await SseWatch.Open(daemon, "?after=0");
        Assert.NotNull(await fast.Next());
        var open = Sockets(daemon);
        var deaf = new List<RawHttp>();
        for (var i = 0; i < 10; i++)
        {
            // Five that get everything and read nothing, by each protocol, and five that get nothing and never answer a ping.
            var (query, socket) = (i < 5 ? "after=0" : "after=latest&types=nothing.here", i % 2 == 1 || i >= 5);
            deaf.Add(await Handshake(daemon, query, socket));
        }

        await File.WriteAllTextAsync($"{daemon.Root}/go", "", TestContext.Current.CancellationToken);
        var before = Memory(daemon);
        await daemon.Ended(run);
        Assert.Equal(open + 10, Sockets(daemon));
        var seen = 0;
        while (JsonNode.Parse((await fast.Next())!.Data)!["event_type"]!.ToString() != "run.succeeded")
            seen++;
        Assert.InRange(seen, 30_000, 31_000);
        Assert.InRange(Memory(daemon) - before, long.MinValue, 300 * 1024);

        await Eventually.True(() => Sockets(daemon) <= open, "the deaf and the dead are cut", TimeSpan.FromSeconds(75));
        foreach (var one in deaf)
            one.Dispose();
        await daemon.Post("/sessions");
        Assert.NotNull(await fast.Next());
    }

    static async Task<RawHttp> Handshake(TestDaemon daemon, string query, bool socket)
    {
        var raw = await RawHttp.Open(daemon.Url);
        var upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
        await raw.Send($"GET /stream?{query} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {daemon.Token}\r\n"
            + (socket ? upgrade : "") + "\r\n");
        await raw.ReadUntil("\r\n\r\n");
        return raw;
    }

    static bool IsOf(string types, string type) => types.Length == 0 ? type != "backend.event"
        : types.Split(',').Any(wanted => wanted.EndsWith(".*", StringComparison.Ordinal)
            ? type.StartsWith(wanted[..^1], StringComparison.Ordinal) : wanted == type);

    /// <summary>Sockets the daemon has open.</summary>
    static int Sockets(TestDaemon daemon) => Directory.EnumerateFiles($"/proc/{daemon.Pid}/fd")
        .Count(file => LinkOf(file)?.StartsWith("socket:", StringComparison.Ordinal) == true);

    static string? LinkOf(string file)
    {
        try
        {
            return File.ResolveLinkTarget(file, returnFinalTarget: false)?.Name;
        }
        catch (IOException)
        {
            return null;
        }
    }

    static long Memory(TestDaemon daemon) => long.Parse(
        File.ReadLines($"/proc/{daemon.Pid}/status").Single(l => l.StartsWith("VmRSS:", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture);
}
