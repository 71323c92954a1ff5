using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Requests;

/// <summary>Questions and children's ends over kill -9: nothing is lost, nothing is heard twice.</summary>
public class RequestCrashSpecs
{
    /// <summary>Not started. Its scripted agents find it again on another port; <c>boss</c> wants to hear its children.</summary>
    internal static TestDaemon Findable()
    {
        var daemon = TestDaemon.Prepare();
        File.WriteAllText(Path.Combine(daemon.Data, "config.yaml"), $$"""
            profiles:
              fake:
                agent: command
                command: ["{{TestPrograms.FakeAgent}}"]
                env: {FAKE_AGENT_DATA: "{{daemon.Data}}"}
              boss:
                agent: command
                command: ["{{TestPrograms.FakeAgent}}"]
                env: {FAKE_AGENT_DATA: "{{daemon.Data}}"}
                on_child: run
            """);
        return daemon;
    }

    [Fact]
    public async Task An_answer_given_after_a_kill_reaches_the_asker_once()
    {
        await using var daemon = Findable();
        await daemon.Start();
        var child = await daemon.Spawn(await daemon.IdleParent(), "ask question before?", "ask question after?");
        var before = await daemon.Asks(child);
        await daemon.Kill();

        await daemon.Start();
        Assert.Equal("waiting", (string?)(await daemon.Get($"/runs/{child["id"]}"))["run"]!["status"]);
        await daemon.Answer(before, "answer", "one");
        await daemon.Kill();

        await daemon.Start();
        await daemon.Answer(await daemon.Asks(child), "answer", "two");
        var run = await daemon.Ended((string)child["id"]!);
        Assert.Equal("succeeded", (string?)run["status"]);
        var heard = (await daemon.EventsOf((string)child["id"]!)).Where(e => (string?)e["event_type"] == "run.output")
            .Select(e => (string)e["data"]!["text"]!);
        Assert.Equal(["answered one", "answered two"], heard);
        Assert.Equal(["request.created", "request.answered", "request.created", "request.answered"],
            await daemon.TypesOf(child, "request."));
        Assert.Equal(2, daemon.List($"/requests?run_id={child["id"]}", "requests").Count);
    }

    [Fact]
    public async Task A_parent_that_wants_to_hear_gets_one_run_each_for_a_report_a_question_and_an_end()
    {
        await using var daemon = Findable();
        await daemon.Start();
        var gate = daemon.Gate();
        var boss = (await daemon.Post("/runs", new JsonObject
        {
            ["prompt"] = $"work\n!spawn-as fake work\\n!ask status half way\\n!ask question may I?\\n!wait-file {gate}\\n!print bye",
            ["profile"] = "boss",
        }))["run"]!;
        await daemon.Ended((string)boss["id"]!);
        var child = daemon.List($"/runs?parent_run_id={boss["id"]}", "runs").Single();
        var request = await daemon.Asks(child);
        await daemon.Kill();
        await daemon.Start();
        List<JsonNode> Woken() =>
            [.. daemon.List($"/runs?session_id={boss["session_id"]}", "runs").Where(r => (string?)r["trigger"] == "send")];
        await Eventually.True(() => Woken().Count == 2, "a run for the report and one for the question");
        var prompts = Woken().Select(r => (string)r["prompt"]!).ToList();
        Assert.Single(prompts, p => p.Contains("reports:\n\nhalf way", StringComparison.Ordinal));
        Assert.Single(prompts, p => p.Contains($"request {request["id"]}", StringComparison.Ordinal)
            && p.Contains("may I?", StringComparison.Ordinal));

        await daemon.Answer(request, "approve");
        await daemon.Kill();
        Kin.Open(gate);
        await daemon.Start();

        await daemon.Ended((string)child["id"]!);
        await Eventually.True(() => Woken().Count == 3, "a run for the end");
        Assert.Single(Woken(), r => ((string)r["prompt"]!).Contains("bye", StringComparison.Ordinal));
        foreach (var run in Woken()) await daemon.Ended((string)run["id"]!);
        await daemon.Kill();
        await daemon.Start();
        Assert.Equal(3, Woken().Count);
        Assert.Single(await daemon.Events((string)boss["session_id"]!), e => (string?)e["event_type"] == "session.child_finished");
        Assert.All(daemon.List($"/sessions/{boss["session_id"]}/messages", "messages"),
            m => Assert.Equal("answered", (string?)m["delivery"]));
    }

    [Fact]
    public async Task An_agent_that_asks_before_its_start_is_recorded_is_known_to_the_next_daemon()
    {
        await using var daemon = Findable();
        await daemon.With("AGENTD_CRASH_AT", Checkpoint.HolderStarted).Start();
        // It may die before the order is answered: the key makes it the same order.
        var order = TestDaemon.Order("spawn work", "wait-children", "print went on");
        order["idempotency_key"] = "k";
        try
        {
            using var answer = await daemon.Send(HttpMethod.Post, "/runs", order.DeepClone());
        }
        catch (HttpRequestException)
        {
            // Dead already.
        }

        await daemon.Died();
        daemon.Without("AGENTD_CRASH_AT");
        await daemon.Start();

        var run = await daemon.Ended((string)(await daemon.Post("/runs", order))["run"]!["id"]!);
        Assert.Equal(("succeeded", "went on"), ((string?)run["status"], (string?)run["last_message"]));
        Assert.Single(daemon.List($"/runs?parent_run_id={run["id"]}", "runs"));
    }
}
