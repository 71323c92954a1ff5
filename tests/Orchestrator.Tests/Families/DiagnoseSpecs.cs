using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Families;

/// <summary>Each cause of a run that does not move, brought about for real, and told with its facts.</summary>
public class DiagnoseSpecs
{
    static string Config => $$"""
          impatient:
            agent: command
            command: ["{{TestPrograms.FakeAgent}}"]
            limits: {idle_s: 6, total_s: 60}
          brief:
            agent: command
            command: ["{{TestPrograms.FakeAgent}}"]
            limits: {idle_s: 60, total_s: 1}
        """;

    [Fact]
    public async Task Silence_is_told_with_the_tool_that_runs_meanwhile_and_then_the_limit_that_was_met()
    {
        await using var daemon = await TestDaemon.Start(Config);
        const string call = """agentctl {"type":"tool_call","id":"c2","name":"shell","input":{"command":["make"]}}""";
        var inTool = await Start(daemon, "impatient", """agentctl {"type":"tool_call","id":"c1","name":"ls","input":{}}""",
            """agentctl {"type":"tool_result","id":"c1","output":"README"}""", call, $"wait-file {daemon.Root}/never");
        var silent = await Start(daemon, "impatient", "print hello", $"wait-file {daemon.Root}/never");
        var brief = await Start(daemon, "brief", "ignore INT", "ignore TERM", "print hello", $"wait-file {daemon.Root}/never");

        await Found(daemon, brief, "stopping", "limit of 1 seconds");
        var found = await Found(daemon, inTool, "silent_in_tool", "while its tool shell runs");
        Assert.Contains("make", (string?)found["likely_issue"]!["text"], StringComparison.Ordinal);
        Assert.Equal("tool", (string?)found["waiting_for"]!["kind"]);
        Assert.Equal("shell", (string?)Assert.Single(found["waiting_for"]!["ids"]!.AsArray()));
        await Found(daemon, silent, "stalled", "its idle limit is 6 seconds");
        await daemon.Ended(silent);
        await Found(daemon, silent, "idle_timeout", "of 6 seconds");
        await daemon.Ended(brief);
        await Found(daemon, brief, "total_timeout", "of 1 seconds");
    }

    [Fact]
    public async Task A_full_pool_a_busy_session_a_process_that_is_gone_and_nothing_at_all()
    {
        await using var daemon = await TestDaemon.Start("limits: {max_concurrency: 1}");
        var first = await daemon.Run($"wait-file {daemon.Root}/go");
        var process = await Eventually.Value(() => Pid(daemon, first), "it runs");
        var session = (string?)(await daemon.Get($"/runs/{first}"))["run"]!["session_id"];
        var order = TestDaemon.Order("print next");
        order["session_id"] = session;
        var next = (string)(await daemon.Post("/runs", order))["run"]!["id"]!;
        var other = await daemon.Run("print other");

        Assert.Null((await Found(daemon, first, "none", "running"))["waiting_for"]);
        var busy = await Found(daemon, next, "session_busy", first);
        Assert.Equal(first, (string?)busy["waiting_for"]!["ids"]![0]);
        var full = await Found(daemon, other, "pool_full", "All 1 slots are taken; it is number 2");
        Assert.Equal("slot", (string?)full["waiting_for"]!["kind"]);

        await ShellScript.Run($"kill -9 {process}", daemon.Root, new Dictionary<string, string>());
        await Found(daemon, first, "process_gone", "gone");
        await daemon.Ended(first);
        await Found(daemon, first, "holder_vanished", "gone");
        await daemon.Ended(other);
        await Found(daemon, other, "none", "succeeded");
    }

