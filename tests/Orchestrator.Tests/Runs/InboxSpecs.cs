using System.Text.Json.Nodes;
using Orchestrator.Runs;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Runs;

/// <summary>Messages to a busy session: accepted, listed, changed, taken back, and never said to be delivered before they are.</summary>
public class InboxSpecs(SharedDaemon shared) : IClassFixture<SharedDaemon>
{
    TestDaemon Daemon => shared.Daemon;

    async Task<(JsonNode Run, string Gate)> Busy(params string[] before)
    {
        var gate = Daemon.Gate();
        var run = (await Daemon.Post("/runs", TestDaemon.Order([.. before, $"wait-file {gate}"])))["run"]!;
        return (await Daemon.Becomes(run, "running"), gate);
    }

    Task<JsonNode> Say(JsonNode run, string text, string? mode = null) => Daemon.Post($"/sessions/{run["session_id"]}/messages",
        new JsonObject { ["role"] = "user", ["text"] = text, ["mode"] = mode, ["profile"] = "fake" });

    List<JsonNode> Messages(JsonNode run, string? delivery = null) =>
        Daemon.List($"/sessions/{run["session_id"]}/messages{(delivery is null ? "" : $"?delivery={delivery}")}", "messages");

    async Task<JsonNode> Prompted(JsonNode said) => (await Daemon.Get($"/runs/{said["run"]!["id"]}"))["run"]!;

    [Fact]
    public async Task Queue_is_a_run_each_and_collect_one_for_all()
    {
        var (busy, gate) = await Busy();
        var first = await Say(busy, "one");
        var second = await Say(busy, "two\n!print two");
        var joined = await Say(busy, "three", "collect");

        Assert.NotEqual((string?)first["run"]!["id"], (string?)second["run"]!["id"]);
        Assert.Equal((string?)second["run"]!["id"], (string?)joined["run"]!["id"]);
        Assert.Equal("two\n!print two\n\nthree", (string?)(await Prompted(second))["prompt"]);
        Assert.Equal(["one", "two\n!print two", "three"], Messages(busy, "stored").Select(m => (string)m["text"]!));
        Assert.All(Messages(busy, "stored"), m => Assert.Null(m["note"]));

        Kin.Open(gate);
        await Daemon.Ended((string)second["run"]!["id"]!);
        Assert.All(Messages(busy), m => Assert.Equal("answered", (string?)m["delivery"]));
    }

    [Fact]
    public async Task Interrupt_stops_what_runs_and_goes_before_all_that_waits()
    {
        var (busy, _) = await Busy();
        var queued = await Say(busy, "!print later");

        var urgent = await Say(busy, "!print now", "interrupt");

        var stopped = await Daemon.Ended((string)busy["id"]!);
        Assert.Equal(("canceled", "user"), ((string?)stopped["status"], (string?)stopped["reason"]));
        await Daemon.Ended((string)urgent["run"]!["id"]!);
        await Daemon.Ended((string)queued["run"]!["id"]!);
        var started = (await Daemon.Events((string)busy["session_id"]!)).Where(e => (string?)e["event_type"] == "run.started")
            .Select(e => (string)e["run_id"]!);
        Assert.Equal([(string)busy["id"]!, (string)urgent["run"]!["id"]!, (string)queued["run"]!["id"]!], started);
        var note = (await Daemon.EventsOf((string)busy["id"]!)).Single(e => (string?)e["event_type"] == "run.stopping")["data"]!["note"];
        Assert.Contains((string)urgent["run"]!["id"]!, (string?)note, StringComparison.Ordinal);
        Assert.Single(Messages(busy, "dropped"));
    }

    [Fact]
    public async Task Steer_is_refused_with_the_agent_that_cannot_and_an_unknown_mode_too()
    {
        var (busy, gate) = await Busy();
        var path = $"/sessions/{busy["session_id"]}";
        foreach (var (end, body) in new[]
        {
            ("/messages", new JsonObject { ["role"] = "user", ["text"] = "x", ["mode"] = "steer" }),
            ("/send", new JsonObject { ["text"] = "x", ["mode"] = "steer" }),
        })
        {
            var refused = await Daemon.Send(HttpMethod.Post, path + end, body.DeepClone()).Refused(422, "unprocessable");
            Assert.Contains("'command'", (string?)refused["detail"], StringComparison.Ordinal);
            body["mode"] = "shout";
            await Daemon.Send(HttpMethod.Post, path + end, body.DeepClone()).Refused(422, "unprocessable");
        }

        Assert.Empty(Messages(busy, "stored"));
        Kin.Open(gate);
        await Daemon.Ended((string)busy["id"]!);
    }

