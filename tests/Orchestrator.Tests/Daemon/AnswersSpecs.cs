using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Daemon;

/// <summary>What answers look like: names of members, words, times. Other programs rely on each of them.</summary>
public partial class AnswersSpecs(SharedDaemon shared) : IClassFixture<SharedDaemon>
{
    TestDaemon Daemon => shared.Daemon;

    [Fact]
    public async Task Health_needs_no_token_and_says_version_and_time()
    {
        using var stranger = new HttpClient { BaseAddress = new Uri(Daemon.Url) };
        foreach (var path in new[] { "/health", "/health/live", "/health/ready" })
        {
            var health = JsonNode.Parse(await stranger.GetStringAsync(path, TestContext.Current.CancellationToken))!;
            Assert.Equal("ok", (string?)health["status"]);
            Assert.NotNull((string?)health["version"]);
            Assert.Matches(Utc(), (string?)health["timestamp"]);
        }
    }

    [Fact]
    public async Task Status_says_how_it_is_and_what_it_is_busy_with()
    {
        var status = await Daemon.Get("/daemon/status");

        Has(status, "daemon_health", "reasons", "version", "started_at", "uptime_s", "pid", "max_concurrency", "alive_workers",
            "queue_counts", "store", "capabilities");
        Assert.Equal("ok", (string?)status["daemon_health"]);
        Assert.Equal(4, (int?)status["max_concurrency"]);
        Assert.Equal(4, (int?)status["alive_workers"]);
        Assert.Equal(Daemon.Pid, (int?)status["pid"]);
        Has(status["queue_counts"]!, "queued_count", "running_count", "waiting_count");
        Has(status["store"]!, "kind", "version", "events");
        Assert.Matches(Utc(), (string?)status["started_at"]);
    }

    [Fact]
    public async Task A_session_has_every_promised_member_and_keeps_its_metadata()
    {
        var order = JsonNode.Parse("""{"title":"T","profile":"fake","metadata":{"a":[1,{"b":null}],"ü":"\u0001"},"unknown":1}""");
        using var answer = await Daemon.Send(HttpMethod.Post, "/sessions", order);
        Assert.Equal(201, (int)answer.StatusCode);
        var made = JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["session"]!;

        Has(made, "id", "title", "status", "project", "profile", "parent_session_id", "parent_run_id", "threads", "created_at",
            "updated_at", "metadata");
        Assert.Matches("^[0-9a-f]{16}$", (string?)made["id"]);
        Assert.Equal("idle", (string?)made["status"]);
        Assert.Equal(order!["metadata"]!.ToJsonString(), made["metadata"]!.ToJsonString());
        Assert.Matches(Utc(), (string?)made["created_at"]);
        var shown = await Daemon.Get($"/sessions/{made["id"]}");
        Assert.Equal(made.ToJsonString(), shown["session"]!.ToJsonString());
        var list = await Daemon.Get("/sessions?limit=1");
        Assert.Equal(made.ToJsonString(), list["sessions"]![0]!.ToJsonString());
        Assert.True(list.AsObject().ContainsKey("next_cursor"));
    }

    [Fact]
    public async Task Only_a_users_message_starts_a_run()
    {
        var session = (await Daemon.Post("/sessions", new JsonObject { ["profile"] = "fake" }))["session"]!["id"]!;
        foreach (var role in new[] { "assistant", "system" })
        {
            var stored = await Daemon.Post($"/sessions/{session}/messages", new JsonObject { ["role"] = role, ["text"] = "noted" });
            Assert.True(stored.AsObject().ContainsKey("run"));
            Assert.Null(stored["run"]);
            Assert.Null(stored["message"]!["run_id"]);
        }

        var sent = await Daemon.Post($"/sessions/{session}/messages", new JsonObject { ["role"] = "user", ["text"] = "go" });
        Has(sent["message"]!, "id", "session_id", "run_id", "role", "text", "sender", "delivery", "created_at");
        Assert.Equal((string?)sent["run"]!["id"], (string?)sent["message"]!["run_id"]);
        Assert.Equal("message", (string?)sent["run"]!["trigger"]);
        await Daemon.Ended((string)sent["run"]!["id"]!);
        var messages = (await Daemon.Get($"/sessions/{session}/messages"))["messages"]!.AsArray();
        Assert.Equal(["assistant", "system", "user"], messages.Select(m => (string)m!["role"]!));
        Assert.Equal("answered", (string?)messages[2]!["delivery"]);
        Assert.Matches(Utc(), (string?)messages[0]!["created_at"]);
    }

    [Fact]
    public async Task A_run_has_every_promised_member_before_and_after_its_end()
    {
        var made = await Daemon.Post("/runs", TestDaemon.Order("print hello", """result {"goal_met":true,"summary":"s"}"""));
        Assert.NotNull(made["session"]);
        var id = (string)made["run"]!["id"]!;
        var run = await Daemon.Ended(id);

        foreach (var one in new[] { made["run"]!, run })
        {
            Has(one, "id", "session_id", "item_id", "parent_run_id", "status", "reason", "trigger", "profile", "agent", "model", "attempt",
                "fence", "node_id", "worker_id", "prompt", "created_at", "started_at", "ended_at", "exit_code", "pid", "workspace",
                "result", "last_message", "usage", "git_diff_stat", "files_changed", "error");
        }

        Assert.Equal("direct", (string?)run["trigger"]);
        Has(run["result"]!, "goal_met", "summary", "followup_prompt", "notes");
        Has(run["workspace"]!, "path", "branch", "base", "kind");
        foreach (var time in new[] { "created_at", "started_at", "ended_at" })
            Assert.Matches(Utc(), (string?)run[time]);
        Assert.Equal("[]", run["files_changed"]!.ToJsonString());
        var listed = (await Daemon.Get($"/runs?session_id={run["session_id"]}&status=succeeded,failed"))["runs"]!.AsArray();
        Assert.Equal(run.ToJsonString(), Assert.Single(listed)!.ToJsonString());
        Assert.Empty((await Daemon.Get($"/runs?session_id={run["session_id"]}&status=queued"))["runs"]!.AsArray());
    }

