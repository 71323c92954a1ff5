using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.AgentClis;

/// <summary>
/// Real agents by the Agent Client Protocol, through the real daemon: Gemini CLI and OpenCode by their own, and an adapter from npm as a
/// program nobody here knows. Further cases, with the ends of failed and of stopped runs, are in the table (<see cref="AgentTable"/>).
/// </summary>
public sealed class ThroughAcpSpecs(RealAgents agents) : IClassFixture<RealAgents>
{
    const string Asks = "fake: usage input=900 cached=400 output=7; say first; shell python3 -c 1 && touch made.txt; write c.txt hey; "
        + "text done";

    const int Patient = 240;

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory(Timeout = 300_000)]
    [InlineData("gemini-acp", "agent's own rules")]
    [InlineData("opencode-acp", "agent's own rules")]
    [InlineData("adapter", "none")]
    public async Task A_command_is_asked_for_a_file_is_written_and_another_daemon_hands_the_answer_over(string profile, string protection)
    {
        var daemon = await Start(profile);
        var run = await agents.Queue(profile, Asks);
        var request = await Question(daemon, run);
        Assert.Equal("approval_request", (string?)request["kind"]);
        Assert.Contains("touch made.txt", (string?)request["detail"]!["command"], StringComparison.Ordinal);
        await daemon.Kill();
        await daemon.Start();

        await daemon.Answer(request, "approve");

        var ended = await daemon.Ended((string)run["id"]!, seconds: Patient);
        RealAgents.Is("succeeded", ended);
        Assert.Equal(("done", protection), ((string?)ended["last_message"], (string?)ended["protection"]));
        Assert.True(File.Exists(Path.Combine(agents.Folder(run), "made.txt")));
        Assert.Equal("hey\n", await File.ReadAllTextAsync(Path.Combine(agents.Folder(run), "c.txt"), Stop));
        Assert.True((long?)ended["usage"]?["input_tokens"] > 0, ended.ToJsonString());
        var events = await daemon.EventsOf((string)run["id"]!);
        Assert.Equal(["first", "done"], Of(events, "run.message").Select(data => (string?)data["text"]));
        Assert.Equal("shell", (string?)Of(events, "run.tool_call")[0]["name"]);
        Assert.EndsWith("c.txt", (string?)Of(events, "run.file_change").Single()["changes"]![0]!["path"], StringComparison.Ordinal);
        Assert.Single(daemon.List($"/requests?run_id={run["id"]}", "requests"));
        Assert.Empty(TestDaemon.ProcessesOf((string)run["id"]!));
    }

    [Theory(Timeout = 300_000)]
    [InlineData("gemini-acp", "mcp_agentctl_get_run")]
    [InlineData("opencode-acp", "agentctl_get_run")]
    [InlineData("adapter", "mcp__agentctl__get_run")]
    public async Task A_no_holds_our_tools_are_there_and_a_second_run_goes_on(string profile, string tool)
    {
        var daemon = await Start(profile);
        var run = await agents.Queue(profile, $"fake: shell python3 -c 1 && touch made.txt; tool {tool} {{}}; json {{\"goal_met\":false,"
            + "\"notes\":[\"a\"]}", new() { ["output_schema"] = JsonNode.Parse(Schemas.GoalMet) });
        await daemon.Answer(await Question(daemon, run), "deny");

        var ended = await daemon.Ended((string)run["id"]!, seconds: Patient);
        RealAgents.Is("succeeded", ended);
        Assert.False((bool?)ended["result"]!["goal_met"]);
        Assert.False(File.Exists(Path.Combine(agents.Folder(run), "made.txt")));
        var results = Of(await daemon.EventsOf((string)run["id"]!), "run.tool_result").Select(data => (string?)data["output"]);
        Assert.Contains(results, output => output!.Contains((string)run["id"]!, StringComparison.Ordinal));
        Assert.Single(daemon.List($"/requests?run_id={run["id"]}", "requests"));

        var next = await agents.Say(ended, "fake: text two", profile);
        RealAgents.Is("succeeded", next);
        Assert.Equal(["two"], Of(await daemon.EventsOf((string)next["id"]!), "run.message").Select(data => (string?)data["text"]));
        Assert.Contains("goal_met", (await agents.LastRequest())["body"]!.ToJsonString(), StringComparison.Ordinal);
    }

    [Theory(Timeout = 300_000)]
    [InlineData("gemini-acp", "")]
    [InlineData("opencode-acp", " retry=0")]
    [InlineData("adapter", "")]
    public async Task A_refused_login_ends_the_run_with_its_reason(string profile, string atOnce)
    {
        await Start(profile);
        RealAgents.Failed("auth_required", await agents.Run(profile, $"fake: 401 always{atOnce}"));
    }

    static Task<JsonNode> Question(TestDaemon daemon, JsonNode run) => Eventually.Value(
        () => daemon.List($"/requests?state=open&run_id={run["id"]}", "requests").FirstOrDefault(), $"run {run["id"]} asks",
        TimeSpan.FromSeconds(Patient));

    async Task<TestDaemon> Start(string profile)
    {
        var daemon = await agents.Start();
        await agents.Need(profile);
        return daemon;
    }

    static List<JsonNode> Of(List<JsonNode> events, string type) =>
        [.. events.Where(e => (string?)e["event_type"] == type).Select(e => e["data"]!)];
}
