using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Mcp;

/// <summary>Parents and children by their tools: two real servers, each with its own run's token, against a real daemon.</summary>
public class FamilyToolsSpecs
{
    [Fact(Timeout = 120_000)]
    public async Task A_parent_spawns_waits_and_sees_what_came_of_it()
    {
        await using var daemon = await TestDaemon.Start();
        var seat = await AgentSeat.Take(daemon);
        await using var parent = await McpProcess.Ready(seat.Variables);
        var key = new JsonObject { ["task"] = "work\n!print made it", ["profile"] = "fake", ["idempotency_key"] = "one" };
        var child = await parent.Good("spawn_run", (JsonObject)key.DeepClone());
        Assert.Equal((string)child["run_id"]!, (string)(await parent.Good("spawn_run", key))["run_id"]!);

        var waited = await parent.Good("wait_runs", new() { ["run_ids"] = new JsonArray((string)child["run_id"]!) });
        Assert.Equal(((string)child["run_id"]!, false), ((string)waited["ended"]!.AsArray().Single()!, (bool)waited["timed_out"]!));
        var run = waited["runs"]!.AsArray().Single()!;
        Assert.Equal(("succeeded", "made it", seat.RunId),
            ((string)run["status"]!, (string)run["last_message"]!, (string)run["parent_run_id"]!));
        Assert.NotNull((string?)waited["cursor"]);
        Assert.Equal("made it\n", (string)(await parent.Good("read_output", new() { ["run_id"] = (string)child["run_id"]! }))["text"]!);

        var next = await parent.Good("send_message",
            new() { ["session_id"] = (string)child["session_id"]!, ["text"] = "more\n!print and again" });
        var again = new JsonObject { ["run_ids"] = new JsonArray((string)next["run_id"]!) };
        Assert.Equal("and again", (string)(await parent.Good("wait_runs", again))["runs"]![0]!["last_message"]!);
        Assert.Contains("unprocessable", await parent.Refused("spawn_run", new() { ["task"] = "x", ["project"] = "p" }),
            StringComparison.Ordinal);
        seat.Leave();
    }

    [Fact(Timeout = 120_000)]
    public async Task A_wait_ends_at_its_limit_tells_progress_and_any_is_the_first()
    {
        await using var daemon = await TestDaemon.Start();
        var seat = await AgentSeat.Take(daemon);
        await using var parent = await McpProcess.Ready(seat.Variables);
        var slow = (string)(await parent.Good("spawn_run", Task("!hang")))["run_id"]!;
        var quick = (string)(await parent.Good("spawn_run", Task("!print quick")))["run_id"]!;
        JsonObject Both(string mode, double seconds) =>
            new() { ["run_ids"] = new JsonArray(slow, quick), ["mode"] = mode, ["timeout_seconds"] = seconds };

        var any = await parent.Good("wait_runs", Both("any", 45));
        Assert.Equal((quick, false), ((string)any["ended"]!.AsArray().Single()!, (bool)any["timed_out"]!));
        var begun = TimeProvider.System.GetTimestamp();
        var all = await parent.Good("wait_runs", Both("all", 1.5), progressToken: "p-1");
        Assert.InRange(TimeProvider.System.GetElapsedTime(begun).TotalSeconds, 1.4, 15);
        Assert.Equal((1, true), (all["ended"]!.AsArray().Count, (bool)all["timed_out"]!));
        var progress = parent.Notifications.Where(n => (string?)n["method"] == "notifications/progress").ToList();
        Assert.NotEmpty(progress);
        Assert.Equal("p-1", (string)progress[0]["params"]!["progressToken"]!);
        Assert.Contains("waiting for 2 runs", (string)progress[0]["params"]!["message"]!, StringComparison.Ordinal);

        Assert.Equal("canceled", (string)(await daemon.Ended(
            (string)(await parent.Good("cancel_run", new() { ["run_id"] = slow }))["run"]!["id"]!))["status"]!);
        seat.Leave();
    }

    [Fact(Timeout = 120_000)]
    public async Task A_child_asks_its_parent_answers_and_reports_how_it_went()
    {
        await using var daemon = await TestDaemon.Start();
        var (seat, child, childSeat) = await Family(daemon);
        await using var parent = await McpProcess.Ready(seat.Variables);
        await using var own = await McpProcess.Ready(childSeat.Variables);

        var status = await own.Good("reply_parent", new() { ["kind"] = "status", ["text"] = "half of it is done" });
        Assert.Equal(("sent", null), ((string)status["state"]!, (string?)status["request_id"]));
        var open = await own.Good("reply_parent", new()
        {
            ["kind"] = "question", ["text"] = "blue or green?", ["options"] = new JsonArray("blue", "green"), ["wait_seconds"] = 0.2,
            ["detail"] = new JsonObject { ["folder"] = "/x" }, ["risk"] = "low",
        });
        Assert.Equal(("open", null), ((string)open["state"]!, (string?)open["answer"]));
        var request = (string)open["request_id"]!;

        var waited = await parent.Good("wait_runs", new() { ["run_ids"] = new JsonArray(child) });
        Assert.Equal(("waiting", request),
            ((string)waited["runs"]![0]!["status"]!, (string)waited["requests"]!.AsArray().Single()!["id"]!));
        Assert.Equal(request, (string)(await parent.Good("list_requests", []))["requests"]!.AsArray().Single()!["id"]!);
        Assert.Contains("forbidden", await own.Refused("answer_request",
            new() { ["request_id"] = request, ["decision"] = "answer", ["text"] = "blue" }), StringComparison.Ordinal);
        var goesOn = own.Good("reply_parent", new() { ["request_id"] = request }, progressToken: "ask");
        await Eventually.True(() => own.Notifications.Any(n => (string?)n["params"]?["progressToken"] == "ask"), "the child waits");
        var answered = await parent.Good("answer_request",
            new() { ["request_id"] = request, ["decision"] = "answer", ["option"] = "green", ["text"] = "it is calmer" });
        Assert.Equal("answered", (string)answered["request"]!["state"]!);
        var answer = await goesOn;
        Assert.Equal(("answered", "green", $"run:{seat.RunId}"),
            ((string)answer["state"]!, (string)answer["answer"]!["option"]!, (string)answer["answered_by"]!));
        Assert.Contains("conflict", await parent.Refused("answer_request",
            new() { ["request_id"] = request, ["decision"] = "deny" }), StringComparison.Ordinal);

        await own.Good("report_outcome", new() { ["goal_met"] = false, ["summary"] = "half", ["followup_prompt"] = "the other half" });
        childSeat.Leave();
        var end = (await parent.Good("wait_runs", new() { ["run_ids"] = new JsonArray(child) }))["runs"]![0]!;
        Assert.Equal((false, "half"), ((bool)end["result"]!["goal_met"]!, (string)end["result"]!["summary"]!));
        seat.Leave();
    }

