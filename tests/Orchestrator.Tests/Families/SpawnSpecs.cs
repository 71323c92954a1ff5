using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Families;

/// <summary>Spawning: once for a key, within limits, and not by a family that is being canceled.</summary>
public class SpawnSpecs
{
    static JsonObject Task(string key) => new() { ["task"] = "work\n!print x", ["idempotency_key"] = key };

    [Fact]
    public async Task A_limit_that_is_reached_is_named_with_its_value()
    {
        await using var daemon = await TestDaemon.Start("""
            limits:
              spawn_depth: 1
              children_per_run: 2
              runs_per_family: 4
            """);
        var parent = await daemon.IdleParent();
        var first = await daemon.Spawn(parent, "print x");
        async Task Refused(string path, string limit, int value)
        {
            var refused = await daemon.Send(HttpMethod.Post, path, new JsonObject { ["task"] = "x" }).Refused(409, "conflict");
            Assert.Equal((limit, value), ((string?)refused["limit"], (int)refused["value"]!));
            Assert.Contains($"limits.{limit}", (string?)refused["hint"], StringComparison.Ordinal);
        }

        await Refused($"/runs/{first["id"]}/spawn", "spawn_depth", 1);
        await daemon.Spawn(parent, "print x");
        await Refused($"/runs/{parent["id"]}/spawn", "children_per_run", 2);
        await daemon.Post($"/sessions/{parent["session_id"]}/spawn", new JsonObject { ["task"] = "x" });
        await Refused($"/sessions/{parent["session_id"]}/spawn", "runs_per_family", 4);
    }

    [Fact]
    public async Task The_same_key_is_the_same_child_whatever_runs_by_then()
    {
        await using var daemon = await TestDaemon.Start();
        var gate = daemon.Gate();
        var parent = await daemon.Becomes((await daemon.Post("/runs", TestDaemon.Order($"wait-file {gate}")))["run"]!, "running");
        string[] paths = [$"/runs/{parent["id"]}/spawn", $"/sessions/{parent["session_id"]}/spawn"];
        var children = new List<string>();
        foreach (var path in paths)
            children.Add((string)(await daemon.Post(path, Task("k")))["run"]!["id"]!);
        Kin.Open(gate);
        await daemon.Ended((string)parent["id"]!);

        for (var i = 0; i < paths.Length; i++)
            Assert.Equal(children[i], (string?)(await daemon.Post(paths[i], Task("k")))["run"]!["id"]);

        Assert.Equal(2, children.Distinct().Count());
        Assert.Equal(2, daemon.List($"/runs?parent_run_id={parent["id"]}", "runs").Count);
        var send = new JsonObject { ["text"] = "again", ["idempotency_key"] = "s" };
        var sent = await daemon.Post($"/sessions/{parent["session_id"]}/send", send.DeepClone());
        var same = await daemon.Post($"/sessions/{parent["session_id"]}/send", send);
        Assert.Equal((string?)sent["run"]!["id"], (string?)same["run"]!["id"]);
    }

    [Fact]
    public async Task A_run_that_is_being_stopped_starts_nothing_more()
    {
        await using var daemon = await TestDaemon.Start();
        var gate = daemon.Gate();
        // It does not hear the polite signals, so that it is stopping for a while.
        var run = (await daemon.Post("/runs", TestDaemon.Order("ignore INT", "ignore TERM", "env AGENTCTL_AUTH_TOKEN", "hang")))["run"]!;
        var token = await daemon.TokenOf(run);
        var child = await daemon.Spawn(run, "print x");
        await daemon.Ended((string)child["id"]!);
        await daemon.Post($"/runs/{run["id"]}/cancel");
        Assert.Equal("stopping", (string?)(await daemon.Get($"/runs/{run["id"]}"))["run"]!["status"]);

        foreach (var (path, body) in new[]
        {
            ($"/runs/{run["id"]}/spawn", new JsonObject { ["task"] = "x" }),
            ($"/runs/{child["id"]}/spawn", new JsonObject { ["task"] = "x" }),
            ($"/sessions/{child["session_id"]}/spawn", new JsonObject { ["task"] = "x" }),
            ($"/sessions/{child["session_id"]}/send", new JsonObject { ["text"] = "x" }),
            ($"/sessions/{run["session_id"]}/messages", new JsonObject { ["role"] = "user", ["text"] = "x" }),
        })
        {
            var refused = await daemon.With(token, HttpMethod.Post, path, body.DeepClone()).Refused(409, "conflict");
            Assert.Contains("stopping", (string?)refused["detail"], StringComparison.Ordinal);
        }

        await daemon.Send(HttpMethod.Post, $"/runs/{run["id"]}/spawn", new JsonObject { ["task"] = "x" }).Refused(409, "conflict");
        await daemon.Ended((string)run["id"]!);
        Assert.Empty(daemon.List("/runs?status=queued,starting,running,waiting", "runs"));
    }

    [Fact]
    public async Task A_child_that_a_run_gives_a_quiet_session_falls_with_its_cancel()
    {
        await using var daemon = await TestDaemon.Start();
        var run = (await daemon.Post("/runs", TestDaemon.Order("env AGENTCTL_AUTH_TOKEN", "hang")))["run"]!;
        var token = await daemon.TokenOf(run);
        var child = await daemon.Spawn(run, "print x");
        await daemon.Ended((string)child["id"]!);
        var made = await daemon.With(token, HttpMethod.Post, $"/sessions/{child["session_id"]}/spawn",
            new JsonObject { ["task"] = "x\n!hang" }).Fine();
        var grandchild = await daemon.Becomes(made["run"]!, "running");
        Assert.Equal((string?)run["id"], (string?)grandchild["parent_run_id"]);

        await daemon.Post($"/runs/{run["id"]}/cancel");

        var ended = await daemon.Ended((string)grandchild["id"]!);
        Assert.Equal(("canceled", "parent_canceled"), ((string?)ended["status"], (string?)ended["reason"]));
    }

    [Fact]
    public async Task A_runs_own_messages_do_not_go_on_for_ever()
    {
        await using var daemon = await TestDaemon.Start("""
            limits:
              runs_per_family: 3
            """);
        var gate = daemon.Gate();
        var run = (await daemon.Post("/runs", TestDaemon.Order("env AGENTCTL_AUTH_TOKEN", $"wait-file {gate}")))["run"]!;
        var token = await daemon.TokenOf(run);
        var path = $"/sessions/{run["session_id"]}/messages";
        JsonObject Message() => new() { ["role"] = "user", ["text"] = "again" };

        await daemon.With(token, HttpMethod.Post, path, Message()).Fine();
        await daemon.With(token, HttpMethod.Post, path, Message()).Fine();
        var refused = await daemon.With(token, HttpMethod.Post, path, Message()).Refused(409, "conflict");
        Assert.Equal("runs_per_family", (string?)refused["limit"]);
        await daemon.Post(path, Message());
        Kin.Open(gate);
    }
}
