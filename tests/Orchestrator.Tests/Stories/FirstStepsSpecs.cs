using System.Text.Json.Nodes;
using Orchestrator.Cli;
using Orchestrator.Tests.Support;
using Orchestrator.Verbs;

namespace Orchestrator.Tests.Stories;

/// <summary>The first hour: wrong folders, empty repositories, unfinished profiles, a stop while others wait.</summary>
public class FirstStepsSpecs
{
    [Fact]
    public async Task An_empty_path_and_a_file_are_no_project()
    {
        await using var daemon = new OwnDaemon();
        var (code, _, said) = await daemon.Ctl(null, "add-project", "a", "");
        Assert.Equal((ExitCodes.Usage, "The folder's path is empty."), (code, said.Trim()));
        var file = Path.Combine(daemon.Folder, "file");
        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);
        (code, _, said) = await daemon.Ctl(null, "add-project", "a", file);
        Assert.Equal((ExitCodes.Usage, $"'{file}' is a file, not a folder."), (code, said.Trim()));
    }

    [Fact]
    public async Task A_profile_that_names_no_program_is_not_blamed_on_the_workspace()
    {
        await using var daemon = await TestDaemon.Start();
        var order = TestDaemon.Order("print x");
        order["profile"] = "command";
        var run = await daemon.Ended((string)(await daemon.Post("/runs", order))["run"]!["id"]!);
        Assert.Equal("spawn_failed", (string?)run["reason"]);
        Assert.Contains("config.yaml", (string?)run["error"]!["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worktree_that_could_not_be_made_is_no_leftover()
    {
        using var repository = new TempRepository(commit: false);
        await using var daemon = await TestDaemon.Start();
        await daemon.Post("/projects", new JsonObject { ["name"] = "empty", ["path"] = repository.Path });
        var order = TestDaemon.Order("print x");
        order["project"] = "empty";
        var run = await daemon.Ended((string)(await daemon.Post("/runs", order))["run"]!["id"]!);
        Assert.Equal("workspace_failed", (string?)run["reason"]);

        var verdict = (await daemon.Post("/worktrees/cleanup", new JsonObject()))["worktrees"]!.AsArray().Single()!;
        Assert.Equal("gone", (string?)verdict["decision"]);
        Assert.Empty((await daemon.Post("/worktrees/cleanup", new JsonObject()))["worktrees"]!.AsArray());
    }

    [Fact]
    public async Task Those_who_wait_are_told_of_the_stop_and_do_not_hold_it_up()
    {
        await using var daemon = await TestDaemon.Start();
        var gate = Path.Combine(daemon.Root, "gate");
        var id = await daemon.Run($"wait-file {gate}");
        await Eventually.True(() => TestDaemon.ProcessesOf(id).Count > 0, "the agent runs");
        var waiting = daemon.Send(HttpMethod.Get, $"/runs/{id}/wait?timeout_s=300").Refused(503, "unavailable");
        await daemon.Get($"/runs/{id}/wait?timeout_s=0");
        await daemon.Stop();
        await waiting;

        await daemon.Start();
        await File.WriteAllTextAsync(gate, "", TestContext.Current.CancellationToken);
        Assert.Equal("succeeded", (string?)(await daemon.Ended(id))["status"]);
    }

    [Theory]
    [InlineData("running", "own", null, "not ended")]
    [InlineData("failed", null, null, "never had a workspace")]
    [InlineData("succeeded", "folder", null, "/w is no git repository")]
    [InlineData("succeeded", "worktree", "0123", "changed nothing")]
    public void An_empty_diff_says_why(string status, string? kind, string? commit, string words)
    {
        var workspace = kind is null ? null : new JsonObject { ["kind"] = kind, ["path"] = "/w", ["base"] = commit };
        var answer = new JsonObject { ["run"] = new JsonObject { ["status"] = status, ["workspace"] = workspace } };
        Assert.Contains(words, GatewayRunVerbs.WhyNoDiff(answer), StringComparison.Ordinal);
    }
}
