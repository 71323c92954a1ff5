using System.Net;
using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Items;

/// <summary>The queue over HTTP, in both ways of speaking: what is added, who gets it, what becomes of it.</summary>
public class QueueSpecs(SharedDaemon shared) : IClassFixture<SharedDaemon>
{
    TestDaemon Daemon => shared.Daemon;

    async Task<string> Add(string title, JsonObject? more = null)
    {
        var body = more ?? [];
        body["title"] = title;
        return (string)(await Daemon.Post("/items", body))["item"]!["id"]!;
    }

    async Task<JsonNode> Item(string id) => (await Daemon.Get($"/items/{id}"))["item"]!;

    Task<HttpResponseMessage> Try(string path, JsonNode? body = null) => Daemon.Send(HttpMethod.Post, path, body ?? new JsonObject());

    /// <summary>A project of its own, so that tests that share the daemon do not take each other's items.</summary>
    async Task<string> NewProject()
    {
        var name = "p" + Ids.New();
        await Daemon.Post("/queue/projects", new JsonObject { ["name"] = name, ["max_parallel"] = 1000 });
        return name;
    }

    [Fact]
    public async Task An_item_is_added_and_shown_in_both_ways_of_speaking()
    {
        var added = (await Daemon.Post("/api/queue", JsonNode.Parse("""
            {"title": "Build React Dashboard", "description": "Create analytics dashboard with recharts", "priority": "high",
             "acceptanceCriteria": ["it builds", "it shows"],
             "output": {"type": "repo", "name": "analytics-dashboard", "template": "react", "private": false}}
            """)))["item"]!;
        var id = (string)added["id"]!;
        Assert.Matches("^[0-9a-f]{16}$", id);
        Assert.Equal(("inbox", "high", "m"), ((string?)added["status"], (string?)added["priority"], (string?)added["complexity"]));
        Assert.False((bool)added["output"]!["private"]!);
        Assert.NotNull(added["createdAt"]);
        Assert.Equal(2, added["acceptanceCriteria"]!.AsArray().Count);

        var plain = await Item(id);
        Assert.Equal("it shows", (string?)plain["acceptance_criteria"]![1]);
        var listed = await Daemon.Get("/api/queue?status=inbox");
        Assert.Equal(listed["items"]!.AsArray().Count, (int)listed["count"]!);
        Assert.Contains(listed["items"]!.AsArray(), one => (string?)one!["id"] == id);
        var stats = await Daemon.Get("/api/queue/stats");
        Assert.True((long)stats["byStatus"]!["inbox"]! >= 1 && (long)stats["total"]! >= 1);
    }

    [Fact]
    public async Task A_repository_is_private_unless_the_request_says_exactly_false()
    {
        foreach (var (given, expected) in new[] { ("null", true), ("true", true), ("\"false\"", true), ("0", true), ("false", false) })
        {
            var item = (await Daemon.Post("/items", new JsonObject
            {
                ["title"] = "x",
                ["output"] = new JsonObject { ["type"] = "repo", ["name"] = "n", ["private"] = JsonNode.Parse(given) },
            }))["item"]!;
            Assert.Equal(expected, (bool)item["output"]!["private"]!);
        }
    }

