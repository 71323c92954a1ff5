using System.Net;
using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Profiles;

/// <summary>Configuration files that are edited while the daemon runs.</summary>
public class LiveConfigSpecs
{
    [Fact]
    public async Task An_edit_holds_without_a_restart_and_a_broken_one_is_told_and_changes_nothing()
    {
        await using var daemon = await TestDaemon.Start("limits: {max_concurrency: 3}");
        var file = Path.Combine(daemon.Data, "config.yaml");
        var good = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        var slow = await daemon.Run($"wait-file {Path.Combine(daemon.Root, "go")}", "print done");

        await Write(file, good.Replace("max_concurrency: 3", "max_concurrency: 5, spawn_depth: 9", StringComparison.Ordinal)
            .Replace("agent: command", "agent: command\n    model: m2", StringComparison.Ordinal));
        var changed = await Event(daemon, "config.changed");
        Assert.Equal(["limits.max_concurrency", "limits.spawn_depth", "profiles.fake.model"],
            changed["data"]!["keys"]!.AsArray().Select(key => (string)key!));
        Assert.Equal(5, (int)(await daemon.Get("/daemon/status"))["max_concurrency"]!);
        var quick = await daemon.Post("/runs", TestDaemon.Order("print x"));
        Assert.Equal("m2", (string?)quick["run"]!["model"]);
        Assert.Null((await daemon.Get($"/runs/{slow}"))["run"]!["model"]);

        await Write(file, good + "\nprofils: {}\n");
        var rejected = await Event(daemon, "config.rejected");
        Assert.Contains("profils: there is no such key; did you mean 'profiles'?", (string?)rejected["data"]!["problem"],
            StringComparison.Ordinal);
        var status = await daemon.Get("/daemon/status");
        Assert.Equal("degraded", (string?)status["daemon_health"]);
        Assert.Contains("profils", (string?)status["reasons"]![0], StringComparison.Ordinal);
        Assert.Equal("m2", (string?)(await daemon.Post("/runs", TestDaemon.Order("print x")))["run"]!["model"]);
        using var refused = await daemon.Send(HttpMethod.Post, "/config",
            new JsonObject { ["key"] = "profiles.fake.model", ["value"] = "m3" });
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);

