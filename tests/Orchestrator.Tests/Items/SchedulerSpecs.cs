using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Items;

/// <summary>A project that runs by itself: what is ready is started, in order, within its limits, and never twice.</summary>
public class SchedulerSpecs
{
    const string Met = """!print {"goal_met": true, "summary": "met"}""";

    static async Task<TestDaemon> Prepare(TempRepository repository, string more = "max_parallel: 4")
    {
        var daemon = TestDaemon.Prepare($$"""
            projects:
              demo:
                path: {{repository.Path}}
                auto_run: true
                {{more}}
            routes:
              - profile: fake
            """);
        await daemon.Start();
        return daemon;
    }

    static async Task<string> Ready(TestDaemon daemon, string title, string description, JsonObject? more = null)
    {
        var body = more ?? [];
        (body["title"], body["description"], body["project"]) = (title, description, "demo");
        var id = (string)(await daemon.Post("/items", body))["item"]!["id"]!;
        await daemon.Post($"/items/{id}/ready");
        return id;
    }

    static JsonNode Item(TestDaemon daemon, string id) => daemon.Look($"/items/{id}")["item"]!;

    static Task Until(TestDaemon daemon, string id, string status) => Eventually.True(
        () => (string?)Item(daemon, id)["status"] == status, $"item {id} is {status}", TimeSpan.FromSeconds(90));

    [Fact]
    public async Task What_is_ready_runs_in_its_own_worktree_one_after_the_other_where_files_meet()
    {
        using var repository = new TempRepository();
        await using var daemon = await Prepare(repository);
        var gate = Path.Combine(daemon.Root, "gate");
        var first = await Ready(daemon, "first", $"!wait-file {gate}\n!write a.txt one\n{Met}",
            new JsonObject { ["writes"] = new JsonArray("a.txt") });
        await Until(daemon, first, "in_flight");
        var second = await Ready(daemon, "second", $"!write a.txt two\n{Met}", new JsonObject { ["writes"] = new JsonArray("a.txt") });
        var third = await Ready(daemon, "third", $"!write b.txt three\n{Met}", new JsonObject { ["writes"] = new JsonArray("b.txt") });
        await Until(daemon, third, "review");
        Assert.Equal("ready", (string?)Item(daemon, second)["status"]);
        Assert.Equal("file_conflict", (string?)daemon.Look($"/items/{second}/why")["causes"]![0]!["code"]);

        await File.WriteAllTextAsync(gate, "", TestContext.Current.CancellationToken);
        await Until(daemon, first, "review");
        await Until(daemon, second, "review");
        var run = Assert.Single(daemon.List($"/runs?item_id={first}", "runs"));
        Assert.Equal(("item", "worktree"), ((string?)run["trigger"], (string?)run["workspace"]!["kind"]));
        Assert.Equal(1, (int)Item(daemon, first)["attempts"]!);
        // An item's history tells of its run's end, too.
        var types = daemon.Look($"/items/{first}/events")["events"]!.AsArray().Select(e => (string?)e!["event_type"]).ToList();
        Assert.Contains("run.succeeded", types);
        Assert.Contains("run.queued", types);
        await SurprisesCount(daemon);
    }

