using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Runs;

/// <summary>A start that cannot succeed ends its run with the reason; it is not tried for ever without a word.</summary>
public class StartRefusalSpecs
{
    [Fact]
    public async Task A_worktree_that_git_refuses_ends_the_run_in_gits_own_words()
    {
        using var repository = new TempRepository();
        await using var daemon = await TestDaemon.Start();
        await daemon.Post("/projects", new JsonObject { ["name"] = "demo", ["path"] = repository.Path });
        repository.Write(".git/worktrees", "a file where git wants a folder\n");
        var order = TestDaemon.Order("print never");
        order["project"] = "demo";
        var id = (string)(await daemon.Post("/runs", order))["run"]!["id"]!;

        var run = await daemon.Ended(id, 20);

        Assert.Equal("failed", (string?)run["status"]);
        Assert.Equal("workspace_failed", (string?)run["reason"]);
        Assert.Contains("git could not make the worktree", (string?)run["error"]!["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_folder_that_cannot_be_made_ends_the_run_and_says_so()
    {
        await using var daemon = await TestDaemon.Start();
        var runs = Path.Combine(daemon.Data, "runs");
        if (Directory.Exists(runs))
            Directory.Delete(runs);
        await File.WriteAllTextAsync(runs, "in the way", TestContext.Current.CancellationToken);
        var id = await daemon.Run("print never");

        var run = await daemon.Ended(id, 20);

        Assert.Equal("failed", (string?)run["status"]);
        Assert.Equal("spawn_failed", (string?)run["reason"]);
        Assert.NotEqual("", (string?)run["error"]!["message"]);
    }
}
