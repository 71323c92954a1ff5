using System.Net;
using System.Text.Json.Nodes;
using Orchestrator.Store;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Daemon;

/// <summary>A daemon that is told to stop starts nothing more, leaves what runs, and says so while it lasts.</summary>
public class DrainSpecs
{
    [Theory]
    [InlineData("request")]
    [InlineData("TERM")]
    public async Task While_it_drains_nothing_starts_and_all_that_was_accepted_is_there_for_the_next_daemon(string how)
    {
        await using var daemon = await TestDaemon.Start();
        var running = await daemon.Run($"wait-file {daemon.Root}/go");
        await Eventually.True(() => TestDaemon.ProcessesOf(running).Count > 0, "a run is at work");
        await HoldUp(daemon);
        var waiting = daemon.Send(HttpMethod.Get, $"/runs/{running}/wait?timeout_s=60");
        using var watch = await SseWatch.Open(daemon, "?after=latest");
        await watch.NextRaw();

        var ending = how == "request" ? daemon.Post("/daemon/stop") : daemon.Tell(how);
        await Eventually.True(() => IsRefused(daemon), "ready says no");
        await ending;

        var status = await daemon.Get("/daemon/status");
        Assert.True((bool)status["draining"]!);
        Assert.Equal("degraded", (string?)status["daemon_health"]);
        Assert.Contains("stopping", (string?)status["reasons"]![0], StringComparison.Ordinal);
        Assert.Equal("ok", (string?)(await daemon.Get("/health"))["status"]);
        using var answer = await waiting;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        while (await watch.NextRaw() is { } frame)
            Assert.True(frame.IsComment || frame.Data.Length > 0);
        var late = await daemon.Run("print late");
        Assert.Equal("queued", (string?)(await daemon.Get($"/runs/{late}"))["run"]!["status"]);
        await daemon.Died();
        Assert.NotEmpty(TestDaemon.ProcessesOf(running));

        await File.WriteAllTextAsync($"{daemon.Root}/go", "", TestContext.Current.CancellationToken);
        await daemon.Start();
        foreach (var id in new[] { running, late })
            Assert.Equal("succeeded", (string?)(await daemon.Ended(id))["status"]);
        var stopped = (await daemon.Events()).FindIndex(e => (string?)e["event_type"] == "daemon.stopping");
        var started = (await daemon.Events()).FindIndex(e => (string?)e["event_type"] == "run.started" && (string?)e["run_id"] == late);
        Assert.InRange(stopped, 0, started);
    }

    [Fact]
    public async Task A_run_that_is_being_prepared_goes_back_to_its_place_in_the_queue()
    {
        await using var daemon = TestDaemon.Prepare();
        using var repository = new TempRepository();
        var tools = Directory.CreateDirectory(Path.Combine(daemon.Root, "tools")).FullName;
        var git = Path.Combine(tools, "git");
        await File.WriteAllTextAsync(git, $"""
            #!/bin/sh
            case "$*" in *"worktree add"*) echo at work >'{daemon.Root}/slow'; while [ ! -e '{daemon.Root}/go' ]; do sleep 0.02; done;; esac
            PATH='{Environment.GetEnvironmentVariable("PATH")}'; export PATH
            exec git "$@"
            """, TestContext.Current.CancellationToken);
        File.SetUnixFileMode(git, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        daemon.With("PATH", tools + ":" + Environment.GetEnvironmentVariable("PATH"));
        await daemon.Start();
        await daemon.Post("/projects", new JsonObject { ["name"] = "p", ["path"] = repository.Path });
        var order = TestDaemon.Order("print done");
        order["project"] = "p";
        var run = (string)(await daemon.Post("/runs", order))["run"]!["id"]!;
        await Eventually.True(() => File.Exists($"{daemon.Root}/slow"), "its worktree is being made");

        await daemon.Stop();

        Assert.Equal("queued", Status(daemon, run));
        await File.WriteAllTextAsync($"{daemon.Root}/go", "", TestContext.Current.CancellationToken);
        await daemon.Start();
        Assert.Equal("succeeded", (string?)(await daemon.Ended(run))["status"]);
        Assert.Single(await daemon.EventsOf(run), e => (string?)e["event_type"] == "run.started");
    }

    [Theory]
    [InlineData("TERM", 143)]
    [InlineData("INT", 130)]
    public async Task A_second_signal_ends_it_at_once_and_the_runs_go_on(string signal, int code)
    {
        await using var daemon = await TestDaemon.Start();
        var running = await daemon.Run($"wait-file {daemon.Root}/go");
        await Eventually.True(() => TestDaemon.ProcessesOf(running).Count > 0, "a run is at work");
        var stubborn = await HoldUp(daemon);
        await daemon.Tell(signal);
        await Eventually.True(() => IsRefused(daemon), "it drains");

        await daemon.Signal(signal);

        Assert.Equal(code, daemon.ExitCode);
        Assert.NotEmpty(TestDaemon.ProcessesOf(stubborn));
        await File.WriteAllTextAsync($"{daemon.Root}/go", "", TestContext.Current.CancellationToken);
        await daemon.Start();
        Assert.Equal("succeeded", (string?)(await daemon.Ended(running))["status"]);
        Assert.Equal("canceled", (string?)(await daemon.Ended(stubborn))["status"]);
    }

    /// <summary>A run that does not let itself be stopped: the daemon sees its end before it leaves.</summary>
    static async Task<string> HoldUp(TestDaemon daemon)
    {
        var stubborn = await daemon.Run("ignore INT", "ignore TERM", $"touch {daemon.Root}/deaf", "hang");
        await Eventually.True(() => File.Exists($"{daemon.Root}/deaf"), "the agent hears no signal");
        await daemon.Post($"/runs/{stubborn}/cancel");
        return stubborn;
    }

    static bool IsRefused(TestDaemon daemon)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/health/ready");
        using var answer = daemon.Http.Send(request, TestContext.Current.CancellationToken);
        return answer.StatusCode == HttpStatusCode.ServiceUnavailable;
    }

    static string? Status(TestDaemon daemon, string run)
    {
        NativeSqlite.Load();
        using var db = new Connection(Path.Combine(daemon.Data, "agent-orchestrator.db"), readOnly: true);
        return db.Text("select status from runs where id = @id", ("@id", run));
    }
}
