using System.Text.Json.Nodes;
using Orchestrator.Terminals;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Healing;

/// <summary>Real processes that do nothing, and others that only look like it.</summary>
public sealed class HealingStorySpecs
{
    [Fact(Timeout = 120_000)]
    public async Task An_agent_that_does_nothing_goes_the_whole_ladder_in_order_and_ends_with_a_person()
    {
        await using var daemon = HealingStage.Prepare();
        await daemon.Start();
        var run = await HealingStage.Queue(daemon, "still", "hang");

        var asked = await Eventually.Value(() => daemon.List("/requests?state=open", "requests").SingleOrDefault(),
            "a person is asked", TimeSpan.FromSeconds(90));

        Assert.Equal(["notice:1", "ask:1", "interrupt:1", "restart:1", "notice:2", "ask:2", "interrupt:2", "escalate:2", "notice:3",
            "interrupt:3", "person:3"], await HealingStage.Steps(daemon));
        var runs = Enumerable.Reverse(daemon.List("/runs", "runs")).ToList();
        Assert.Equal(["still:timed_out:stalled", "still:timed_out:stalled", "plain:timed_out:stalled"],
            runs.Select(each => $"{each["profile"]}:{each["status"]}:{each["reason"]}"));
        Assert.Equal([null, "resume", "escalate"], runs.Select(each => (string?)each["retry_how"]));
        Assert.Equal("decision", (string?)asked["kind"]);
        Assert.Equal(["resume", "stop"], asked["options"]!.AsArray().Select(option => (string?)option));
        // What came before is told to whoever goes on, in the words of the evidence.
        Assert.Contains("stalled: It was stopped because it did nothing any more", (string?)runs[1]["prompt"], StringComparison.Ordinal);
        Assert.Contains("use no CPU", (string?)runs[2]["prompt"], StringComparison.Ordinal);
        var heard = await File.ReadAllLinesAsync(HealingStage.Heard(daemon), TestContext.Current.CancellationToken);
        Assert.Equal(2, heard.Count(line => line.Contains("You have written nothing", StringComparison.Ordinal)));
        Assert.All(runs, each => Assert.Empty(TestDaemon.ProcessesOf((string)each["id"]!)));
        Events.EventKindSpecs.AreAsListed(await daemon.Events());
        // One end each, and nothing after it but what is told under the run that follows.
        foreach (var each in runs)
            Assert.Equal("run.timed_out", (string?)(await daemon.EventsOf((string)each["id"]!))[^1]["event_type"]);
    }

