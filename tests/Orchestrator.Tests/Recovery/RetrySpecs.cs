using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Recovery;

/// <summary>What follows a run's end, through the front door, with a real program: chains of runs in one session.</summary>
public sealed class RetrySpecs : IAsyncLifetime
{
    TestDaemon daemon = null!;

    public async ValueTask InitializeAsync() => daemon = await RetryStage.Start();

    public ValueTask DisposeAsync() => daemon.DisposeAsync();

    [Fact]
    public async Task By_itself_nothing_is_tried_again_unless_the_profile_says_so()
    {
        var run = await daemon.Ended((string)(await RetryStage.Run(daemon, "free", "1 failure provider_unavailable"))["id"]!);
        Assert.Equal(("failed", "provider_unavailable", null),
            ((string?)run["status"], (string?)run["reason"], (string?)run["next_run_id"]));
        Assert.Empty((await daemon.Get("/requests"))["requests"]!.AsArray());
    }

    [Fact]
    public async Task A_run_is_gone_on_with_in_its_session_and_workspace_after_the_time_its_provider_named()
    {
        var first = await RetryStage.Run(daemon, "waits", "1 thread t1; echo begun > begun; failure rate_limited 2", "2 cat begun");
        var chain = await RetryStage.Chain(daemon, first);

        Assert.Equal("asked:waits:rate_limited resume:waits:succeeded", RetryStage.Words(chain));
        Assert.Equal("begun", (string?)chain[1]["last_message"]);
        Assert.Equal((2, (string?)first["id"], (string?)first["session_id"], "direct"), ((int)chain[1]["attempt"]!,
            (string?)chain[1]["retry_of"], (string?)chain[1]["session_id"], (string?)chain[1]["trigger"]));
        Assert.True((DateTimeOffset)chain[1]["started_at"]! - (DateTimeOffset)chain[0]["ended_at"]! > TimeSpan.FromSeconds(1.5));
        Assert.Contains("rate_limited", RetryStage.Asked(chain[1], 2), StringComparison.Ordinal);
        var events = await daemon.Events((string)first["session_id"]!);
        var failed = Assert.Single(events, e => (string?)e["event_type"] == "run.failed");
        Assert.Equal((string?)chain[1]["id"], (string?)failed["data"]!["next_run_id"]);
        var message = Assert.Single((await daemon.Get($"/sessions/{first["session_id"]}/messages"))["messages"]!.AsArray())!;
        Assert.Equal(("answered", (string?)chain[1]["id"]), ((string?)message["delivery"], (string?)message["run_id"]));
        var typed = await TypedCommand.Run(daemon, null, "wait", (string)first["id"]!, "--chain", "--field", "id");
        Assert.Equal((0, (string?)chain[1]["id"]), (typed.Code, typed.Out.Trim()));
        Assert.Equal(1, (await TypedCommand.Run(daemon, null, "wait", (string)first["id"]!)).Code);
    }

