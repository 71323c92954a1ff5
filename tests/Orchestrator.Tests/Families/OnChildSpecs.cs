using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Families;

/// <summary>A child's word starts a run in its parent only where the profile says so, and not without end.</summary>
public class OnChildSpecs
{
    static string Boss(string script) => $$"""
          boss:
            agent: command
            command: ["{{TestPrograms.FakeAgent}}"{{(script.Length == 0 ? "" : $", \"--script-text\", \"{script}\"")}}]
            on_child: run
        limits:
          runs_per_family: 6
        """;

    static async Task<JsonNode> Ordered(TestDaemon daemon, string profile, params string[] steps)
    {
        var order = TestDaemon.Order(steps);
        order["profile"] = profile;
        return (await daemon.Post("/runs", order))["run"]!;
    }

    [Fact]
    public async Task Without_it_a_child_starts_nothing()
    {
        await using var daemon = await TestDaemon.Start();
        var parent = await Ordered(daemon, "fake", "spawn work\\n!ask status half", "wait-children");
        await daemon.Ended((string)parent["id"]!);
        var grandparents = await Ordered(daemon, "fake", "print later");
        await daemon.Ended((string)grandparents["id"]!);

        Assert.Single(daemon.List($"/runs?session_id={parent["session_id"]}", "runs"));
        Assert.All(daemon.List($"/sessions/{parent["session_id"]}/messages", "messages").Where(m => (string?)m["role"] == "system"),
            m => Assert.Null(m["run_id"]));
    }

    [Fact]
    public async Task A_parent_that_always_spawns_again_meets_the_limit_and_is_told()
    {
        await using var daemon = await TestDaemon.Start(Boss("spawn-as fake hello"));
        var first = await Ordered(daemon, "boss", "print");

        var dropped = $"/sessions/{first["session_id"]}/messages?delivery=dropped";
        var told = await Eventually.Value(() => daemon.List(dropped, "messages").FirstOrDefault(), "the limit is met");

        Assert.Contains("6 runs", (string?)told["note"], StringComparison.Ordinal);
        Assert.Equal("system", (string?)told["role"]);
        var all = daemon.List("/runs?limit=500", "runs");
        Assert.Equal(6, all.Count);
        foreach (var run in all) await daemon.Ended((string)run["id"]!);
        Assert.Equal(6, daemon.List("/runs?limit=500", "runs").Count);
    }

    [Fact]
    public async Task A_canceled_family_is_not_begun_again_by_the_ends_of_its_members()
    {
        await using var daemon = await TestDaemon.Start(Boss(""));
        var parent = await Ordered(daemon, "boss", "spawn-as fake x\\n!hang", "hang");
        await Eventually.True(() => daemon.List("/runs?status=running", "runs").Count == 2, "both run");

        await daemon.Post($"/runs/{parent["id"]}/cancel");

        await Eventually.True(() => daemon.List("/runs?status=canceled", "runs").Count == 2, "both are canceled");
        // What is stirred by a later run of another family has been looked at by its end.
        await daemon.Ended((string)(await Ordered(daemon, "boss", "spawn-as fake x", "wait-children"))["id"]!);
        await Eventually.True(() => daemon.List("/runs?limit=500", "runs").Count == 5, "the other family's end woke its parent");
        Assert.Single(daemon.List($"/runs?session_id={parent["session_id"]}", "runs"));
    }

    [Fact]
    public async Task A_childs_word_that_waits_can_be_taken_back_and_not_changed()
    {
        await using var daemon = await TestDaemon.Start(Boss(""));
        var gate = daemon.Gate();
        var parent = await Ordered(daemon, "boss", "spawn-as fake x\\n!print bye", "wait-children", $"wait-file {gate}");
        JsonNode? Waiting() => daemon.List($"/sessions/{parent["session_id"]}/messages?delivery=stored", "messages")
            .FirstOrDefault(m => m["run_id"] is not null && (string?)m["role"] == "system");
        var message = await Eventually.Value(Waiting, "the child's end waits for the parent's run");

        await daemon.Send(HttpMethod.Patch, $"/messages/{message["id"]}", new JsonObject { ["text"] = "x" }).Refused(409, "conflict");
        Assert.Equal("queued", (string?)(await daemon.Get($"/runs/{message["run_id"]}"))["run"]!["status"]);
        // A message that joins it does not lose it, whatever becomes of the message.
        var joined = await daemon.Post($"/sessions/{parent["session_id"]}/messages",
            new JsonObject { ["role"] = "user", ["text"] = "and this", ["mode"] = "collect" });
        Assert.Equal((string?)message["run_id"], (string?)joined["run"]!["id"]);
        await daemon.Send(HttpMethod.Patch, $"/messages/{joined["message"]!["id"]}", new JsonObject { ["text"] = "or that" }).Fine();
        var prompt = (string)(await daemon.Get($"/runs/{message["run_id"]}"))["run"]!["prompt"]!;
        Assert.Contains("bye", prompt, StringComparison.Ordinal);
        Assert.EndsWith("or that", prompt, StringComparison.Ordinal);

        await daemon.Send(HttpMethod.Delete, $"/messages/{message["id"]}").Fine();
        await daemon.Send(HttpMethod.Delete, $"/messages/{joined["message"]!["id"]}").Fine();
        Assert.Equal("canceled", (string?)(await daemon.Get($"/runs/{message["run_id"]}"))["run"]!["status"]);
        Kin.Open(gate);
        await daemon.Ended((string)parent["id"]!);
    }
}
