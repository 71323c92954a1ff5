using System.Text.Json.Nodes;
using Orchestrator.Requests;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Requests;

/// <summary>A question is one durable object: asked once, answered once, and the asker hears what was said.</summary>
public class RequestSpecs(SharedDaemon shared) : IClassFixture<SharedDaemon>
{
    TestDaemon Daemon => shared.Daemon;

    [Theory]
    [InlineData("approve", null, "approved", "approved")]
    [InlineData("approve", "only ./tmp", "approved", "approved only ./tmp")]
    [InlineData("deny", "too risky", "denied", "denied too risky")]
    [InlineData("answer", "forty-two", "answered", "answered forty-two")]
    public async Task The_asker_hears_what_was_answered(string decision, string? text, string state, string heard)
    {
        var child = await Daemon.Spawn(await Daemon.IdleParent(), "ask approval_request may I?");
        var request = await Daemon.Asks(child);
        Assert.Equal("waiting", (string?)(await Daemon.Becomes(child, "waiting"))["status"]);
        Assert.Equal("waiting", (string?)(await Daemon.Get($"/sessions/{child["session_id"]}"))["session"]!["status"]);

        var closed = (await Daemon.Answer(request, decision, text))["request"]!;

        Assert.Equal((state, "local"), ((string?)closed["state"], (string?)closed["answered_by"]));
        Assert.NotNull(closed["answered_at"]);
        var run = await Daemon.Ended((string)child["id"]!);
        Assert.Equal(("succeeded", heard), ((string?)run["status"], (string?)run["last_message"]));
        Assert.NotNull((await Daemon.Request(request))["picked_up_at"]);
    }

    [Fact]
    public async Task An_option_is_chosen_from_those_offered_and_a_wrong_answer_changes_nothing()
    {
        var gate = Daemon.Gate();
        var child = await Daemon.Becomes(await Daemon.Spawn(await Daemon.IdleParent(), $"wait-file {gate}"), "running");
        var request = await Daemon.Ask(child, "Which?", new JsonObject
        {
            ["options"] = new JsonArray("red", "blue"),
            ["risk"] = "high",
            ["detail"] = JsonNode.Parse("""{"command":"rm -rf ./tmp-cache","folder":"/x","diff":null}"""),
        });
        Assert.Equal("rm -rf ./tmp-cache", (string?)request["detail"]!["command"]);
        Task<HttpResponseMessage> Try(JsonObject body) => Daemon.Send(HttpMethod.Post, $"/requests/{request["id"]}/answer", body);

        var wrong = await Try(new JsonObject { ["decision"] = "answer", ["option"] = "green" }).Refused(422, "unprocessable");
        Assert.Contains("red, blue", (string?)wrong["detail"], StringComparison.Ordinal);
        await Try(new JsonObject { ["decision"] = "answer" }).Refused(400, "invalid_request");
        await Try(new JsonObject { ["decision"] = "maybe" }).Refused(422, "unprocessable");
        await Try([]).Refused(400, "invalid_request");
        await Try(new JsonObject { ["decision"] = "approve", ["scope"] = "always" }).Refused(422, "unprocessable");
        Assert.Equal("open", (string?)(await Daemon.Request(request))["state"]);

        var closed = (await Try(new JsonObject { ["decision"] = "answer", ["option"] = "blue", ["scope"] = "run" }).Fine())["request"]!;
        Assert.Equal(("blue", "run"), ((string?)closed["answer"]!["option"], (string?)closed["answer"]!["scope"]));
        Assert.Null(closed["picked_up_at"]);
        Kin.Open(gate);
        await Daemon.Ended((string)child["id"]!);
    }

