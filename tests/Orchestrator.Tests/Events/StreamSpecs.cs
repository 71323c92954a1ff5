using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Orchestrator.Store;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Events;

/// <summary>Watching: every event once, in order, from any cursor, whatever happens to watcher or daemon.</summary>
public class StreamSpecs
{
    [Fact]
    public async Task A_frame_is_an_id_and_one_data_line_and_goes_on_after_any_cursor()
    {
        await using var daemon = await TestDaemon.Start();
        await daemon.Ended(await daemon.Run("print hello", "agentctl {\"type\":\"message\",\"text\":\"a\\r\\nb\"}"));
        var all = await daemon.Events();

        using var whole = await SseWatch.Open(daemon);
        var first = await whole.NextRaw();
        Assert.True(first!.IsComment);
        var frames = await whole.Take(all.Count);
        foreach (var (frame, one) in frames.Zip(all))
        {
            Assert.Equal(2, frame.Lines.Count);
            Assert.Equal((string?)one["cursor"], frame.Id.ToString(CultureInfo.InvariantCulture));
            Assert.Equal(one.ToJsonString(), JsonNode.Parse(frame.Data)!.ToJsonString());
        }

        using var byHeader = await SseWatch.Open(daemon, "?after=1", lastEventId: "3");
        Assert.Equal(4, (await byHeader.Next())!.Id);
        using var byQuery = await SseWatch.Open(daemon, "?after=2");
        Assert.Equal(3, (await byQuery.Next())!.Id);
        using var live = await SseWatch.Open(daemon, "?after=latest");
        await daemon.Post("/sessions");
        Assert.Equal(all.Count + 1, (await live.Next())!.Id);
        await daemon.Send(HttpMethod.Get, "/stream?after=abc").Refused(400, "invalid_request");
    }

    [Fact]
    public async Task Filters_choose_by_session_run_and_type_in_both_spellings()
    {
        await using var daemon = await TestDaemon.Start();
        var one = await daemon.Run("print one");
        var other = await daemon.Run("print other");
        await daemon.Ended(one);
        await daemon.Ended(other);
        var session = (string)(await daemon.Get($"/runs/{other}"))["run"]!["session_id"]!;

        foreach (var query in new[] { $"?session_id={session}", $"?sessionId={session}", $"?session_id={session[..15]}" })
        {
            using var watch = await SseWatch.Open(daemon, query);
            Assert.All(await watch.Take(4), frame => Assert.Equal(session, (string?)JsonNode.Parse(frame.Data)!["session_id"]));
        }

        foreach (var query in new[] { $"?run_id={other}", $"?runId={other}" })
        {
            using var watch = await SseWatch.Open(daemon, query + "&types=run.queued,run.succeeded");
            Assert.Equal(["run.queued", "run.succeeded"],
                (await watch.Take(2)).Select(frame => (string)JsonNode.Parse(frame.Data)!["event_type"]!));
        }
    }

    [Fact]
    public async Task A_cursor_of_another_store_or_of_pruned_events_gets_a_reset()
    {
        await using var daemon = await TestDaemon.Start();
        await daemon.Ended(await daemon.Run("lines 20"));
        using (var ahead = await SseWatch.Open(daemon, "?after=99999"))
        {
            var reset = (await ahead.Next())!;
            Assert.Equal("reset", reset.Event);
            Assert.Equal("ahead", (string?)JsonNode.Parse(reset.Data)!["reason"]);
            var next = (string)(await daemon.Post("/sessions"))["session"]!["id"]!;
            var frame = (await ahead.Next())!;
            Assert.Equal(reset.Id + 1, frame.Id);
            Assert.Contains(next, frame.Data, StringComparison.Ordinal);
        }

        await daemon.Stop();
        Prune(daemon, 10);
        await daemon.Start();

        using var old = await SseWatch.Open(daemon, "?after=3");
        var pruned = (await old.Next())!;
        Assert.Equal(("reset", 10), (pruned.Event, pruned.Id));
        Assert.Equal("pruned", (string?)JsonNode.Parse(pruned.Data)!["reason"]);
        Assert.Equal(11, (await old.Next())!.Id);
        using var fresh = await SseWatch.Open(daemon);
        Assert.Equal(11, (await fresh.Next())!.Id);
        Assert.Equal("11", (string?)(await daemon.Get("/events?limit=1"))["events"]![0]!["cursor"]);
        await daemon.Send(HttpMethod.Get, "/events?cursor=3").Refused(410, "gone");
    }

