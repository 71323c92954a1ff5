using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Workspaces;

/// <summary>What a run left is brought back through the daemon, and nothing is written over.</summary>
public class RestoreSpecs
{
    [Fact]
    public async Task A_snapshot_comes_back_as_a_worktree_or_a_folder_and_never_over_work()
    {
        using var repository = new TempRepository();
        await using var daemon = await TestDaemon.Start();
        var order = TestDaemon.Order("write new.txt fresh", "exit 3");
        order["project"] = repository.Path;
        var run = await daemon.Ended((string)(await daemon.Post("/runs", order))["run"]!["id"]!);
        var (id, first) = ((string)run["id"]!, (string)run["workspace"]!["path"]!);

        var made = await daemon.Post("/worktrees/restore", new JsonObject { ["snapshot"] = id[..10] });
        Assert.Equal("fresh", Read((string)made["path"]!, "new.txt"));
        Assert.Equal($"{run["workspace"]!["branch"]}-restored", (string?)made["branch"]);
        Assert.Equal((string?)run["snapshot_ref"], (string?)made["snapshot_ref"]);
        Assert.NotEqual(first, (string?)made["path"]);
        var listed = (await daemon.Get("/worktrees"))["worktrees"]!.AsArray().Single(one => (string?)one!["kind"] == "restored")!;
        Assert.Equal(((string?)made["worktree_id"], "idle"), ((string?)listed["id"], (string?)listed["state"]));

        var target = Path.Combine(daemon.Root, "out");
        var exported = await daemon.Post("/worktrees/restore",
            new JsonObject { ["snapshot"] = (string?)run["snapshot_ref"], ["to"] = target });
        Assert.Equal((target, "fresh"), ((string?)exported["path"], Read(target, "new.txt")));
        Assert.False(Path.Exists(Path.Combine(target, ".git")));
        File.WriteAllText(Path.Combine(target, "new.txt"), "mine");
        await daemon.Send(HttpMethod.Post, "/worktrees/restore", new JsonObject { ["snapshot"] = id, ["to"] = target })
            .Refused(409, "conflict");
        Assert.Equal("mine", Read(target, "new.txt"));

        // The session goes on in its own worktree, not in the restored one.
        var again = (await daemon.Post($"/runs/{id}/resume", new JsonObject { ["prompt"] = "!cwd" }))["run"]!;
        Assert.Equal(first, (string?)(await daemon.Ended((string)again["id"]!))["last_message"]);
        var shown = (await daemon.Get($"/worktrees/{id}"))["worktree"]!;
        Assert.Equal(1, (int?)shown["git"]!["ahead"]);
        Assert.False((bool)shown["git"]!["dirty"]!);
        Assert.Contains(shown["snapshots"]!.AsArray(), one => (string?)one!["ref"] == (string?)run["snapshot_ref"]);
    }

    [Fact]
    public async Task Wrong_orders_are_refused()
    {
        using var repository = new TempRepository();
        await using var daemon = await TestDaemon.Start();
        var order = TestDaemon.Order("print clean");
        order["project"] = repository.Path;
        var run = await daemon.Ended((string)(await daemon.Post("/runs", order))["run"]!["id"]!);
        async Task Refused(int status, string code, JsonObject body) =>
            await daemon.Send(HttpMethod.Post, "/worktrees/restore", body).Refused(status, code);
        await Refused(400, "invalid_request", []);
        await Refused(404, "not_found", new JsonObject { ["snapshot"] = "0123456789abcdef" });
        await Refused(404, "not_found", new JsonObject { ["snapshot"] = (string?)run["id"] });
        await Refused(404, "not_found", new JsonObject { ["snapshot"] = "refs/heads/main" });
        await Refused(404, "not_found",
            new JsonObject { ["snapshot"] = $"refs/agent-orchestrator/snapshots/{run["id"]}/../../heads/main" });
        await daemon.Send(HttpMethod.Get, "/worktrees/0123456789abcdef").Refused(404, "not_found");
    }

    static string Read(string folder, string name) => File.ReadAllText(Path.Combine(folder, name)).TrimEnd();
}
