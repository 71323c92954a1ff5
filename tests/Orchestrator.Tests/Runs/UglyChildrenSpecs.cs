using System.Globalization;
using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Runs;

/// <summary>What badly behaved programs do to a run: each ends with the right status and a reason a person understands.</summary>
public class UglyChildrenSpecs(UglyChildrenSpecs.UglyDaemon shared) : IClassFixture<UglyChildrenSpecs.UglyDaemon>
{
    const string Chatter = "while :; do echo chatter; sleep 0.002; done";

    TestDaemon Daemon => shared.Daemon;

    [Fact]
    public async Task Bytes_that_are_no_text_are_shown_as_replacement_characters()
    {
        var (run, events) = await Ended("raw //4iYf9cDQo=", "print after");

        Assert.Equal("succeeded", (string?)run["status"]);
        Assert.Equal(["\uFFFD\uFFFD\"a\uFFFD\\", "after"], Texts(events));
    }

    [Fact]
    public async Task A_line_of_50_megabytes_is_cut_and_said_to_be_and_the_next_one_is_whole()
    {
        var (run, events) = await Ended("long 50000000", "print after");

        Assert.Equal("succeeded", (string?)run["status"]);
        var outputs = events.Where(e => (string?)e["event_type"] == "run.output").ToList();
        Assert.Equal(2, outputs.Count);
        Assert.True((bool)outputs[0]["data"]!["truncated"]!);
        Assert.InRange(((string)outputs[0]["data"]!["text"]!).Length, 1000, 64 * 1024);
        Assert.Equal("after", (string?)outputs[1]["data"]!["text"]);
    }

    [Fact]
    public async Task Half_a_line_of_json_at_the_end_is_output_and_no_result()
    {
        var (run, events) = await Ended("""half {"goal_met":true,"summary":"do""");

        Assert.Equal("succeeded", (string?)run["status"]);
        Assert.Null(run["result"]);
        Assert.Equal(["""{"goal_met":true,"summary":"do"""], Texts(events));
    }

    [Fact]
    public async Task A_program_that_closes_its_output_and_lives_on_is_running_until_it_ends()
    {
        var gate = Path.Combine(Daemon.Root, Ids.New());
        var id = await Daemon.Run("print closing", "close-stdout", "print unheard", $"touch {gate}.closed", $"wait-file {gate}", "exit 7");
        await Eventually.True(() => File.Exists(gate + ".closed"), "the output is closed");
        Assert.Equal("running", (string?)(await Daemon.Get($"/runs/{id}"))["run"]!["status"]);

        await File.WriteAllTextAsync(gate, "", TestContext.Current.CancellationToken);

        var run = await Daemon.Ended(id);
        Assert.Equal(7, (int?)run["exit_code"]);
        Assert.Equal(["closing"], Texts(await Daemon.EventsOf(id)));
    }

    [Theory]
    [InlineData("grandchild 300")]
    [InlineData("grandchild 300 setsid")]
    public async Task A_grandchild_that_holds_the_output_neither_keeps_the_run_open_nor_lives_on(string step)
    {
        var (run, _) = await Ended(step, "print done");

        Assert.Equal("succeeded", (string?)run["status"]);
        Assert.Empty(TestDaemon.ProcessesOf((string)run["id"]!));
    }

    [Theory]
    [InlineData("missing", "agent_missing", "no-such-program is not installed")]
    [InlineData("no-path", "agent_missing", "PATH is empty")]
    [InlineData("folder", "agent_missing", "is a folder, not a program")]
    [InlineData("not-executable", "agent_missing", "is there but not executable")]
    [InlineData("no-interpreter", "exit_nonzero", "127")]
    public async Task A_program_that_cannot_be_started_fails_the_run_with_what_is_wrong(string profile, string reason, string words)
    {
        var run = await Of(profile);

        Assert.Equal("failed", (string?)run["status"]);
        Assert.Equal(reason, (string?)run["reason"]);
        Assert.Contains(words, (string?)run["error"]!["message"], StringComparison.Ordinal);
        var diagnostics = await Daemon.Get($"/runs/{run["id"]}/diagnose");
        Assert.Equal(reason, (string?)diagnostics["diagnostics"]!["likely_issue"]!["code"]);
    }

    [Fact]
    public async Task A_program_named_by_its_path_runs_without_any_PATH() =>
        Assert.Equal("succeeded", (string?)(await Of("pathless"))["status"]);

