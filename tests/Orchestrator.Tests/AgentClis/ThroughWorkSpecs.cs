using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.AgentClis;

/// <summary>Real agents at work behind the daemon: worktrees, sandbox, conversations, tokens, events.</summary>
public sealed class ThroughWorkSpecs(RealAgents agents) : IClassFixture<RealAgents>
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task A_sandboxed_agent_works_in_its_worktree_only_and_the_daemon_commits_for_it()
    {
        var daemon = await agents.Start();
        agents.NeedSandbox();
        using var repository = new TempRepository();
        var order = await InProject(daemon, repository, "sandboxed");
        var outside = Path.Combine(repository.Root, "outside.txt");

        // A refused command that ends at once may be missing from the agent's own stream.
        var run = await agents.Run("codex", "fake: usage input=900 cached=400 output=7; think hm; shell echo two > b.txt; "
            + $"write c.txt hey; shell sleep 0.4; echo no > {outside}; "
            + "shell sleep 0.4; touch $(git rev-parse --git-dir)/x; text Add two files\\nand more", order);

        RealAgents.Is("succeeded", run);
        Assert.Equal(("enforced", "worktree"), ((string?)run["protection"], (string?)run["workspace"]!["kind"]));
        Assert.False(File.Exists(outside));
        Assert.False(File.Exists(repository.At("b.txt")));
        Assert.Equal(["b.txt", "c.txt"], run["files_changed"]!.AsArray().Select(file => (string?)file!["path"]));
        Assert.Equal("Add two files", (string?)run["commits"]!.AsArray().Single()!["subject"]);
        Assert.Equal("two", repository.Run("show", $"{run["workspace"]!["branch"]}:b.txt"));
        Assert.Equal("Add two files\nand more", (string?)run["last_message"]);
        Assert.Equal((500 + 400, 400, 47), Tokens(run));
        var events = await daemon.EventsOf((string)run["id"]!);
        Assert.Equal([0, 1, 1], Of(events, "run.tool_result").Select(data => (int)data["exit_code"]!));
        Assert.All(Of(events, "run.tool_result").Skip(1), data =>
            Assert.Contains("Read-only", (string?)data["output"], StringComparison.Ordinal));
        Assert.EndsWith("/c.txt", (string?)Of(events, "run.file_change").Single()["changes"]![0]!["path"], StringComparison.Ordinal);
        Assert.Equal("hm", (string?)Of(events, "run.reasoning").Single()["text"]);
    }

    [Fact(Timeout = 120_000)]
    public async Task Claude_works_in_its_worktree_by_its_own_rules()
    {
        var daemon = await agents.Start();
        using var repository = new TempRepository();
        var order = await InProject(daemon, repository, "by-rules");

        var run = await agents.Run(
            "claude", "fake: usage input=900 cached=400 output=7; think hm; write c.txt hey; text Add a file", order);

        RealAgents.Is("succeeded", run);
        Assert.Equal("agent's own rules", (string?)run["protection"]);
        Assert.StartsWith("claude-", (string?)run["model"], StringComparison.Ordinal);
        Assert.Equal("c.txt", (string?)run["files_changed"]!.AsArray().Single()!["path"]);
        Assert.Equal("hey", repository.Run("show", $"{run["workspace"]!["branch"]}:c.txt"));
        Assert.Equal((500 + 100, 400, 17), Tokens(run));
        var events = await daemon.EventsOf((string)run["id"]!);
        Assert.EndsWith("c.txt", (string?)Of(events, "run.file_change").Single()["changes"]![0]!["path"], StringComparison.Ordinal);
        Assert.Equal("hm", (string?)Of(events, "run.reasoning").Single()["text"]);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_session_keeps_one_conversation_per_agent_and_each_run_counts_its_own_tokens()
    {
        var daemon = await agents.Start();
        var first = await agents.Run("codex", "fake: usage input=900 cached=400 output=7; text one");
        var second = await agents.Say(first, "fake: usage input=1000 cached=500 output=8; text two");
        Assert.Equal(((500, 400, 7), (500, 500, 8)), (Tokens(first), Tokens(second)));
        var asked = await agents.LastRequest();
        Assert.Contains("text one", asked["body"]!.ToJsonString(), StringComparison.Ordinal);
        var codexThread = (string?)asked["conversation"];

        var goOn = new JsonObject { ["prompt"] = "fake: text three", ["profile"] = "other" };
        var resumed = (await daemon.Post($"/runs/{second["id"]}/resume", goOn))["run"]!;
        var third = await daemon.Ended((string)resumed["id"]!);
        Assert.Equal(("three", "gpt-5.5", "other"), ((string?)third["last_message"], (string?)third["model"], (string?)third["profile"]));
        Assert.Equal(codexThread, (string?)(await agents.LastRequest())["conversation"]);

        var fourth = await agents.Say(third, "fake: usage input=50 output=5; text four", "claude");
        var fifth = await agents.Say(fourth, "fake: usage input=60 output=6; text five", "claude");
        Assert.Equal(((50, 0, 5), (60, 0, 6)), (Tokens(fourth), Tokens(fifth)));
        Assert.True(Cost(fifth) < 2 * Cost(fourth), "the cost is of the whole conversation");
        var claudeThread = (string?)(await agents.LastRequest())["conversation"];
        var sixth = await agents.Say(fifth, "fake: text six", "codex");

        RealAgents.Is("succeeded", sixth);
        Assert.Equal(codexThread, (string?)(await agents.LastRequest())["conversation"]);
        var threads = (await agents.Session(sixth))["threads"]!.AsObject();
        Assert.Equal((codexThread, claudeThread), ((string?)threads["codex"], (string?)threads["claude"]));
        Assert.Equal(2, threads.Count);
    }

    [Fact(Timeout = 120_000)]
    public async Task The_daemons_flags_stand_before_the_subcommand_and_in_the_diagnosis()
    {
        var daemon = await agents.Start();
        var run = await agents.Run("codex", "fake: text hi");

        var invocation = (await daemon.Get($"/runs/{run["id"]}/diagnose"))["diagnostics"]!["codex_invocation"]!;

        Assert.Equal("lean", (string?)invocation["profile"]);
        Assert.Equal(["-c", "hide_agent_reasoning=false"], invocation["extra_args"]!.AsArray().Select(arg => (string?)arg));
        var argv = invocation["argv"]!.AsArray().Select(arg => (string)arg!).ToList();
        Assert.Equal(["--profile", "lean", "-c", "hide_agent_reasoning=false"], argv[1..5]);
        Assert.True(argv.IndexOf("exec") > 4);
        Assert.Equal("low", (string?)(await agents.LastRequest())["body"]!["reasoning"]!["effort"]);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("served")]
    [InlineData("lean")]
    public async Task The_users_own_codex_profile_holds_by_name_and_where_codex_takes_no_option_for_it(string profile)
    {
        var daemon = await agents.Start();
        var run = await agents.Run(profile, "fake: text hi");

        RealAgents.Is("succeeded", run);
        Assert.Equal("low", (string?)(await agents.LastRequest())["body"]!["reasoning"]!["effort"]);
        var argv = (await daemon.Get($"/runs/{run["id"]}/diagnose"))["diagnostics"]!["codex_invocation"]!["argv"]!.AsArray()
            .Select(arg => (string)arg!).ToList();
        Assert.Equal(profile == "lean" ? 1 : 0, argv.Count(arg => arg == "--profile"));
        Assert.DoesNotContain(await daemon.EventsOf((string)run["id"]!), e => (string?)e["event_type"] == "run.warning");
    }

    [Theory(Timeout = 120_000)]
    [InlineData("loose")]
    [InlineData("free")]
    public async Task A_command_sees_its_run_and_no_secret_of_the_daemon(string profile)
    {
        await agents.Start();
        var run = await agents.Run(profile, "fake: shell env > env.txt; text done");

        RealAgents.Is("succeeded", run);
        var env = (await File.ReadAllLinesAsync(Path.Combine(agents.Folder(run), "env.txt"), Stop)).ToList();
        Assert.Contains($"AGENTCTL_RUN_ID={run["id"]}", env);
        Assert.Contains($"AGENTCTL_SESSION_ID={run["session_id"]}", env);
        Assert.Contains(env, line => line.StartsWith("AGENTCTL_URL=http://127.0.0.1:", StringComparison.Ordinal));
        Assert.DoesNotContain(env, line => line.StartsWith("AGENTD_", StringComparison.Ordinal));
        Assert.DoesNotContain(env, line => line.Contains("daemon-secret-1", StringComparison.Ordinal));
        Assert.Equal("none", (string?)run["protection"]);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_key_of_any_name_that_the_users_settings_name_reaches_the_agent()
    {
        await agents.Start();
        RealAgents.Is("succeeded", await agents.Run("own-key", "fake: text hi"));

        Assert.Equal("Bearer provider-key-1", (string?)(await agents.LastRequest())["headers"]!["authorization"]);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("codex", "thread.started")]
    [InlineData("claude", "system")]
    public async Task The_agents_own_lines_are_listed_only_when_asked_for(string profile, string type)
    {
        var daemon = await agents.Start();
        var run = await agents.Run(profile, "fake: text hi");

        var raw = (await daemon.Get($"/sessions/{run["session_id"]}/events?types=backend.event"))["events"]!.AsArray();

        Assert.Contains(raw, e => (string?)e!["data"]!["type"] == type);
        Assert.DoesNotContain(await daemon.Events(), e => (string?)e["event_type"] == "backend.event");
    }

    [Fact(Timeout = 120_000)]
    public async Task The_users_own_settings_are_left_as_they_are()
    {
        await agents.Start();
        var files = new[]
        {
            Path.Combine(agents.CodexHome, "config.toml"), Path.Combine(agents.CodexHome, "lean.config.toml"),
            Path.Combine(agents.ClaudeHome, "settings.json"),
        };
        var before = files.Select(File.ReadAllText).ToList();

        RealAgents.Is("succeeded", await agents.Run("codex", "fake: write a.txt x; text hi"));
        RealAgents.Is("succeeded", await agents.Run("free", "fake: write a.txt x; text hi"));

        Assert.Equal(before, files.Select(File.ReadAllText));
        Assert.Equal(["config.toml", "lean.config.toml"], Directory.GetFiles(agents.CodexHome, "*.toml").Select(Path.GetFileName).Order());
    }

    [Fact(Timeout = 240_000)]
    public async Task Eight_agents_work_side_by_side_in_one_project()
    {
        var daemon = await agents.Start();
        using var repository = new TempRepository();
        await InProject(daemon, repository, "crowded");
        var queued = new List<JsonNode>();
        for (var i = 0; i < 8; i++)
        {
            var prompt = $"fake: write file{i}.txt {i}; text Add file {i}";
            queued.Add(await agents.Queue(i % 2 == 0 ? "codex" : "claude", prompt, new() { ["project"] = "crowded" }));
        }

        var branches = new HashSet<string>();
        for (var i = 0; i < 8; i++)
        {
            var run = await daemon.Ended((string)queued[i]["id"]!, seconds: 200);
            RealAgents.Is("succeeded", run);
            Assert.Equal($"file{i}.txt", (string?)run["files_changed"]!.AsArray().Single()!["path"]);
            Assert.True(branches.Add((string)run["workspace"]!["branch"]!));
            Assert.Equal($"{i}", repository.Run("show", $"{run["workspace"]!["branch"]}:file{i}.txt"));
        }
        Assert.Equal("", repository.Run("status", "--porcelain"));
    }

    static async Task<JsonObject> InProject(TestDaemon daemon, TempRepository repository, string name)
    {
        await daemon.Post("/projects", new JsonObject { ["name"] = name, ["path"] = repository.Path });
        return new JsonObject { ["project"] = name };
    }

    static (int Input, int Cached, int Output) Tokens(JsonNode run) =>
        ((int)run["usage"]!["input_tokens"]!, (int)run["usage"]!["cached_input_tokens"]!, (int)run["usage"]!["output_tokens"]!);

    static decimal Cost(JsonNode run) => (decimal)run["usage"]!["cost_usd"]!;

    static List<JsonNode> Of(List<JsonNode> events, string type) =>
        [.. events.Where(e => (string?)e["event_type"] == type).Select(e => e["data"]!)];
}
