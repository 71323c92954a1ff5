using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Runs;

/// <summary>Runs whose agent is spoken with: answers, messages, stops, and daemons that die in between.</summary>
public sealed class TwoWaySpecs
{
    static readonly TimeSpan Patient = TimeSpan.FromSeconds(60);

    public static TheoryData<string> Places =>
    [
        Checkpoint.HolderStarted, Checkpoint.StartRecorded, Checkpoint.InputStored, Checkpoint.InputWritten, Checkpoint.OutputCommitted,
        Checkpoint.RequestAsked, Checkpoint.RequestAnswered, Checkpoint.ProcessEnded,
    ];

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(Places))]
    public async Task Wherever_the_daemon_dies_each_line_is_heard_once_and_whole(string place)
    {
        await using var daemon = TestDaemon.Prepare();
        TalkingAgent.Install(daemon);
        await daemon.With("AGENTD_CRASH_AT", place).Start();
        var order = new JsonObject { ["prompt"] = "ask twice", ["profile"] = "talker", ["idempotency_key"] = "k" };
        JsonNode? run = null;
        for (var life = 1; run?["ended_at"] is null; life++)
        {
            Assert.True(life < 12, $"the run does not end: {run}\n{daemon.Said}");
            try
            {
                run = (await daemon.Post("/runs", order.DeepClone().AsObject()))["run"]!;
                run = await Drive(daemon, run);
            }
            catch (HttpRequestException) when (life <= 3)
            {
                // Dead at its place; another two lives end there, too.
                await daemon.Died();
                if (life == 3)
                    daemon.Without("AGENTD_CRASH_AT");
                await daemon.StartOrDie();
            }
        }

        RealAgents.Is("succeeded", run);
        Assert.Equal("allowed", (string?)run["last_message"]);
        var heard = TalkingAgent.Heard(daemon);
        Assert.Equal("EOF", heard[^1]);
        var lines = heard.SkipLast(1).Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal(["user", "control_response", "control_response"], lines.Select(line => (string?)line["type"]));
        Assert.Equal(["ask-0", "ask-1"], lines.Skip(1).Select(line => (string?)line["response"]!["request_id"]));
        var requests = daemon.List($"/requests?run_id={run["id"]}", "requests");
        Assert.Equal(2, requests.Count);
        Assert.All(requests, request => Assert.NotNull(request["picked_up_at"]));
        Assert.Empty(TestDaemon.ProcessesOf((string)run["id"]!));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("approve", "allowed", "\"behavior\":\"allow\"")]
    [InlineData("deny", "denied", "not today")]
    public async Task The_answer_is_handed_over_and_the_run_waits_meanwhile(string decision, string said, string heard)
    {
        await using var daemon = await Started();
        var run = await Queue(daemon, "ask once");
        var request = await daemon.Asks(run);
        Assert.Equal(("approval_request", "make 0"), ((string?)request["kind"], (string?)request["detail"]!["command"]));
        Assert.Equal("waiting", (string?)(await daemon.Becomes(run, "waiting"))["status"]);

        await daemon.Answer(request, decision, "not today");

        var ended = await daemon.Ended((string)run["id"]!);
        Assert.Equal(("succeeded", said), ((string?)ended["status"], (string?)ended["last_message"]));
        Assert.Contains(TalkingAgent.Heard(daemon), line => line.Contains(heard, StringComparison.Ordinal));
        Assert.NotNull((await daemon.Request(request))["picked_up_at"]);
        Assert.Equal(["run.waiting", "run.resumed"], await daemon.TypesOf(ended, "run.waiting", "run.resumed"));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("deny", "succeeded", "Nobody said it")]
    [InlineData("continue", "succeeded", "own judgement")]
    [InlineData("park", "canceled", "interrupt")]
    public async Task What_nobody_answers_in_time_ends_as_the_configuration_says(string onExpiry, string status, string heard)
    {
        await using var daemon = await Started($"limits: {{request_expiry_s: 1, request_on_expiry: {onExpiry}}}");
        var run = await Queue(daemon, "ask once");

        var ended = await daemon.Ended((string)run["id"]!);

        RealAgents.Is(status, ended);
        Assert.Contains(TalkingAgent.Heard(daemon), line => line.Contains(heard, StringComparison.Ordinal));
        Assert.Equal("expired", (string?)daemon.List($"/requests?run_id={run["id"]}", "requests").Single()["state"]);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_stop_is_first_asked_for_in_the_agents_own_words(bool deaf)
    {
        await using var daemon = await Started();
        if (deaf)
            await File.WriteAllTextAsync(TalkingAgent.HeardFile(daemon) + ".deaf", "", TestContext.Current.CancellationToken);
        var run = await Queue(daemon, "ask once");
        var request = await daemon.Asks(run);

        await daemon.Post($"/runs/{run["id"]}/cancel");

        var ended = await daemon.Ended((string)run["id"]!);
        RealAgents.Is("canceled", ended);
        var steps = (await daemon.EventsOf((string)run["id"]!)).Where(e => (string?)e["event_type"] == "run.stop_step")
            .Select(e => (string?)e["data"]!["action"]).ToList();
        Assert.Equal("ask", steps[0]);
        Assert.Equal(deaf, steps.Contains("interrupt"));
        Assert.Equal("withdrawn", (string?)(await daemon.Request(request))["state"]);
        Assert.Empty(TestDaemon.ProcessesOf((string)run["id"]!));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_message_joins_the_turn_and_is_delivered_once_the_agent_has_it()
    {
        await using var daemon = await Started();
        var run = await Queue(daemon, "wait for it");
        await Eventually.True(() => TalkingAgent.Heard(daemon).Count == 1, "the prompt is heard", Patient);
        await daemon.Becomes(run, "running");

        var steered = await daemon.Post($"/sessions/{run["session_id"]}/messages",
            new JsonObject { ["role"] = "user", ["text"] = "go on", ["mode"] = "steer" });

        Assert.Equal((string?)run["id"], (string?)steered["run"]!["id"]);
        // This agent does not say that it took the message into its turn, so its input stays open: it is ended by the cancel.
        await Eventually.True(() => TalkingAgent.Heard(daemon).Count == 2, "the message is heard", Patient);
        await daemon.Post($"/runs/{run["id"]}/cancel");
        await daemon.Ended((string)run["id"]!);
        Assert.Single(TalkingAgent.Heard(daemon), line => line.Contains("go on", StringComparison.Ordinal));
        Assert.Single(await daemon.Events((string)run["session_id"]!), e => (string?)e["event_type"] == "message.delivered"
            && (string?)e["data"]!["message_id"] == (string?)steered["message"]!["id"]);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_message_that_the_turn_no_longer_takes_gets_a_run_of_its_own()
    {
        await using var daemon = await Started();
        await File.WriteAllTextAsync(TalkingAgent.HeardFile(daemon) + ".deaf", "", TestContext.Current.CancellationToken);
        var run = await Queue(daemon, "wait for it");
        await Eventually.True(() => TalkingAgent.Heard(daemon).Count == 1, "the prompt is heard", Patient);
        await daemon.Post($"/runs/{run["id"]}/cancel");

        var late = await daemon.Post($"/sessions/{run["session_id"]}/messages",
            new JsonObject { ["role"] = "user", ["text"] = "and then", ["mode"] = "steer" });

        Assert.NotEqual((string?)run["id"], (string?)late["run"]!["id"]);
        var next = await daemon.Ended((string)late["run"]!["id"]!);
        Assert.Equal(("succeeded", "plain"), ((string?)next["status"], (string?)next["last_message"]));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_message_that_waits_is_told_in_the_turn_and_leaves_the_run_it_waited_in()
    {
        await using var daemon = await Started();
        var run = await Queue(daemon, "wait for it");
        await Eventually.True(() => TalkingAgent.Heard(daemon).Count == 1, "the prompt is heard", Patient);
        await daemon.Becomes(run, "running");
        var waits = await Say(daemon, run, "wait a little", "queue");
        var joined = await Say(daemon, run, "wait on", "collect");

        var told = await daemon.Send(HttpMethod.Patch, $"/messages/{joined["message"]!["id"]}", new JsonObject { ["mode"] = "steer" })
            .Fine();

        Assert.Equal((string?)run["id"], (string?)told["run"]!["id"]);
        Assert.Equal((string?)run["id"], (string?)told["message"]!["run_id"]);
        await Eventually.True(() => TalkingAgent.Heard(daemon).Count == 2, "the message is heard", Patient);
        var left = (await daemon.Get($"/runs/{waits["run"]!["id"]}"))["run"]!;
        Assert.Equal(("queued", "wait a little"), ((string?)left["status"], (string?)left["prompt"]));
        await daemon.Send(HttpMethod.Patch, $"/messages/{joined["message"]!["id"]}", new JsonObject { ["mode"] = "steer" })
            .Refused(409, "conflict");
        await daemon.Send(HttpMethod.Patch, $"/messages/{waits["message"]!["id"]}", new JsonObject { ["mode"] = "steer" }).Fine();

        await Eventually.True(() => TalkingAgent.Heard(daemon).Count == 3, "the other is heard", Patient);
        left = (await daemon.Get($"/runs/{waits["run"]!["id"]}"))["run"]!;
        Assert.Equal("canceled", (string?)left["status"]);
        await daemon.Post($"/runs/{run["id"]}/cancel");
        await daemon.Ended((string)run["id"]!);
        Assert.Equal(["wait for it", "wait on", "wait a little"], Texts(daemon));
        Assert.Equal(["message.moved", "message.moved"],
            (await daemon.EventsOf((string)run["id"]!)).Select(e => (string)e["event_type"]!).Where(type => type == "message.moved"));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_message_told_now_while_the_turn_ends_is_heard_once()
    {
        await using var daemon = await Started();
        for (var round = 0; round < 12; round++)
        {
            var run = await Queue(daemon, "ask once");
            var request = await daemon.Asks(run);
            var said = await Say(daemon, run, $"word {round}", "queue");

            // The end of the turn, which starts what waits, and the word to tell it now: whichever comes first.
            Task[] both =
            [
                daemon.Post($"/requests/{request["id"]}/answer", new JsonObject { ["decision"] = "approve" }),
                daemon.Send(HttpMethod.Patch, $"/messages/{said["message"]!["id"]}", new JsonObject { ["mode"] = "steer" }),
            ];
            await Task.WhenAll(round % 2 == 0 ? both : both.Reverse());

            var text = $"word {round}";
            await Eventually.True(() => Texts(daemon).Contains(text), $"{text} is heard", Patient);
            // One that ends by itself meanwhile refuses to be canceled.
            foreach (var open in daemon.List($"/runs?session_id={run["session_id"]}", "runs").Where(r => r["ended_at"] is null))
                (await daemon.Send(HttpMethod.Post, $"/runs/{open["id"]}/cancel")).Dispose();
            foreach (var one in daemon.List($"/runs?session_id={run["session_id"]}", "runs"))
                await daemon.Ended((string)one["id"]!);
            Assert.Single(Texts(daemon), text);
            Assert.Single(await daemon.Events((string)run["session_id"]!), e => (string?)e["event_type"] == "message.delivered"
                && (string?)e["data"]!["message_id"] == (string?)said["message"]!["id"]);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task A_protocol_the_agent_does_not_have_is_refused_with_those_it_has()
    {
        await using var daemon = TestDaemon.Prepare("  odd: {agent: command, protocol: stream, command: [\"true\"]}");
        Assert.NotEqual(0, await daemon.StartAndEnd());
        Assert.Contains("profiles.odd.protocol", daemon.Said, StringComparison.Ordinal);
    }

    /// <summary>Says yes to whatever is asked until the run has ended; throws when the daemon dies.</summary>
    static async Task<JsonNode> Drive(TestDaemon daemon, JsonNode run)
    {
        while (true)
        {
            var now = (await daemon.Get($"/runs/{run["id"]}/wait?timeout_s=1"))["run"]!;
            if (now["ended_at"] is not null)
                return now;
            foreach (var request in daemon.List($"/requests?state=open&run_id={run["id"]}", "requests"))
            {
                using var answer = await daemon.Send(HttpMethod.Post, $"/requests/{request["id"]}/answer",
                    new JsonObject { ["decision"] = "approve" });
            }
        }
    }

    static Task<JsonNode> Say(TestDaemon daemon, JsonNode run, string text, string mode) =>
        daemon.Post($"/sessions/{run["session_id"]}/messages",
            new JsonObject { ["role"] = "user", ["text"] = text, ["mode"] = mode, ["profile"] = "talker" });

    /// <summary>What the agents were told by people, in order.</summary>
    static List<string> Texts(TestDaemon daemon) => [.. TalkingAgent.Heard(daemon).Where(line => line.StartsWith('{'))
        .Select(line => JsonNode.Parse(line)!).Where(line => (string?)line["type"] == "user")
        .Select(line => (string)line["message"]!["content"]![0]!["text"]!)];

    static async Task<TestDaemon> Started(string more = "")
    {
        var daemon = TestDaemon.Prepare();
        TalkingAgent.Install(daemon, more);
        await daemon.Start();
        return daemon;
    }

    static async Task<JsonNode> Queue(TestDaemon daemon, string prompt) =>
        (await daemon.Post("/runs", new JsonObject { ["prompt"] = prompt, ["profile"] = "talker" }))["run"]!;
}
