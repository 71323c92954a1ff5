using System.Text.Json.Nodes;
using Orchestrator.Terminals;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Workspaces;

/// <summary>A project's setup and teardown through a real daemon: held like runs, told of, and nothing is lost when they fail.</summary>
public class SetupSpecs
{
    [Fact]
    public async Task Setup_runs_once_before_the_agent_and_teardown_before_removal()
    {
        using var repository = new TempRepository();
        var trace = repository.At("trace");
        await using var daemon = await Start(repository, $$"""
            branch: "bot/{id}/{slug}"
            ports: {from: 21000, count: 4}
            setup: [[sh, -c, 'echo "setup $AGENTCTL_PORT_BASE $AGENTCTL_BRANCH ${AGENTCTL_AUTH_TOKEN-none} $PWD" >>{{trace}}; echo said'],
                    [sh, -c, 'echo made >made.txt; echo oops >&2']]
            teardown: [[sh, -c, 'echo "teardown $AGENTCTL_PROJECT_DIR" >>{{trace}}']]
            """);
        var run = await Done(daemon, "Fix it", "env AGENTCTL_PORT_BASE", "run cat made.txt");

        Assert.Equal("succeeded", (string?)run["status"]);
        var branch = (string)run["workspace"]!["branch"]!;
        Assert.Equal($"bot/{((string)run["id"]!)[..8]}/fix-it", branch);
        var again = (await daemon.Post($"/runs/{run["id"]}/resume", new JsonObject { ["prompt"] = "!env AGENTCTL_PORT_COUNT" }))["run"]!;
        Assert.Equal("AGENTCTL_PORT_COUNT=4", (string?)(await daemon.Ended((string)again["id"]!))["last_message"]);
        var path = (string)run["workspace"]!["path"]!;
        Assert.Equal([$"setup 21000 {branch} none {path}"], await Lines(trace));

        var shown = (await daemon.Get($"/worktrees/{run["id"]}"))["worktree"]!;
        Assert.Equal(("idle", true), ((string?)shown["state"], (bool)shown["set_up"]!));
        Assert.Equal(["said\n", ""], shown["commands"]!.AsArray().Select(one => (string?)one!["stdout"]));
        Assert.Equal("oops\n", (string?)shown["commands"]![1]!["stderr"]);
        Assert.Equal(["succeeded", "succeeded"], shown["commands"]!.AsArray().Select(one => (string?)one!["status"]));
        using var output = await daemon.Send(HttpMethod.Get, $"/worktrees/{shown["id"]}/output?command={shown["commands"]![0]!["id"]}");
        Assert.Equal("said\n", await output.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

        var removing = Assert.Single((await daemon.Post("/worktrees/cleanup"))["worktrees"]!.AsArray())!;
        Assert.Equal("removing", (string?)removing["decision"]);
        await Eventually.True(() => !Directory.Exists(path), "the teardown is done and the worktree gone");
        Assert.Equal($"teardown {repository.Path}", (await Lines(trace))[^1]);
        await Eventually.True(() => Standing(daemon, "removing") is null, "its row says so");
        Assert.Equal("removed", (string?)(await daemon.Get($"/worktrees/{shown["id"]}"))["worktree"]!["state"]);
    }

    [Fact]
    public async Task A_failing_setup_fails_the_run_in_words_and_the_next_run_tries_it_again()
    {
        using var repository = new TempRepository();
        var gate = repository.At("gate");
        await using var daemon = await Start(repository, $$"""
            setup: [[sh, -c, 'echo first >>first.txt'], [sh, -c, 'test -e {{gate}} || { echo the database is down >&2; exit 7; }']]
            """);
        var run = await Done(daemon, "t", "run cat first.txt");

        Assert.Equal(("failed", "workspace_failed"), ((string?)run["status"], (string?)run["reason"]));
        var said = (string)run["error"]!["message"]!;
        Assert.Contains("exit code 7: the database is down", said, StringComparison.Ordinal);
        Assert.Contains("agentctl worktree show ", said, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine((string)run["workspace"]!["path"]!, "first.txt")));

        await File.WriteAllTextAsync(gate, "", TestContext.Current.CancellationToken);
        var again = (await daemon.Post($"/runs/{run["id"]}/resume", new JsonObject { ["prompt"] = "!run wc -l first.txt" }))["run"]!;
        var ended = await daemon.Ended((string)again["id"]!);
        Assert.Equal(("succeeded", "2 first.txt"), ((string?)ended["status"], (string?)ended["last_message"]));
    }

    [Fact]
    public async Task A_command_that_hangs_is_ended_at_its_limit_with_all_it_started()
    {
        using var repository = new TempRepository();
        await using var daemon = await Start(repository, """
            setup_s: 0.5
            setup: [[sh, -c, 'sleep 300 & exec sleep 300']]
            """);
        var run = await Done(daemon, "t", "print never");

        Assert.Equal("workspace_failed", (string?)run["reason"]);
        Assert.Contains("took longer than 0.5 s", (string?)run["error"]!["message"], StringComparison.Ordinal);
        var id = (string)(await daemon.Get($"/worktrees/{run["id"]}"))["worktree"]!["commands"]![0]!["id"]!;
        Assert.Empty(Leftovers.Find(id));
    }

