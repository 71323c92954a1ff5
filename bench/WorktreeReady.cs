using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Orchestrator.Bench;

/// <summary>
/// A worktree of a repository with 5,000 files, ready for an agent: by the daemon, from the accepted order to the start of its process,
/// against `git worktree add` alone. Both in turns, so that a busy machine slows both.
/// </summary>
static class WorktreeReady
{
    const int Rounds = 15, Files = 5000;

    const string Config = """
        profiles:
          nothing:
            agent: command
            command: ["/bin/true"]
        """;

    public static async Task Measure(Report report)
    {
        await using var daemon = await BenchDaemon.Start(Config);
        var repository = Repository(daemon.Data);
        await daemon.Post("/projects", new JsonObject { ["name"] = "large", ["path"] = repository });
        var (bare, ours) = (new List<double>(), new List<double>());
        for (var round = -2; round < Rounds; round++)
        {
            var alone = Bare(repository, Path.Combine(daemon.Data, $"bare{round}"), $"bare{round}");
            var ready = await Ready(daemon);
            if (round < 0)
                continue;
            bare.Add(alone);
            ours.Add(ready);
        }
        report.Limit("git worktree add alone, 5,000 files, p50", Report.Percentile(bare, 0.5), "ms");
        report.Figure("accepted → agent's process held, 5,000 files, p50", Report.Percentile(ours, 0.5), "ms", 1000);
        report.Ratio("worktree ready / bare git worktree add, 5,000 files", Report.Percentile(ours, 0.5),
            Report.Percentile(bare, 0.5), 1.3, below: true);
    }

    /// <summary>Milliseconds from the accepted order to the held process, by the daemon's own events.</summary>
    static async Task<double> Ready(BenchDaemon daemon)
    {
        var order = new JsonObject { ["prompt"] = "x", ["profile"] = "nothing", ["project"] = "large" };
        var id = (string)(await daemon.Post("/runs", order))["run"]!["id"]!;
        var run = (await daemon.Get($"/runs/{id}/wait"))["run"]!;
        return ((DateTimeOffset)run["started_at"]! - (DateTimeOffset)run["created_at"]!).TotalMilliseconds;
    }

    static double Bare(string repository, string folder, string branch)
    {
        var start = Stopwatch.GetTimestamp();
        Git(repository, "worktree", "add", "-q", "-b", branch, folder);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    static string Repository(string parent)
    {
        var path = Directory.CreateDirectory(Path.Combine(parent, "large")).FullName;
        for (var i = 0; i < Files; i++)
        {
            var folder = Directory.CreateDirectory(Path.Combine(path, $"part{i / 50}")).FullName;
            File.WriteAllText(Path.Combine(folder, $"file{i}.txt"), string.Join('\n', Enumerable.Range(i, 100)));
        }
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
