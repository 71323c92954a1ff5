using System.Text.Json.Nodes;
using Orchestrator.Runs;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Families;

/// <summary>Sessions that spawn sessions: what goes down, what comes up, and what does not go round for ever.</summary>
public class FamilySpecs(SharedDaemon shared) : IClassFixture<SharedDaemon>
{
    TestDaemon Daemon => shared.Daemon;

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_childs_end_reaches_its_parent_as_one_event_and_one_message_with_its_result()
    {
        var parent = await Daemon.Run("""spawn work\n!result {"goal_met":true,"summary":"all tests pass"}""", "wait-children");

        var run = await Daemon.Ended(parent);

        Assert.Equal("succeeded", (string?)run["status"]);
        var session = (string)run["session_id"]!;
        var events = await Daemon.Events(session);
        var spawned = events.Single(e => (string?)e["event_type"] == "session.spawned")["data"]!;
        var finished = events.Single(e => (string?)e["event_type"] == "session.child_finished")["data"]!;
        Assert.Equal((string?)spawned["run_id"], (string?)finished["run_id"]);
        Assert.Equal(parent, (string?)spawned["parent_run_id"]);
        Assert.Equal("succeeded", (string?)finished["status"]);
        Assert.Equal("all tests pass", (string?)finished["result"]!["summary"]);
        var messages = (await Daemon.Get($"/sessions/{session}/messages"))["messages"]!.AsArray();
        var told = messages.Single(m => (string?)m!["id"] == (string?)finished["message_id"])!;
        Assert.Equal(("system", $"run:{spawned["run_id"]}"), ((string?)told["role"], (string?)told["sender"]));
        Assert.Contains("all tests pass", (string?)told["text"], StringComparison.Ordinal);
        var child = (await Daemon.Get($"/sessions/{spawned["child_session_id"]}"))["session"]!;
        Assert.Equal((session, parent, 1), ((string?)child["parent_session_id"], (string?)child["parent_run_id"], (int)child["depth"]!));
        var childRun = (await Daemon.Get($"/runs/{spawned["run_id"]}"))["run"]!;
        Assert.Equal(("spawn", "fake"), ((string?)childRun["trigger"], (string?)childRun["profile"]));
        Assert.Equal(parent, (string?)childRun["parent_run_id"]);
    }

    [Fact]
    public async Task A_child_waits_for_its_parents_answer_and_goes_on_with_it()
    {
        var parent = await Daemon.Run("spawn work\\n!ask approval_request may I delete?\\n!print after", "wait-children");
        await Daemon.Ended(parent);

        var child = (await Daemon.Get($"/runs?parent_run_id={parent}"))["runs"]!.AsArray().Single()!;
        Assert.Equal("after", (string?)child["last_message"]);
        var events = await Daemon.EventsOf((string)child["id"]!);
        Assert.Contains(events, e => (string?)e["data"]!["text"] == "answered yes to may I delete?");
        var types = events.Select(e => (string)e["event_type"]!).Where(t => t is "run.waiting" or "run.resumed"
            || t.StartsWith("request.", StringComparison.Ordinal));
        Assert.Equal(["request.created", "run.waiting", "request.answered", "run.resumed"], types);
        var parents = (await Daemon.Events((string)(await Daemon.Get($"/runs/{parent}"))["run"]!["session_id"]!))
            .Where(e => ((string)e["event_type"]!).StartsWith("request.", StringComparison.Ordinal)).ToList();
        Assert.Equal(["request.created", "request.answered"], parents.Select(e => (string)e["event_type"]!));
        Assert.All(parents, e => Assert.Null(e["run_id"]));
        var request = (await Daemon.Get($"/requests?state=answered&run_id={child["id"]}"))["requests"]!.AsArray().Single()!;
        Assert.Equal($"run:{parent}", (string?)request["answered_by"]);
        Assert.NotNull(request["picked_up_at"]);
        Assert.Equal(2, request["chain"]!.AsArray().Count);
    }

    [Fact]
    public async Task A_run_without_a_parent_cannot_reply_to_one()
    {
        var gate = Path.Combine(Daemon.Root, Ids.New());
        var id = await Daemon.Run($"wait-file {gate}");
        await Eventually.True(() => TestDaemon.ProcessesOf(id).Count > 0, "it runs");
        var ask = new JsonObject { ["text"] = "hm", ["request_kind"] = "question" };

        await Daemon.Send(HttpMethod.Post, $"/runs/{id}/reply-parent", ask).Refused(409, "no_parent");
        await File.WriteAllTextAsync(gate, "", Stop);
        await Daemon.Ended(id);
        await Daemon.Send(HttpMethod.Post, $"/runs/{id}/reply-parent", ask).Refused(409, "conflict");
    }

    [Fact]
    public async Task Canceling_a_parent_cancels_all_below_it_and_leaves_no_process()
    {
        var parent = await Daemon.Run("spawn work\\n!spawn hang\\\\n!hang\\n!hang", "hang");
        List<JsonNode> Family() => [.. Runs($"/runs?limit=500&status=running").Where(r => Belongs(r, parent))];
        await Eventually.True(() => Family().Count == 3, "three generations run");
        var ids = Family().Select(r => (string)r["id"]!).ToList();

        await Daemon.Post($"/runs/{parent}/cancel");

        foreach (var id in ids)
        {
            var run = await Daemon.Ended(id);
            Assert.Equal(("canceled", id == parent ? "user" : "parent_canceled"), ((string?)run["status"], (string?)run["reason"]));
            Assert.Empty(TestDaemon.ProcessesOf(id));
        }

        await Daemon.Send(HttpMethod.Post, $"/runs/{parent}/spawn", new JsonObject { ["task"] = "more" }).Refused(409, "conflict");
    }