    [Fact]
    public async Task A_canceled_run_ends_its_setup_and_a_killed_daemons_setup_goes_on_and_is_not_run_twice()
    {
        using var repository = new TempRepository();
        var (gate, trace) = (repository.At("gate"), repository.At("trace"));
        await using var daemon = await Start(repository, $$"""
            setup: [[sh, -c, 'echo begun >>{{trace}}; while [ ! -e {{gate}} ]; do sleep 0.05; done; echo ended >>{{trace}}']]
            """);
        var id = await Begin(daemon, "t", "print hello");
        await Eventually.True(() => File.Exists(trace), "the setup is at work");
        await daemon.Kill();
        await daemon.Start();
        await File.WriteAllTextAsync(gate, "", TestContext.Current.CancellationToken);
        Assert.Equal("succeeded", (string?)(await daemon.Ended(id))["status"]);
        Assert.Equal(["begun", "ended"], await Lines(trace));

        File.Delete(gate);
        var canceled = await Begin(daemon, "t", "print never");
        await Eventually.True(() => File.ReadAllLines(trace).Length == 3, "the second setup is at work");
        var command = (string)(await daemon.Get($"/worktrees/{canceled}"))["worktree"]!["commands"]![0]!["id"]!;
        await daemon.Post($"/runs/{canceled}/cancel");
        Assert.Equal("canceled", (string?)(await daemon.Ended(canceled))["status"]);
        Assert.Empty(Leftovers.Find(command));
    }

    /// <summary>The places where the daemon dies around the start of a command.</summary>
    public static TheoryData<string> Places => [.. Checkpoint.OfCommands];

    [Theory]
    [MemberData(nameof(Places))]
    public async Task A_daemon_that_dies_around_the_start_of_a_command_runs_it_once(string place)
    {
        using var repository = new TempRepository();
        var trace = repository.At("trace");
        await using var daemon = Prepare(repository, $"setup: [[sh, -c, 'echo begun >>{trace}']]");
        await daemon.With("AGENTD_CRASH_AT", place).Start();
        var id = await Begin(daemon, "t", "print hello");
        await daemon.Died();
        daemon.Without("AGENTD_CRASH_AT");
        await daemon.Start();

        Assert.Equal("succeeded", (string?)(await daemon.Ended(id))["status"]);
        Assert.Equal(["begun"], await Lines(trace));
    }

    [Fact]
    public async Task A_failing_teardown_keeps_the_worktree()
    {
        using var repository = new TempRepository();
        await using var daemon = await Start(repository, "teardown: [[sh, -c, 'echo cannot stop it >&2; exit 1']]");
        var run = await Done(daemon, "t", "print x");
        await daemon.Post("/worktrees/cleanup");

        var kept = await Eventually.Value(() => Standing(daemon, "kept"), "the teardown has failed");
        Assert.Contains("cannot stop it", (string?)kept["note"], StringComparison.Ordinal);
        Assert.True(Directory.Exists((string)run["workspace"]!["path"]!));
    }

    [Fact]
    public async Task Commands_nobody_trusted_do_not_run()
    {
        using var repository = new TempRepository();
        var trace = repository.At("trace");
        await using var daemon = await Start(repository, "isolation: worktree");
        repository.Write(".agent-orchestrator.yaml", $"projects: {{demo: {{setup: [[touch, '{trace}']]}}}}");
        var run = await Done(daemon, "t", "print x");
        Assert.Equal("workspace_failed", (string?)run["reason"]);
        Assert.Contains("agentctl project trust 'demo'", (string?)run["error"]!["message"], StringComparison.Ordinal);
        Assert.False(File.Exists(trace));

        await daemon.Post("/trust", new JsonObject { ["project"] = "demo" });
        Assert.Equal("succeeded", (string?)(await Done(daemon, "t", "print x"))["status"]);
        Assert.True(File.Exists(trace));
    }

    static JsonNode? Standing(TestDaemon daemon, string state) =>
        daemon.List("/worktrees", "worktrees").FirstOrDefault(one => (string?)one["state"] == state);

    static Task<string[]> Lines(string path) => File.ReadAllLinesAsync(path, TestContext.Current.CancellationToken);

    /// <summary>A daemon with a project demo whose settings are given as YAML.</summary>
    static async Task<TestDaemon> Start(TempRepository repository, string settings)
    {
        var daemon = Prepare(repository, settings);
        await daemon.Start();
        return daemon;
    }

    static TestDaemon Prepare(TempRepository repository, string settings) => TestDaemon.Prepare(
        $"projects:\n  demo:\n    path: {repository.Path}\n" + string.Concat(settings.Split('\n').Select(line => $"    {line}\n")));

    static async Task<JsonNode> Done(TestDaemon daemon, string title, params string[] steps) =>
        await daemon.Ended(await Begin(daemon, title, steps));

    static async Task<string> Begin(TestDaemon daemon, string title, params string[] steps)
    {
        var order = TestDaemon.Order(steps);
        (order["project"], order["title"]) = ("demo", title);
        return (string)(await daemon.Post("/runs", order))["run"]!["id"]!;
    }
}
