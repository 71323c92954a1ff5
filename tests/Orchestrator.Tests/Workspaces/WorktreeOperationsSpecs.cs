using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Workspaces;

/// <summary>Listing and cleaning up worktrees through the daemon: nothing unsaved goes, and everybody is told why.</summary>
public class WorktreeOperationsSpecs
{
    [Fact]
    public async Task A_worktree_is_listed_judged_and_removed_and_its_branch_stays()
    {
        using var repository = new TempRepository();
        await using var daemon = await TestDaemon.Start();
        var run = await Done(daemon, repository, "write new.txt fresh");

        var listed = Assert.Single((await daemon.Get("/worktrees"))["worktrees"]!.AsArray())!;
        Assert.Equal("worktree", (string?)listed["kind"]);
        Assert.Equal((string?)run["session_id"], (string?)listed["session_id"]);
        Assert.Equal((string?)run["workspace"]!["path"], (string?)listed["path"]);
        Assert.Equal((string?)run["id"], (string?)listed["runs"]![0]!["id"]);
        var path = (string)listed["path"]!;

        var judged = await Clean(daemon, new JsonObject { ["dry_run"] = true });
        Assert.Equal("removable", (string?)judged["decision"]);
        Assert.True(Directory.Exists(path));

        var removed = await Clean(daemon, new JsonObject { ["run"] = (string?)run["id"] });
        Assert.Equal("removed", (string?)removed["decision"]);
        Assert.False(Directory.Exists(path));
        Assert.Equal("fresh", repository.Run("show", $"{run["workspace"]!["branch"]}:new.txt"));
        Assert.Empty((await daemon.Get("/worktrees"))["worktrees"]!.AsArray());
        var told = (await daemon.Events((string)run["session_id"]!)).Single(e => (string?)e["event_type"] == "workspace.removed");
        Assert.Contains((string)run["workspace"]!["branch"]!, (string?)told["data"]!["note"], StringComparison.Ordinal);
        Assert.Empty((await daemon.Post("/worktrees/cleanup"))["worktrees"]!.AsArray());
    }

    [Fact]
    public async Task A_session_goes_on_from_its_branch_after_its_worktree_was_removed()
    {
        using var repository = new TempRepository();
        await using var daemon = await TestDaemon.Start();
        var run = await Done(daemon, repository, "write new.txt fresh");
        await Clean(daemon, []);

        var again = (await daemon.Post($"/runs/{run["id"]}/resume", new JsonObject { ["prompt"] = "!run cat new.txt" }))["run"]!;

        var ended = await daemon.Ended((string)again["id"]!);
        Assert.Equal("succeeded", (string?)ended["status"]);
        Assert.Equal("fresh", (string?)ended["last_message"]);
    }

    [Fact]
    public async Task Uncommitted_work_keeps_a_worktree_with_a_copy_and_a_reason()
    {
        using var repository = new TempRepository();
        await using var daemon = await TestDaemon.Start();
        var run = await Done(daemon, repository, "write new.txt fresh");
        var path = (string)run["workspace"]!["path"]!;
        await File.WriteAllTextAsync(Path.Combine(path, "later.txt"), "by hand", TestContext.Current.CancellationToken);

        var kept = await Clean(daemon, new JsonObject { ["session"] = (string?)run["session_id"] });

        Assert.Equal("kept", (string?)kept["decision"]);
        Assert.Contains("later.txt", (string?)kept["reasons"]![0], StringComparison.Ordinal);
        Assert.Equal("by hand", repository.Run("show", $"{kept["snapshot_ref"]}:later.txt"));
        Assert.Equal("by hand", await File.ReadAllTextAsync(Path.Combine(path, "later.txt"), TestContext.Current.CancellationToken));
        var listed = (await daemon.Get("/worktrees"))["worktrees"]![0]!;
        Assert.Equal("kept", (string?)listed["status"]);
        Assert.Contains("later.txt", (string?)listed["note"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_with_an_open_run_keeps_its_worktree()
    {
        using var repository = new TempRepository();
        await using var daemon = await TestDaemon.Start();
        var gate = Path.Combine(daemon.Root, "gate");
        var id = await Begin(daemon, repository, $"wait-file {gate}");
        await Eventually.True(() => TestDaemon.ProcessesOf(id).Count > 0, "the agent runs");

        var kept = await Clean(daemon, []);

        Assert.Equal("kept", (string?)kept["decision"]);
        Assert.Contains(id, (string?)kept["reasons"]![0], StringComparison.Ordinal);
        await File.WriteAllTextAsync(gate, "", TestContext.Current.CancellationToken);
        Assert.Equal("succeeded", (string?)(await daemon.Ended(id))["status"]);
    }

    [Fact]
    public async Task Cleaning_up_while_runs_start_loses_neither_run_nor_work()
    {
        using var repository = new TempRepository();
        await using var daemon = await TestDaemon.Start();
        var run = await Done(daemon, repository, "append log.txt 0");
        var id = (string)run["id"]!;
        for (var round = 1; round <= 8; round++)
        {
            var resume = daemon.Post($"/runs/{id}/resume", new JsonObject { ["prompt"] = $"!append log.txt {round}" });
            var cleanups = Enumerable.Range(0, 3).Select(_ => daemon.Post("/worktrees/cleanup")).ToList();
            id = (string)(await resume)["run"]!["id"]!;
            await Task.WhenAll(cleanups);
            run = await daemon.Ended(id);
            Assert.True((string?)run["status"] == "succeeded", run.ToJsonString());
        }

        Assert.Equal(Enumerable.Range(0, 9),
            repository.Run("show", $"{run["workspace"]!["branch"]}:log.txt").Split('\n').Select(int.Parse));
    }

    [Fact]
    public async Task Wrong_orders_are_refused()
    {
        await using var daemon = await TestDaemon.Start();
        await daemon.Send(HttpMethod.Post, "/worktrees/cleanup", new JsonObject { ["run"] = "0123456789abcdef" }).Refused(404, "not_found");
        await daemon.Send(HttpMethod.Post, "/worktrees/cleanup", new JsonObject { ["session"] = "x" }).Refused(404, "not_found");
        await daemon.Send(HttpMethod.Post, "/worktrees/cleanup", new JsonObject { ["dry_run"] = "yes" }).Refused(400, "invalid_request");
        await daemon.Send(HttpMethod.Post, "/worktrees/cleanup", new JsonObject { ["run"] = "a", ["session"] = "b" })
            .Refused(422, "unprocessable");
    }

    static async Task<JsonNode> Clean(TestDaemon daemon, JsonObject order) =>
        Assert.Single((await daemon.Post("/worktrees/cleanup", order))["worktrees"]!.AsArray())!;

    static async Task<JsonNode> Done(TestDaemon daemon, TempRepository repository, params string[] steps) =>
        await daemon.Ended(await Begin(daemon, repository, steps));

    static async Task<string> Begin(TestDaemon daemon, TempRepository repository, params string[] steps)
    {
        var order = TestDaemon.Order(steps);
        order["project"] = repository.Path;
        return (string)(await daemon.Post("/runs", order))["run"]!["id"]!;
    }
}
