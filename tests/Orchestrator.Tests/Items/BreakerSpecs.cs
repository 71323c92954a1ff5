using System.Text.Json.Nodes;
using Orchestrator.Items;
using Orchestrator.Profiles;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Items;

/// <summary>What repeats itself at an item is stopped, says why, and goes on when a person moves it.</summary>
public sealed class BreakerSpecs
{
    static readonly BreakerPolicy Usual = new();

    static RunEnd[] Ends(string words) => [.. words.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word switch
    {
        "ok" => new RunEnd(null, false),
        "idle" => new RunEnd(null, true),
        _ => new RunEnd(word, false),
    })];

    [Theory]
    [InlineData("", 0, "")]
    [InlineData("exit_nonzero exit_nonzero", 2, "")]
    [InlineData("exit_nonzero exit_nonzero exit_nonzero", 3, "equal_causes")]
    [InlineData("exit_nonzero exit_nonzero no_result exit_nonzero", 4, "")]
    [InlineData("ok exit_nonzero exit_nonzero exit_nonzero", 4, "")]
    [InlineData("goal_not_met goal_not_met goal_not_met ok", 4, "equal_causes")]
    [InlineData("idle", 1, "")]
    [InlineData("idle idle", 2, "no_progress")]
    [InlineData("idle ok idle", 3, "")]
    [InlineData("idle exit_nonzero idle", 3, "")]
    [InlineData("ok", 19, "")]
    [InlineData("ok", 20, "daily_limit")]
    [InlineData("stalled stalled stalled", 20, "equal_causes daily_limit")]
    public void A_breaker_opens_when_something_has_repeated_often_enough(string ends, long today, string kinds) =>
        Assert.Equal(kinds, string.Join(' ', Breaker.Openings(Ends(ends), today, Usual).Select(opening => opening.Kind)));

    [Fact]
    public void How_often_is_said_by_the_configuration()
    {
        var strict = new BreakerPolicy { EqualCauses = 1, NoProgress = 1, RunsPerDay = 2 };

        Assert.Equal(["equal_causes", "daily_limit"], Breaker.Openings(Ends("no_result"), 2, strict).Select(opening => opening.Kind));
        Assert.Equal(["no_progress"], Breaker.Openings(Ends("idle"), 1, strict).Select(opening => opening.Kind));
    }

    static Task<TestDaemon> Start(TempRepository repository, string breakers) => TestDaemon.Start($$"""
          stubborn:
            agent: command
            command: ["{{TestPrograms.FakeAgent}}"]
            retry: {mode: full, attempts: 9}
        projects:
          demo:
            path: {{repository.Path}}
            auto_run: true
        routes:
          - profile: stubborn
        breakers: {{breakers}}
        """);

    static async Task<string> Ready(TestDaemon daemon, string description)
    {
        var id = (string)(await daemon.Post("/items", new JsonObject
        {
            ["title"] = "again", ["description"] = description, ["project"] = "demo",
        }))["item"]!["id"]!;
        await daemon.Post($"/items/{id}/ready");
        return id;
    }

    static Task Until(TestDaemon daemon, string id, string status) => Eventually.True(
        () => (string?)daemon.Look($"/items/{id}")["item"]!["status"] == status, $"item {id} is {status}", TimeSpan.FromSeconds(60));

    static List<string> Told(TestDaemon daemon, string id) => [.. daemon.Look($"/items/{id}/events?limit=500")["events"]!.AsArray()
        .Where(e => ((string?)e!["event_type"])!.StartsWith("item.breaker", StringComparison.Ordinal))
        .Select(e => $"{(string?)e!["event_type"]}:{(string?)e["data"]!["kind"]}:{(string?)e["actor"]}")];

    [Fact(Timeout = 120_000)]
    public async Task The_same_failure_again_and_again_stops_before_the_attempts_are_used_up_and_a_person_lets_it_go_on()
    {
        using var repository = new TempRepository();
        await using var daemon = await Start(repository, "{equal_causes: 2}");
        var id = await Ready(daemon, "!exit 3");
        await Until(daemon, id, "blocked");

        Assert.Equal(2, daemon.List($"/runs?item_id={id}", "runs").Count);
        Assert.Equal(["item.breaker_opened:equal_causes:daemon"], Told(daemon, id));
        var why = daemon.Look($"/items/{id}/why")["causes"]!.AsArray();
        var cause = Assert.Single(why, one => (string?)one!["code"] == "breaker")!;
        Assert.Contains("2 runs in a row ended with exit_nonzero", (string?)cause["text"], StringComparison.Ordinal);
        var asked = Assert.Single(daemon.List("/requests?state=open", "requests"));
        Assert.Contains("2 runs in a row ended with exit_nonzero", (string?)asked["text"], StringComparison.Ordinal);

        await daemon.Post($"/items/{id}/ready");
        Assert.Equal("item.breaker_closed:equal_causes:local", Told(daemon, id)[1]);
        await Eventually.True(() => daemon.List($"/runs?item_id={id}", "runs").Count == 4, "it is tried as often again",
            TimeSpan.FromSeconds(60));
        await Until(daemon, id, "blocked");
        Assert.Equal(3, Told(daemon, id).Count);
        Events.EventKindSpecs.AreAsListed(await daemon.Events());
    }

    [Fact(Timeout = 120_000)]
    public async Task Runs_that_end_well_and_change_nothing_and_too_many_on_one_day_are_stopped()
    {
        using var repository = new TempRepository();
        await using var daemon = await Start(repository, "{no_progress: 1, runs_per_day: 2}");
        var idle = await Ready(daemon, """!print {"goal_met": true, "summary": "nothing to do"}""");
        await Until(daemon, idle, "blocked");
        Assert.Equal(["item.breaker_opened:no_progress:daemon"], Told(daemon, idle));

        var often = await Ready(daemon, """!print {"goal_met": false, "summary": "not yet"}""");
        await Until(daemon, often, "blocked");
        Assert.Equal(2, daemon.List($"/runs?item_id={often}", "runs").Count);
        Assert.Equal(["item.breaker_opened:daily_limit:daemon"], Told(daemon, often));
        Assert.Contains("2 runs today", daemon.Look($"/items/{often}/why")["causes"]!.ToJsonString(), StringComparison.Ordinal);
        // An open breaker holds what is ready, until a person has moved the item.
        await daemon.Kill();
        await daemon.Start();
        Assert.Equal(["item.breaker_opened:daily_limit:daemon"], Told(daemon, often));
        await daemon.Post($"/items/{often}/transition", new JsonObject { ["to_status"] = "canceled" });
        Assert.Equal("item.breaker_closed:daily_limit:local", Told(daemon, often)[^1]);
    }
}
