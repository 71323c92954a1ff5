using System.Text.Json.Nodes;
using Orchestrator.Terminals;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.AgentClis;

/// <summary>The real Codex by its app-server, through the real daemon: asked, answered, steered, stopped, adopted.</summary>
public sealed class ThroughAppServerSpecs(RealAgents agents) : IClassFixture<RealAgents>
{
    const string Asks = "fake: say first; tool exec_command {\"cmd\":\"touch made.txt\",\"sandbox_permissions\":\"require_escalated\","
        + "\"justification\":\"may I touch?\"}; text done";

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory(Timeout = 120_000)]
    [InlineData("approve", true)]
    [InlineData("deny", false)]
    public async Task What_leaves_the_sandbox_is_asked_for_and_the_answer_holds(string decision, bool made)
    {
        var daemon = await agents.Start();
        agents.NeedSandbox();
        var run = await agents.Queue("served", Asks);
        var request = await daemon.Asks(run);
        Assert.Equal("approval_request", (string?)request["kind"]);
        Assert.Contains("touch made.txt", (string?)request["detail"]!["command"], StringComparison.Ordinal);
        Assert.Contains("may I touch?", (string?)request["text"], StringComparison.Ordinal);
        await daemon.Becomes(run, "waiting");

        await daemon.Answer(request, decision, "because I say so");

        var ended = await daemon.Ended((string)run["id"]!);
        RealAgents.Is("succeeded", ended);
        Assert.Equal("done", (string?)ended["last_message"]);
        Assert.Equal(made, File.Exists(Path.Combine(agents.Folder(run), "made.txt")));
        Assert.Equal("enforced", (string?)ended["protection"]);
        Assert.True((long)ended["usage"]!["input_tokens"]! > 0);
        if (!made)
            Assert.Contains("because I say so", (await agents.LastRequest())["body"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Empty(TestDaemon.ProcessesOf((string)run["id"]!));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_daemon_killed_while_it_is_asked_is_followed_by_one_that_hands_over_the_answer()
    {
        var daemon = await agents.Start();
        agents.NeedSandbox();
        var run = await agents.Queue("served", Asks);
        var request = await daemon.Asks(run);
        var pid = RealAgents.PidOf((string)run["id"]!, "codex");

        await daemon.Kill();
        await daemon.Start();
        Assert.Equal(pid, RealAgents.PidOf((string)run["id"]!, "codex"));
        await daemon.Answer(request, "approve");

        var ended = await daemon.Ended((string)run["id"]!);
        RealAgents.Is("succeeded", ended);
        Assert.True(File.Exists(Path.Combine(agents.Folder(run), "made.txt")));
        Assert.Equal(["run.message", "run.message"], await daemon.TypesOf(ended, "run.message"));
    }

    [Fact(Timeout = 120_000)]
    public async Task Interrupted_in_mid_turn_the_conversation_goes_on_in_the_next_run()
    {
        var daemon = await agents.Start();
        var run = await agents.Queue("served-free", "fake: say begun; shell touch here; sleep 881; text never");
        await RealAgents.Appears(agents.Folder(run), "here");

        await daemon.Post($"/runs/{run["id"]}/cancel");

        var ended = await daemon.Ended((string)run["id"]!);
        RealAgents.Is("canceled", ended);
        var steps = (await daemon.EventsOf((string)run["id"]!)).Where(e => (string?)e["event_type"] == "run.stop_step")
            .Select(e => (string?)e["data"]!["action"]).ToList();
        Assert.Equal("ask", steps[0]);
        Assert.DoesNotContain("interrupt", steps);
        Assert.Empty(TestDaemon.ProcessesOf((string)run["id"]!));
        var next = await agents.Say(ended, "fake: text still here", "served-free");
        RealAgents.Is("succeeded", next);
        Assert.Contains("begun", (await agents.LastRequest())["body"]!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_message_steers_the_turn_that_runs()
    {
        var daemon = await agents.Start();
        var run = await agents.Queue("served-free", "fake: shell touch here; while [ ! -e go ]; do sleep 0.05; done; text first");
        await RealAgents.Appears(agents.Folder(run), "here");

        var steered = await daemon.Post($"/sessions/{run["session_id"]}/messages",
            new JsonObject { ["role"] = "user", ["text"] = "fake: text second", ["mode"] = "steer" });
        var input = Path.Combine(daemon.Data, "runs", (string)run["id"]!, "stdin.in");
        await Eventually.True(() => File.ReadAllText(input).Contains("turn/steer", StringComparison.Ordinal), "it is sent");
        await File.WriteAllTextAsync(Path.Combine(agents.Folder(run), "go"), "", Stop);

        var ended = await daemon.Ended((string)run["id"]!);
        RealAgents.Is("succeeded", ended);
        Assert.Equal((string?)run["id"], (string?)steered["run"]!["id"]);
        Assert.Equal("second", (string?)ended["last_message"]);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_schema_is_kept_to_and_runs_by_either_protocol_share_the_conversation()
    {
        await agents.Start();
        var order = new JsonObject { ["output_schema"] = JsonNode.Parse(Schemas.GoalMet) };
        var first = await agents.Run(
            "served", "fake: usage input=900 cached=400 output=7; json {\"goal_met\":false,\"notes\":[\"a\"]}", order);
        RealAgents.Is("succeeded", first);
        Assert.False((bool)first["result"]!["goal_met"]!);

        var second = await agents.Say(first, "fake: usage input=1000 cached=500 output=8; text two", "codex");
        var third = await agents.Say(second, "fake: usage input=1100 cached=600 output=9; text three", "served");

        RealAgents.Is("succeeded", second);
        RealAgents.Is("succeeded", third);
        Assert.Equal("three", (string?)third["last_message"]);
        Assert.Contains("goal_met", (await agents.LastRequest())["body"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal((500, 400, 7), Tokens(first));
        Assert.Equal((500, 500, 8), Tokens(second));
        Assert.Equal((500, 600, 9), Tokens(third));
    }

    [Theory(Timeout = 120_000)]
    [InlineData("fake: 400 always", "bad_request")]
    [InlineData("fake: 429 always", "rate_limited")]
    [InlineData("fake: 401 always", "auth_required")]
    [InlineData("fake: 500 always", "provider_unavailable")]
    [InlineData("fake: context", "context_exceeded")]
    [InlineData("fake: quota", "quota_exhausted")]
    public async Task A_failure_of_the_provider_ends_the_run_with_its_reason(string prompt, string reason)
    {
        await agents.Start();
        RealAgents.Failed(reason, await agents.Run("served", prompt));
    }

    [Fact(Timeout = 120_000)]
    public async Task An_agent_that_is_killed_while_it_asks_leaves_nothing_and_says_so()
    {
        var daemon = await agents.Start();
        agents.NeedSandbox();
        var run = await agents.Queue("served", Asks);
        var request = await daemon.Asks(run);

        Native.Signal(ProcessIdentity.Of(RealAgents.PidOf((string)run["id"]!, "codex"))!.Value, Native.SignalKill);

        RealAgents.Failed("no_end_event", await daemon.Ended((string)run["id"]!));
        Assert.Equal("withdrawn", (string?)(await daemon.Request(request))["state"]);
        Assert.Empty(TestDaemon.ProcessesOf((string)run["id"]!));
    }

    [Fact(Timeout = 120_000)]
    public async Task What_is_being_said_and_printed_is_seen_in_pieces_and_then_whole()
    {
        var daemon = await agents.Start();
        var run = await agents.Run("served-free", "fake: shell echo one; sleep 0.3; echo two; text a few words");

        RealAgents.Is("succeeded", run);
        var events = await daemon.EventsOf((string)run["id"]!);
        var pieces = events.Where(e => (string?)e["event_type"] == "run.delta").Select(e => e["data"]!).ToList();
        string Joined(string of) =>
            string.Concat(pieces.Where(piece => (string?)piece["of"] == of).Select(piece => (string?)piece["text"]));
        Assert.Equal("a few words", Joined("message"));
        // What the command printed before Codex began to listen comes with the whole only.
        Assert.EndsWith("two\n", Joined("output"), StringComparison.Ordinal);
        var call = events.Single(e => (string?)e["event_type"] == "run.tool_call")["data"]!["id"];
        Assert.All(pieces.Where(piece => (string?)piece["of"] == "output"), piece => Assert.Equal((string?)call, (string?)piece["id"]));
    }

    static (int Input, int Cached, int Output) Tokens(JsonNode run) =>
        ((int)run["usage"]!["input_tokens"]!, (int)run["usage"]!["cached_input_tokens"]!, (int)run["usage"]!["output_tokens"]!);
}