    [Fact(Timeout = 120_000)]
    public async Task A_run_without_a_parent_and_wrong_words_are_told_what_to_do()
    {
        await using var daemon = await TestDaemon.Start();
        var seat = await AgentSeat.Take(daemon);
        await using var server = await McpProcess.Ready(seat.Variables);

        Assert.Contains("decide yourself", await server.Refused("reply_parent",
            new() { ["kind"] = "question", ["text"] = "may I?" }), StringComparison.Ordinal);
        Assert.Contains("kind: is required", await server.Refused("reply_parent", new() { ["text"] = "may I?" }), StringComparison.Ordinal);
        Assert.Contains("belongs to a new request", await server.Refused("reply_parent",
            new() { ["request_id"] = "0123456789abcdef", ["text"] = "may I?" }), StringComparison.Ordinal);
        Assert.Contains("Did you mean 'fake'?", await server.Refused("spawn_run",
            new() { ["task"] = "x", ["profile"] = "fakke" }), StringComparison.Ordinal);
        Assert.Contains("task", await server.Refused("spawn_run", new() { ["task"] = "  " }), StringComparison.Ordinal);
        Assert.Contains("forbidden", await server.Refused("send_message",
            new() { ["session_id"] = "0123456789abcdef", ["text"] = "x" }), StringComparison.Ordinal);
        seat.Leave();
        await daemon.Ended(seat.RunId);
        // It carries the run's marker: the end of the run is its end too.
        await Eventually.True(() => server.Ended, "the server is gone with its run");
    }

    [Fact(Timeout = 120_000)]
    public async Task A_wait_and_a_question_survive_a_restart_of_the_daemon()
    {
        await using var daemon = await TestDaemon.Start();
        daemon.Flags.AddRange(["--port", new Uri(daemon.Url).Port.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        var (seat, child, childSeat) = await Family(daemon);
        await using var parent = await McpProcess.Ready(seat.Variables);
        await using var own = await McpProcess.Ready(childSeat.Variables);
        var asked = own.Good("reply_parent", new() { ["kind"] = "approval_request", ["text"] = "may I?" }, progressToken: "ask");
        var seen = (await parent.Good("wait_runs", new() { ["run_ids"] = new JsonArray(child) }))["requests"]!.AsArray().Single()!;
        await Eventually.True(() => own.Notifications.Any(n => (string?)n["params"]?["progressToken"] == "ask"), "the child waits");

        await daemon.Kill();
        var approved = parent.Good("answer_request", new() { ["request_id"] = (string)seen["id"]!, ["decision"] = "approve" });
        await daemon.Start();

        Assert.Equal("approved", (string)(await approved)["request"]!["state"]!);
        Assert.Equal("approved", (string)(await asked)["state"]!);
        var ends = parent.Good("wait_runs", new() { ["run_ids"] = new JsonArray(child) }, progressToken: "end");
        await Eventually.True(() => parent.Notifications.Any(n => (string?)n["params"]?["progressToken"] == "end"), "the parent waits");
        await daemon.Kill();
        await daemon.Start();
        childSeat.Leave();
        Assert.Equal("succeeded", (string)(await ends)["runs"]![0]!["status"]!);
        seat.Leave();
    }

    static JsonObject Task(string steps) => new() { ["task"] = "work\n" + steps, ["profile"] = "fake" };

    /// <summary>A parent and a child, both at work, both played by the test.</summary>
    static async Task<(AgentSeat Parent, string Child, AgentSeat ChildSeat)> Family(TestDaemon daemon)
    {
        var seat = await AgentSeat.Take(daemon);
        await using var parent = await McpProcess.Ready(seat.Variables);
        var gate = Path.Combine(daemon.Root, "child-gate");
        var child = await parent.Good("spawn_run", new() { ["task"] = AgentSeat.Script(gate), ["profile"] = "fake" });
        var id = (string)child["run_id"]!;
        return (seat, id, await AgentSeat.Of(daemon, id, gate));
    }
}