    [Fact]
    public async Task A_web_socket_carries_the_same_json()
    {
        await using var daemon = await TestDaemon.Start();
        await daemon.Ended(await daemon.Run("print hello"));
        var all = await daemon.Events();
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", "Bearer " + daemon.Token);
        await socket.ConnectAsync(new Uri(daemon.Url.Replace("http", "ws", StringComparison.Ordinal) + "/stream?after=1"),
            TestContext.Current.CancellationToken);

        foreach (var one in all.Skip(1))
            Assert.Equal(one.ToJsonString(), JsonNode.Parse(await Read(socket))!.ToJsonString());
        var made = (string)(await daemon.Post("/sessions"))["session"]!["id"]!;
        Assert.Equal(made, (string?)JsonNode.Parse(await Read(socket))!["session_id"]);
        await socket.SendAsync(Encoding.UTF8.GetBytes("anything"), WebSocketMessageType.Text, true, TestContext.Current.CancellationToken);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);

        using var stranger = new ClientWebSocket();
        var uri = new Uri(daemon.Url.Replace("http", "ws", StringComparison.Ordinal) + "/stream");
        await Assert.ThrowsAsync<WebSocketException>(() => stranger.ConnectAsync(uri, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Five_hundred_reconnects_miss_nothing_while_the_daemon_is_killed()
    {
        var seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        await using var daemon = await TestDaemon.Start();
        var watching = Enumerable.Range(0, 12).Select(i => Follow(daemon, new Random(seed + i))).ToArray();
        var runs = new List<string>();
        for (var i = 0; i < 4; i++)
            runs.Add(await daemon.Run("lines 800 a", $"wait-file {daemon.Root}/go{i % 2}", "lines 800 b"));
        for (var life = 0; life < 2; life++)
        {
            var id = runs[life];
            await Eventually.True(() => TestDaemon.ProcessesOf(id).Count > 0, "the agent runs");
            await daemon.Kill();
            await File.WriteAllTextAsync($"{daemon.Root}/go{life}", "", TestContext.Current.CancellationToken);
            await daemon.Start();
        }

        foreach (var run in runs)
            await daemon.Ended(run);
        var session = (await daemon.Post("/sessions", new JsonObject { ["title"] = "the end" }))["session"]!["id"]!;
        var all = await daemon.Events();
        Assert.Equal(Enumerable.Range(1, all.Count), all.Select(e => int.Parse((string)e["cursor"]!, CultureInfo.InvariantCulture)));
        Assert.Equal((string?)session, (string?)all[^1]["session_id"]);
        var connections = 0;
        foreach (var (seen, opened) in await Task.WhenAll(watching))
        {
            Assert.Equal(Enumerable.Range(1, all.Count).Select(n => (long)n), seen);
            connections += opened;
        }

        Assert.InRange(connections, 500, int.MaxValue);
    }

    [Fact]
    public async Task A_thousand_watchers_and_some_that_never_read_cost_little_and_a_phone_that_slept_catches_up()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "memory is read from /proc");
        await using var daemon = await TestDaemon.Start();
        var lazy = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => RawHttp.Open(daemon.Url)));
        foreach (var one in lazy)
            await one.Send($"GET /stream HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {daemon.Token}\r\n\r\n");
        const string New = "?after=latest&types=session.created";
        var watchers = await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => SseWatch.Open(daemon, New)));
        using (var phone = await SseWatch.Open(daemon))
            Assert.Equal(1, (await phone.Next())!.Id);
        var before = Memory(daemon);
        await daemon.Ended(await daemon.Run($"lines 20000 {new string('x', 900)}"));

        var made = (string)(await daemon.Post("/sessions"))["session"]!["id"]!;
        foreach (var frame in await Task.WhenAll(watchers.Select(watcher => watcher.Next())))
            Assert.NotNull(frame);
        var second = (string)(await daemon.Post("/sessions"))["session"]!["id"]!;
        Assert.All(await Task.WhenAll(watchers.Select(watcher => watcher.Next())), frame => Assert.NotNull(frame));
        Assert.NotEqual(made, second);
        Assert.InRange(Memory(daemon) - before, long.MinValue, 400 * 1024);
        using (var phone = await SseWatch.Open(daemon, lastEventId: "1"))
        {
            var missed = (await daemon.Get("/events?after=latest"))["next_cursor"]!.ToString();
            for (var cursor = 2L; cursor <= long.Parse(missed, CultureInfo.InvariantCulture); cursor++)
                Assert.Equal(cursor, (await phone.Next())!.Id);
        }

        foreach (var one in watchers)
            one.Dispose();
        foreach (var one in lazy)
            one.Dispose();
    }

    /// <summary>
    /// Reads until "the end" by either protocol, breaking off now and then and whenever the daemon dies; the cursors seen, in order, and
    /// how often it connected.
    /// </summary>
    static async Task<(List<long> Seen, int Opened)> Follow(TestDaemon daemon, Random random)
    {
        var (seen, opened) = (new List<long>(), 0);
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (true)
        {
            try
            {
                var cursor = (seen.Count > 0 ? seen[^1] : 0).ToString(CultureInfo.InvariantCulture);
                var left = random.Next(1, 250);
                opened++;
                if (random.Next(3) == 0 ? await ReadSocket(daemon, cursor, left, seen)
                    : await ReadSse(daemon, cursor, byHeader: random.Next(2) == 0, left, seen))
                    return (seen, opened);
            }
            catch (Exception e) when (e is HttpRequestException or IOException or WebSocketException)
            {
                // The daemon was killed: the same cursor is tried again.
            }

            await ticks.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    static async Task<bool> ReadSse(TestDaemon daemon, string cursor, bool byHeader, int left, List<long> seen)
    {
        using var watch = byHeader ? await SseWatch.Open(daemon, lastEventId: cursor) : await SseWatch.Open(daemon, "?after=" + cursor);
        while (left-- > 0 && await watch.Next() is { } frame)
        {
            seen.Add(frame.Id);
            if (frame.Data.Contains("\"the end\"", StringComparison.Ordinal))
                return true;
        }

        return false;
    }

    static async Task<bool> ReadSocket(TestDaemon daemon, string cursor, int left, List<long> seen)
    {
        using var watch = await SocketWatch.Open(daemon, "?after=" + cursor);
        while (left-- > 0 && await watch.Next() is { } one)
        {
            seen.Add(long.Parse((string)one["cursor"]!, CultureInfo.InvariantCulture));
            if (one.ToJsonString().Contains("\"the end\"", StringComparison.Ordinal))
                return true;
        }

        return false;
    }

    static async Task<string> Read(ClientWebSocket socket)
    {
        var (text, buffer) = (new MemoryStream(), new byte[4096]);
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken);
            text.Write(buffer, 0, part.Count);
            if (part.EndOfMessage)
                return Encoding.UTF8.GetString(text.ToArray());
        }
    }

    static void Prune(TestDaemon daemon, long upTo)
    {
        NativeSqlite.Load();
        using var db = new Connection(Path.Combine(daemon.Data, "agent-orchestrator.db"), readOnly: false);
        db.Execute("delete from events where seq <= @upto", ("@upto", upTo));
        db.Execute("update counters set value = @upto where name = 'event_floor'", ("@upto", upTo));
    }

    static long Memory(TestDaemon daemon) => long.Parse(
        File.ReadLines($"/proc/{daemon.Pid}/status").Single(l => l.StartsWith("VmRSS:", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture);
}