    [Fact]
    public async Task A_daemon_that_drains_says_so_of_what_is_queued()
    {
        await using var daemon = await TestDaemon.Start();
        var stubborn = await daemon.Run("ignore INT", "ignore TERM", $"touch {daemon.Root}/deaf", "hang");
        await Eventually.True(() => File.Exists($"{daemon.Root}/deaf"), "the agent hears no signal");
        await daemon.Post($"/runs/{stubborn}/cancel");
        await Found(daemon, stubborn, "stopping", "(user)");
        await daemon.Tell("TERM");
        await Eventually.True(() => (bool)Ask(daemon, "/daemon/status")["draining"]!, "it drains");

        var queued = await daemon.Run("print later");
        var found = await Found(daemon, queued, "daemon_draining", "the next one starts it");
        Assert.Equal("daemon", (string?)found["waiting_for"]!["kind"]);
        await daemon.Died();
        await daemon.Start();
        await daemon.Ended(queued);
        await daemon.Ended(stubborn);
        await Found(daemon, stubborn, "user", "canceled");
    }

    [Fact]
    public async Task Whoever_waits_is_told_for_which_children_or_for_which_answer_from_whom()
    {
        await using var daemon = await TestDaemon.Start();
        var parent = await daemon.Run($"spawn work\\n!wait-file {daemon.Root}/never", "wait-children");
        var asked = await daemon.Run("spawn work\\n!ask question which port?", $"wait-file {daemon.Root}/never");
        var (child, asker) = (await Child(daemon, parent), await Child(daemon, asked));

        await Found(daemon, child, "none", "running");
        var waiting = await Found(daemon, parent, "waiting_for_children", $"run {child} (running)");
        Assert.Equal(child, (string?)Assert.Single(waiting["waiting_for"]!["ids"]!.AsArray()));
        var asking = await Found(daemon, asker, "waiting_for_request", "which port?");
        var session = (string?)(await daemon.Get($"/runs/{asked}"))["run"]!["session_id"];
        Assert.Contains($"from session {session}", (string?)asking["likely_issue"]!["text"], StringComparison.Ordinal);
        var request = (string)asking["waiting_for"]!["ids"]![0]!;
        Assert.Equal(asker, (string?)(await daemon.Get($"/requests/{request}"))["request"]!["run_id"]);

        await daemon.Post($"/requests/{request}/answer", new JsonObject { ["decision"] = "answer", ["text"] = "8080" });
        await daemon.Ended(asker);
        await daemon.Post($"/runs/{parent}/cancel");
        await daemon.Ended(child);
        await Found(daemon, child, "parent_canceled", "parent was canceled");
    }

    static Task<string> Child(TestDaemon daemon, string parent) => Eventually.Value(
        () => (string?)Ask(daemon, $"/runs?parent_run_id={parent}")["runs"]!.AsArray().FirstOrDefault()?["id"], "it spawned a child");

    [Fact]
    public async Task A_run_that_failed_is_told_by_its_reason()
    {
        await using var daemon = await TestDaemon.Start();
        var run = await daemon.Run("exit 3");
        await daemon.Ended(run);
        await Found(daemon, run, "exit_nonzero", "3");
    }

    static async Task<string> Start(TestDaemon daemon, string profile, params string[] steps)
    {
        var order = TestDaemon.Order(steps);
        order["profile"] = profile;
        return (string)(await daemon.Post("/runs", order))["run"]!["id"]!;
    }

    /// <summary>Its diagnosis once it is this one.</summary>
    internal static async Task<JsonNode> Found(TestDaemon daemon, string run, string code, string text)
    {
        JsonNode? last = null;
        await Eventually.True(() => (string?)(last = Ask(daemon, $"/runs/{run}/diagnose")["diagnostics"]!)["likely_issue"]!["code"] == code,
            $"{code} of run {run}, not {last}");
        Assert.Contains(text, (string?)last!["likely_issue"]!["text"], StringComparison.Ordinal);
        return last;
    }

    static string? Pid(TestDaemon daemon, string run) => Ask(daemon, $"/runs/{run}")["run"]!["pid"]?.ToString();

    static JsonNode Ask(TestDaemon daemon, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        using var answer = daemon.Http.Send(request, TestContext.Current.CancellationToken);
        return JsonNode.Parse(answer.Content.ReadAsStream(TestContext.Current.CancellationToken))!;
    }
}
