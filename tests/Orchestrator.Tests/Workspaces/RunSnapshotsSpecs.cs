using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Workspaces;

/// <summary>Snapshots that are taken before a run's own end: uncommitted work is safe before anything happens to it.</summary>
public sealed class RunSnapshotsSpecs : IDisposable
{
    readonly TempRepository repository = new();

    public void Dispose() => repository.Dispose();

    [Fact]
    public async Task At_a_limit_the_work_is_saved_before_the_agent_hears_of_it()
    {
        await using var daemon = TestDaemon.Prepare("""
              hasty:
                agent: command
                command: [sh, -c, "trap 'rm new.txt; exit 1' INT TERM; echo fresh >new.txt; while :; do sleep 0.05; done"]
                limits: {idle_s: 0.5}
            """);
        await daemon.Start();
        var order = new JsonObject { ["prompt"] = "x", ["profile"] = "hasty", ["project"] = repository.Path };
        var run = await daemon.Ended((string)(await daemon.Post("/runs", order))["run"]!["id"]!);

        Assert.Equal(("timed_out", "idle_timeout"), ((string?)run["status"], (string?)run["reason"]));
        Assert.False(File.Exists(Path.Combine((string)run["workspace"]!["path"]!, "new.txt")));
        Assert.Equal("fresh", repository.Run("show", $"{run["snapshot_ref"]}:new.txt"));
        Assert.Equal("limit", await Why(daemon, (string)run["id"]!));
    }

    [Fact]
    public async Task A_daemon_that_stops_saves_the_work_of_what_goes_on_and_a_lost_run_is_saved_too()
    {
        await using var daemon = await TestDaemon.Start();
        var gate = Path.Combine(daemon.Root, "gate");
        var id = await Begin(daemon, "write new.txt fresh", "print at work", $"wait-file {gate}");
        var path = (string)(await daemon.Get($"/runs/{id}"))["run"]!["workspace"]!["path"]!;
        await Eventually.True(() => File.Exists(Path.Combine(path, "new.txt")), "the agent has written");
        await daemon.Stop();

        Assert.Equal("fresh", repository.Run("show", $"refs/agent-orchestrator/snapshots/{id}:new.txt"));
        await daemon.Start();
        Assert.Equal("shutdown", await Why(daemon, id));
        await File.WriteAllTextAsync(gate, "", TestContext.Current.CancellationToken);
        Assert.Equal("succeeded", (string?)(await daemon.Ended(id))["status"]);

        var lost = await Begin(daemon, "write other.txt mine", "print at work", "hang");
        var place = (string)(await daemon.Get($"/runs/{lost}"))["run"]!["workspace"]!["path"]!;
        await Eventually.True(() => File.Exists(Path.Combine(place, "other.txt")), "the agent has written");
        await daemon.Kill();
        File.Delete(Path.Combine(daemon.Data, "runs", lost, "stdout"));
        await daemon.Start();
        Assert.Equal("lost", (string?)(await daemon.Ended(lost))["status"]);
        Assert.Equal("mine", repository.Run("show", $"refs/agent-orchestrator/snapshots/{lost}:other.txt"));
        var brought = await daemon.Post("/worktrees/restore", new JsonObject { ["snapshot"] = lost });
        Assert.Equal("mine\n", await File.ReadAllTextAsync(Path.Combine((string)brought["path"]!, "other.txt"),
            TestContext.Current.CancellationToken));
    }

    async Task<string> Begin(TestDaemon daemon, params string[] steps)
    {
        var order = TestDaemon.Order(steps);
        order["project"] = repository.Path;
        var id = (string)(await daemon.Post("/runs", order))["run"]!["id"]!;
        await Eventually.True(() => TestDaemon.ProcessesOf(id).Count > 0, "the agent runs");
        return id;
    }

    static async Task<string?> Why(TestDaemon daemon, string run) =>
        (string?)(await daemon.EventsOf(run)).Single(one => (string?)one["event_type"] == "workspace.captured")["data"]!["why"];
}