    [Fact]
    public async Task Canceling_a_parent_that_has_ended_still_reaches_what_goes_on_below_it()
    {
        var parent = await Daemon.Run("spawn work\\n!hang");
        Assert.Equal("succeeded", (string?)(await Daemon.Ended(parent))["status"]);
        var child = (string)Runs($"/runs?parent_run_id={parent}").Single()["id"]!;

        var kept = await Daemon.Post($"/runs/{parent}/cancel");

        Assert.Equal("succeeded", (string?)kept["run"]!["status"]);
        Assert.Equal("parent_canceled", (string?)(await Daemon.Ended(child))["reason"]);
        await Daemon.Send(HttpMethod.Post, $"/runs/{parent}/cancel").Refused(409, "conflict");
    }

    [Fact]
    public async Task An_archived_parent_is_said_to_be_gone_and_a_person_is_asked()
    {
        var gate = Path.Combine(Daemon.Root, Ids.New());
        var parent = (await Daemon.Post("/runs", TestDaemon.Order("print here")))["run"]!;
        await Daemon.Ended((string)parent["id"]!);
        var spawn = new JsonObject { ["task"] = $"work\n!ask question one?\n!wait-file {gate}\n!ask question two?" };
        var child = (await Daemon.Post($"/runs/{parent["id"]}/spawn", spawn))["run"]!;
        var one = await Open(child);
        Assert.Equal((string?)parent["session_id"], (string?)one["to_session_id"]);

        await Daemon.Post($"/sessions/{parent["session_id"]}/archive");

        Assert.Null((await Daemon.Get($"/requests/{one["id"]}"))["request"]!["to_session_id"]);
        var told = (await Daemon.Get($"/sessions/{child["session_id"]}/messages"))["messages"]!.AsArray();
        Assert.Contains(told, m => ((string)m!["text"]!).StartsWith("Your parent session was archived.", StringComparison.Ordinal));
        await Daemon.Post($"/requests/{one["id"]}/answer", new JsonObject { ["decision"] = "answer", ["text"] = "1" });
        await File.WriteAllTextAsync(gate, "", Stop);
        var two = await Open(child);
        Assert.Null(two["to_session_id"]);
        await Daemon.Post($"/requests/{two["id"]}/answer", new JsonObject { ["decision"] = "answer", ["text"] = "2" });
        Assert.Equal("answered 2", (string?)(await Daemon.Ended((string)child["id"]!))["last_message"]);
        var more = new JsonObject { ["task"] = "x" };
        await Daemon.Send(HttpMethod.Post, $"/sessions/{parent["session_id"]}/spawn", more).Refused(409, "conflict");
    }

    [Fact]
    public async Task A_send_to_a_waiting_child_is_its_answer_and_starts_nothing()
    {
        var parent = (await Daemon.Post("/runs", TestDaemon.Order("print here")))["run"]!;
        await Daemon.Ended((string)parent["id"]!);
        var spawn = new JsonObject { ["task"] = "work\n!ask approval_request rm?" };
        var child = (await Daemon.Post($"/runs/{parent["id"]}/spawn", spawn))["run"]!;
        var request = await Open(child);

        var sent = await Daemon.Post($"/sessions/{child["session_id"]}/send", new JsonObject { ["text"] = "Only ./tmp." });

        Assert.Equal((string?)child["id"], (string?)sent["run"]!["id"]);
        Assert.Equal("answered Only ./tmp.", (string?)(await Daemon.Ended((string)child["id"]!))["last_message"]);
        var closed = (await Daemon.Get($"/requests/{request["id"]}"))["request"]!;
        Assert.Equal(("answered", "Only ./tmp."), ((string?)closed["state"], (string?)closed["answer"]!["text"]));
        Assert.Single(Runs($"/runs?session_id={child["session_id"]}"));
        var next = await Daemon.Post($"/sessions/{child["session_id"]}/send", new JsonObject { ["text"] = "!print again" });
        Assert.NotEqual((string?)child["id"], (string?)next["run"]!["id"]);
        Assert.Equal(("send", "fake"), ((string?)next["run"]!["trigger"], (string?)next["run"]!["profile"]));
        await Daemon.Ended((string)next["run"]!["id"]!);
        var events = await Daemon.Events((string)parent["session_id"]!);
        Assert.Equal(2, events.Count(e => (string?)e["event_type"] == "session.child_finished"));
    }

    async Task<JsonNode> Open(JsonNode run)
    {
        JsonNode? found = null;
        await Eventually.True(() => (found = Requests($"/requests?state=open&run_id={run["id"]}").FirstOrDefault()) is not null, "it asks");
        return found!;
    }

    List<JsonNode> Runs(string path) => List(path, "runs");

    List<JsonNode> Requests(string path) => List(path, "requests");

    List<JsonNode> List(string path, string member)
    {
        using var answer = Daemon.Http.Send(new HttpRequestMessage(HttpMethod.Get, path), Stop);
        using var body = new StreamReader(answer.Content.ReadAsStream(Stop));
        return [.. JsonNode.Parse(body.ReadToEnd())![member]!.AsArray().Select(node => node!.DeepClone())];
    }

    bool Belongs(JsonNode run, string root)
    {
        for (var id = (string?)run["id"]; id is not null; id = (string?)One(id)["parent_run_id"])
            if (id == root) return true;
        return false;
    }

    JsonNode One(string id)
    {
        using var answer = Daemon.Http.Send(new HttpRequestMessage(HttpMethod.Get, $"/runs/{id}"), Stop);
        using var body = new StreamReader(answer.Content.ReadAsStream(Stop));
        return JsonNode.Parse(body.ReadToEnd())!["run"]!;
    }
}
