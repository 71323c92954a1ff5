using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.AgentClis;

/// <summary>
/// The real Gemini CLI and OpenCode behind the real daemon. What they cannot do, and no row asks of them: answer questions from outside
/// and take a message in mid-turn (both), show thoughts (Gemini), give up soon when the provider cannot be reached (OpenCode: a minute).
/// </summary>
public sealed class OneWayAgentSpecs(RealAgents agents) : IClassFixture<RealAgents>
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory(Timeout = 180_000)]
    [InlineData("gemini-free", "gemini-2.5-pro", "none", null)]
    [InlineData("opencode", null, "none", "hm")]
    public async Task A_turn_with_text_a_command_and_a_file_is_told_in_events(
        string profile, string? model, string protection, string? thought)
    {
        var daemon = await Start(profile);
        var run = await agents.Run(profile, "fake: usage input=900 cached=400 output=7 reasoning=2; think hm; say looking; "
            + "shell echo two > b.txt; exit 3; write c.txt hey; text all done");

        RealAgents.Is("succeeded", run);
        Assert.Equal((model, protection), ((string?)run["model"], (string?)run["protection"]));
        Assert.Equal("all done", (string?)run["last_message"]);
        Assert.Equal("two\n", await File.ReadAllTextAsync(Path.Combine(agents.Folder(run), "b.txt"), Stop));
        Assert.Equal("hey\n", await File.ReadAllTextAsync(Path.Combine(agents.Folder(run), "c.txt"), Stop));
        Assert.Equal((500 + 200, 400, 7 + 20), Tokens(run));
        var events = await daemon.EventsOf((string)run["id"]!);
        Assert.Equal(["looking", "all done"], Of(events, "run.message").Select(data => (string?)data["text"]));
        Assert.Equal("shell", (string?)Of(events, "run.tool_call")[0]["name"]);
        Assert.Equal(3, (int?)Of(events, "run.tool_result")[0]["exit_code"]);
        Assert.EndsWith("c.txt", (string?)Of(events, "run.file_change").Single()["changes"]![0]!["path"], StringComparison.Ordinal);
        Assert.Equal(thought, (string?)Of(events, "run.reasoning").SingleOrDefault()?["text"]);
        Assert.DoesNotContain(events, e => (string?)e["event_type"] == "run.output");
        Assert.Empty(TestDaemon.ProcessesOf((string)run["id"]!));
    }

    [Theory(Timeout = 180_000)]
    [InlineData("gemini", true)]
    [InlineData("opencode-read", false)]
    public async Task Tools_the_sandbox_word_takes_away_are_not_offered(string profile, bool writes)
    {
        await Start(profile);
        var run = await agents.Run(profile, "fake: shell touch by-shell; write by-tool.txt x; text done");

        RealAgents.Is("succeeded", run);
        Assert.Equal("agent's own rules", (string?)run["protection"]);
        Assert.False(File.Exists(Path.Combine(agents.Folder(run), "by-shell")));
        Assert.Equal(writes, File.Exists(Path.Combine(agents.Folder(run), "by-tool.txt")));
    }

    // Gemini reads tool servers from files of the user's or of the superuser only: it gets none of ours.
    [Fact(Timeout = 180_000)]
    public async Task OpenCode_calls_the_daemons_tools()
    {
        var daemon = await Start("opencode");
        var run = await agents.Run("opencode", "fake: tool agentctl_get_run {}; text done");

        RealAgents.Is("succeeded", run);
        var result = Of(await daemon.EventsOf((string)run["id"]!), "run.tool_result").Single();
        Assert.Contains((string)run["id"]!, (string?)result["output"], StringComparison.Ordinal);
        Assert.Empty(TestDaemon.ProcessesOf((string)run["id"]!));
    }

    [Theory(Timeout = 180_000)]
    [InlineData("gemini", "")] // keeps no conversation without an answer: the next message begins a new one
    [InlineData("opencode", " retry=0")] // waits as long as it is told, else 62 s in five retries
    public async Task A_failure_has_its_reason_and_the_conversation_goes_on(string profile, string atOnce)
    {
        var daemon = await Start(profile);
        var queued = await agents.Queue(profile, $"fake: 401 always{atOnce}");
        var ended = await daemon.Ended((string)queued["id"]!, seconds: 150);
        RealAgents.Failed("auth_required", ended);
        RealAgents.Is("succeeded", await agents.Say(ended, "fake: text back again"));
        var body = (await agents.LastRequest())["body"]!.ToJsonString();
        Assert.Equal(profile == "opencode", body.Contains("401 always", StringComparison.Ordinal));
    }

    [Theory(Timeout = 180_000)]
    [InlineData("gemini", 3)]
    [InlineData("opencode", 2)]
    public async Task A_result_is_asked_for_in_words_and_held_against_the_schema(string profile, int many)
    {
        var daemon = await Start(profile);
        (string Steps, string? Reason)[] cases =
        [
            ("json {\"goal_met\":false,\"notes\":[\"a\"]}", null), ("text {\"goal_met\":\"perhaps\",\"notes\":[]}", "invalid_result"),
            ("text just words", "no_result"),
        ];
        cases = cases[..many];
        var queued = new List<JsonNode>();
        foreach (var (steps, _) in cases)
            queued.Add(await agents.Queue(profile, $"fake: {steps}", new() { ["output_schema"] = JsonNode.Parse(Schemas.GoalMet) }));

        foreach (var (run, (_, reason)) in queued.Zip(cases))
        {
            var ended = await daemon.Ended((string)run["id"]!, seconds: 150);
            if (reason is not null)
                RealAgents.Failed(reason, ended);
            else
                Assert.False((bool?)ended["result"]!["goal_met"]);
        }
    }

    [Theory(Timeout = 180_000)]
    [InlineData("gemini-free", "gemini-elsewhere", "GEMINI_CLI_HOME")]
    [InlineData("opencode", "opencode-elsewhere", "XDG_DATA_HOME")]
    public async Task Canceled_in_a_command_leaves_nothing_and_the_conversation_goes_on_where_it_is_known(
        string profile, string elsewhere, string variable)
    {
        var daemon = await Start(profile);
        var run = await agents.Queue(profile, "fake: shell (setsid perl -e 'sleep 771' &); touch here; perl -e 'sleep 772'; text end");
        var id = (string)run["id"]!;
        await RealAgents.Appears(agents.Folder(run), "here");

        await daemon.Post($"/runs/{id}/cancel");

        var ended = await daemon.Ended(id);
        RealAgents.Is("canceled", ended);
        Assert.Empty(TestDaemon.ProcessesOf(id));
        var next = await agents.Say(ended, "fake: text still here");
        RealAgents.Is("succeeded", next);
        Assert.Equal("still here", (string?)next["last_message"]);
        Assert.Contains("sleep 772", (await agents.LastRequest())["body"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Single((await agents.Session(next))["threads"]!.AsObject());

        var unknown = await agents.Say(next, "fake: text two", elsewhere);
        RealAgents.Failed("thread_not_found", unknown);
        Assert.Contains(variable, (string?)unknown["error"]!["message"], StringComparison.Ordinal);
        Assert.Contains("new session", (string?)unknown["error"]!["message"], StringComparison.Ordinal);
    }

    [Fact(Timeout = 180_000)]
    public async Task A_daemon_killed_in_mid_turn_finds_every_event_once_and_in_order()
    {
        var daemon = await Start("gemini-free");
        string[] profiles = AgentCli.HasOpenCode ? ["gemini-free", "opencode"] : ["gemini-free"];
        const string script = "fake: say first; shell touch here; while [ ! -e go ]; do perl -e 'select undef,undef,undef,.05'; done; "
            + "echo went; say middle; shell echo again; text end";
        var runs = new List<JsonNode>();
        foreach (var profile in profiles)
            runs.Add(await agents.Queue(profile, script));
        foreach (var run in runs)
            await RealAgents.Appears(agents.Folder(run), "here");

        await daemon.Kill();
        await daemon.Start();
        foreach (var run in runs)
            await File.WriteAllTextAsync(Path.Combine(agents.Folder(run), "go"), "", Stop);

        foreach (var run in runs)
        {
            var ended = await daemon.Ended((string)run["id"]!, seconds: 150);
            RealAgents.Is("succeeded", ended);
            Assert.Equal((1, 0, "end"), ((int)ended["attempt"]!, (int)ended["exit_code"]!, (string)ended["last_message"]!));
            Assert.Equal(300, (int)ended["usage"]!["input_tokens"]!);
            var events = await daemon.EventsOf((string)run["id"]!);
            Assert.Equal(["first", "middle", "end"], Of(events, "run.message").Select(data => (string?)data["text"]));
            Assert.Equal(["went", "again"], Of(events, "run.tool_result").Select(data => ((string?)data["output"])?.Trim()));
            Assert.Single(Of(events, "run.adopted"));
            Assert.Single(Of(events, "run.started"));
        }
    }

    [Fact(Timeout = 180_000)]
    public async Task Without_a_login_the_way_to_get_one_is_told()
    {
        await Start("gemini");
        var run = await agents.Run("gemini-no-login", "hello");
        RealAgents.Failed("auth_required", run);
        Assert.Contains("GEMINI_API_KEY", (string?)run["error"]!["message"], StringComparison.Ordinal);
    }

    async Task<TestDaemon> Start(string profile)
    {
        var daemon = await agents.Start();
        await agents.Need(profile);
        return daemon;
    }

    static (int Input, int Cached, int Output) Tokens(JsonNode run) =>
        ((int)run["usage"]!["input_tokens"]!, (int)run["usage"]!["cached_input_tokens"]!, (int)run["usage"]!["output_tokens"]!);

    static List<JsonNode> Of(List<JsonNode> events, string type) =>
        [.. events.Where(e => (string?)e["event_type"] == type).Select(e => e["data"]!)];
}