    [Fact]
    public async Task Twenty_wait_at_most_and_each_can_be_changed_or_taken_back()
    {
        var (busy, gate) = await Busy();
        var said = new List<JsonNode>();
        for (var i = 0; i < Inbox.MostWaiting; i++)
            said.Add(await Say(busy, $"number {i}", i % 2 == 0 ? "queue" : "collect"));
        foreach (var mode in new[] { "queue", "collect", "interrupt" })
        {
            var full = await Daemon.Send(HttpMethod.Post, $"/sessions/{busy["session_id"]}/messages",
                new JsonObject { ["role"] = "user", ["text"] = "x", ["mode"] = mode }).Refused(409, "conflict");
            Assert.Equal(("waiting_messages", Inbox.MostWaiting), ((string?)full["limit"], (int)full["value"]!));
        }

        Assert.Equal(Inbox.MostWaiting, Messages(busy, "stored").Count);
        string Id(int i) => (string)said[i]["message"]!["id"]!;

        var edited = await Daemon.Send(HttpMethod.Patch, $"/messages/{Id(0)}", new JsonObject { ["text"] = "!print changed" }).Fine();
        Assert.Equal("!print changed", (string?)edited["message"]!["text"]);
        Assert.Equal("!print changed\n\nnumber 1", (string?)(await Prompted(said[0]))["prompt"]);
        var removed = await Daemon.Send(HttpMethod.Delete, $"/messages/{Id(1)}").Fine();
        Assert.Equal("dropped", (string?)removed["message"]!["delivery"]);
        Assert.Equal("!print changed", (string?)(await Prompted(said[0]))["prompt"]);
        await Daemon.Send(HttpMethod.Delete, $"/messages/{Id(1)}").Refused(409, "conflict");
        await Daemon.Send(HttpMethod.Patch, $"/messages/{Id(0)}", new JsonObject { ["text"] = " " }).Refused(422, "unprocessable");
        for (var i = 2; i < Inbox.MostWaiting; i++)
            await Daemon.Send(HttpMethod.Delete, $"/messages/{Id(i)}").Fine();
        Assert.Equal("canceled", (string?)(await Prompted(said[2]))["status"]);
        Assert.Equal("run.canceled", (string?)(await Daemon.EventsOf((string)said[2]["run"]!["id"]!))[^1]["event_type"]);

        Kin.Open(gate);
        Assert.Equal("changed", (string?)(await Daemon.Ended((string)said[0]["run"]!["id"]!))["last_message"]);
        await Daemon.Send(HttpMethod.Patch, $"/messages/{Id(0)}", new JsonObject { ["text"] = "x" }).Refused(409, "conflict");
        await Daemon.Send(HttpMethod.Delete, "/messages/0123456789abcdef").Refused(404, "not_found");
    }

    [Fact]
    public async Task Accepted_is_not_delivered_and_each_step_is_said_when_it_has_happened()
    {
        var (busy, gate) = await Busy();
        var (quiet, loud) = (Daemon.Gate(), Daemon.Gate());
        var good = await Say(busy, $"!wait-file {quiet}\n!print hello\n!wait-file {loud}");
        var bad = await Say(busy, "!exit 3");
        string? Of(JsonNode said) => (string?)Messages(busy).Single(m => (string?)m["id"] == (string?)said["message"]!["id"])["delivery"];
        Assert.Equal(("stored", "stored"), (Of(good), Of(bad)));

        Kin.Open(gate);
        await Eventually.True(() => Of(good) == "handed_over", "an agent has it");
        Kin.Open(quiet);
        await Eventually.True(() => Of(good) == "turn_started", "it began to answer");
        Kin.Open(loud);
        await Daemon.Ended((string)good["run"]!["id"]!);
        Assert.Equal("answered", Of(good));
        await Daemon.Ended((string)bad["run"]!["id"]!);
        var dropped = Messages(busy, "dropped").Single();
        Assert.Contains("exit_nonzero", (string?)dropped["note"], StringComparison.Ordinal);
        var types = await Daemon.TypesOf(bad["run"]!, "message.", "run.failed");
        Assert.Equal(["message.created", "message.delivered", "message.dropped", "run.failed"], types);
        await Daemon.Send(HttpMethod.Get, $"/sessions/{busy["session_id"]}/messages?delivery=lost").Refused(400, "invalid_request");
    }