    [Fact(Timeout = 120_000)]
    public async Task Who_is_busy_or_waits_for_a_tool_within_its_limit_is_not_touched()
    {
        await using var daemon = HealingStage.Prepare();
        await daemon.Start();
        var busy = await HealingStage.Queue(daemon, "plain", "print hello", "spin");
        var inTool = await HealingStage.Queue(daemon, "plain",
            """agentctl {"type":"tool_call","id":"c1","name":"shell","input":{"command":"make","timeout_s":600}}""", "hang");
        var still = await HealingStage.Queue(daemon, "plain", "hang");

        var stopped = await daemon.Ended((string)still["id"]!, 60);
        Assert.Equal("stalled", (string?)stopped["reason"]);
        Assert.Null(stopped["health"]);
        await HealingStage.Until(daemon, inTool, "waiting");

        var tool = HealingStage.Health(daemon, inTool)!;
        Assert.Equal("tool", (string?)tool["waiting_for"]);
        Assert.Contains("`make` runs for", (string?)tool["reasons"]![1], StringComparison.Ordinal);
        var working = await Eventually.Value(() => HealingStage.Health(daemon, busy) is { } health
            && health["reasons"]!.AsArray().Count > 1 ? health : null, "its silence is explained", TimeSpan.FromSeconds(30));
        Assert.Equal("working", (string?)working["verdict"]);
        Assert.Contains("still uses CPU", working["reasons"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.All(new[] { busy, inTool }, run => Assert.Equal("running", (string?)daemon.Look($"/runs/{run["id"]}")["run"]!["status"]));
        Assert.All(await HealingStage.Steps(daemon), step => Assert.EndsWith(":1", step, StringComparison.Ordinal));
        var diagnosed = daemon.Look($"/runs/{busy["id"]}/diagnose")["diagnostics"]!;
        Assert.Equal(("silent_at_work", "working"),
            ((string?)diagnosed["likely_issue"]!["code"], (string?)diagnosed["health"]!["verdict"]));
    }

    [Fact(Timeout = 60_000)]
    public async Task By_default_a_stalled_run_is_told_of_once_and_its_idle_limit_ends_it_as_ever()
    {
        await using var daemon = HealingStage.Prepare();
        await daemon.Start();
        var watched = await HealingStage.Queue(daemon, "watched", "print begun", "sleep 5000", "print done");
        var eager = await HealingStage.Queue(daemon, "eager", "hang");

        var idle = await daemon.Ended((string)eager["id"]!);
        Assert.Equal(("timed_out", "idle_timeout"), ((string?)idle["status"], (string?)idle["reason"]));
        Assert.Single(daemon.List($"/requests?run_id={eager["id"]}", "requests"));
        Assert.Equal("succeeded", (string?)(await daemon.Ended((string)watched["id"]!))["status"]);
        var told = (await daemon.EventsOf((string)watched["id"]!)).Where(e => (string?)e["event_type"] is "run.healing" or "run.health")
            .Select(e => (string?)e["data"]!["step"] ?? (string?)e["data"]!["verdict"]);
        Assert.Equal(["quiet", "notice", "stalled"], told.Take(3));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_run_whose_holder_and_agent_are_killed_is_said_to_be_dead_everywhere()
    {
        await using var daemon = HealingStage.Prepare();
        await daemon.Start();
        var run = await HealingStage.Queue(daemon, "watched", "print begun", "hang");
        var id = (string)run["id"]!;
        await Eventually.True(() => daemon.Look($"/runs/{id}")["run"]!["last_output"] is not null
            || TestDaemon.ProcessesOf(id).Count >= 2, "holder and agent are there", TimeSpan.FromSeconds(60));
        foreach (var left in Leftovers.Find(id))
            _ = Native.Kill(left.Identity.Pid, Native.SignalKill);

        var ended = await daemon.Ended(id);

        Assert.Equal(("lost", "holder_vanished"), ((string?)ended["status"], (string?)ended["reason"]));
        var health = ended["health"]!;
        Assert.Equal(("dead", null), ((string?)health["verdict"], (string?)health["waiting_for"]));
        Assert.Contains("its process is gone", health["reasons"]!.AsArray().Select(reason => (string?)reason));
        Assert.Equal("dead", (string?)daemon.Look($"/runs/{id}/diagnose")["diagnostics"]!["health"]!["verdict"]);
        Assert.Contains("\"verdict\": \"dead\"", (await TypedCommand.Run(daemon, null, "show", id)).Out, StringComparison.Ordinal);
    }

    public static TheoryData<string[]> Places => SideBySide.Groups<string>(2,
    [
        Checkpoint.HealthKept, Checkpoint.HealingNoticed, Checkpoint.HealingAsked, Checkpoint.HealingPlanned, Checkpoint.HealingStopped,
        Checkpoint.StopClimbed, Checkpoint.EndCommitted, Checkpoint.RetryQueued,
    ]);

    [Theory(Timeout = 240_000)]
    [MemberData(nameof(Places))]
    public Task Wherever_the_daemon_dies_no_step_is_taken_twice_and_none_is_left_out(string[] places) =>
        SideBySide.Play(places, DiesAt);

    static async Task DiesAt(string place)
    {
        await using var daemon = HealingStage.Prepare();
        await daemon.With("AGENTD_CRASH_AT", place).Start();
        await HealingStage.Queue(daemon, "brisk", "hang");
        var lives = 1;
        for (var asked = false; !asked;)
        {
            await Eventually.True(() => !daemon.Alive || (asked = Asked(daemon)), "it dies, or a person is asked",
                TimeSpan.FromSeconds(90));
            if (asked)
                break;
            if (++lives > 3)
                daemon.Without("AGENTD_CRASH_AT");
            await daemon.StartOrDie();
        }

        Assert.True(lives > 1, "the daemon died at that place");
        Assert.Equal(["notice:1", "ask:1", "interrupt:1", "escalate:1", "notice:2", "interrupt:2", "person:2"],
            await HealingStage.Steps(daemon));
        Assert.Equal(2, daemon.List("/runs", "runs").Count);
        var heard = await File.ReadAllLinesAsync(HealingStage.Heard(daemon), TestContext.Current.CancellationToken);
        Assert.Equal(1, heard.Count(line => line.Contains("You have written nothing", StringComparison.Ordinal)));
    }

    static bool Asked(TestDaemon daemon)
    {
        try
        {
            return daemon.List("/requests?state=open", "requests").Count == 1;
        }
        catch (HttpRequestException)
        {
            // It died meanwhile.
            return false;
        }
    }
}