    /// <summary>A body that cannot be, the member its refusal names, and the status.</summary>
    [Theory]
    [InlineData("{}", "title", 400)]
    [InlineData("""{"title": "  "}""", "title", 400)]
    [InlineData("""{"title": 7}""", "title", 400)]
    [InlineData("""{"title": "x", "priority": "hihg"}""", "priority", 422)]
    [InlineData("""{"title": "x", "complexity": "xxl"}""", "complexity", 422)]
    [InlineData("""{"title": "x", "project": "nobody-knows"}""", "project", 422)]
    [InlineData("""{"title": "x", "blocked_by": ["0000000000000000"]}""", "blocked_by", 422)]
    [InlineData("""{"title": "x", "blocked_by": ["no-id"]}""", "blocked_by", 422)]
    [InlineData("""{"title": "x", "parent": "0000000000000000"}""", "parent", 422)]
    [InlineData("""{"title": "x", "profile": "nobody-has"}""", "profile", 422)]
    [InlineData("""{"title": "x", "writes": ["/etc/passwd"]}""", "writes", 422)]
    [InlineData("""{"title": "x", "writes": ["a/../../b"]}""", "writes", 422)]
    [InlineData("""{"title": "x", "due_date": "tomorrow"}""", "due_date", 422)]
    [InlineData("""{"title": "x", "output": {"type": "house"}}""", "output", 422)]
    [InlineData("""{"title": "x", "output": "repo"}""", "output", 422)]
    [InlineData("""{"title": "x", "acceptance_criteria": [""]}""", "acceptance_criteria", 422)]
    public async Task What_cannot_be_is_refused_with_the_member_that_is_wrong(string body, string field, int status)
    {
        var problem = await Try("/items", JsonNode.Parse(body)).Refused(status, status == 400 ? "invalid_request" : "unprocessable");
        Assert.Contains(field, (string)problem["detail"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unknown_statuses_and_ids_are_refused()
    {
        await Daemon.Send(HttpMethod.Get, "/api/queue?status=doing").Refused(400, "invalid_request");
        await Daemon.Send(HttpMethod.Get, "/api/queue/0000000000000000").Refused(404, "not_found");
        await Try("/api/queue/claim").Refused(400, "invalid_request");
        await Try("/api/queue/0000000000000000/ready").Refused(404, "not_found");
        await Try("/items/claim", new JsonObject { ["agentId"] = "w", ["lease_s"] = -1 }).Refused(422, "unprocessable");
        await Try("/items/claim", new JsonObject { ["agentId"] = "w", ["project"] = "nobody's" }).Refused(422, "unprocessable");
    }

    [Fact]
    public async Task A_profile_is_set_refused_when_unknown_and_taken_back_by_an_empty_word()
    {
        var item = await Add("first");
        Task<HttpResponseMessage> Edit(JsonObject order) => Daemon.Send(HttpMethod.Patch, $"/items/{item}", order);
        using (await Edit(new() { ["profile"] = "deep" }))
            Assert.Equal("deep", (string?)(await Item(item))["profile"]);
        await Edit(new() { ["profile"] = "nowhere" }).Refused(422, "unprocessable");
        using (await Edit(new() { ["title"] = "second" }))
            Assert.Equal("deep", (string?)(await Item(item))["profile"]);
        using (await Edit(new() { ["profile"] = "" }))
            Assert.Null((string?)(await Item(item))["profile"]);
    }

    [Fact]
    public async Task A_circle_of_dependencies_is_refused_with_the_way_round()
    {
        var first = await Add("first");
        var second = await Add("second", new JsonObject { ["blocked_by"] = new JsonArray(first) });
        var third = await Add("third", new JsonObject { ["blocked_by"] = new JsonArray(second) });
        var problem = await Daemon.Send(HttpMethod.Patch, $"/items/{first}", new JsonObject { ["blocked_by"] = new JsonArray(third) })
            .Refused(422, "unprocessable");
        Assert.Equal([first, third, second, first], problem["path"]!.AsArray().Select(id => (string?)id));
        Assert.Empty((await Item(first))["blocked_by"]!.AsArray());
    }

    [Fact]
    public async Task Dependencies_hold_an_item_back_until_the_last_one_is_done()
    {
        var project = await NewProject();
        var first = await Add("first", new JsonObject { ["project"] = project });
        var second = await Add("second",
            new JsonObject { ["project"] = project, ["blocked_by"] = new JsonArray(first), ["priority"] = "urgent" });
        await Daemon.Post($"/items/{first}/ready");
        await Daemon.Post($"/items/{second}/ready");
        Assert.Contains((await Daemon.Get($"/items/{second}/why"))["causes"]!.AsArray(), cause => (string?)cause!["code"] == "dependency");
        await Try($"/api/executor/run/{second}").Refused(409, "conflict");

        Assert.Equal(first, (string?)(await Claim(project))["item"]!["id"]);
        Assert.Null((await Claim(project))["item"]);
        await Daemon.Post($"/items/{first}/complete");
        Assert.Equal(second, (string?)(await Claim(project))["item"]!["id"]);
    }

    Task<JsonNode> Claim(string project, string agent = "w1", double lease = 300) => Daemon.Post("/items/claim",
        new JsonObject { ["agentId"] = agent, ["project"] = project, ["lease_s"] = lease });

    static JsonObject Held(JsonNode claim, string? report = null) => new()
    {
        ["lease_id"] = (string?)claim["lease"]!["id"],
        ["fence"] = (long)claim["lease"]!["fence"]!,
        ["report"] = report,
    };

    [Fact]
    public async Task Claims_come_by_priority_and_then_by_age()
    {
        var project = await NewProject();
        var ids = new Dictionary<string, string>();
        foreach (var priority in new[] { "low", "medium", "urgent", "high", "urgent2" })
        {
            ids[priority] = await Add(priority, new JsonObject { ["project"] = project, ["priority"] = priority.TrimEnd('2') });
            await Daemon.Post($"/items/{ids[priority]}/ready");
        }

        foreach (var expected in new[] { "urgent", "urgent2", "high", "medium", "low" })
        {
            var claim = await Claim(project);
            Assert.Equal(ids[expected], (string?)claim["item"]!["id"]);
            await Daemon.Post($"/items/{ids[expected]}/complete", Held(claim));
        }

        var none = await Claim(project);
        Assert.Null(none["item"]);
        Assert.NotNull((string?)none["message"]);
    }

    [Fact]
    public async Task A_worker_keeps_its_item_by_signs_of_life_and_what_it_did_waits_to_be_checked()
    {
        var project = await NewProject();
        var id = await Add("work", new JsonObject { ["project"] = project });
        await Daemon.Post($"/items/{id}/ready");
        var claim = await Claim(project);
        Assert.Equal(("in_flight", "w1"), ((string?)claim["item"]!["status"], (string?)claim["item"]!["assigned_agent_id"]));
        var refused = await Try($"/api/executor/run/{id}").Refused(409, "conflict");
        Assert.Equal($"w1 claimed it, and may give it back: agentctl item release {id} --lease {claim["lease"]!["id"]} --fence 1",
            (string?)refused["hint"]);
        var beat = await Daemon.Post($"/api/queue/{id}/heartbeat", Held(claim));
        Assert.Equal((string?)claim["lease"]!["id"], (string?)beat["lease"]!["id"]);
        Assert.Contains((await Daemon.Get("/api/agents"))["agents"]!.AsArray(),
            agent => (string?)agent!["agentId"] == "w1" && agent["itemIds"]!.AsArray().Any(item => (string?)item == id));

        var done = Held(claim, "It is done.");
        done["artifacts"] = JsonNode.Parse("""["out/a.txt", {"type": "link", "path": "https://example.org/x", "name": "x"}]""");
        var item = (await Daemon.Post($"/items/{id}/complete", done))["item"]!;
        Assert.Equal(("review", true, "It is done."), ((string?)item["status"], (bool)item["unchecked"]!, (string?)item["report"]));
        Assert.Equal(["file", "link"], item["artifacts"]!.AsArray().Select(one => (string?)one!["type"]));
        Assert.Contains("work that 'agentctl exec' prepares is checked by itself", (string?)item["causes"]![0]!["text"],
            StringComparison.Ordinal);
        // Who did not hear the answer asks again, and nothing happens twice.
        Assert.Equal("review", (string?)(await Daemon.Post($"/items/{id}/complete", Held(claim)))["item"]!["status"]);
        var moves = (await Daemon.Get($"/items/{id}/events"))["events"]!.AsArray()
            .Where(e => (string?)e!["event_type"] == "item.moved").Select(e => $"{e!["data"]!["from"]}→{e["data"]!["to"]}");
        Assert.Equal(["inbox→ready", "ready→in_flight", "in_flight→review"], moves);
    }

    [Fact]
    public async Task A_worker_that_vanishes_gives_its_item_back_and_its_late_result_changes_nothing()
    {
        var project = await NewProject();
        var id = await Add("work", new JsonObject { ["project"] = project });
        await Daemon.Post($"/items/{id}/ready");
        var lost = await Claim(project, "vanished", 1);
        await Until(id, "ready");
        var next = await Claim(project, "second");
        Assert.True((long)next["lease"]!["fence"]! > (long)lost["lease"]!["fence"]!);

        await Try($"/items/{id}/heartbeat", Held(lost)).Refused(409, "conflict");
        await Try($"/items/{id}/complete", Held(lost, "I did it after all.")).Refused(409, "conflict");
        var item = await Item(id);
        Assert.Equal(("in_flight", "second"), ((string?)item["status"], (string?)item["assigned_agent_id"]));
        var late = Assert.Single((await Daemon.Get($"/items/{id}/events"))["events"]!.AsArray(),
            e => (string?)e!["event_type"] == "item.late_result")!;
        Assert.Equal("I did it after all.", (string?)late["data"]!["report"]);
        await Daemon.Post($"/items/{id}/complete", Held(next));
    }

    [Fact]
    public async Task Work_that_every_worker_vanishes_over_is_not_handed_out_without_end()
    {
        var project = await NewProject();
        var id = await Add("work", new JsonObject { ["project"] = project });
        await Daemon.Post($"/items/{id}/ready");
        foreach (var next in new[] { "ready", "ready", "blocked" })
        {
            await Claim(project, "vanishing", 1);
            await Until(id, next);
        }

        var cause = Assert.Single((await Item(id))["causes"]!.AsArray())!;
        Assert.Equal("limit", (string?)cause["kind"]);
        Assert.Contains("no sign of life", (string?)cause["text"], StringComparison.Ordinal);
    }

    async Task Until(string id, string status)
    {
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        for (var i = 0; i < 300; i++)
        {
            if ((string?)(await Item(id))["status"] == status)
                return;
            await ticks.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }

        Assert.Fail($"{id} is {(await Item(id))["status"]}, not {status}");
    }

    [Fact]
    public async Task What_fails_again_and_again_ends_with_a_person()
    {
        var project = await NewProject();
        var id = await Add("work", new JsonObject { ["project"] = project });
        await Daemon.Post($"/items/{id}/ready");
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            var begun = await Daemon.Post($"/api/executor/run/{id}");
            var item = (await Daemon.Post($"/items/{id}/fail", new JsonObject
            {
                ["lease_id"] = (string?)begun["agentId"],
                ["fence"] = attempt,
                ["reason"] = "no compiler",
            }))["item"]!;
            Assert.Equal(attempt < 3 ? "ready" : "blocked", (string?)item["status"]);
            Assert.Equal(attempt < 3, item["not_before"] is not null);
        }

        var cause = Assert.Single((await Item(id))["causes"]!.AsArray())!;
        Assert.Equal("limit", (string?)cause["kind"]);
        Assert.Contains("no compiler", (string)cause["text"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_lease_done_is_a_persons_word_and_says_so()
    {
        var id = await Add("said");
        var item = (await Daemon.Post($"/api/queue/{id}/complete"))["item"]!;
        Assert.Equal(("done", true), ((string?)item["status"], (bool)item["unchecked"]!));
        using var reader = Daemon.As(await Daemon.NewToken("reads" + id, "read"));
        using var refused = await reader.PostAsync($"/api/queue/{id}/complete", null, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }

    [Fact]
    public async Task A_move_that_cannot_be_names_where_it_may_go()
    {
        var id = await Add("moves");
        var problem = await Try($"/items/{id}/transition", new JsonObject { ["to_status"] = "review" }).Refused(409, "conflict");
        Assert.Equal(("inbox", "review"), ((string?)problem["from"], (string?)problem["to"]));
        Assert.Contains("ready", problem["allowed"]!.AsArray().Select(word => (string?)word));
        await Daemon.Post($"/items/{id}/transition", new JsonObject { ["to_status"] = "canceled", ["reason"] = "not wanted" });
        await Try($"/items/{id}/ready").Refused(409, "conflict");
    }

    [Fact]
    public async Task A_parent_is_as_far_as_its_steps()
    {
        var parent = await Add("parent");
        var one = await Add("one", new JsonObject { ["parent"] = parent });
        var two = await Add("two", new JsonObject { ["parent"] = parent });
        await Daemon.Post($"/items/{one}/ready");
        Assert.Equal("ready", (string?)(await Item(parent))["status"]);
        await Try($"/items/{parent}/transition", new JsonObject { ["to_status"] = "done" }).Refused(409, "conflict");
        await Daemon.Post($"/items/{one}/complete");
        Assert.Equal("in_flight", (string?)(await Item(parent))["status"]);
        await Daemon.Post($"/items/{two}/complete");
        Assert.Equal("done", (string?)(await Item(parent))["status"]);
    }

    [Fact]
    public async Task The_same_key_adds_and_claims_once()
    {
        var project = await NewProject();
        var body = new JsonObject { ["title"] = "once", ["project"] = project, ["idempotency_key"] = "k" + project };
        var first = await Daemon.Post("/items", body.DeepClone());
        Assert.Equal((string?)first["item"]!["id"], (string?)(await Daemon.Post("/items", body.DeepClone()))["item"]!["id"]);
        body["title"] = "another";
        await Try("/items", body).Refused(422, "idempotency_mismatch");
        await Daemon.Post($"/items/{first["item"]!["id"]}/ready");
        var claim = new JsonObject { ["agentId"] = "w", ["project"] = project, ["idempotency_key"] = "c" };
        var taken = await Daemon.Post("/items/claim", claim.DeepClone());
        Assert.Equal(taken.ToJsonString(), (await Daemon.Post("/items/claim", claim.DeepClone())).ToJsonString());
    }

    [Fact]
    public async Task Fifty_at_once_are_added_and_claimed_and_none_is_lost_or_taken_twice()
    {
        var project = await NewProject();
        var added = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Add($"item {i}", new JsonObject
        {
            ["project"] = project,
            ["writes"] = new JsonArray($"file{i}"),
        })));
        Assert.Equal(50, added.Distinct().Count());
        await Task.WhenAll(added.Select(id => Daemon.Post($"/items/{id}/ready")));
        var claims = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => Claim(project, $"w{i}")));
        var taken = claims.Where(claim => claim["item"] is not null).Select(claim => (string)claim["item"]!["id"]!).ToList();
        Assert.Equal(added.Order(), taken.Order());
        Assert.Equal(10, claims.Count(claim => claim["item"] is null));
    }

    [Fact]
    public async Task A_pause_holds_what_starts_by_itself_and_not_what_somebody_names()
    {
        var project = await NewProject();
        var id = await Add("held", new JsonObject { ["project"] = project });
        await Daemon.Post($"/items/{id}/ready");
        await Daemon.Post("/queue/pause", new JsonObject { ["project"] = project, ["note"] = "release" });
        Assert.Null((await Claim(project))["item"]);
        Assert.Contains((await Daemon.Get($"/items/{id}/why"))["causes"]!.AsArray(), c => (string?)c!["code"] == "project_paused");
        Assert.Equal("external", (string?)(await Daemon.Post($"/api/executor/run/{id}"))["mode"]);
        await Daemon.Post("/queue/unpause", new JsonObject { ["project"] = project });
    }

    [Fact]
    public async Task A_worker_that_goes_offline_gives_back_what_it_has()
    {
        var project = await NewProject();
        var id = await Add("work", new JsonObject { ["project"] = project });
        await Daemon.Post($"/items/{id}/ready");
        await Claim(project, "leaves" + id);
        await Daemon.Post("/api/agents/heartbeat", new JsonObject { ["agentId"] = "leaves" + id, ["status"] = "offline" });
        Assert.Equal("ready", (string?)(await Item(id))["status"]);
    }
}