    [Fact]
    public async Task A_message_that_waits_goes_instead_of_what_runs_and_leaves_its_neighbour_behind()
    {
        var (busy, _) = await Busy();
        var first = await Say(busy, "!print one");
        var second = await Say(busy, "!print two");
        var third = await Say(busy, "!print three", "collect");

        var told = await Daemon.Send(HttpMethod.Patch, $"/messages/{third["message"]!["id"]}",
            new JsonObject { ["mode"] = "interrupt", ["text"] = "!print at once" }).Fine();

        var (own, left) = ((string)told["run"]!["id"]!, (string)second["run"]!["id"]!);
        Assert.Equal(own, (string?)told["message"]!["run_id"]);
        Assert.NotEqual(left, own);
        Assert.Equal("!print two", (string?)(await Prompted(second))["prompt"]);
        Assert.Equal("canceled", (string?)(await Daemon.Ended((string)busy["id"]!))["status"]);
        Assert.Equal("two", (string?)(await Daemon.Ended(left))["last_message"]);
        Assert.Equal("at once", (string?)(await Daemon.Ended(own))["last_message"]);
        var started = (await Daemon.Events((string)busy["session_id"]!)).Where(e => (string?)e["event_type"] == "run.started")
            .Select(e => (string)e["run_id"]!);
        Assert.Equal([(string)busy["id"]!, own, (string)first["run"]!["id"]!, left], started);
        await Daemon.Send(HttpMethod.Patch, $"/messages/{third["message"]!["id"]}", new JsonObject { ["mode"] = "interrupt" })
            .Refused(409, "conflict");
    }

    [Fact]
    public async Task A_message_that_waits_stays_where_it_is_when_no_turn_takes_it_or_the_way_is_unknown()
    {
        var (busy, gate) = await Busy();
        var said = await Say(busy, "!print later");
        var path = $"/messages/{said["message"]!["id"]}";
        var refused = await Daemon.Send(HttpMethod.Patch, path, new JsonObject { ["mode"] = "steer", ["text"] = "!print never" })
            .Refused(422, "unprocessable");
        Assert.Contains("'command'", (string?)refused["detail"], StringComparison.Ordinal);
        foreach (var mode in new[] { "queue", "collect", "shout", "" })
            await Daemon.Send(HttpMethod.Patch, path, new JsonObject { ["mode"] = mode }).Refused(422, "unprocessable");
        await Daemon.Send(HttpMethod.Patch, path, new JsonObject()).Refused(400, "invalid_request");

        Assert.Equal("!print later", (string?)Messages(busy, "stored").Single()["text"]);
        Kin.Open(gate);
        Assert.Equal("later", (string?)(await Daemon.Ended((string)said["run"]!["id"]!))["last_message"]);
    }

    [Fact]
    public async Task A_kill_of_the_daemon_loses_and_doubles_no_waiting_message()
    {
        await using var own = await TestDaemon.Start();
        var gate = own.Gate();
        var busy = await own.Becomes((await own.Post("/runs", TestDaemon.Order($"wait-file {gate}")))["run"]!, "running");
        JsonObject Body(int i) =>
            new() { ["role"] = "user", ["text"] = $"!print {i}", ["profile"] = "fake", ["idempotency_key"] = $"k{i}" };
        for (var i = 0; i < 3; i++) await own.Post($"/sessions/{busy["session_id"]}/messages", Body(i));
        await own.Kill();
        await own.Start();
        for (var i = 0; i < 3; i++) await own.Post($"/sessions/{busy["session_id"]}/messages", Body(i));

        Kin.Open(gate);

        var succeeded = $"/runs?session_id={busy["session_id"]}&status=succeeded";
        await Eventually.True(() => own.List(succeeded, "runs").Count == 4, "all have ended", TimeSpan.FromSeconds(60));
        var runs = own.List($"/runs?session_id={busy["session_id"]}", "runs");
        Assert.Equal(["2", "1", "0"], runs.Take(3).Select(r => (string?)r["last_message"]));
    }
}
