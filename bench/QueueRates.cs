using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Orchestrator.Bench;

/// <summary>
/// A queue of ten thousand items: adding and claiming over HTTP, each on disk before its answer, against the store alone; and
/// <c>agentctl list</c> as a whole process against <c>agentctl daemon status</c>.
/// </summary>
static class QueueRates
{
    const int Clients = 64, Items = 10_000, Claims = 3_200, Rounds = 20;

    public static async Task Measure(Report report)
    {
        var bare = await BareStore.WritesPerSecond(Clients, 300);
        await using var daemon = await BenchDaemon.Start("");
        await Spread(400, i => Add(daemon, i));
        var ids = new string[Items];
        var added = await Spread(Items, async i => ids[i] = await Add(daemon, i));
        await Spread(Items, i => daemon.Post($"/items/{ids[i]}/ready", []));
        report.Limit("acknowledged writes of the store alone, 64 at once", bare, "writes/s");
        report.Figure("items added over HTTP, 64 clients", added, "items/s", 3000, above: true);
        report.Ratio("items added / store alone", added, bare, 0.05);

        var claimed = await Spread(Claims, async i =>
        {
            var claim = await daemon.Post("/api/queue/claim", new JsonObject { ["agentId"] = $"w{i % Clients}" });
            if (claim["item"] is null)
                throw new InvalidOperationException($"nothing to claim: {claim.ToJsonString()}");
        });
        report.Figure("items claimed over HTTP, 64 clients, of 10,000 ready", claimed, "claims/s", 1500, above: true);
        report.Ratio("items claimed / store alone", claimed, bare, 0.025);

        var (list, status) = (new List<double>(), new List<double>());
        for (var i = 0; i < Rounds; i++)
        {
            status.Add(await Typed(daemon, "daemon", "status"));
            list.Add(await Typed(daemon, "list"));
        }

        report.Figure("agentctl list with 10,000 items, whole process, p50", Report.Percentile(list, 0.5), "ms", 150);
        report.Ratio("agentctl list / agentctl daemon status", Report.Percentile(list, 0.5), Report.Percentile(status, 0.5), 2,
            below: true);
    }

    static async Task<string> Add(BenchDaemon daemon, int i) =>
        (string)(await daemon.Post("/items", new JsonObject { ["title"] = $"item {i}" }))["item"]!["id"]!;

    /// <summary>So many of them over all clients; how many a second.</summary>
    static async Task<double> Spread(int count, Func<int, Task> one)
    {
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(async () =>
        {
            for (var i = client; i < count; i += Clients)
                await one(i);
        })));
        return count / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    static async Task<double> Typed(BenchDaemon daemon, params string[] words)
    {
        var start = Stopwatch.GetTimestamp();
        var order = new ProcessStartInfo(Path.Combine(BenchDaemon.Root, "bin", "agentctl"), [.. words, "--data", daemon.Data])
        {
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(order)!;
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? Stopwatch.GetElapsedTime(start).TotalMilliseconds
            : throw new InvalidOperationException($"agentctl {words[0]} ended with {process.ExitCode}");
    }
}
