using System.Text.Json.Nodes;
using Orchestrator.Terminals;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.AgentLoop;

/// <summary>Our own agent at work behind the daemon: files, commands, conversations, results, the death of either.</summary>
public sealed class ThroughDaemonSpecs(LoopStage stage) : IClassFixture<LoopStage>
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task It_works_in_its_worktree_and_the_daemon_commits_for_it()
    {
        var daemon = await stage.Start();
        using var repository = new TempRepository();
        repository.Write("AGENTS.md", "Speak like a pirate.\n");
        repository.Commit("Add instructions");
        await daemon.Post("/projects", new JsonObject { ["name"] = "looped", ["path"] = repository.Path });

        var run = await stage.Run("kimi", "fake: usage input=900 cached=400 output=7; think hm; say Looking; "
            + "shell echo two > b.txt; cat b.txt; +write c.txt hey; "
            + "tool edit_file {\"path\":\"c.txt\",\"old_text\":\"hey\",\"new_text\":\"ho\"}; text Add two files\\nand more",
            new JsonObject { ["project"] = "looped" });

        RealAgents.Is("succeeded", run);
        Assert.Equal(("none", "kimi-test", "Add two files\nand more"),
            ((string?)run["protection"], (string?)run["model"], (string?)run["last_message"]));
        Assert.Equal(["b.txt", "c.txt"], run["files_changed"]!.AsArray().Select(file => (string?)file!["path"]));
        Assert.Equal("ho", repository.Run("show", $"{run["workspace"]!["branch"]}:c.txt"));
        Assert.Equal((500 + 200, 400, 27), ((int)run["usage"]!["input_tokens"]!, (int)run["usage"]!["cached_input_tokens"]!,
            (int)run["usage"]!["output_tokens"]!));
        var events = await daemon.EventsOf((string)run["id"]!);
        Assert.Equal("hm", (string?)Of(events, "run.reasoning").Single()["text"]);
        Assert.Equal(["Looking", "Add two files\nand more"], Of(events, "run.message").Select(data => (string?)data["text"]));
        var command = Of(events, "run.tool_result")[0];
        Assert.Equal((0, "two\n"), ((int)command["exit_code"]!, (string)command["output"]!));
        Assert.Equal(["add", "update"], Of(events, "run.file_change").Select(data => (string?)data["changes"]![0]!["kind"]));
        var asked = await stage.LastRequest();
        Assert.Equal($"Bearer {LoopStage.Key}", (string?)asked["headers"]!["authorization"]);
        Assert.Contains("like a pirate", (string?)asked["body"]!["messages"]![0]!["content"], StringComparison.Ordinal);
        Assert.Equal("low", (string?)asked["body"]!["reasoning_effort"]);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_command_sees_its_run_and_no_providers_key()
    {
        var daemon = await stage.Start();
        var run = await stage.Run("kimi", $"fake: shell env > env.txt; text my key is {LoopStage.Key}");

        RealAgents.Is("succeeded", run);
        var env = await File.ReadAllTextAsync(Path.Combine(stage.Folder(run), "env.txt"), Stop);
        Assert.Contains($"AGENTCTL_RUN_ID={run["id"]}\n", env, StringComparison.Ordinal);
        Assert.Contains("AGENTCTL_AUTH_TOKEN=", env, StringComparison.Ordinal);
        Assert.DoesNotContain(LoopStage.Key, env, StringComparison.Ordinal);
        Assert.DoesNotContain("daemon-secret-1", env, StringComparison.Ordinal);
        var shown = string.Concat((await daemon.EventsOf((string)run["id"]!)).Where(e => (string?)e["event_type"] == "run.message"));
        Assert.Contains("my key is [key]", shown, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_later_run_goes_on_with_the_conversation_and_counts_its_own_tokens()
    {
        var daemon = await stage.Start();
        var first = await stage.Run("kimi", "fake: usage input=90 output=7; text one");
        var second = await stage.Say(first, "fake: usage input=100 output=8; text two");

        RealAgents.Is("succeeded", second);
        Assert.Equal((100, 8), ((int)second["usage"]!["input_tokens"]!, (int)second["usage"]!["output_tokens"]!));
        var asked = await stage.LastRequest();
        Assert.Equal(["system", "user", "assistant", "user"], asked["body"]!["messages"]!.AsArray().Select(each => (string?)each!["role"]));
        var thread = (string?)(await daemon.Get($"/sessions/{first["session_id"]}"))["session"]!["threads"]!["openai"];
        Assert.Equal((string?)asked["conversation"], thread);

        File.Delete(Path.Combine(daemon.Data, "conversations", thread + ".jsonl"));
        var third = await stage.Say(second, "fake: text three");
        RealAgents.Failed("thread_not_found", third);
        Assert.Contains("new session", (string?)third["error"]!["message"], StringComparison.Ordinal);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("fake: json {\"goal_met\":false,\"summary\":\"half\",\"followup_prompt\":\"go on\",\"notes\":\"\"}", false)]
    [InlineData("fake: text Here:\\n```json\\n{\"goal_met\":true,\"summary\":\"all\"}\\n```", true)]
    [InlineData("fake: text just words; 400 response_format; json {\"goal_met\":true,\"summary\":\"all\"}", true)]
    public async Task A_demanded_result_is_found_or_asked_for_again(string prompt, bool met)
    {
        var run = await stage.Run("structured", prompt);
        RealAgents.Is("succeeded", run);
        Assert.Equal(met, (bool?)run["result"]!["goal_met"]);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("fake: text just words; text just words; text just words", "no_result")]
    [InlineData("fake: json {\"goal_met\":\"perhaps\"}; json {\"goal_met\":1}; json {\"goal_met\":[]}", "invalid_result")]
    public async Task A_result_that_never_fits_is_a_failure_of_its_own_kind(string prompt, string reason)
    {
        RealAgents.Failed(reason, await stage.Run("structured", prompt));
        var asked = await stage.LastRequest();
        Assert.Equal(("json_schema", "none"),
            ((string?)asked["body"]!["response_format"]!["type"], (string?)asked["body"]!["tool_choice"]));
    }

    [Fact(Timeout = 120_000)]
    public async Task Who_may_only_look_changes_nothing()
    {
        var run = await stage.Run("looks", "fake: shell touch a; write b.txt b; tool list_files {}; text looked");
        RealAgents.Is("succeeded", run);
        Assert.Equal("agent's own rules", (string?)run["protection"]);
        Assert.Empty(Directory.GetFiles(stage.Folder(run)));
        Assert.DoesNotContain("run", (await stage.LastRequest())["tools"]!.AsArray().Select(tool => (string?)tool));
    }

    [Fact(Timeout = 180_000)]
    public async Task A_daemon_killed_while_a_command_runs_finds_every_event_once_and_in_order()
    {
        var daemon = await stage.Start();
        const string script = "fake: say first; shell touch here; while [ ! -e go ]; do sleep 0.05; done; echo went; say middle; "
            + "shell echo again; text end";
        var runs = new[] { await stage.Queue("kimi", script), await stage.Queue("kimi", script) };
        foreach (var run in runs)
            await RealAgents.Appears(stage.Folder(run), "here");

        await daemon.Kill();
        // One goes on and ends while there is no daemon, the other meets the new one.
        await File.WriteAllTextAsync(Path.Combine(stage.Folder(runs[0]), "go"), "", Stop);
        var alone = (string)runs[0]["id"]!;
        await Eventually.True(() => TestDaemon.ProcessesOf(alone).Count == 0, "a run ends by itself", TimeSpan.FromSeconds(60));
        await daemon.Start();
        await File.WriteAllTextAsync(Path.Combine(stage.Folder(runs[1]), "go"), "", Stop);

        foreach (var run in runs)
        {
            var ended = await daemon.Ended((string)run["id"]!, seconds: 120);
            RealAgents.Is("succeeded", ended);
            Assert.Equal((1, 0, "end", 300), ((int)ended["attempt"]!, (int)ended["exit_code"]!, (string)ended["last_message"]!,
                (int)ended["usage"]!["input_tokens"]!));
            var seen = await daemon.EventsOf((string)run["id"]!);
            Assert.Equal(["first", "went\n", "middle", "again\n", "end"], seen
                .Where(e => (string?)e["event_type"] is "run.message" or "run.tool_result")
                .Select(e => (string?)(e["data"]!["text"] ?? e["data"]!["output"])));
            Assert.Single(seen, e => (string?)e["event_type"] == "run.adopted");
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task Canceled_in_a_command_leaves_nothing_and_the_conversation_goes_on()
    {
        var daemon = await stage.Start();
        var run = await stage.Queue("kimi", "fake: shell (setsid perl -e 'sleep 771' &); nohup perl -e 'sleep 772' >/dev/null 2>&1 & "
            + "touch here; perl -e '$SIG{INT}=$SIG{TERM}=\"IGNORE\"; sleep 773'; text end");
        var id = (string)run["id"]!;
        await RealAgents.Appears(stage.Folder(run), "here");

        await daemon.Post($"/runs/{id}/cancel");

        var ended = await daemon.Ended(id);
        RealAgents.Is("canceled", ended);
        Assert.Empty(TestDaemon.ProcessesOf(id));
        var next = await stage.Say(ended, "fake: text still here");
        RealAgents.Is("succeeded", next);
        var messages = (await stage.LastRequest())["body"]!["messages"]!.AsArray();
        Assert.Contains("before this was done", (string?)messages[3]!["content"], StringComparison.Ordinal);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(Native.SignalInterrupt, "interrupted", "hang sig-int")]
    [InlineData(Native.SignalTerminate, "interrupted", "shell touch here; sleep 775")]
    [InlineData(Native.SignalKill, "no_end_event", "shell (setsid sleep 774 &); touch here; sleep 776")]
    public async Task Stopped_by_a_stranger_it_has_failed_and_left_nothing(int signal, string reason, string step)
    {
        var daemon = await stage.Start();
        var run = await stage.Queue("kimi", $"fake: {step}; text end");
        var id = (string)run["id"]!;
        if (step.StartsWith("hang", StringComparison.Ordinal))
            await Thinks(step);
        else
            await RealAgents.Appears(stage.Folder(run), "here");

        Native.Signal(ProcessIdentity.Of(RealAgents.PidOf(id, "agentctl"))!.Value, signal);

        var ended = await daemon.Ended(id);
        RealAgents.Failed(reason, ended);
        Assert.Empty(TestDaemon.ProcessesOf(id));
        RealAgents.Is("succeeded", await stage.Say(ended, "fake: text it goes on"));
    }

    async Task Thinks(string step)
    {
        for (var count = 1; ;)
        {
            var requests = await stage.Model.WaitForRequests(count, Stop);
            if (requests.Any(request => request["answer"]?.AsArray().Any(each => (string?)each == step) == true))
                return;
            count = requests.Count + 1;
        }
    }

    static List<JsonNode> Of(List<JsonNode> events, string type) =>
        [.. events.Where(e => (string?)e["event_type"] == type).Select(e => e["data"]!)];
}
