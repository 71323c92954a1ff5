using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Orchestrator.Bench;

/// <summary>Messages accepted over HTTP at 64 clients, each on disk before its answer, against the store alone.</summary>
static class MessagesPerSecond
{
    const int Clients = 64;
    const int Each = 300;

    public static async Task Measure(Report report)
    {
        var bare = await BareStore.WritesPerSecond(Clients, Each);
        await using var daemon = await BenchDaemon.Start("");
        var session = (string)(await daemon.Post("/sessions", []))["session"]!["id"]!;
        await Load(daemon, session, 50);
        var samples = new ConcurrentBag<double>();
        var start = Stopwatch.GetTimestamp();
        await Load(daemon, session, Each, samples);
        var perSecond = Clients * Each / Stopwatch.GetElapsedTime(start).TotalSeconds;
        report.Limit("acknowledged writes of the store alone, 64 at once", bare, "writes/s");
        report.Figure("messages accepted over HTTP, 64 clients", perSecond, "msg/s", 3000, above: true);
        report.Figure("the same, p99", Report.Percentile(samples, 0.99), "ms", 40);
        report.Ratio("messages over HTTP / store alone", perSecond, bare, 0.05);
    }

    static Task Load(BenchDaemon daemon, string session, int each, ConcurrentBag<double>? samples = null) =>
        Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(async () =>
        {
            for (var i = 0; i < each; i++)
            {
                var start = Stopwatch.GetTimestamp();
                await daemon.Post($"/sessions/{session}/messages", new JsonObject { ["role"] = "system", ["text"] = $"note {client}/{i}" });
                samples?.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        })));
}