    [Fact]
    public async Task A_goal_that_is_not_met_goes_up_the_profiles_with_the_whole_history_and_then_to_a_person()
    {
        var first = await RetryStage.Run(daemon, "spark", "1 result false 'One try.' 'Look at the cookie.'",
            "2 echo hello; exit 7", "3 result false 'Three tries.' ''", "4 result true 'Done.' ''");
        var chain = await RetryStage.Chain(daemon, first);

        Assert.Equal("asked:spark:succeeded escalate:deep:exit_nonzero escalate:deeper:succeeded", RetryStage.Words(chain));
        var told = RetryStage.Asked(chain[0], 3);
        string[] history = ["Attempt 1: profile spark", "One try.", "Attempt 2: profile deep", "exit_nonzero", "hello", "@4 result"];
        foreach (var words in history)
            Assert.Contains(words, told, StringComparison.Ordinal);
        Assert.Contains("Look at the cookie.", RetryStage.Asked(chain[0], 2), StringComparison.Ordinal);
        var asked = Assert.Single((await daemon.Get("/requests?state=open"))["requests"]!.AsArray())!;
        Assert.Equal(("decision", (string?)chain[2]["id"]), ((string?)asked["kind"], (string?)asked["run_id"]));
        Assert.Equal(["resume", "stop"], asked["options"]!.AsArray().Select(option => (string?)option));
        Assert.Contains("3 attempts have not done it", (string?)asked["text"], StringComparison.Ordinal);
        // The run's end is its last event all the same.
        Assert.Equal("run.succeeded", (string?)(await daemon.EventsOf((string)chain[2]["id"]!))[^1]["event_type"]);

        var answer = new JsonObject { ["decision"] = "answer", ["option"] = "resume", ["text"] = "Mind the umlauts." };
        await daemon.Post($"/requests/{asked["id"]}/answer", answer);
        using var second = await daemon.Send(HttpMethod.Post, $"/requests/{asked["id"]}/answer", answer.DeepClone());
        Assert.Equal(409, (int)second.StatusCode);
        var last = (await RetryStage.Chain(daemon, chain[2]))[^1];
        Assert.Equal(("succeeded", "deeper", 4), ((string?)last["status"], (string?)last["profile"], (int)last["attempt"]!));
        Assert.Contains("Mind the umlauts.", RetryStage.Asked(last, 4), StringComparison.Ordinal);
        Assert.Null((string?)last["next_run_id"]);
    }

    [Fact]
    public async Task What_cannot_get_better_by_itself_is_asked_at_once_and_stop_is_an_answer()
    {
        var run = await daemon.Ended((string)(await RetryStage.Run(daemon, "full", "1 failure auth_required"))["id"]!);
        Assert.Null((string?)run["next_run_id"]);
        var asked = Assert.Single((await daemon.Get($"/requests?run_id={run["id"]}"))["requests"]!.AsArray())!;
        var found = (await daemon.Get($"/runs/{run["id"]}/diagnose"))["diagnostics"]!["likely_issue"]!;
        Assert.Contains((string)asked["id"]!, (string?)found["text"], StringComparison.Ordinal);

        await daemon.Post($"/requests/{asked["id"]}/answer", new JsonObject { ["decision"] = "deny" });

        Assert.Null((string?)(await daemon.Get($"/runs/{run["id"]}"))["run"]!["next_run_id"]);
        Assert.Equal("idle", (string?)(await daemon.Get($"/sessions/{run["session_id"]}"))["session"]!["status"]);
    }

