using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Orchestrator.Bench;

/// <summary>A thousand watchers of one stream at fifty events a second: from the event's own time to each watcher.</summary>
static class WatcherLatency
{
    const int Watchers = 1000;
    const int Events = 300;

    public static async Task Measure(Report report)
    {
        await using var daemon = await BenchDaemon.Start("");
        var session = (string)(await daemon.Post("/sessions", []))["session"]!["id"]!;
        var samples = new ConcurrentBag<double>();
        var ready = new CountdownEvent(Watchers);
        var watching = Enumerable.Range(0, Watchers).Select(_ => Task.Run(() => Watch(daemon, samples, ready))).ToArray();
        ready.Wait();
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        for (var i = 0; i < Events && await ticks.WaitForNextTickAsync(); i++)
            await daemon.Post($"/sessions/{session}/messages", new JsonObject { ["role"] = "system", ["text"] = "tick" });
        var counts = await Task.WhenAll(watching);
        if (counts.Any(count => count != Events))
            throw new InvalidOperationException($"a watcher missed events: {counts.Min()} of {Events}");
        report.Figure($"{Watchers} watchers at 50 events/s, p50", Report.Percentile(samples, 0.5), "ms", 50);
        report.Figure($"{Watchers} watchers at 50 events/s, p99", Report.Percentile(samples, 0.99), "ms", 50);
        report.Figure("the daemon's memory with them", daemon.MemoryMb(), "MB", 400);
    }

    static async Task<int> Watch(BenchDaemon daemon, ConcurrentBag<double> samples, CountdownEvent ready)
    {
        using var stream = new StreamReader(await daemon.Http.GetStreamAsync("/stream?after=latest&types=message.created"));
        await stream.ReadLineAsync();
        ready.Signal();
        var seen = 0;
        while (seen < Events && await stream.ReadLineAsync() is { } line)
        {
            if (!line.StartsWith("data:", StringComparison.Ordinal))
                continue;
            var at = line.IndexOf("\"created_at\":\"", StringComparison.Ordinal) + 14;
            var written = DateTimeOffset.Parse(line.AsSpan(at, line.IndexOf('"', at) - at), CultureInfo.InvariantCulture);
            samples.Add((TimeProvider.System.GetUtcNow() - written).TotalMilliseconds);
            seen++;
        }

        return seen;
    }
}
