using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Requests;

/// <summary>A question nobody answers ends as it says itself, and never reads as a person's no.</summary>
public class ExpirySpecs
{
    static JsonObject Soon(string then) => new() { ["expires_in_s"] = 0.2, ["on_expiry"] = then };

    static async Task<JsonNode> Closed(TestDaemon daemon, JsonNode request)
    {
        var seen = await daemon.Get($"/requests/{request["id"]}/wait?timeout_s=30");
        Assert.False((bool)seen["timed_out"]!);
        return seen["request"]!;
    }

    [Fact]
    public async Task Deny_and_continue_let_the_run_go_on_and_park_stops_it_for_a_resume()
    {
        await using var daemon = await TestDaemon.Start();
        var parent = await daemon.IdleParent();
        foreach (var then in new[] { "deny", "continue" })
        {
            var gate = daemon.Gate();
            var child = await daemon.Becomes(await daemon.Spawn(parent, $"wait-file {gate}"), "running");
            var request = await Closed(daemon, await daemon.Ask(child, "Anybody?", Soon(then)));

            Assert.Equal(("expired", then), ((string?)request["state"], (string?)request["on_expiry"]));
            Assert.Null(request["answer"]);
            Assert.NotEqual("local", (string?)request["answered_by"]);
            await daemon.Becomes(child, "running");
            var told = (await daemon.EventsOf((string)child["id"]!)).Single(e => (string?)e["event_type"] == "request.expired")["data"]!;
            Assert.Equal(("expired", then), ((string?)told["state"], (string?)told["on_expiry"]));
            var late = await daemon.Send(HttpMethod.Post, $"/requests/{request["id"]}/answer", new JsonObject { ["decision"] = "approve" })
                .Refused(409, "conflict");
            Assert.Equal("expired", (string?)late["state"]);
            Kin.Open(gate);
            Assert.Equal("succeeded", (string?)(await daemon.Ended((string)child["id"]!))["status"]);
        }

        var parked = await daemon.Becomes(await daemon.Spawn(parent, "hang"), "running");
        await Closed(daemon, await daemon.Ask(parked, "Anybody?", Soon("park")));
        var run = await daemon.Ended((string)parked["id"]!);
        Assert.Equal(("canceled", "parked"), ((string?)run["status"], (string?)run["reason"]));
        var more = (await daemon.Post($"/runs/{parked["id"]}/resume", new JsonObject { ["prompt"] = "yes\n!print went on" }))["run"]!;
        Assert.Equal("went on", (string?)(await daemon.Ended((string)more["id"]!))["last_message"]);
    }

    [Fact]
    public async Task A_time_that_passed_while_the_daemon_was_away_has_passed_and_the_configuration_says_the_default()
    {
        await using var daemon = await TestDaemon.Start("""
            limits:
              request_expiry_s: 3600
              request_on_expiry: continue
            """);
        var child = await daemon.Becomes(await daemon.Spawn(await daemon.IdleParent(), "hang"), "running");
        var byDefault = await daemon.Ask(child, "What holds?");
        Assert.Equal("continue", (string?)byDefault["on_expiry"]);
        var left = (DateTimeOffset)byDefault["expires_at"]! - (DateTimeOffset)byDefault["created_at"]!;
        Assert.Equal(3600, left.TotalSeconds, 1.0);
        var soon = await daemon.Ask(child, "Anybody?", new JsonObject { ["expires_in_s"] = 0.4, ["on_expiry"] = "deny" });
        await daemon.Kill();
        await Moment.Later((DateTimeOffset)soon["expires_at"]! - TimeProvider.System.GetUtcNow() + TimeSpan.FromMilliseconds(50));

        await daemon.Start();

        Assert.Equal("expired", (string?)(await Closed(daemon, soon))["state"]);
        Assert.Equal("open", (string?)(await daemon.Request(byDefault))["state"]);
        Assert.Equal("waiting", (string?)(await daemon.Get($"/runs/{child["id"]}"))["run"]!["status"]);
        Assert.Single(await daemon.EventsOf((string)child["id"]!), e => (string?)e["event_type"] == "request.expired");
    }
}