    [Fact]
    public async Task The_first_answer_counts_and_a_second_one_is_refused_with_it()
    {
        var child = await Daemon.Spawn(await Daemon.IdleParent(), "ask question why?");
        var request = await Daemon.Asks(child);
        var first = new JsonObject { ["decision"] = "answer", ["text"] = "because", ["idempotency_key"] = "k1" };
        var path = $"/requests/{request["id"]}/answer";
        await Daemon.Post(path, first.DeepClone());

        var refused = await Daemon.Send(HttpMethod.Post, path, new JsonObject { ["decision"] = "deny" }).Refused(409, "conflict");
        Assert.Equal("answered", (string?)refused["state"]);
        Assert.Equal("because", (string?)refused["request"]!["answer"]!["text"]);
        using var again = await Daemon.Send(HttpMethod.Post, path, first.DeepClone());
        Assert.Equal(200, (int)again.StatusCode);
        Assert.Equal("true", again.Headers.GetValues("Idempotent-Replay").Single());
        first["text"] = "otherwise";
        await Daemon.Send(HttpMethod.Post, path, first).Refused(422, "idempotency_mismatch");
        Assert.Equal("answered because", (string?)(await Daemon.Ended((string)child["id"]!))["last_message"]);
    }

    [Fact]
    public async Task Many_answers_at_once_are_one_answer()
    {
        var child = await Daemon.Spawn(await Daemon.IdleParent(), "ask question who?");
        var request = await Daemon.Asks(child);

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(async i =>
        {
            using var answer = await Daemon.Send(HttpMethod.Post, $"/requests/{request["id"]}/answer",
                new JsonObject { ["decision"] = "answer", ["text"] = $"number {i}" });
            return (int)answer.StatusCode;
        }));

