using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Recovery;

/// <summary>A provider that wants to be left alone: who waits, who does not, how long, and over what.</summary>
public class CoolDownStorySpecs
{
    [Fact]
    public async Task Twenty_runs_that_are_refused_together_make_one_cool_down_over_a_restart_and_come_back_one_by_one()
    {
        await using var daemon = await RetryStage.Start("limits: {max_concurrency: 20}\n");
        var gate = Path.Combine(daemon.Root, "gate");
        var runs = new List<JsonNode>();
        for (var i = 0; i < 20; i++)
            runs.Add(await RetryStage.Run(daemon, "waits", $"1 await {gate}; failure rate_limited 600", "2 echo back"));
        await Eventually.True(() => runs.TrueForAll(run => TestDaemon.ProcessesOf((string)run["id"]!).Count > 0), "all run",
            TimeSpan.FromSeconds(90));
        await File.WriteAllTextAsync(gate, "", TestContext.Current.CancellationToken);
        foreach (var run in runs)
            await daemon.Ended((string)run["id"]!, 120);
        await daemon.Kill();
        await daemon.Start();

        var on = Assert.Single((await daemon.Get("/providers"))["cool_downs"]!.AsArray())!;
        Assert.Equal(("command.waits", true, 20), ((string?)on["provider"], (bool)on["named"]!, (int)on["waiting"]!));
        Assert.Single(await daemon.Events(), e => (string?)e["event_type"] == "provider.cooled_down");
        var status = (await daemon.Get("/daemon/status"))["cool_downs"]!;
        Assert.Equal("command.waits", (string?)Assert.Single(status.AsArray())!["provider"]);
        var held = await RetryStage.Run(daemon, "waits", "1 echo held");
        var issue = (await daemon.Get($"/runs/{held["id"]}/diagnose"))["diagnostics"]!;
        Assert.Equal(("provider_cooling_down", "command.waits"),
            ((string?)issue["likely_issue"]!["code"], (string?)issue["waiting_for"]!["ids"]![0]));
        // Others go on, though all of these are before them.
        var other = await RetryStage.Run(daemon, "free", "1 echo x");
        Assert.Equal("succeeded", (string?)(await daemon.Ended((string)other["id"]!))["status"]);
        Assert.Equal("queued", (string?)(await daemon.Get($"/runs/{held["id"]}"))["run"]!["status"]);

        var typed = await TypedCommand.Run(daemon, null, "provider", "clear", "command.waits");
        Assert.True(typed.Code == 0, typed.Error);
        foreach (var run in runs)
            Assert.Equal("asked:waits:rate_limited again:waits:succeeded", RetryStage.Words(await RetryStage.Chain(daemon, run)));
        Assert.Equal("succeeded", (string?)(await daemon.Ended((string)held["id"]!))["status"]);
        Assert.Equal(5, (await TypedCommand.Run(daemon, null, "provider", "clear", "command.waits")).Code);
    }

    [Fact]
    public async Task After_the_time_they_start_apart_until_one_has_succeeded()
    {
        await using var daemon = await RetryStage.Start();
        var gate = Path.Combine(daemon.Root, "gate");
        var first = await RetryStage.Run(daemon, "waits", "1 failure rate_limited 3", $"2 await {gate}");
        await daemon.Ended((string)first["id"]!);
        var second = await RetryStage.Run(daemon, "waits", $"1 touch {gate}");

        var back = (await RetryStage.Chain(daemon, first))[1];
        var next = await daemon.Ended((string)second["id"]!);

        var apart = (DateTimeOffset)next["started_at"]! - (DateTimeOffset)back["started_at"]!;
        Assert.True(apart.Duration() > TimeSpan.FromSeconds(1.5), $"{apart}");
        Assert.Equal(("succeeded", "succeeded"), ((string?)back["status"], (string?)next["status"]));
        var over = Assert.Single(await daemon.Events(), e => (string?)e["event_type"] == "provider.available");
        Assert.Equal("time", (string?)over["data"]!["why"]);
    }

    [Fact]
    public async Task A_time_beyond_the_longest_wait_holds_the_provider_and_asks_about_the_run()
    {
        await using var daemon = await RetryStage.Start();
        var begun = await RetryStage.Run(daemon, "waits", "1 failure quota_exhausted 90000", "2 echo back");
        var run = await daemon.Ended((string)begun["id"]!);
        Assert.Null((string?)run["next_run_id"]);
        Assert.Single((await daemon.Get("/providers"))["cool_downs"]!.AsArray());
        var asked = Assert.Single((await daemon.Get("/requests?state=open"))["requests"]!.AsArray())!;
        Assert.Contains("max_wait_s", (string?)asked["text"], StringComparison.Ordinal);

        // Absurdly far: not believed, so nothing is held; the run is asked about all the same.
        var absurd = await RetryStage.Run(daemon, "full", "1 failure quota_exhausted 90000000");
        var far = await daemon.Ended((string)absurd["id"]!);
        Assert.Null((string?)far["next_run_id"]);
        Assert.Single((await daemon.Get("/providers"))["cool_downs"]!.AsArray());
        Assert.Equal(2, (await daemon.Get("/requests?state=open"))["requests"]!.AsArray().Count);
    }

    [Theory]
    [InlineData("work-captured")]
    [InlineData("retry-queued")]
    [InlineData("end-committed")]
    public async Task A_daemon_that_dies_around_the_end_leaves_exactly_one_next_attempt(string checkpoint)
    {
        await using var daemon = RetryStage.Prepare();
        daemon.With("AGENTD_CRASH_AT", checkpoint);
        await daemon.Start();
        var first = await RetryStage.Run(daemon, "full", "1 echo one; exit 3", "2 echo two", "3 echo three");
        await daemon.Died();
        daemon.Without("AGENTD_CRASH_AT");
        await daemon.Start();

        Assert.Equal("asked:full:exit_nonzero fresh:full:succeeded", RetryStage.Words(await RetryStage.Chain(daemon, first)));
        Assert.Equal(2, (await daemon.Get("/runs"))["runs"]!.AsArray().Count);
    }
}