    [Theory]
    [InlineData("exit 3", 3, "exited with code 3")]
    [InlineData("exit 255", 255, "exited with code 255")]
    [InlineData("kill-self KILL", 137, "SIGKILL")]
    [InlineData("kill-self SEGV", 139, "SIGSEGV")]
    [InlineData("kill-self TERM", 143, "SIGTERM")]
    [InlineData("kill-self HUP", 129, "SIGHUP")]
    public async Task An_exit_code_and_a_signal_are_told_apart(string step, int code, string words)
    {
        var (run, _) = await Ended("print at work", step);

        Assert.Equal("failed", (string?)run["status"]);
        Assert.Equal("exit_nonzero", (string?)run["reason"]);
        Assert.Equal(code, (int?)run["exit_code"]);
        Assert.Contains(words, (string?)run["error"]!["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silent_run_meets_its_idle_limit_and_one_that_ignores_SIGTERM_is_killed()
    {
        var run = await Of("idle", "ignore TERM", "ignore INT", "print ready", "hang");

        Assert.Equal("timed_out", (string?)run["status"]);
        Assert.Equal("idle_timeout", (string?)run["reason"]);
        Assert.Contains("limit is", (string?)run["error"]!["message"], StringComparison.Ordinal);
        Assert.Empty(TestDaemon.ProcessesOf((string)run["id"]!));
    }

    [Fact]
    public async Task A_run_that_never_stops_talking_meets_its_total_limit()
    {
        var run = await Of("total");

        Assert.Equal("timed_out", (string?)run["status"]);
        Assert.Equal("total_timeout", (string?)run["reason"]);
        var took = (DateTimeOffset)run["ended_at"]! - (DateTimeOffset)run["started_at"]!;
        Assert.True(took < TimeSpan.FromSeconds(12), $"it took {took}");
    }

    [Fact]
    public async Task A_run_that_never_stops_talking_is_canceled_when_asked()
    {
        var id = await Order("chatter");
        await Eventually.True(() => TestDaemon.ProcessesOf(id).Count > 0, "it talks");

        await Daemon.Post($"/runs/{id}/cancel");

        var run = await Daemon.Ended(id, 20);
        Assert.Equal("canceled", (string?)run["status"]);
        Assert.Empty(TestDaemon.ProcessesOf(id));
    }

    async Task<(JsonNode Run, List<JsonNode> Events)> Ended(params string[] steps)
    {
        var id = await Daemon.Run(steps);
        var run = await Daemon.Ended(id);
        var events = await Daemon.EventsOf(id);
        Assert.Single(events, e => Orchestrator.Runs.RunEvents.IsEnd((string)e["event_type"]!));
        return (run, events);
    }

    async Task<JsonNode> Of(string profile, params string[] steps) => await Daemon.Ended(await Order(profile, steps));

    async Task<string> Order(string profile, params string[] steps)
    {
        var order = TestDaemon.Order(steps);
        order["profile"] = profile;
        return (string)(await Daemon.Post("/runs", order))["run"]!["id"]!;
    }

    static List<string?> Texts(IEnumerable<JsonNode> events) =>
        [.. events.Where(e => (string?)e["event_type"] == "run.output").Select(e => (string?)e["data"]!["text"])];

    /// <summary>A daemon with a profile for each way a program can be wrong.</summary>
    public sealed class UglyDaemon : IAsyncLifetime
    {
        internal TestDaemon Daemon { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Daemon = TestDaemon.Prepare();
            var plain = Path.Combine(Daemon.Root, "plain");
            await File.WriteAllTextAsync(plain, "#!/bin/sh\n", TestContext.Current.CancellationToken);
            var orphan = Path.Combine(Daemon.Root, "orphan");
            await File.WriteAllTextAsync(orphan, "#!/no/such/interpreter\n", TestContext.Current.CancellationToken);
            File.SetUnixFileMode(orphan, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            var more = string.Join('\n',
            [
                "", Profile("missing", ["no-such-program"]), Profile("folder", ["/tmp"]), Profile("not-executable", [plain]),
                Profile("no-interpreter", [orphan]),
                Profile("no-path", ["sh"], "env: { PATH: \"\" }"),
                Profile("pathless", ["/bin/sh", "-c", "echo here"], "env: { PATH: \"\" }"),
                Profile("idle", [TestPrograms.FakeAgent], "limits: { idle_s: 1.5 }"),
                Profile("total", ["/bin/sh", "-c", Chatter], "limits: { total_s: 1 }"),
                Profile("chatter", ["/bin/sh", "-c", Chatter]), "",
            ]);
            await File.AppendAllTextAsync(Path.Combine(Daemon.Data, "config.yaml"), more, TestContext.Current.CancellationToken);
            await Daemon.Start();
        }

        public ValueTask DisposeAsync() => Daemon.DisposeAsync();

        static string Profile(string name, string[] command, string? more = null)
        {
            var words = new JsonArray([.. command.Select(word => (JsonNode)word)]).ToJsonString();
            return string.Create(CultureInfo.InvariantCulture, $"  {name}:\n    agent: command\n    command: {words}\n    {more}");
        }
    }
}
