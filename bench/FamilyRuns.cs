using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Orchestrator.Bench;

/// <summary>A hundred children of one session, spawned, ended and reported to it, against a hundred plain runs.</summary>
static class FamilyRuns
{
    const int Members = 100;
    const int Workers = 8;
    const int Rounds = 5;

    const string Config = """
        profiles:
          noop:
            agent: command
            command: ["/bin/true"]
        """;

    public static async Task Measure(Report report)
    {
        await using var daemon = await BenchDaemon.Start(Config, Workers);
        await Plain(daemon);
        await Family(daemon);
        var plain = new List<double>();
        var family = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            plain.Add(await Plain(daemon));
            family.Add(await Family(daemon));
        }

        var (alone, together) = (Report.Percentile(plain, 0.5), Report.Percentile(family, 0.5));
        report.Limit($"{Members} plain runs, 8 workers", alone, "ms");
        report.Limit($"{Members} children spawned, ended and reported", together, "ms");
        // At most three times as long.
        report.Ratio("plain runs / a family of as many", alone, together, 1 / 3.0);
    }

    static Task<double> Plain(BenchDaemon daemon) => Through(daemon, "/stream?after=latest&types=run.succeeded,run.failed,run.lost",
        "/runs", new JsonObject { ["prompt"] = "x", ["profile"] = "noop" });

    static async Task<double> Family(BenchDaemon daemon)
    {
        var parent = (string)(await daemon.Post("/sessions", []))["session"]!["id"]!;
        return await Through(daemon, $"/stream?after=latest&types=session.child_finished&session_id={parent}",
            $"/sessions/{parent}/spawn", new JsonObject { ["task"] = "x", ["profile"] = "noop" });
    }

    static async Task<double> Through(BenchDaemon daemon, string ends, string path, JsonObject order)
    {
        using var stream = new StreamReader(await daemon.Http.GetStreamAsync(ends));
        var start = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(Enumerable.Range(0, Members), new ParallelOptions { MaxDegreeOfParallelism = 16 },
            async (_, _) => await daemon.Post(path, (JsonObject)order.DeepClone()));
        for (var ended = 0; ended < Members;)
        {
            var line = await stream.ReadLineAsync() ?? throw new InvalidOperationException("the stream ended");
            if (line.StartsWith("data:", StringComparison.Ordinal))
                ended++;
        }

        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
