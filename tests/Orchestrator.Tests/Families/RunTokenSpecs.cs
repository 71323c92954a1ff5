using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Families;

/// <summary>What a run may do to its family with its own token, and what it may not.</summary>
public class RunTokenSpecs : IClassFixture<RunTokenSpecs.Household>
{
    readonly Household home;

    public RunTokenSpecs(Household home) => this.home = home;

    TestDaemon Daemon => home.Daemon;

    static JsonObject Yes => new() { ["decision"] = "approve" };

    /// <summary>Three generations at work, whose tokens are known, and a stranger; <c>free</c> is a profile with full access.</summary>
    public sealed class Household : IAsyncLifetime
    {
        internal TestDaemon Daemon { get; private set; } = null!;
        internal List<(JsonNode Run, string Token)> Generations { get; } = [];
        internal JsonNode Stranger { get; private set; } = null!;
        string gate = "";

        public async ValueTask InitializeAsync()
        {
            Daemon = TestDaemon.Prepare($$"""
                  free:
                    agent: command
                    command: ["{{TestPrograms.FakeAgent}}"]
                    sandbox: full-access
                """);
            Daemon.Flags.AddRange(["--max-concurrency", "8"]);
            await Daemon.Start();
            gate = Daemon.Gate();
            string[] steps = ["env AGENTCTL_AUTH_TOKEN", $"wait-file {gate}"];
            var run = (await Daemon.Post("/runs", TestDaemon.Order(steps)))["run"]!;
            for (var i = 0; i < 3; i++)
            {
                Generations.Add((run, await Daemon.TokenOf(run)));
                if (i < 2) run = await Daemon.Spawn(run, steps);
            }

            Stranger = await Daemon.Becomes((await Daemon.Post("/runs", TestDaemon.Order($"wait-file {gate}")))["run"]!, "running");
        }

