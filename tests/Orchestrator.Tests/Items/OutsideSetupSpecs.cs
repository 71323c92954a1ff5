using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Items;

/// <summary>The worktree of a worker outside is set up as a run's is, beside the request; its worker learns when it may begin.</summary>
public sealed class OutsideSetupSpecs : IAsyncLifetime
{
    readonly TempRepository repository = new();
    TestDaemon daemon = null!;

    string Gate => repository.At("gate");

    string Trace => repository.At("trace");

    public ValueTask InitializeAsync()
    {
        repository.Write(".gitignore", ".env\n");
        repository.Write(".worktreeinclude", ".env\n.link\n");
        repository.Write("data.bin", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 3\n");
        repository.Write(".gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text\n");
        repository.Commit("what is copied");
        repository.Write(".env", "KEY=1\n");
        // The setup tells of itself, waits for the gate, and fails when there is a word in that.
        daemon = TestDaemon.Prepare($$"""
            projects:
              demo:
                path: {{repository.Path}}
                ports: {from: 23000, count: 4}
                setup: [[sh, -c, 'echo "$AGENTCTL_PORT_BASE $PWD" >>{{Trace}}; while [ ! -e {{Gate}} ]; do sleep 0.05; done'],
                        [sh, -c, 'cat {{Gate}} >&2; test ! -s {{Gate}}'],
                        [sh, -c, 'cat .env >made.txt']]
            """);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await daemon.DisposeAsync();
        repository.Dispose();
    }

    async Task<string> Add() => (string)(await daemon.Post("/items",
        new JsonObject { ["title"] = "outside", ["project"] = "demo" }))["item"]!["id"]!;

    async Task<JsonNode> Exec(string id) => await daemon.Post($"/api/executor/run/{id}", new JsonObject { ["mode"] = "external" });

    JsonNode Check(string agent) => daemon.Look($"/items/check/{agent}")["check"]!;

    Task Open(string word) => File.WriteAllTextAsync(Gate, word, TestContext.Current.CancellationToken);

    [Fact]
    public async Task It_runs_beside_the_request_and_a_file_says_that_it_is_over_also_when_the_daemon_died_meanwhile()
    {
        await daemon.With("AGENTD_CRASH_AT", Checkpoint.SetupEnded).Start();
        var begun = await Exec(await Add());
        var (agent, workspace) = ((string)begun["agentId"]!, (string)begun["workspaceDir"]!);
        Assert.Equal("running", (string?)begun["setup"]);
        Assert.Equal("running", (string?)Check(agent)["setup"]);
        var task = await File.ReadAllTextAsync(Path.Combine(workspace, "TASK.md"), TestContext.Current.CancellationToken);
        Assert.Contains("begin when SETUP.md is beside this file", task, StringComparison.Ordinal);
        Assert.Contains("The 4 ports from 23000 on are this worktree's own.", task, StringComparison.Ordinal);
        Assert.Contains("git lfs", task, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(workspace, "SETUP.md")));

        await Open("");
        await daemon.Died();
        daemon.Without("AGENTD_CRASH_AT");
        await daemon.Start();

        await Eventually.True(() => (string?)Check(agent)["setup"] == "done", "the setup is over");
        Assert.Contains("begin", await File.ReadAllTextAsync(Path.Combine(workspace, "SETUP.md"), TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
        Assert.Equal("KEY=1\n", await File.ReadAllTextAsync(Path.Combine(workspace, "project", "made.txt"),
            TestContext.Current.CancellationToken));
        Assert.Equal($"23000 {Path.Combine(workspace, "project")}",
            Assert.Single(await File.ReadAllLinesAsync(Trace, TestContext.Current.CancellationToken)));
        Assert.Equal("running", (string?)Check(agent)["state"]);
    }

    [Fact]
    public async Task Whoever_takes_the_next_few_waits_for_all_of_their_setups()
    {
        await daemon.Start();
        string[] ids = [await Add(), await Add()];
        var taken = TypedCommand.Run(daemon, null, "exec-next", "2", "--mode", "external");
        await Eventually.True(() => ids.All(id => (string?)Check(id)["setup"] == "running"), "both setups run");
        Assert.False(taken.IsCompleted);
        await Open("");

        var (code, output, _) = await taken;

        Assert.Equal(0, code);
        var places = output.Split('\n').Where(line => line.StartsWith("  Workspace: ", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, places.Count);
        Assert.All(places, line => Assert.True(File.Exists(Path.Combine(line["  Workspace: ".Length..], "SETUP.md"))));

        File.Delete(Gate);
        await Open("the database is down");
        var (failed, other) = (await Add(), await Add());
        var (blocked, _, error) = await TypedCommand.Run(daemon, null, "exec-next", "2", "--mode", "external", "--format", "json");
        Assert.Equal(3, blocked);
        Assert.Equal(2, error.Split("exit code 1: the database is down").Length - 1);
        Assert.All((string[])[failed, other], id => Assert.Equal("blocked", (string?)Check(id)["state"]));
    }

    [Fact]
    public async Task One_that_fails_blocks_the_item_and_one_whose_item_is_given_back_ends()
    {
        await daemon.Start();
        var id = await Add();
        await Open("the database is down");

        var (code, output, error) = await TypedCommand.Run(daemon, null, "exec", id, "--mode", "external");

        Assert.Equal(3, code);
        Assert.Contains("exit code 1: the database is down", error, StringComparison.Ordinal);
        var agent = output.Split('\n')[0]["Agent: ".Length..];
        var check = Check(agent);
        Assert.Equal(("blocked", "blocked"), ((string?)check["state"], (string?)check["item"]!["status"]));
        Assert.Equal("person", (string?)check["item"]!["causes"]![0]!["kind"]);
        Assert.EndsWith("; when it is mended, ready it again.", (string?)check["item"]!["causes"]![0]!["text"], StringComparison.Ordinal);
        Assert.Contains("the database is down", await File.ReadAllTextAsync(Path.Combine((string)check["workspace_dir"]!, "SETUP.md"),
            TestContext.Current.CancellationToken), StringComparison.Ordinal);

        File.Delete(Gate);
        await daemon.Post($"/items/{id}/ready");
        var begun = await Exec(id);
        var place = daemon.List("/worktrees", "worktrees").Single(one =>
            (string?)one["path"] == Path.Combine((string)begun["workspaceDir"]!, "project"));
        var command = await Eventually.Value(() => (string?)daemon.Look($"/worktrees/{place["id"]}")["worktree"]!["commands"]!.AsArray()
            .FirstOrDefault()?["id"], "the setup has begun");
        await daemon.Post($"/items/{id}/release", new JsonObject { ["lease_id"] = (string)begun["agentId"]!, ["fence"] = 2 });
        await Eventually.True(() => (string?)daemon.Look($"/worktrees/{place["id"]}")["worktree"]!["commands"]![0]!["status"] == "stopped",
            "the setup has ended");
        Assert.Empty(TestDaemon.ProcessesOf(command));

        await Open("");
        Assert.Equal(0, (await TypedCommand.Run(daemon, null, "exec", id, "--mode", "external")).Code);
    }
}
