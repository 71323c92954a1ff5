using System.Net;
using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Routing;

/// <summary>Runs that name no profile, through the front door: what they get, why, and that they keep it.</summary>
public class RoutedRunSpecs
{
    static string Config => $$"""
          other:
            agent: command
            command: ["{{TestPrograms.FakeAgent}}"]
            model: m1
        routes:
          - {name: bugs, kind: bug, profile: other}
          - {phase: review, labels: [ui], profile: fake}
        """;

    [Fact]
    public async Task A_slip_in_the_name_of_the_users_own_Codex_profile_is_told_with_the_nearest()
    {
        await using var daemon = TestDaemon.Prepare();
        var home = Directory.CreateDirectory(Path.Combine(daemon.Root, "codex-home")).FullName;
        await File.WriteAllTextAsync(Path.Combine(home, "thrifty.config.toml"), "model = \"gpt-5\"\n",
            TestContext.Current.CancellationToken);
        daemon.With("CODEX_HOME", home);
        await daemon.Start();
        using var wrong = await daemon.Send(HttpMethod.Post, "/runs", new JsonObject { ["prompt"] = "x", ["profile"] = "thrify" });
        var text = await wrong.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
        Assert.Contains("Did you mean 'thrifty'?", text, StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(home));
    }

    [Fact]
    public async Task A_run_without_a_profile_is_routed_says_why_and_its_conversation_stays_with_it()
    {
        await using var daemon = await TestDaemon.Start(Config);
        var answer = await daemon.Post("/runs", new JsonObject { ["prompt"] = "!print x", ["kind"] = "bug" });
        var run = answer["run"]!;
        Assert.Equal(("other", "m1"), ((string?)run["profile"], (string?)run["model"]));
        var why = (string)run["profile_why"]!;
        Assert.StartsWith("rule 'bugs' fits (", why, StringComparison.Ordinal);
        var queued = (await daemon.EventsOf((string)run["id"]!)).First(e => (string?)e["event_type"] == "run.queued");
        Assert.Equal(why, (string?)queued["data"]!["profile_why"]);
        Assert.Equal("succeeded", (string?)(await daemon.Ended((string)run["id"]!))["status"]);

        var next = await daemon.Post($"/sessions/{run["session_id"]}/messages",
            new JsonObject { ["role"] = "user", ["text"] = "!print y" });
        Assert.Equal("other", (string?)next["run"]!["profile"]);
        Assert.Contains("session", (string?)next["run"]!["profile_why"], StringComparison.Ordinal);
        await daemon.Ended((string)next["run"]!["id"]!);
        var resumed = await daemon.Post($"/runs/{run["id"]}/resume", new JsonObject { ["prompt"] = "!print z" });
        Assert.Equal("other", (string?)resumed["run"]!["profile"]);
        await daemon.Ended((string)resumed["run"]!["id"]!);

        var tried = await daemon.Get("/route/try?phase=review&labels=ui,x");
        Assert.Equal(("fake", "rule"), ((string?)tried["profile"], (string?)tried["by"]));
        Assert.Single(tried["steps"]!.AsArray(), step => (bool)step!["chosen"]!);
        using var wrong = await daemon.Send(HttpMethod.Get, "/route/try?phase=reviw");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
        Assert.Contains("Did you mean 'review'?", await wrong.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
        using var start = await daemon.Send(HttpMethod.Post, "/runs", new JsonObject { ["prompt"] = "x", ["phase"] = "coding" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, start.StatusCode);
    }
}
