using System.Globalization;
using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Daemon;

/// <summary>Who runs when: one at a time per session and in order, never more than there are slots, the rest waits and says why.</summary>
public class AdmissionSpecs
{
    [Fact]
    public async Task Runs_of_a_session_go_one_at_a_time_in_order_and_the_session_says_so()
    {
        await using var daemon = await TestDaemon.Start();
        var log = Path.Combine(daemon.Root, "log");
        var gate = Path.Combine(daemon.Root, "gate");
        var first = await daemon.Run($"wait-file {gate}", $"append {log} 0");
        var session = (string)(await daemon.Get($"/runs/{first}"))["run"]!["session_id"]!;
        var runs = new List<string> { first };
        for (var i = 1; i <= 4; i++)
        {
            var order = new JsonObject { ["role"] = "user", ["text"] = $"!append {log} {i}", ["profile"] = "fake" };
            runs.Add((string)(await daemon.Post($"/sessions/{session}/messages", order))["run"]!["id"]!);
        }

        await Eventually.True(() => TestDaemon.ProcessesOf(first).Count > 0, "the first agent runs");
        Assert.Equal("busy", (string?)(await daemon.Get($"/sessions/{session}"))["session"]!["status"]);
        var waiting = (await daemon.Get($"/runs/{runs[2]}/diagnose"))["diagnostics"]!;
        Assert.Equal("queued", (string?)waiting["run_status"]);
        Assert.Equal("session_busy", (string?)waiting["likely_issue"]!["code"]);
        Assert.Contains(first, (string?)waiting["likely_issue"]!["text"], StringComparison.Ordinal);
        Assert.Equal(2, (int?)waiting["queue_position"]);
        var counts = (await daemon.Get("/daemon/status"))["queue_counts"]!;
        Assert.Equal((4, 1), ((int?)counts["queued_count"], (int?)counts["running_count"]));

        await File.WriteAllTextAsync(gate, "", TestContext.Current.CancellationToken);
        foreach (var run in runs)
            Assert.Equal("succeeded", (string?)(await daemon.Ended(run))["status"]);
        Assert.Equal(["0", "1", "2", "3", "4"], await File.ReadAllLinesAsync(log, TestContext.Current.CancellationToken));
        Assert.Equal("idle", (string?)(await daemon.Get($"/sessions/{session}"))["session"]!["status"]);
    }

    [Fact]
    public async Task Never_more_agents_than_slots_by_their_own_count_and_the_oldest_first()
    {
        await using var daemon = TestDaemon.Prepare();
        daemon.Flags.AddRange(["--max-concurrency", "3"]);
        await daemon.Start();
        var log = Path.Combine(daemon.Root, "log");
        var runs = new List<string>();
        for (var i = 0; i < 15; i++)
            runs.Add(await daemon.Run($"append {log} in", "sleep 60", $"append {log} out"));
        foreach (var run in runs)
            Assert.Equal("succeeded", (string?)(await daemon.Ended(run))["status"]);

        var (now, most) = (0, 0);
        foreach (var line in await File.ReadAllLinesAsync(log, TestContext.Current.CancellationToken))
            most = Math.Max(most, now += line == "in" ? 1 : -1);
        Assert.InRange(most, 1, 3);
        var starts = (await daemon.Events()).Where(e => (string?)e["event_type"] == "run.started");
        var started = starts.Select(e => (string)e["run_id"]!).ToList();
        // Neighbours may change places: slots are filled in order, agents start at their own pace.
        Assert.All(runs, run => Assert.InRange(Math.Abs(started.IndexOf(run) - runs.IndexOf(run)), 0, 3));
        Assert.Equal(3, (int?)(await daemon.Get("/daemon/status"))["max_concurrency"]);
    }

    [Fact]
    public async Task A_full_pool_is_told_by_diagnose_with_the_place_in_the_queue()
    {
        await using var daemon = TestDaemon.Prepare("limits: {max_concurrency: 1}");
        await daemon.Start();
        var gate = Path.Combine(daemon.Root, "gate");
        var first = await daemon.Run($"wait-file {gate}");
        await Eventually.True(() => TestDaemon.ProcessesOf(first).Count > 0, "the first agent runs");
        var second = await daemon.Run("print x");
        var third = await daemon.Run("print x");
        foreach (var (run, place) in new[] { (second, 1), (third, 2) })
        {
            var found = (await daemon.Get($"/runs/{run}/diagnose"))["diagnostics"]!;
            Assert.Equal("pool_full", (string?)found["likely_issue"]!["code"]);
            Assert.Equal(place, (int?)found["queue_position"]);
        }

        await File.WriteAllTextAsync(gate, "", TestContext.Current.CancellationToken);
        await daemon.Ended(third);
    }

    [Fact]
    public async Task A_session_with_a_workdir_runs_there_as_it_is()
    {
        await using var daemon = await TestDaemon.Start();
        var folder = Directory.CreateDirectory(Path.Combine(daemon.Root, "mine")).FullName;
        var order = TestDaemon.Order("cwd", "write here.txt yes");
        order["workdir"] = folder;
        var run = await daemon.Ended((string)(await daemon.Post("/runs", order))["run"]!["id"]!);
        Assert.Equal("succeeded", (string?)run["status"]);
        Assert.Equal(folder, (string?)run["workspace"]!["path"]);
        Assert.True(File.Exists(Path.Combine(folder, "here.txt")));
        var both = new JsonObject { ["workdir"] = folder, ["project"] = folder };
        Assert.Equal("workdir", (string?)(await daemon.Send(HttpMethod.Post, "/sessions", both).Refused(422, "unprocessable"))["field"]);
    }

    [Fact]
    public async Task A_missing_agent_fails_with_a_sentence_and_a_gone_project_too()
    {
        await using var daemon = await TestDaemon.Start("""
              missing:
                agent: command
                command: ["/does/not/exist"]
            """);
        var run = await daemon.Ended((string)(await daemon.Post("/runs", new JsonObject { ["prompt"] = "x", ["profile"] = "missing" }))
            ["run"]!["id"]!);
        Assert.Equal(("failed", "agent_missing"), ((string?)run["status"], (string?)run["reason"]));
        Assert.Contains("/does/not/exist", (string?)run["error"]!["message"], StringComparison.Ordinal);

        var folder = Directory.CreateDirectory(Path.Combine(daemon.Root, "p")).FullName;
        await daemon.Post("/projects", new JsonObject { ["name"] = "p", ["path"] = folder });
        Directory.Delete(folder);
        var order = TestDaemon.Order("print x");
        order["project"] = "p";
        var gone = await daemon.Ended((string)(await daemon.Post("/runs", order))["run"]!["id"]!);
        Assert.Equal("failed", (string?)gone["status"]);
        Assert.Contains("gone", (string?)gone["error"]!["message"], StringComparison.Ordinal);
    }
}
