using System.Diagnostics;

namespace Orchestrator.Bench;

/// <summary><c>agentctl daemon status</c> as a whole process, through the launcher a person types.</summary>
static class CliLatency
{
    const int Rounds = 30;

    public static async Task Measure(Report report)
    {
        await using var daemon = await BenchDaemon.Start("");
        var samples = new List<double>();
        for (var i = 0; i < Rounds; i++)
        {
            var start = Stopwatch.GetTimestamp();
            var order = new ProcessStartInfo(Path.Combine(BenchDaemon.Root, "bin", "agentctl"), ["daemon", "status", "--data", daemon.Data])
            {
                RedirectStandardOutput = true,
            };
            using var process = Process.Start(order)!;
            await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            if (process.ExitCode != 0)
                throw new InvalidOperationException($"agentctl daemon status ended with {process.ExitCode}");
            samples.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        report.Figure("agentctl daemon status, whole process, p50", Report.Percentile(samples, 0.5), "ms", 90);
    }
}
