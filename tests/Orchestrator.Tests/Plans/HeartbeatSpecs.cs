using System.Text.Json.Nodes;
using Orchestrator.Plans;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Plans;

/// <summary>A plan tells how it is as often as its document or the configuration says, and one word tells how an item is.</summary>
public sealed class HeartbeatSpecs
{
    [Theory]
    [InlineData("15m", 900)]
    [InlineData("90s", 90)]
    [InlineData("1h30m", 5400)]
    [InlineData("1h 30 min", 5400)]
    [InlineData("2D", 172800)]
    [InlineData("900", 900)]
    [InlineData("7d", 604800)]
    [InlineData("8d", null)]
    [InlineData("0", null)]
    [InlineData("", null)]
    [InlineData("m", null)]
    [InlineData("15 minutes or so", null)]
    [InlineData("-15m", null)]
    [InlineData(null, null)]
    public void A_length_of_time_is_read_as_people_write_it(string? text, int? seconds) =>
        Assert.Equal(seconds, (int?)PlanHeartbeat.Parse(text)?.TotalSeconds);

    [Theory]
    [InlineData("done", false, null, null, "DONE")]
    [InlineData("skipped", false, null, null, "DONE")]
    [InlineData("failed", false, null, null, "ERROR")]
    [InlineData("canceled", false, null, null, "ERROR")]
    [InlineData("blocked", true, null, null, "STUCK")]
    [InlineData("review", true, null, null, "STUCK")]
    [InlineData("review", false, null, null, "RUNNING")]
    [InlineData("in_flight", false, null, null, "RUNNING")]
    [InlineData("in_flight", false, "working", null, "RUNNING")]
    [InlineData("in_flight", false, "quiet", null, "RUNNING")]
    [InlineData("in_flight", false, "stalled", null, "STUCK")]
    [InlineData("in_flight", false, "dead", null, "STUCK")]
    [InlineData("in_flight", false, "waiting", "person", "STUCK")]
    [InlineData("in_flight", false, "waiting", "parent", "STUCK")]
    [InlineData("in_flight", false, "waiting", "child", "RUNNING")]
    [InlineData("in_flight", false, "waiting", "tool", "RUNNING")]
    [InlineData("in_flight", false, "waiting", "provider", "RUNNING")]
    [InlineData("ready", false, null, null, "PENDING")]
    [InlineData("inbox", false, null, null, "PENDING")]
    [InlineData(null, false, null, null, "PENDING")]
    public void One_word_follows_from_state_and_evidence(string? status, bool causes, string? verdict, string? waitingFor, string word) =>
        Assert.Equal(word, CheckWord.Of(status, causes, verdict, waitingFor));

    static string Manifest(string heartbeat) =>
        $$"""{"project": "demo", "heartbeat": "{{heartbeat}}", "phases": [{"name": "One", "tasks": [{"id": "t1", "title": "Fix X"}]}]}""";

    [Theory]
    [InlineData("15m", 900.0)]
    [InlineData("3600", 3600.0)]
    [InlineData("soon", null)]
    public void A_manifest_says_it(string said, double? seconds)
    {
        var read = ManifestImport.Read(new SourceText("m.json", Manifest(said)));

        Assert.Equal(seconds, read.Plan!.HeartbeatS);
        Assert.Equal(seconds is null, read.Findings.Any(finding => finding.Code == "bad_heartbeat"));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_plan_that_runs_is_told_of_again_and_again_with_what_is_stuck_and_asks_nobody()
    {
        using var repository = new TempRepository();
        await using var daemon = await TestDaemon.Start($$"""
            projects:
              demo: {path: {{repository.Path}}}
            routes:
              - profile: fake
            healing: {look_s: 0.2, quiet_s: 2, stalled_s: 4}
            """);
        var plan = (string)(await daemon.Post("/plans", new JsonObject
        {
            ["text"] = Manifest("1s").Replace("\"title\"", "\"description\": \"!hang\", \"title\"", StringComparison.Ordinal),
        }))["plan"]!["id"]!;
        await daemon.Post($"/plans/{plan}/start");

        var told = await Eventually.Value(() => Told(daemon) is { Count: >= 2 } beats && Working(beats[^1]) ? beats : null,
            "it is told of twice", TimeSpan.FromSeconds(40));

        var last = told[^1]["data"]!;
        Assert.Equal(("running", 0L, 1L), ((string?)last["status"], (long)last["decided"]!, (long)last["total"]!));
        Assert.Equal("t1", (string?)last["working"]![0]!["id"]);
        // On a slow machine it says nothing for a while before the second beat.
        Assert.Matches("it runs|no output for", (string?)last["working"]![0]!["why"]);
        var stuck = await Eventually.Value(() => Told(daemon)[^1]["data"]!["stuck"]!.AsArray().SingleOrDefault(), "it is told as stuck",
            TimeSpan.FromSeconds(40));
        Assert.Contains("stalled: no output for", (string?)stuck["why"], StringComparison.Ordinal);
        var item = (string)stuck["item_id"]!;
        var (code, said, _) = await TypedCommand.Run(daemon, null, "plan", "check", item);
        Assert.Equal(3, code);
        Assert.StartsWith($"STUCK:{item}:stalled: no output for", said, StringComparison.Ordinal);
        Assert.Contains("has it, stalled: no output for", (await TypedCommand.Run(daemon, null, "why", item)).Out,
            StringComparison.Ordinal);
        Assert.Contains(" is stalled: no output for", (await TypedCommand.Run(daemon, null, "check", item)).Out, StringComparison.Ordinal);
        Assert.EndsWith("\tstalled", (await TypedCommand.Run(daemon, null, "runs", "--limit", "1")).Out, StringComparison.Ordinal);
        Assert.Equal("1", (await TypedCommand.Run(daemon, null, "daemon", "status", "--field", "run_health.stalled")).Out);
        Assert.Empty(daemon.List("/requests?state=open", "requests"));
        Assert.NotNull(daemon.Look($"/plans/{plan}")["plan"]!["heartbeat_at"]);
        Events.EventKindSpecs.AreAsListed(await daemon.Events());
        await daemon.Post($"/plans/{plan}/cancel");
        Assert.Equal("1s", (string?)daemon.Look($"/plans/{plan}/export?format=manifest")["heartbeat"]);
    }

    static bool Working(JsonNode beat) => beat["data"]!["working"]!.AsArray().Count == 1;

    static List<JsonNode> Told(TestDaemon daemon) => daemon.List("/events?types=plan.heartbeat&limit=500", "events");
}