        public async ValueTask DisposeAsync()
        {
            Kin.Open(gate);
            await Daemon.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_parent_and_a_grandparent_answer_and_neither_the_asker_nor_a_stranger_does()
    {
        var (root, child, grandchild) = (home.Generations[0], home.Generations[1], home.Generations[2]);
        var one = await Daemon.Ask(grandchild.Run, "one?");
        var two = await Daemon.Ask(grandchild.Run, "two?");
        string Path(JsonNode request) => $"/requests/{request["id"]}/answer";

        await Daemon.With(grandchild.Token, HttpMethod.Post, Path(one), Yes).Refused(403, "forbidden");
        await Daemon.With(grandchild.Token, HttpMethod.Post, $"/sessions/{grandchild.Run["session_id"]}/send",
            new JsonObject { ["text"] = "yes" }).Refused(403, "forbidden");
        Assert.Equal(3, one["chain"]!.AsArray().Count);
        Assert.Equal((string?)root.Run["session_id"], (string?)one["chain"]![2]!["session_id"]);

        var answered = await Daemon.With(child.Token, HttpMethod.Post, Path(one), Yes).Fine();
        Assert.Equal($"run:{child.Run["id"]}", (string?)answered["request"]!["answered_by"]);
        await Daemon.With(root.Token, HttpMethod.Post, Path(two), Yes).Fine();
        Assert.Null((await Daemon.Request(two))["picked_up_at"]);
        await Daemon.With(child.Token, HttpMethod.Get, $"/requests/{two["id"]}").Fine();
        Assert.Null((await Daemon.Request(two))["picked_up_at"]);
        var seen = await Daemon.With(grandchild.Token, HttpMethod.Get, $"/requests/{two["id"]}").Fine();
        Assert.NotNull(seen["request"]!["picked_up_at"]);

        var parents = await Daemon.Ask(child.Run, "three?");
        await Daemon.With(grandchild.Token, HttpMethod.Post, Path(parents), Yes).Refused(403, "forbidden");
        await Daemon.With(grandchild.Token, HttpMethod.Get, $"/requests/{parents["id"]}").Refused(403, "forbidden");
        var mine = await Daemon.With(grandchild.Token, HttpMethod.Get, "/requests").Fine();
        Assert.DoesNotContain(mine["requests"]!.AsArray(), r => (string?)r!["id"] == (string?)parents["id"]);
        await Daemon.Answer(parents, "deny");
    }

    [Fact]
    public async Task An_answer_that_came_as_a_message_is_delivered_when_the_asker_takes_it()
    {
        var grandchild = home.Generations[2];
        var request = await Daemon.Ask(grandchild.Run, "how?");
        var sent = await Daemon.Post($"/sessions/{grandchild.Run["session_id"]}/send", new JsonObject { ["text"] = "so" });
        string? Delivered() => (string?)Daemon.List($"/sessions/{grandchild.Run["session_id"]}/messages", "messages")
            .Single(m => (string?)m["id"] == (string?)sent["message"]!["id"])["delivery"];
        Assert.Equal((string?)grandchild.Run["id"], (string?)sent["run"]!["id"]);
        Assert.Equal("stored", Delivered());

        await Daemon.With(grandchild.Token, HttpMethod.Get, $"/requests/{request["id"]}/wait").Fine();

        Assert.Equal("handed_over", Delivered());
    }

    [Fact]
    public async Task It_gives_no_profile_with_full_access_that_it_has_not_itself()
    {
        var (child, grandchild) = (home.Generations[1], home.Generations[2]);
        foreach (var (path, body) in new[]
        {
            ($"/runs/{child.Run["id"]}/spawn", new JsonObject { ["task"] = "x", ["profile"] = "free" }),
            ($"/sessions/{child.Run["session_id"]}/spawn", new JsonObject { ["task"] = "x", ["profile"] = "free" }),
            ($"/sessions/{grandchild.Run["session_id"]}/send", new JsonObject { ["text"] = "x", ["profile"] = "free" }),
            ($"/sessions/{child.Run["session_id"]}/messages",
                new JsonObject { ["role"] = "user", ["text"] = "x", ["profile"] = "free" }),
        })
        {
            var refused = await Daemon.With(child.Token, HttpMethod.Post, path, body.DeepClone()).Refused(403, "forbidden");
            Assert.Contains("'free'", (string?)refused["detail"], StringComparison.Ordinal);
        }

        var byPerson = await Daemon.Post($"/runs/{child.Run["id"]}/spawn",
            new JsonObject { ["task"] = "x\n!print free", ["profile"] = "free" });
        Assert.Equal("free", (string?)(await Daemon.Ended((string)byPerson["run"]!["id"]!))["profile"]);
    }

    [Fact]
    public async Task It_reaches_nothing_beside_or_above_it_and_is_not_told_what_there_is()
    {
        var (root, child) = (home.Generations[0], home.Generations[1]);
        var nobody = "0123456789abcdef";
        foreach (var other in new[] { (string)root.Run["id"]!, (string)home.Stranger["id"]!, nobody, nobody[..3] })
        {
            await Daemon.With(child.Token, HttpMethod.Post, $"/runs/{other}/spawn", new JsonObject { ["task"] = "x" })
                .Refused(403, "forbidden");
            await Daemon.With(child.Token, HttpMethod.Post, $"/runs/{other}/cancel").Refused(403, "forbidden");
            await Daemon.With(child.Token, HttpMethod.Post, $"/runs/{other}/reply-parent",
                new JsonObject { ["text"] = "x", ["request_kind"] = "status" }).Refused(403, "forbidden");
            await Daemon.With(child.Token, HttpMethod.Post, $"/runs/{other}/outcome",
                new JsonObject { ["goal_met"] = true, ["summary"] = "x" }).Refused(403, "forbidden");
            await Daemon.With(child.Token, HttpMethod.Get, $"/runs/wait?ids={other}").Refused(403, "forbidden");
            foreach (var list in new[] { $"/requests?run_id={other}", $"/runs?parent_run_id={other}&session_id=0",
                $"/requests?session_id={other}", $"/runs?session_id={other}", $"/sessions?parent_session_id={other}" })
                Assert.Empty((await Daemon.With(child.Token, HttpMethod.Get, list).Fine()).AsObject().First().Value!.AsArray());
            await Daemon.With(child.Token, HttpMethod.Post, $"/sessions/{home.Generations[2].Run["session_id"]}/send",
                new JsonObject { ["text"] = "x", ["from_run_id"] = other }).Refused(403, "forbidden");
        }

        foreach (var session in new[] { root.Run["session_id"], home.Stranger["session_id"] })
            await Daemon.With(child.Token, HttpMethod.Post, $"/sessions/{session}/send", new JsonObject { ["text"] = "x" })
                .Refused(403, "forbidden");
        await Daemon.With(child.Token, HttpMethod.Post, $"/sessions/{child.Run["session_id"]}/archive").Refused(403, "forbidden");
    }
}