    /// <summary>What a run really changed counts as claimed as long as its item is at work: here it waits for its next attempt.</summary>
    static async Task SurprisesCount(TestDaemon daemon)
    {
        var id = await Ready(daemon, "surprise", "!write c.txt one\n!write d.txt one\n!exit 3",
            new JsonObject { ["writes"] = new JsonArray("d.txt") });
        var told = await Eventually.Value(() => daemon.Look($"/items/{id}/events")["events"]!.AsArray()
            .FirstOrDefault(e => (string?)e!["event_type"] == "item.claims_updated"), "the surprise is told", TimeSpan.FromSeconds(60));
        Assert.Equal("""["c.txt"]""", told["data"]!["added"]!.ToJsonString());
        Assert.Equal("""["c.txt"]""", Item(daemon, id)["touched"]!.ToJsonString());
        Assert.Equal("in_flight", (string?)Item(daemon, id)["status"]);
        var waits = await Ready(daemon, "waits", Met, new JsonObject { ["writes"] = new JsonArray("c.txt") });
        Assert.Contains($"item {id} at work has changed c.txt", (string?)daemon.Look($"/items/{waits}/why")["causes"]![0]!["text"],
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Work_that_does_not_meet_its_goal_is_tried_again_and_ends_with_a_person_who_may_resume_it()
    {
        using var repository = new TempRepository();
        await using var daemon = await Prepare(repository);
        var id = await Ready(daemon, "never met", """!print {"goal_met": false, "summary": "not yet"}""");
        await Until(daemon, id, "blocked");
        var item = Item(daemon, id);
        Assert.Equal("person", (string?)item["causes"]![0]!["kind"]);
        var runs = daemon.List($"/runs?item_id={id}", "runs");
        Assert.Equal(3, runs.Count);
        Assert.Equal(3, (int)item["attempts"]!);
        var asked = Assert.Single(daemon.List("/requests?state=open", "requests"));
        await daemon.Post($"/requests/{asked["id"]}/answer", new JsonObject { ["decision"] = "answer", ["option"] = "resume" });
        await Eventually.True(() => daemon.List($"/runs?item_id={id}", "runs").Count > 3, "it is resumed", TimeSpan.FromSeconds(60));
        await Eventually.True(() => daemon.Look($"/items/{id}/events")["events"]!.AsArray()
            .Any(e => (string?)e!["data"]!["reason"] == "its run was resumed"), "the item goes on", TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task A_daemon_killed_between_the_start_and_its_end_starts_nothing_twice()
    {
        using var repository = new TempRepository();
        await using var daemon = TestDaemon.Prepare($$"""
            projects:
              demo:
                path: {{repository.Path}}
                auto_run: true
            routes:
              - profile: fake
            """).With("AGENTD_CRASH_AT", "item-started");
        await daemon.Start();
        var id = (string)(await daemon.Post("/items", new JsonObject
        {
            ["title"] = "once",
            ["description"] = $"!append done.txt x\n{Met}",
            ["project"] = "demo",
        }))["item"]!["id"]!;
        await Assert.ThrowsAnyAsync<HttpRequestException>(async () =>
        {
            await daemon.Post($"/items/{id}/ready");
            await daemon.Died();
            await daemon.Get("/daemon/status");
        });
        daemon.Without("AGENTD_CRASH_AT");
        await daemon.Start();
        await Until(daemon, id, "review");
        Assert.Single(daemon.List($"/runs?item_id={id}", "runs"));
        Assert.Equal(1, (int)Item(daemon, id)["attempts"]!);
    }

    [Fact]
    public async Task A_lease_outlives_the_daemon_and_ends_when_its_time_is_over()
    {
        await using var daemon = await TestDaemon.Start();
        var id = (string)(await daemon.Post("/items", new JsonObject { ["title"] = "held" }))["item"]!["id"]!;
        await daemon.Post($"/items/{id}/ready");
        var claim = await daemon.Post("/items/claim", new JsonObject { ["agentId"] = "w", ["lease_s"] = 600 });
        await daemon.Kill();
        await daemon.Start();
        var held = new JsonObject { ["lease_id"] = (string?)claim["lease"]!["id"], ["fence"] = (long)claim["lease"]!["fence"]! };
        Assert.Equal("review", (string?)(await daemon.Post($"/items/{id}/complete", held.DeepClone()))["item"]!["status"]);

        var other = (string)(await daemon.Post("/items", new JsonObject { ["title"] = "lost" }))["item"]!["id"]!;
        await daemon.Post($"/items/{other}/ready");
        await daemon.Post("/items/claim", new JsonObject { ["agentId"] = "w", ["lease_s"] = 1 });
        await daemon.Kill();
        await daemon.Start();
        await Until(daemon, other, "ready");
    }

    [Fact]
    public async Task Prepared_work_that_ended_while_the_daemon_was_away_is_taken_in()
    {
        await using var daemon = await TestDaemon.Start();
        var id = (string)(await daemon.Post("/items", new JsonObject { ["title"] = "away" }))["item"]!["id"]!;
        var begun = await daemon.Post($"/api/executor/run/{id}");
        await daemon.Kill();
        await File.WriteAllTextAsync(Path.Combine((string)begun["artifactsDir"]!, "COMPLETION.md"), "## Summary\nDone.",
            TestContext.Current.CancellationToken);
        await daemon.Start();
        await Until(daemon, id, "review");
        Assert.Contains("Done.", (string?)Item(daemon, id)["report"], StringComparison.Ordinal);
    }
}