        await Write(file, good);
        await Until(async () => (await daemon.Get("/daemon/status")) is var now && (string?)now["daemon_health"] == "ok" ? now : null);
        await File.WriteAllTextAsync(Path.Combine(daemon.Root, "go"), "", TestContext.Current.CancellationToken);
        Assert.Equal("succeeded", (string?)(await daemon.Ended(slow))["status"]);
    }

    [Fact]
    public async Task Limits_prices_and_notification_rules_hold_without_a_restart_too()
    {
        const string uses = """agentctl {"type":"usage","input_tokens":1000,"output_tokens":0}""";
        await using var daemon = await TestDaemon.Start("limits: {per_day_tokens: 900}");
        var file = Path.Combine(daemon.Data, "config.yaml");
        var before = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        var first = await daemon.Ended((string)(await daemon.Post("/runs", Modeled(uses)))["run"]!["id"]!);
        Assert.Equal("unknown", (string?)first["usage"]!["cost_source"]);
        var held = await daemon.Post("/runs", Modeled(uses));
        Assert.Contains("900 tokens a day", (string?)held["note"], StringComparison.Ordinal);

        string Rule(string to) =>
            $"\nnotifications:\n  told: {{channel: command, on: [run.succeeded], command: [sh, -c, 'cat >> {to}']}}\n";
        var now = before.Replace("per_day_tokens: 900", "per_day_tokens: 90000", StringComparison.Ordinal)
            + "\nprices:\n  m9: {input: 2, output: 2}";
        await Write(file, now + Rule("one.txt"));
        await daemon.Ended((string)held["run"]!["id"]!);
        await Until(async () => (await daemon.Get("/notifications"))["notifications"]!.AsArray()
            .FirstOrDefault(rule => (string?)rule!["rule"] == "told"));
        var priced = await daemon.Ended((string)(await daemon.Post("/runs", Modeled(uses)))["run"]!["id"]!);
        Assert.Equal((0.002m, "estimate"), ((decimal)priced["usage"]!["cost_usd"]!, (string?)priced["usage"]!["cost_source"]));
        await Told(daemon, "one.txt", priced);

        await Write(file, now.Replace("per_day_tokens", "runs_per_family: 1, per_day_tokens", StringComparison.Ordinal) + Rule("two.txt"));
        await Until(async () => (await daemon.Get("/events?types=config.changed"))["events"]!.AsArray() is { Count: 2 } both ? both : null);
        using var refused = await daemon.Send(HttpMethod.Post, $"/sessions/{priced["session_id"]}/spawn",
            new JsonObject { ["task"] = "!print x", ["profile"] = "fake" });
        Assert.Contains("1 are allowed", await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
        var last = await daemon.Ended((string)(await daemon.Post("/runs", Modeled(uses)))["run"]!["id"]!);
        await Told(daemon, "two.txt", last);
        Assert.DoesNotContain((string)priced["id"]!, await File.ReadAllTextAsync(Path.Combine(daemon.Data, "two.txt"),
            TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    static JsonObject Modeled(params string[] steps)
    {
        var order = TestDaemon.Order(steps);
        order["model"] = "m9";
        return order;
    }

    static Task Told(TestDaemon daemon, string name, JsonNode run) => Eventually.True(
        () => File.Exists(Path.Combine(daemon.Data, name))
            && File.ReadAllText(Path.Combine(daemon.Data, name)).Contains((string)run["id"]!, StringComparison.Ordinal),
        $"{name} tells of the run", TimeSpan.FromSeconds(60));

    [Fact]
    public async Task A_key_is_set_in_our_file_only_when_it_holds_and_its_origin_is_told()
    {
        await using var daemon = await TestDaemon.Start("# mine");
        var file = Path.Combine(daemon.Data, "config.yaml");
        await daemon.Post("/config", new JsonObject { ["key"] = "profiles.spark.effort", ["value"] = "high" });
        var text = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        Assert.Contains("# mine", text, StringComparison.Ordinal);
        var settings = (await daemon.Get("/config"))["settings"]!.AsArray();
        var effort = settings.Single(row => (string?)row!["key"] == "profiles.spark.effort")!;
        Assert.Equal("high", (string?)effort["value"]);
        Assert.StartsWith(file + ":", (string?)effort["origin"], StringComparison.Ordinal);
        Assert.Equal("built in", (string?)settings.Single(row => (string?)row!["key"] == "profiles.spark.escalates_to")!["origin"]);
        Assert.Equal("default", (string?)settings.Single(row => (string?)row!["key"] == "limits.max_concurrency")!["origin"]);

        foreach (var (key, value) in ((string, string)[])[("profiles.spark.effort", "ultra"), ("profiles.spark.efort", "low"),
            ("profiles.mine.model", "x"), ("profiles.spark.escalates_to", "nowhere"), ("profiles.codex.approval", "ask")])
        {
            using var answer = await daemon.Send(HttpMethod.Post, "/config", new JsonObject { ["key"] = key, ["value"] = value });
            Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        }
        Assert.Equal(text, await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_repositorys_file_gets_no_program_started_before_a_person_trusts_it_and_again_when_it_changes()
    {
        using var repository = new TempRepository();
        await using var daemon = await TestDaemon.Start();
        var file = Path.Combine(repository.Path, ".agent-orchestrator.yaml");
        await Write(file, $"profiles:\n  theirs:\n    agent: command\n    command: [\"{TestPrograms.FakeAgent}\"]\n");
        await daemon.Post("/projects", new JsonObject { ["name"] = "demo", ["path"] = repository.Path });
        JsonObject order = new() { ["project"] = "demo", ["prompt"] = "!print x", ["profile"] = "theirs" };

        Assert.Contains("needs trust", await Refused(daemon, order), StringComparison.Ordinal);
        var shown = await daemon.Get("/trust?project=demo");
        Assert.Equal("needs_trust", (string?)shown["state"]);
        Assert.Equal("profiles.theirs.command", (string?)shown["settings"]![0]!["key"]);
        await daemon.Post("/trust", new JsonObject { ["project"] = "demo", ["hash"] = (string?)shown["hash"] });
        await daemon.Ended((string)(await daemon.Post("/runs", order))["run"]!["id"]!);

        // What could do no harm needs no word.
        await Write(file, (await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)) + "    limits: {idle_s: 60}\n");
        await daemon.Ended((string)(await daemon.Post("/runs", order))["run"]!["id"]!);
        await Write(file, (await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)) + "    env: {PATH: /tmp}\n");
        Assert.Contains("something else than what was trusted", await Refused(daemon, order), StringComparison.Ordinal);
        using var late = await daemon.Send(HttpMethod.Post, "/trust",
            new JsonObject { ["project"] = "demo", ["hash"] = (string?)shown["hash"] });
        Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
        // Other profiles are not held up by it.
        order["profile"] = "fake";
        await daemon.Ended((string)(await daemon.Post("/runs", order))["run"]!["id"]!);
    }

    static async Task<string> Refused(TestDaemon daemon, JsonObject order)
    {
        using var answer = await daemon.Send(HttpMethod.Post, "/runs", order);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.StatusCode == HttpStatusCode.Conflict, text);
        return text;
    }

    static Task Write(string file, string text) => File.WriteAllTextAsync(file, text, TestContext.Current.CancellationToken);

    static Task<JsonNode> Event(TestDaemon daemon, string type) =>
        Until(async () => (await daemon.Get($"/events?types={type}"))["events"]!.AsArray().LastOrDefault());

    static async Task<JsonNode> Until(Func<Task<JsonNode?>> look)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            if (await look() is { } found)
                return found;
            await ticks.WaitForNextTickAsync(limit.Token);
        }
    }
}