    [Fact]
    public async Task An_event_has_every_promised_member()
    {
        var id = await Daemon.Run("print hello");
        await Daemon.Ended(id);

        foreach (var one in await Daemon.EventsOf(id))
        {
            Has(one, "id", "cursor", "event_type", "session_id", "run_id", "item_id", "created_at", "actor", "data");
            Assert.Matches("^[0-9]+$", (string?)one["cursor"]);
            Assert.Matches(Utc(), (string?)one["created_at"]);
            Assert.IsType<JsonObject>(one["data"]);
        }
    }

    [Fact]
    public async Task Diagnose_says_why_and_shows_the_command_line()
    {
        var id = await Daemon.Run("print hello");
        await Daemon.Ended(id);

        var found = (await Daemon.Get($"/runs/{id}/diagnose"))["diagnostics"]!;

        Has(found, "run_status", "worker_id", "worker_alive", "alive_workers", "max_concurrency", "queue_counts", "queue_position",
            "likely_issue", "active_pid", "last_event_at", "waiting_for", "codex_invocation");
        Assert.Equal("succeeded", (string?)found["run_status"]);
        Has(found["likely_issue"]!, "code", "text");
        Has(found["codex_invocation"]!, "profile", "extra_args", "argv");
        Assert.NotEmpty(found["codex_invocation"]!["argv"]!.AsArray());
        Assert.Matches(Utc(), (string?)found["last_event_at"]);
    }

    [Fact]
    public async Task Output_comes_as_it_was_written_with_the_next_offset()
    {
        var id = await Daemon.Run("raw " + Convert.ToBase64String([0xff, 0xfe, (byte)'a', 10]), "err oops");
        await Daemon.Ended(id);

        using var whole = await Daemon.Send(HttpMethod.Get, $"/runs/{id}/output");
        Assert.Equal("FFFE610A", Convert.ToHexString(await whole.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)));
        Assert.Equal("4", whole.Headers.GetValues("X-Next-Offset").Single());
        using var rest = await Daemon.Send(HttpMethod.Get, $"/runs/{id}/output?offset=2");
        Assert.Equal("610A", Convert.ToHexString(await rest.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)));
        using var beyond = await Daemon.Send(HttpMethod.Get, $"/runs/{id}/output?offset=99");
        Assert.Equal("99", beyond.Headers.GetValues("X-Next-Offset").Single());
        using var errors = await Daemon.Send(HttpMethod.Get, $"/runs/{id}/output?stream=stderr");
        Assert.Equal("oops\n", await errors.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        await Daemon.Send(HttpMethod.Get, $"/runs/{id}/output?stream=both").Refused(400, "invalid_request");
        await Daemon.Send(HttpMethod.Get, $"/runs/{id}/output?offset=-1").Refused(400, "invalid_request");
        await Daemon.Send(HttpMethod.Get, $"/runs/{id}/diff?format=pdf").Refused(400, "invalid_request");
        Assert.Equal("[]", (await Daemon.Get($"/runs/{id}/diff?format=json"))["files"]!.ToJsonString());
    }

    [Fact]
    public async Task Resume_goes_on_in_the_same_session_as_the_next_attempt()
    {
        var first = await Daemon.Run("exit 3");
        await Daemon.Ended(first);

        var again = (await Daemon.Post($"/runs/{first}/resume", new JsonObject { ["prompt"] = "again" }))["run"]!;

        var run = await Daemon.Ended((string)again["id"]!);
        Assert.Equal("succeeded", (string?)run["status"]);
        Assert.Equal(2, (int?)run["attempt"]);
        Assert.Equal((string?)(await Daemon.Get($"/runs/{first}"))["run"]!["session_id"], (string?)run["session_id"]);
        await Daemon.Send(HttpMethod.Post, $"/runs/{first}/resume").Refused(400, "invalid_request");
        await Daemon.Send(HttpMethod.Post, $"/runs/{first}/resume", new JsonObject { ["prompt"] = "x", ["profile"] = "nobody" })
            .Refused(422, "unprocessable");
    }

    [Fact]
    public async Task The_page_at_the_root_is_strict_about_what_it_loads()
    {
        using var stranger = new HttpClient { BaseAddress = new Uri(Daemon.Url) };
        using var page = await stranger.GetAsync("/", TestContext.Current.CancellationToken);

        Assert.Equal("text/html", page.Content.Headers.ContentType?.MediaType);
        // With the board or without it: nothing from elsewhere, nothing inline that runs.
        var policy = page.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Matches("^default-src '(self|none)'; (?!.*script-src[^;]*unsafe).*frame-ancestors 'none'", policy);
    }

    static void Has(JsonNode document, params string[] members) =>
        Assert.Equal([], members.Where(member => !document.AsObject().ContainsKey(member)));

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")]
    private static partial Regex Utc();
}
