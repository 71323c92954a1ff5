using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Orchestrator.Bench;

/// <summary>From "accepted" to a running agent, told by the agent itself; and from POST to the end event at a watcher.</summary>
static class StartLatency
{
    const int Rounds = 60;

    const string Config = """
        profiles:
          clock:
            agent: command
            command: ["/bin/date", "+%s%N"]
        """;

    public static async Task Measure(Report report)
    {
        await using var daemon = await BenchDaemon.Start(Config);
        var repository = SampleRepository(daemon.Data);
        await daemon.Post("/projects", new JsonObject { ["name"] = "sample", ["path"] = repository });
        await Accepted(daemon, null, 10);
        report.Figure("POST accepted → agent started, plain folder, p50", Report.Percentile(await Accepted(daemon, null, Rounds), 0.5),
            "ms", 15);
        await Accepted(daemon, "sample", 5);
        report.Limit("git worktree add alone, p50", Report.Percentile(BareWorktrees(repository, daemon.Data), 0.5), "ms");
        report.Figure("POST accepted → agent started, new worktree, p50",
            Report.Percentile(await Accepted(daemon, "sample", Rounds), 0.5), "ms", 40);
        report.Figure("no-op run, POST → end event at a watcher, p50", Report.Percentile(await ToEnd(daemon), 0.5), "ms", 60);
    }

    static async Task<List<double>> Accepted(BenchDaemon daemon, string? project, int rounds)
    {
        var samples = new List<double>();
        for (var i = 0; i < rounds; i++)
        {
            var body = new JsonObject { ["prompt"] = "x", ["profile"] = "clock", ["project"] = project };
            var id = (string)(await daemon.Post("/runs", body))["run"]!["id"]!;
            var accepted = (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalMilliseconds;
            var run = (await daemon.Get($"/runs/{id}/wait"))["run"]!;
            samples.Add((double.Parse((string)run["last_message"]!, CultureInfo.InvariantCulture) / 1e6) - accepted);
        }

        return samples;
    }

    static async Task<List<double>> ToEnd(BenchDaemon daemon)
    {
        using var stream = new StreamReader(await daemon.Http.GetStreamAsync("/stream?after=latest&types=run.succeeded"));
        var samples = new List<double>();
        for (var i = 0; i < Rounds; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await daemon.Post("/runs", new JsonObject { ["prompt"] = "x", ["profile"] = "clock" });
            while (await stream.ReadLineAsync() is { } line && !line.StartsWith("data:", StringComparison.Ordinal))
            {
                // Comments and ids.
            }

            samples.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return samples;
    }

    static List<double> BareWorktrees(string repository, string data)
    {
        var samples = new List<double>();
        for (var i = 0; i < 20; i++)
        {
            var start = Stopwatch.GetTimestamp();
            Git(repository, "worktree", "add", "-q", "-b", $"bare-{i}", Path.Combine(data, $"bare-{i}"));
            samples.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return samples;
    }

    /// <summary>Thirty small files, one commit.</summary>
    public static string SampleRepository(string parent)
    {
        var path = Directory.CreateDirectory(Path.Combine(parent, "sample")).FullName;
        for (var i = 0; i < 30; i++)
            File.WriteAllText(Path.Combine(path, $"file{i}.txt"), string.Join('\n', Enumerable.Range(0, 50)));
        Git(path, "init", "-q");
        Git(path, "add", ".");
        Git(path, "-c", "user.name=bench", "-c", "user.email=bench@localhost", "commit", "-q", "-m", "start");
        return path;
    }

    static void Git(string folder, params string[] arguments)
    {
        using var git = Process.Start("git", ["-C", folder, .. arguments]);
        git.WaitForExit();
    }
}
