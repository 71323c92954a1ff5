using System.Text.Json.Nodes;
using Orchestrator.Terminals;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.AgentClis;

/// <summary>The real Claude Code in its two-way protocol, through the real daemon: asked, answered, steered, stopped, adopted.</summary>
public sealed class ThroughTalkSpecs(RealAgents agents) : IClassFixture<RealAgents>
{
    const string Asks = "fake: say first; shell python3 -c 1 && touch made.txt; text done";

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task A_command_its_rules_do_not_allow_is_asked_for_and_run_when_allowed()
    {
        var daemon = await agents.Start();
        var run = await agents.Queue("talk", Asks);
        var request = await daemon.Asks(run);
        Assert.Equal("approval_request", (string?)request["kind"]);
        Assert.Contains("touch made.txt", (string?)request["detail"]!["command"], StringComparison.Ordinal);
        Assert.Equal(agents.Folder(run), (string?)request["detail"]!["folder"]);
        await daemon.Becomes(run, "waiting");

        await daemon.Answer(request, "approve");

        var ended = await daemon.Ended((string)run["id"]!);
        RealAgents.Is("succeeded", ended);
        Assert.Equal("done", (string?)ended["last_message"]);
        Assert.True(File.Exists(Path.Combine(agents.Folder(run), "made.txt")));
        Assert.Empty(TestDaemon.ProcessesOf((string)run["id"]!));
    }