        Assert.Equal(1, answers.Count(status => status == 200));
        Assert.Equal(11, answers.Count(status => status == 409));
        var run = await Daemon.Ended((string)child["id"]!);
        Assert.Equal($"answered {(await Daemon.Request(request))["answer"]!["text"]}", (string?)run["last_message"]);
        Assert.Single(await Daemon.TypesOf(run, "request.answered"));
    }

    [Fact]
    public async Task Open_ones_are_withdrawn_before_the_runs_last_event_and_cannot_be_answered()
    {
        var child = await Daemon.Spawn(await Daemon.IdleParent(), "ask question still there?");
        var request = await Daemon.Asks(child);
        var second = await Daemon.Ask(child, "And this?");

        await Daemon.Post($"/runs/{child["id"]}/cancel");

        var run = await Daemon.Ended((string)child["id"]!);
        Assert.Equal("canceled", (string?)run["status"]);
        var types = await Daemon.TypesOf(run, "request.", "run.canceled");
        Assert.Equal(["request.created", "request.created", "request.withdrawn", "request.withdrawn", "run.canceled"], types);
        Assert.Equal("run.canceled", (string?)(await Daemon.EventsOf((string)child["id"]!))[^1]["event_type"]);
        foreach (var one in new[] { request, second })
        {
            var now = await Daemon.Request(one);
            Assert.Equal("withdrawn", (string?)now["state"]);
            Assert.Null(now["answered_by"]);
            var late = await Daemon.Send(HttpMethod.Post, $"/requests/{one["id"]}/answer", new JsonObject { ["decision"] = "approve" })
                .Refused(409, "conflict");
            Assert.Equal("withdrawn", (string?)late["state"]);
        }

        await Daemon.Send(HttpMethod.Post, $"/runs/{child["id"]}/reply-parent",
            new JsonObject { ["text"] = "x", ["request_kind"] = "question" }).Refused(409, "conflict");
    }

    [Fact]
    public async Task A_run_with_several_open_ones_waits_for_the_last_and_fifty_are_the_most()
    {
        var gate = Daemon.Gate();
        var child = await Daemon.Becomes(await Daemon.Spawn(await Daemon.IdleParent(), $"wait-file {gate}"), "running");
        var asked = new List<JsonNode>();
        for (var i = 0; i < RequestStore.MostOpen; i++)
            asked.Add(await Daemon.Ask(child, $"number {i}?"));

        var full = await Daemon.Send(HttpMethod.Post, $"/runs/{child["id"]}/reply-parent",
            new JsonObject { ["text"] = "one more", ["request_kind"] = "question" }).Refused(409, "conflict");
        Assert.Equal(("open_requests", RequestStore.MostOpen), ((string?)full["limit"], (int)full["value"]!));

        foreach (var request in asked)
        {
            Assert.Equal("waiting", (string?)(await Daemon.Get($"/runs/{child["id"]}"))["run"]!["status"]);
            await Daemon.Answer(request, "approve");
        }

        Assert.Equal("running", (string?)(await Daemon.Get($"/runs/{child["id"]}"))["run"]!["status"]);
        Assert.Single(await Daemon.TypesOf(child, "run.waiting"));
        Kin.Open(gate);
        await Daemon.Ended((string)child["id"]!);
    }

    [Fact]
    public async Task The_same_key_asks_once_and_a_report_asks_nothing()
    {
        var gate = Daemon.Gate();
        var parent = await Daemon.IdleParent();
        var child = await Daemon.Becomes(await Daemon.Spawn(parent, $"wait-file {gate}"), "running");
        var body = new JsonObject { ["text"] = "once?", ["request_kind"] = "question", ["idempotency_key"] = "ask-1" };
        var path = $"/runs/{child["id"]}/reply-parent";

        var first = await Daemon.Post(path, body.DeepClone());
        var again = await Daemon.Post(path, body.DeepClone());
        Assert.Equal((string?)first["request"]!["id"], (string?)again["request"]!["id"]);
        Assert.Equal((string?)parent["session_id"], (string?)first["parent_session"]!["id"]);
        Assert.Equal("request.created", (string?)first["event"]!["event_type"]);
        Assert.Equal((string?)parent["session_id"], (string?)first["event"]!["session_id"]);
        await Daemon.Answer(first["request"]!, "approve");

        var told = await Daemon.Post(path, new JsonObject { ["text"] = "half way", ["request_kind"] = "status" });
        Assert.Null(told["request"]);
        Assert.Equal("session.child_status", (string?)told["event"]!["event_type"]);
        Assert.Equal("running", (string?)(await Daemon.Get($"/runs/{child["id"]}"))["run"]!["status"]);
        var texts = Texts();
        Assert.Single(texts, "once?");
        Assert.Single(texts, "half way");
        Kin.Open(gate);
        await Daemon.Ended((string)child["id"]!);

        List<string> Texts() => [.. Daemon.List($"/sessions/{parent["session_id"]}/messages", "messages")
            .Select(message => (string)message["text"]!)];
    }

    [Fact]
    public async Task Lists_are_by_state_run_and_session_newest_first_and_page_by_page()
    {
        var gate = Daemon.Gate();
        var parent = await Daemon.IdleParent();
        var child = await Daemon.Becomes(await Daemon.Spawn(parent, $"wait-file {gate}"), "running");
        var asked = new List<string>();
        for (var i = 0; i < 5; i++)
            asked.Add((string)(await Daemon.Ask(child, $"number {i}?"))["id"]!);
        await Daemon.Post($"/requests/{asked[0]}/answer", new JsonObject { ["decision"] = "approve" });
        await Daemon.Post($"/requests/{asked[1]}/answer", new JsonObject { ["decision"] = "deny" });
        List<string> Of(string query) => [.. Daemon.List("/requests?" + query, "requests").Select(r => (string)r["id"]!)];

        Assert.Equal(asked.Skip(2).Reverse(), Of($"state=open&run_id={child["id"]}"));
        Assert.Equal([asked[1], asked[0]], Of($"state=approved,denied&run_id={child["id"]}"));
        Assert.Equal(asked.AsEnumerable().Reverse(), Of($"session_id={parent["session_id"]}"));
        Assert.Equal(asked.AsEnumerable().Reverse(), Of($"session_id={child["session_id"]}"));
        var seen = new List<string>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await Daemon.Get($"/requests?limit=2&run_id={child["id"]}{(cursor.Length > 0 ? $"&cursor={cursor}" : "")}");
            seen.AddRange(page["requests"]!.AsArray().Select(r => (string)r!["id"]!));
            cursor = (string?)page["next_cursor"];
        }

        Assert.Equal(asked.AsEnumerable().Reverse(), seen);
        await Daemon.Send(HttpMethod.Get, "/requests?state=closed").Refused(400, "invalid_request");
        await Daemon.Send(HttpMethod.Get, "/requests?run_id=0123456789abcdef").Refused(404, "not_found");
        await Daemon.Send(HttpMethod.Get, "/requests/0123456789abcdef").Refused(404, "not_found");
        Assert.True((bool)(await Daemon.Get($"/requests/{asked[2]}/wait?timeout_s=0.1"))["timed_out"]!);
        Kin.Open(gate);
        await Daemon.Ended((string)child["id"]!);
        Assert.False((bool)(await Daemon.Get($"/requests/{asked[2]}/wait?timeout_s=5"))["timed_out"]!);
    }

    [Fact]
    public async Task Who_spawned_a_run_may_ask_for_it_before_it_has_begun_and_it_rests_as_soon_as_it_has()
    {
        var gate = Daemon.Gate();
        var parent = await Daemon.IdleParent();
        // The session's earlier run holds the next one back: it stays queued.
        var busy = await Daemon.Becomes(await Daemon.Spawn(parent, $"wait-file {gate}"), "running");
        var next = (await Daemon.Post($"/sessions/{busy["session_id"]}/send", new JsonObject { ["text"] = "x\n!print went on" }))["run"]!;
        Assert.Equal("queued", (string?)next["status"]);

        var request = await Daemon.Ask(next, "May it begin?");
        Kin.Open(gate);

        var rests = await Daemon.Becomes(next, "waiting");
        Assert.Equal("request", (string?)rests["waiting_for"]);
        await Daemon.Answer(request, "approve");
        Assert.Equal("went on", (string?)(await Daemon.Ended((string)next["id"]!))["last_message"]);
    }

    [Theory]
    [InlineData("""{"request_kind":"question"}""", 400)]
    [InlineData("""{"text":"x"}""", 400)]
    [InlineData("""{"text":"x","request_kind":"decision"}""", 422)]
    [InlineData("""{"text":"x","request_kind":"question","options":["a","a"]}""", 422)]
    [InlineData("""{"text":"x","request_kind":"question","options":[""]}""", 422)]
    [InlineData("""{"text":"x","request_kind":"question","options":[null]}""", 422)]
    [InlineData("""{"text":"x","request_kind":"question","risk":"awful"}""", 422)]
    [InlineData("""{"text":"x","request_kind":"question","detail":"rm"}""", 422)]
    [InlineData("""{"text":"x","request_kind":"question","expires_in_s":0}""", 422)]
    [InlineData("""{"text":"x","request_kind":"question","expires_in_s":1e400}""", 422)]
    [InlineData("""{"text":"x","request_kind":"question","on_expiry":"explode"}""", 422)]
    public async Task A_bad_question_is_refused_with_the_field_to_mend(string body, int status)
    {
        var gate = Daemon.Gate();
        var child = await Daemon.Spawn(await Daemon.IdleParent(), $"wait-file {gate}");

        var refused = await Daemon.Send(HttpMethod.Post, $"/runs/{child["id"]}/reply-parent", JsonNode.Parse(body))
            .RefusedSomehow(body);

        Assert.Equal(status, (int)refused["status"]!);
        Assert.Empty(Daemon.List($"/requests?run_id={child["id"]}", "requests"));
        Kin.Open(gate);
        await Daemon.Ended((string)child["id"]!);
    }

    [Fact]
    public async Task A_detail_with_a_repeated_name_is_kept_and_told()
    {
        var gate = Daemon.Gate();
        var child = await Daemon.Spawn(await Daemon.IdleParent(), $"wait-file {gate}");
        using var content = new StringContent("""{"text":"x 😀","request_kind":"question","detail":{"a":1,"a":2}}""",
            System.Text.Encoding.UTF8, "application/json");
        using var answer = await Daemon.Http.PostAsync($"/runs/{child["id"]}/reply-parent", content, TestContext.Current.CancellationToken);

        Assert.Equal(201, (int)answer.StatusCode);
        Assert.Single(await Daemon.EventsOf((string)child["id"]!), e => (string?)e["event_type"] == "request.created");
        Kin.Open(gate);
        await Daemon.Ended((string)child["id"]!);
    }
}
