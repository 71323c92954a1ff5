using System.Text.Json.Nodes;
using Orchestrator.Cli;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Verbs;

/// <summary>The commands against a real daemon and real processes.</summary>
public class RunVerbsSpecs
{
    const string Profiles = """
        profiles:
          good:
            agent: command
            command: ["/bin/sh", "-c", "cat; echo '{\"goal_met\": true, \"summary\": \"it is done\"}'"]
          bad:
            agent: command
            command: ["/bin/sh", "-c", "echo oops >&2; exit 3"]
          slow:
            agent: command
            command: ["/bin/sh", "-c", "exec tail -f /dev/null"]

        """;

    static async Task<OwnDaemon> Started()
    {
        var daemon = new OwnDaemon();
        await File.WriteAllTextAsync(Path.Combine(daemon.Data, "config.yaml"), Profiles, TestContext.Current.CancellationToken);
        await daemon.Ok("daemon", "start", "--port", "0");
        return daemon;
    }

    [Fact]
    public async Task A_prompt_on_standard_input_becomes_a_run_whose_result_is_printed()
    {
        await using var daemon = await Started();
        var (code, id, _) = await daemon.Ctl("say it\n", "start", "--project", daemon.Folder, "--profile", "good", "--title", "A title");
        Assert.Equal(0, code);
        Assert.Matches("^[0-9a-f]{16}\n$", id);
        var run = JsonNode.Parse(await daemon.Ok("wait", id.Trim()))!;
        Assert.Equal(id.Trim(), run.Text("run_id"));
        Assert.True(run["goal_met"]!.GetValue<bool>());
        Assert.Equal("it is done", run.Text("summary"));
        Assert.Equal("it is done", await daemon.Ok("show", id[..12], "--field", "summary"));
        Assert.StartsWith("say it\n", await daemon.Ok("run", "output", id.Trim()), StringComparison.Ordinal);
        Assert.Equal($"{id.Trim()}\tsucceeded\t-\tgood\ttrue\t0\t-\tA title", await daemon.Ok("runs"));
        Assert.Equal("run.succeeded", (await daemon.Ok("events", "tail", "--field", "event_type")).Split('\n')[^1]);
    }

    [Fact]
    public async Task Waiting_for_a_run_that_fails_is_told_apart_from_one_that_goes_on_and_one_that_is_unknown()
    {
        await using var daemon = await Started();
        var (_, failed, _) = await daemon.Ctl("x", "start", "--no-schema", "--profile", "bad");
        Assert.Equal(ExitCodes.Failed, (await daemon.Ctl(null, "wait", failed.Trim())).Code);
        var (_, slow, _) = await daemon.Ctl("x", "start", "--no-schema", "--profile", "slow");
        Assert.Equal(ExitCodes.StillRunning, (await daemon.Ctl(null, "wait", slow.Trim(), "--timeout", "0.1", "-q")).Code);
        await daemon.Ok("run", "cancel", slow.Trim());
        var (code, status, _) = await daemon.Ctl(null, "wait", slow.Trim(), "-q", "--field", "status");
        Assert.Equal((ExitCodes.Failed, "canceled\n"), (code, status));
        Assert.Equal(ExitCodes.NotFound, (await daemon.Ctl(null, "wait", "ffffffffffffffff")).Code);
    }

    [Fact]
    public async Task A_daemon_is_started_once_and_stopped_once_and_a_doctor_sees_it()
    {
        await using var daemon = await Started();
        Assert.Contains("already running", (await daemon.Ctl(null, "daemon", "start")).Error, StringComparison.Ordinal);
        Assert.Equal("ok", await daemon.Ok("daemon", "status", "--field", "daemon_health"));
        var checks = JsonNode.Parse((await daemon.Ctl(null, "doctor", "--format", "json")).Out)!.Entries("checks").ToList();
        Assert.Equal("ok", checks.Single(check => check.Text("name") == "database").Text("status"));
        Assert.All(checks, check => Assert.NotEqual("fail", check.Text("status")));
        await daemon.Ok("daemon", "stop");
        Assert.Equal(ExitCodes.Unreachable, (await daemon.Ctl(null, "daemon", "status")).Code);
    }
}
