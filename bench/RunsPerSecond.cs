using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Orchestrator.Bench;

/// <summary>No-op runs per second with eight workers, against a bare loop that starts the same holder and program.</summary>
static class RunsPerSecond
{
    const int Runs = 400;
    const int Workers = 8;

    const string Config = """
        profiles:
          noop:
            agent: command
            command: ["/bin/true"]
        """;

    public static async Task Measure(Report report)
    {
        var bare = Bare();
        await using var daemon = await BenchDaemon.Start(Config, Workers);
        await Through(daemon, 50);
        var measured = await Through(daemon, Runs);
        report.Limit("holder and program in a bare loop, 8 at once", bare, "runs/s");
        report.Limit("no-op runs through the daemon, 8 workers", measured, "runs/s");
        report.Ratio("no-op runs, daemon / bare loop", measured, bare, 0.3);
    }

    static async Task<double> Through(BenchDaemon daemon, int count)
    {
        using var stream = new StreamReader(
            await daemon.Http.GetStreamAsync("/stream?after=latest&types=run.succeeded,run.failed,run.lost"));
        var start = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = 16 },
            async (_, _) => await daemon.Post("/runs", new JsonObject { ["prompt"] = "x", ["profile"] = "noop" }));
        for (var ended = 0; ended < count;)
        {
            var line = await stream.ReadLineAsync() ?? throw new InvalidOperationException("the stream ended");
            if (line.StartsWith("data:", StringComparison.Ordinal))
                ended++;
        }

        return count / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    static double Bare()
    {
        var root = BenchDaemon.NewFolder();
        var start = Stopwatch.GetTimestamp();
        Parallel.For(0, Runs, new ParallelOptions { MaxDegreeOfParallelism = Workers }, i => HolderCost.Hold(root, i, ["/bin/true"]));
        var perSecond = Runs / Stopwatch.GetElapsedTime(start).TotalSeconds;
        Directory.Delete(root, recursive: true);
        return perSecond;
    }
}
