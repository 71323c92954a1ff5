using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Daemon;

/// <summary>Connections that are opened and left, half closed or torn: they keep nobody out and leave nothing behind.</summary>
public class ConnectionSpecs(SharedDaemon shared) : IClassFixture<SharedDaemon>
{
    TestDaemon Daemon => shared.Daemon;

    [Fact]
    public async Task Half_open_and_torn_connections_leave_no_descriptor_behind()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "descriptors are counted in /proc");
        await Daemon.Get("/sessions");
        var before = Descriptors();
        var rounds = new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = TestContext.Current.CancellationToken };
        await Parallel.ForAsync(0, 1500, rounds, async (i, _) =>
        {
            using var raw = await RawHttp.Open(Daemon.Url);
            switch (i % 5)
            {
                case 0: break;
                case 1: await raw.Send("GET /sessions HT"); break;
                case 2:
                    await raw.Send($"POST /sessions HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {Daemon.Token}\r\n"
                        + "Content-Length: 1000\r\n\r\n{");
                    break;
                case 3:
                    await raw.Send($"GET /stream HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {Daemon.Token}\r\n\r\n");
                    raw.Finish();
                    break;
                default:
                    await raw.Send("GET /sessions HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
                    raw.Tear();
                    break;
            }
        });
        await Daemon.Get("/sessions");
        await Eventually.True(() => Descriptors() < before + 20, "the connections are gone", TimeSpan.FromSeconds(40));
        Assert.DoesNotContain("defect", Daemon.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_thousand_open_connections_keep_no_caller_out()
    {
        var idle = new List<RawHttp>();
        try
        {
            for (var i = 0; i < 1000; i++)
                idle.Add(await RawHttp.Open(Daemon.Url));
            Assert.Equal("ok", (string?)(await Daemon.Get("/daemon/status"))["daemon_health"]);
            var run = await Daemon.Run("print x");
            Assert.Equal("succeeded", (string?)(await Daemon.Ended(run))["status"]);
        }
        finally
        {
            foreach (var one in idle)
                one.Dispose();
        }
    }

    [Fact]
    public async Task A_flood_of_bad_tokens_writes_few_events()
    {
        using var client = Daemon.As("agt_a-guess-of-nobody");
        var rounds = new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = TestContext.Current.CancellationToken };
        await Parallel.ForAsync(0, 2000, rounds, async (i, stop) =>
        {
            using var answer = await client.GetAsync($"/runs/{i}", stop);
        });
        var told = (await Daemon.Events()).Count(e => (string?)e["data"]!["reason"] == "bad_token");
        Assert.InRange(told, 1, 2);
    }

    int Descriptors() => Directory.GetFileSystemEntries($"/proc/{Daemon.Pid}/fd").Length;
}