    [Fact]
    public async Task What_all_attempts_together_may_cost_ends_a_chain_with_a_question()
    {
        var first = await RetryStage.Run(daemon, "thrifty", "1 used 0.6; exit 7", "2 used 0.5; exit 7", "3 echo never");
        var chain = await RetryStage.Chain(daemon, first);

        Assert.Equal("asked:thrifty:exit_nonzero fresh:thrifty:exit_nonzero", RetryStage.Words(chain));
        var asked = Assert.Single((await daemon.Get($"/requests?run_id={chain[^1]["id"]}"))["requests"]!.AsArray())!;
        Assert.Contains("all attempts together have cost 1.1 USD, and 1 are allowed", (string?)asked["text"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_starts_a_run_may_choose_how_much_is_done_after_a_failure()
    {
        var (code, id, remarks) = await TypedCommand.Run(daemon, null, "start", "--profile", "free", "--retry", "full",
            "--no-schema", "--no-worktree", "--prompt", "work\n@1 exit 7\n@2 echo done");
        Assert.True(code == 0, remarks);
        var chain = await RetryStage.Chain(daemon, (await daemon.Get($"/runs/{id.Trim()}"))["run"]!);
        Assert.Equal("asked:free:exit_nonzero fresh:free:succeeded", RetryStage.Words(chain));
        var never = new JsonObject { ["profile"] = "full", ["prompt"] = "work\n@1 exit 7", ["retry"] = "never" };
        var none = (await daemon.Post("/runs", never))["run"]!;
        Assert.Equal("asked:full:exit_nonzero", RetryStage.Words(await RetryStage.Chain(daemon, none)));

        var wrong = await TypedCommand.Run(daemon, null, "start", "--profile", "free", "--retry", "always", "--prompt", "x");
        Assert.NotEqual(0, wrong.Code);
        Assert.Contains("retry: must be one of never, unstarted, provider, full", wrong.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_limit_asks_and_extending_it_goes_on_with_twice_the_time()
    {
        var run = await daemon.Ended((string)(await RetryStage.Run(daemon, "brief", "1 echo half > half; sleep 60", "2 cat half"))["id"]!);
        Assert.Equal("total_timeout", (string?)run["reason"]);
        var asked = Assert.Single((await daemon.Get($"/requests?run_id={run["id"]}"))["requests"]!.AsArray())!;
        Assert.Equal(["resume", "extend", "stop"], asked["options"]!.AsArray().Select(option => (string?)option));

        await daemon.Post($"/requests/{asked["id"]}/answer", new JsonObject { ["decision"] = "answer", ["option"] = "extend" });

        var next = (await RetryStage.Chain(daemon, run))[^1];
        Assert.Equal(("succeeded", "half"), ((string?)next["status"], (string?)next["last_message"]));
        Assert.Equal(6, (double)(await daemon.Get($"/runs/{next["id"]}/diagnose"))["diagnostics"]!["total_limit_s"]!);
    }

    [Fact]
    public async Task What_waits_is_said_and_a_cancel_of_the_chain_ends_it()
    {
        var begun = await RetryStage.Run(daemon, "waits", "1 failure provider_unavailable", "2 await never");
        var first = await daemon.Ended((string)begun["id"]!);
        var next = (string)first["next_run_id"]!;
        var waiting = (await daemon.Get($"/runs/{next}"))["run"]!;
        Assert.Equal("again", (string?)waiting["retry_how"]);
        var wait = (DateTimeOffset)waiting["not_before"]! - (DateTimeOffset)first["ended_at"]!;
        Assert.InRange(wait, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10));
        // Another run of the same provider is not held by it.
        var other = await RetryStage.Run(daemon, "waits", "1 echo x");
        Assert.Equal("succeeded", (string?)(await daemon.Ended((string)other["id"]!))["status"]);

        await daemon.Post($"/runs/{first["id"]}/cancel");

        Assert.Equal(("canceled", "parent_canceled", null), await Ended(next));
        Assert.Equal("failed", (string?)(await daemon.Get($"/runs/{first["id"]}"))["run"]!["status"]);
    }

    [Fact]
    public async Task Who_resumes_by_hand_takes_the_place_of_the_attempt_that_waits_and_of_the_question()
    {
        var begun = await RetryStage.Run(daemon, "waits", "1 failure provider_unavailable", "2 echo by hand");
        var first = await daemon.Ended((string)begun["id"]!);
        var waiting = (string)first["next_run_id"]!;

        var mine = (await daemon.Post($"/runs/{first["id"]}/resume", new JsonObject { ["prompt"] = "work\n@2 echo by hand" }))["run"]!;

        Assert.Equal(("canceled", "user", null), await Ended(waiting));
        Assert.Equal("by hand", (string?)(await daemon.Ended((string)mine["id"]!))["last_message"]);

        var limited = await daemon.Ended((string)(await RetryStage.Run(daemon, "brief", "1 sleep 60"))["id"]!);
        var resumed = await daemon.Post($"/runs/{limited["id"]}/resume", new JsonObject { ["prompt"] = "go on" });
        await daemon.Ended((string)resumed["run"]!["id"]!);
        var asked = Assert.Single((await daemon.Get($"/requests?run_id={limited["id"]}"))["requests"]!.AsArray())!;
        Assert.Equal("withdrawn", (string?)asked["state"]);
    }

    async Task<(string?, string?, string?)> Ended(string id)
    {
        var run = await daemon.Ended(id);
        return ((string?)run["status"], (string?)run["reason"], (string?)run["next_run_id"]);
    }
}
