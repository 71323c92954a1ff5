using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.AcpHost;

/// <summary>An ACP agent that misbehaves, through the real daemon and host: nothing leaves the workspace, nothing is left.</summary>
public sealed class ThroughHostSpecs : IAsyncLifetime
{
    readonly TestDaemon daemon = TestDaemon.Prepare();

    public async ValueTask InitializeAsync()
    {
        AcpScript.Install(daemon);
        await daemon.Start();
    }

    public ValueTask DisposeAsync() => daemon.DisposeAsync();

    [Fact(Timeout = 120_000)]
    public async Task Files_outside_the_workspace_are_refused_and_told()
    {
        var run = await Run("leave the workspace");

        RealAgents.Is("succeeded", run);
        Assert.Equal(("left", "none"), ((string?)run["last_message"], (string?)run["protection"]));
        var folder = Folder(run);
        Assert.Equal("kept", await File.ReadAllTextAsync(Path.Combine(folder, "inside"), TestContext.Current.CancellationToken));
        Assert.False(File.Exists(Path.Combine(folder, "..", "escaped")));
        var refused = await Data(run, "run.warning");
        Assert.Equal(3, refused.Count(data => (string?)data["code"] == "call_refused"));
        Assert.Contains("filled", AcpScript.Heard(daemon));
        // The token is given to the agent and kept nowhere.
        Assert.DoesNotContain("${AGENTCTL_AUTH_TOKEN}", string.Join('\n', AcpScript.Heard(daemon)), StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_terminal_shows_its_output_and_dies_with_the_run()
    {
        var run = await Run("run a terminal");

        RealAgents.Is("succeeded", run);
        var result = (await Data(run, "run.tool_result")).Single();
        Assert.Equal((5, "42\n"), ((int?)result["exit_code"], (string?)result["output"]));
        Assert.Empty(TestDaemon.ProcessesOf((string)run["id"]!));
    }

    [Fact(Timeout = 120_000)]
    public async Task Nonsense_and_a_giant_call_are_answered_and_end_nothing()
    {
        var run = await Run("talk nonsense");

        RealAgents.Is("succeeded", run);
        Assert.Equal("survived", (string?)run["last_message"]);
        Assert.False(File.Exists(Path.Combine(Folder(run), "big")));
        var errors = AcpScript.Heard(daemon).Where(line => line.Contains("\"error\"", StringComparison.Ordinal)).ToList();
        Assert.Equal(["n", "big"], errors.Select(line => (string?)JsonNode.Parse(line)!["id"]));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_read_only_run_writes_nothing_and_approves_nothing()
    {
        var wrote = await Run("leave the workspace", "script-read");
        Assert.False(File.Exists(Path.Combine(Folder(wrote), "inside")));
        var asked = await Run("ask me", "script-read");
        Assert.Equal("denied", (string?)asked["last_message"]);
        Assert.Empty(daemon.List($"/requests?run_id={asked["id"]}", "requests"));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_daemon_killed_with_an_open_permission_is_followed_by_one_that_hands_the_answer_over()
    {
        var run = await Queue("ask me");
        var request = await daemon.Asks(run);
        await daemon.Kill();
        await daemon.Start();
        Assert.Equal("open", (string?)(await daemon.Request(request))["state"]);

        await daemon.Answer(request, "approve");

        var ended = await daemon.Ended((string)run["id"]!, seconds: 90);
        RealAgents.Is("succeeded", ended);
        Assert.Equal("allowed", (string?)ended["last_message"]);
        Assert.Single(AcpScript.Heard(daemon), line => line.Contains("\"optionId\":\"yes\"", StringComparison.Ordinal));
    }

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_stop_is_asked_for_first_and_leaves_nothing(bool deaf)
    {
        if (deaf)
            await File.WriteAllTextAsync(AcpScript.HeardFile(daemon) + ".deaf", "", TestContext.Current.CancellationToken);
        var run = await Queue("wait for me");
        await Eventually.True(() => AcpScript.Heard(daemon).Any(line => line.Contains("wait for me", StringComparison.Ordinal)),
            "the prompt is heard", TimeSpan.FromSeconds(60));

        await daemon.Post($"/runs/{run["id"]}/cancel");

        var ended = await daemon.Ended((string)run["id"]!, seconds: 90);
        RealAgents.Is("canceled", ended);
        var steps = (await Data(ended, "run.stop_step")).Select(data => (string?)data["action"]).ToList();
        Assert.Equal("ask", steps[0]);
        Assert.Contains(AcpScript.Heard(daemon), line => line.Contains("session/cancel", StringComparison.Ordinal));
        Assert.Empty(TestDaemon.ProcessesOf((string)run["id"]!));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_message_begins_the_next_turn_of_the_same_process()
    {
        var run = await Queue("ask me");
        var request = await daemon.Asks(run);
        var steered = await daemon.Post($"/sessions/{run["session_id"]}/messages",
            new JsonObject { ["role"] = "user", ["text"] = "and more", ["mode"] = "steer" });
        await daemon.Answer(request, "deny");

        var ended = await daemon.Ended((string)run["id"]!, seconds: 90);
        RealAgents.Is("succeeded", ended);
        Assert.Equal(((string?)run["id"], "plain"), ((string?)steered["run"]!["id"], (string?)ended["last_message"]));
        Assert.Single(AcpScript.Heard(daemon), line => line.Contains("\"initialize\"", StringComparison.Ordinal));
    }

    [Fact(Timeout = 120_000)]
    public async Task An_agent_that_stays_after_its_end_is_ended_and_one_that_cannot_resume_says_so()
    {
        var run = await Run("stay after the end");
        RealAgents.Is("succeeded", run);
        Assert.Empty(TestDaemon.ProcessesOf((string)run["id"]!));

        var next = (await daemon.Post($"/sessions/{run["session_id"]}/messages",
            new JsonObject { ["role"] = "user", ["text"] = "go on" }))["run"]!;
        var ended = await daemon.Ended((string)next["id"]!, seconds: 90);
        RealAgents.Failed("thread_not_found", ended);
        Assert.Contains("session/load", (string?)ended["error"]!["message"], StringComparison.Ordinal);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("no-command", "spawn_failed", "command: [\"codex-acp\"]")]
    [InlineData("no-program", "agent_missing", "/nowhere/agent does not exist")]
    public async Task A_command_that_is_missing_is_told_with_what_to_set(string profile, string reason, string words)
    {
        var run = await Run("hello", profile);
        RealAgents.Failed(reason, run);
        Assert.Contains(words, (string?)run["error"]!["message"], StringComparison.Ordinal);
    }

    async Task<JsonNode> Queue(string prompt, string profile = "script") =>
        (await daemon.Post("/runs", new JsonObject { ["prompt"] = prompt, ["profile"] = profile }))["run"]!;

    async Task<JsonNode> Run(string prompt, string profile = "script") =>
        await daemon.Ended((string)(await Queue(prompt, profile))["id"]!, seconds: 90);

    string Folder(JsonNode run) => Path.Combine(daemon.Data, "workspaces", (string)run["session_id"]!);

    async Task<List<JsonNode>> Data(JsonNode run, string type) =>
        [.. (await daemon.EventsOf((string)run["id"]!)).Where(e => (string?)e["event_type"] == type).Select(e => e["data"]!)];
}