    [Fact(Timeout = 120_000)]
    public async Task By_print_the_same_command_is_refused_without_a_question()
    {
        var daemon = await agents.Start();
        var run = await agents.Run("printed", Asks);

        RealAgents.Is("succeeded", run);
        Assert.False(File.Exists(Path.Combine(agents.Folder(run), "made.txt")));
        Assert.Empty(daemon.List($"/requests?run_id={run["id"]}", "requests"));
        Assert.Empty(TestDaemon.ProcessesOf((string)run["id"]!));
        RealAgents.Is("succeeded", await agents.Say(run, "fake: text two", "talk"));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_profile_that_names_no_protocol_asks_and_one_that_only_looks_does_not()
    {
        var daemon = await agents.Start();
        var run = await agents.Queue("claude", Asks);
        var request = await daemon.Asks(run);
        var issue = (await daemon.Get($"/runs/{run["id"]}/diagnose"))["diagnostics"]!["likely_issue"]!;
        Assert.Equal("waiting_for_request", (string?)issue["code"]);
        Assert.Contains($"approve {request["id"]}", (string?)issue["text"], StringComparison.Ordinal);
        await daemon.Answer(request, "approve");
        RealAgents.Is("succeeded", await daemon.Ended((string)run["id"]!));
        Assert.True(File.Exists(Path.Combine(agents.Folder(run), "made.txt")));

        var looks = await agents.Run("looks", "fake: shell python3 -c 1; text done");
        RealAgents.Is("succeeded", looks);
        Assert.Empty(daemon.List($"/requests?run_id={looks["id"]}", "requests"));
    }

    [Fact(Timeout = 120_000)]
    public async Task Denied_with_a_word_the_agent_hears_it_and_goes_on()
    {
        var daemon = await agents.Start();
        var run = await agents.Queue("talk", Asks);

        await daemon.Answer(await daemon.Asks(run), "deny", "never in this house");

        RealAgents.Is("succeeded", await daemon.Ended((string)run["id"]!));
        Assert.False(File.Exists(Path.Combine(agents.Folder(run), "made.txt")));
        Assert.Contains("never in this house", (await agents.LastRequest())["body"]!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_yes_for_the_run_is_not_asked_for_twice()
    {
        var daemon = await agents.Start();
        var run = await agents.Queue("talk", "fake: shell python3 -c 1; shell python3 -c 1; text done");
        var request = await daemon.Asks(run);

        await daemon.Post($"/requests/{request["id"]}/answer", new JsonObject { ["decision"] = "approve", ["scope"] = "run" });

        RealAgents.Is("succeeded", await daemon.Ended((string)run["id"]!));
        var asked = daemon.List($"/requests?run_id={run["id"]}", "requests");
        Assert.Equal(2, asked.Count);
        Assert.Equal(("approved", $"rule:{asked[0]["rule"]}"), ((string?)asked[0]["state"], (string?)asked[0]["answered_by"]));
        Assert.Single(await daemon.TypesOf(run, "run.waiting"));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_question_of_its_own_gets_the_option_that_was_chosen()
    {
        var daemon = await agents.Start();
        var run = await agents.Queue("talk", "fake: tool AskUserQuestion {\"questions\":[{\"question\":\"Which colour?\","
            + "\"header\":\"Colour\",\"options\":[{\"label\":\"Red\",\"description\":\"r\"},{\"label\":\"Blue\",\"description\":\"b\"}],"
            + "\"multiSelect\":false}]}; text done");
        var request = await daemon.Asks(run);
        Assert.Equal(("question", "Which colour?"), ((string?)request["kind"], (string?)request["text"]));

        await daemon.Post($"/requests/{request["id"]}/answer", new JsonObject { ["decision"] = "answer", ["option"] = "Blue" });

        RealAgents.Is("succeeded", await daemon.Ended((string)run["id"]!));
        Assert.Contains("=\\u0022Blue", (await agents.LastRequest())["body"]!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_daemon_killed_while_it_is_asked_is_followed_by_one_that_hands_over_the_answer()
    {
        var daemon = await agents.Start();
        var run = await agents.Queue("talk", Asks);
        var request = await daemon.Asks(run);
        var pid = RealAgents.PidOf((string)run["id"]!, "claude");

        await daemon.Kill();
        await daemon.Start();
        Assert.Equal("open", (string?)(await daemon.Request(request))["state"]);
        Assert.Equal(pid, RealAgents.PidOf((string)run["id"]!, "claude"));
        await daemon.Answer(request, "approve");

        var ended = await daemon.Ended((string)run["id"]!);
        RealAgents.Is("succeeded", ended);
        Assert.True(File.Exists(Path.Combine(agents.Folder(run), "made.txt")));
        Assert.Equal(["run.message", "run.message"], await daemon.TypesOf(ended, "run.message"));
        Assert.Single(daemon.List($"/requests?run_id={run["id"]}", "requests"));
    }

    [Fact(Timeout = 120_000)]
    public async Task Interrupted_in_mid_turn_the_conversation_goes_on_in_the_next_run()
    {
        var daemon = await agents.Start();
        var run = await agents.Queue("talk-free", "fake: say begun; shell touch here; perl -e 'sleep 881'; text never");
        await RealAgents.Appears(agents.Folder(run), "here");

        await daemon.Post($"/runs/{run["id"]}/cancel");

        var ended = await daemon.Ended((string)run["id"]!);
        RealAgents.Is("canceled", ended);
        var steps = (await daemon.EventsOf((string)run["id"]!)).Where(e => (string?)e["event_type"] == "run.stop_step")
            .Select(e => (string?)e["data"]!["action"]);
        Assert.Equal(["ask"], steps);
        Assert.Empty(TestDaemon.ProcessesOf((string)run["id"]!));
        var next = await agents.Say(ended, "fake: text still here", "talk");
        RealAgents.Is("succeeded", next);
        Assert.Contains("begun", (await agents.LastRequest())["body"]!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Stopped_while_it_asks_the_question_is_withdrawn()
    {
        var daemon = await agents.Start();
        var run = await agents.Queue("talk", Asks);
        var request = await daemon.Asks(run);

        await daemon.Post($"/runs/{run["id"]}/cancel");

        RealAgents.Is("canceled", await daemon.Ended((string)run["id"]!));
        Assert.Equal("withdrawn", (string?)(await daemon.Request(request))["state"]);
        Assert.Empty(TestDaemon.ProcessesOf((string)run["id"]!));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_message_steers_the_turn_that_runs()
    {
        var daemon = await agents.Start();
        var run = await agents.Queue("talk-free",
            "fake: shell touch here; while [ ! -e go ]; do perl -e 'select undef,undef,undef,.05'; done; text first");
        await RealAgents.Appears(agents.Folder(run), "here");

        var steered = await daemon.Post($"/sessions/{run["session_id"]}/messages",
            new JsonObject { ["role"] = "user", ["text"] = "fake: text second", ["mode"] = "steer" });
        await Eventually.True(() => File.ReadAllText(StdinOf(daemon, run)).Contains("second", StringComparison.Ordinal), "it is sent");
        await File.WriteAllTextAsync(Path.Combine(agents.Folder(run), "go"), "", Stop);

        var ended = await daemon.Ended((string)run["id"]!);
        RealAgents.Is("succeeded", ended);
        Assert.Equal((string?)run["id"], (string?)steered["run"]!["id"]);
        Assert.Equal("second", (string?)ended["last_message"]);
        var messages = daemon.List($"/sessions/{run["session_id"]}/messages", "messages");
        Assert.Equal("answered", (string?)messages.Single(m => (string?)m["id"] == (string?)steered["message"]!["id"])["delivery"]);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_schema_is_kept_to_and_a_second_run_resumes()
    {
        await agents.Start();
        var order = new JsonObject { ["output_schema"] = JsonNode.Parse(Schemas.GoalMet) };
        var first = await agents.Run("talk", "fake: json {\"goal_met\":false,\"notes\":[\"a\"]}", order);
        RealAgents.Is("succeeded", first);
        Assert.False((bool)first["result"]!["goal_met"]!);

        var second = await agents.Say(first, "fake: text two", "talk");

        RealAgents.Is("succeeded", second);
        Assert.Equal("two", (string?)second["last_message"]);
        Assert.Contains("goal_met", (await agents.LastRequest())["body"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal((string?)(await agents.Session(first))["threads"]!["claude"], (string?)(await agents.LastRequest())["conversation"]);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("fake: 400 always", "bad_request")]
    [InlineData("fake: 429 always", "rate_limited")]
    [InlineData("fake: context", "context_exceeded")]
    [InlineData("fake: quota", "quota_exhausted")]
    public async Task A_failure_of_the_provider_ends_the_run_with_its_reason(string prompt, string reason)
    {
        await agents.Start();
        RealAgents.Failed(reason, await agents.Run("talk", prompt));
    }

    [Fact(Timeout = 120_000)]
    public async Task An_agent_that_is_killed_while_it_asks_leaves_nothing_and_says_so()
    {
        var daemon = await agents.Start();
        var run = await agents.Queue("talk", Asks);
        var request = await daemon.Asks(run);
        var pid = RealAgents.PidOf((string)run["id"]!, "claude");

        Native.Signal(ProcessIdentity.Of(pid)!.Value, Native.SignalKill);

        RealAgents.Failed("no_end_event", await daemon.Ended((string)run["id"]!));
        Assert.Equal("withdrawn", (string?)(await daemon.Request(request))["state"]);
        Assert.Empty(TestDaemon.ProcessesOf((string)run["id"]!));
    }

    [Fact(Timeout = 120_000)]
    public async Task What_is_being_said_is_seen_in_pieces_and_then_whole()
    {
        var daemon = await agents.Start();
        var run = await agents.Run("talk", "fake: think hm; text a few words in a row");

        RealAgents.Is("succeeded", run);
        var events = await daemon.EventsOf((string)run["id"]!);
        var pieces = events.Where(e => (string?)e["event_type"] == "run.delta").Select(e => e["data"]!).ToList();
        string Joined(string of) =>
            string.Concat(pieces.Where(piece => (string?)piece["of"] == of).Select(piece => (string?)piece["text"]));
        Assert.Equal(("a few words in a row", "hm"), (Joined("message"), Joined("reasoning")));
        Assert.Single(events, e => (string?)e["event_type"] == "run.message");
        Assert.True(events.FindIndex(e => (string?)e["event_type"] == "run.delta")
            < events.FindIndex(e => (string?)e["event_type"] == "run.message"));
        Assert.DoesNotContain(daemon.List($"/sessions/{run["session_id"]}/events?types=backend.event&limit=500", "events"),
            e => (string?)e["data"]!["type"] == "stream_event");
    }

    static string StdinOf(TestDaemon daemon, JsonNode run) => Path.Combine(daemon.Data, "runs", (string)run["id"]!, "stdin.in");
}
