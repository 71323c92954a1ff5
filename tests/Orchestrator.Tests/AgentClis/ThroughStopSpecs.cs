using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.AgentClis;

/// <summary>Real agents stopped in the middle of a command, by a person, a limit, or the death of the daemon.</summary>
public sealed class ThroughStopSpecs(RealAgents agents) : IClassFixture<RealAgents>
{
    /// <summary>A command with a child in a session of its own, one that ignores hangups, and itself deaf to polite signals.</summary>
    const string Deaf = "(setsid perl -e 'sleep 881' &); nohup perl -e 'sleep 882' >/dev/null 2>&1 & touch here; "
        + "perl -e '$SIG{INT}=$SIG{TERM}=\"IGNORE\"; sleep 883'";

    [Theory(Timeout = 120_000)]
    [InlineData("codex")]
    [InlineData("loose")]
    [InlineData("free")]
    public async Task Canceled_in_a_command_leaves_nothing_and_the_conversation_goes_on(string profile)
    {
        var daemon = await agents.Start();
        if (profile == "codex")
            agents.NeedSandbox();
        var run = await agents.Queue(profile, $"fake: shell {Deaf}; text end");
        var id = (string)run["id"]!;
        await RealAgents.Appears(agents.Folder(run), "here");

        await daemon.Post($"/runs/{id}/cancel");

        var ended = await daemon.Ended(id);
        RealAgents.Is("canceled", ended);
        Assert.Equal("user", (string?)ended["reason"]);
        Assert.Empty(TestDaemon.ProcessesOf(id));
        Assert.Equal("run.canceled", (string?)(await daemon.EventsOf(id))[^1]["event_type"]);
        var next = await agents.Say(ended, "fake: text still here");
        RealAgents.Is("succeeded", next);
        Assert.Equal("still here", (string?)next["last_message"]);
        var asked = await agents.LastRequest();
        Assert.Contains("sleep 883", asked["body"]!.ToJsonString(), StringComparison.Ordinal);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("codex")]
    [InlineData("claude")]
    public async Task Canceled_while_the_model_thinks_the_conversation_goes_on(string profile)
    {
        var daemon = await agents.Start();
        var run = await agents.Queue(profile, $"fake: hang {profile}-gate; text late");
        await Thinks($"hang {profile}-gate");

        await daemon.Post($"/runs/{run["id"]}/cancel");

        var ended = await daemon.Ended((string)run["id"]!);
        RealAgents.Is("canceled", ended);
        RealAgents.Is("succeeded", await agents.Say(ended, "fake: text two"));
    }

    [Theory(Timeout = 120_000)]
    [InlineData("silent", "idle_timeout", "2 s")]
    [InlineData("short", "total_timeout", "3 s")]
    public async Task A_limit_ends_the_run_and_says_which(string profile, string reason, string limit)
    {
        var daemon = await agents.Start();
        var run = await agents.Run(profile, "fake: shell perl -e 'sleep 666'; text end");

        RealAgents.Is("timed_out", run);
        Assert.Equal(reason, (string?)run["reason"]);
        Assert.Contains(limit, (string?)run["error"]!["message"], StringComparison.Ordinal);
        Assert.Empty(TestDaemon.ProcessesOf((string)run["id"]!));
        Assert.NotEmpty(await daemon.EventsOf((string)run["id"]!));
    }

    [Fact(Timeout = 180_000)]
    public async Task A_daemon_killed_while_commands_run_finds_every_event_once_and_in_order()
    {
        var daemon = await agents.Start();
        const string script = "fake: say first; shell touch here; while [ ! -e go ]; do perl -e 'select undef,undef,undef,.05'; done; "
            + "echo went; say middle; shell echo again; text end";
        var runs = new[] { await agents.Queue("loose", script), await agents.Queue("free", script), await agents.Queue("loose", script) };
        foreach (var run in runs)
            await RealAgents.Appears(agents.Folder(run), "here");

        await daemon.Kill();
        // One goes on and ends while there is no daemon, the others meet the new one.
        await File.WriteAllTextAsync(Path.Combine(agents.Folder(runs[0]), "go"), "", TestContext.Current.CancellationToken);
        var alone = (string)runs[0]["id"]!;
        await Eventually.True(() => TestDaemon.ProcessesOf(alone).Count == 0, "a run ends by itself", TimeSpan.FromSeconds(60));
        await daemon.Start();
        foreach (var run in runs)
            await File.WriteAllTextAsync(Path.Combine(agents.Folder(run), "go"), "", TestContext.Current.CancellationToken);

        foreach (var run in runs)
        {
            var id = (string)run["id"]!;
            var ended = await daemon.Ended(id, seconds: 120);
            RealAgents.Is("succeeded", ended);
            Assert.Equal((1, 0, "end"), ((int)ended["attempt"]!, (int)ended["exit_code"]!, (string)ended["last_message"]!));
            Assert.Equal(300, (int)ended["usage"]!["input_tokens"]!);
            var seen = (await daemon.EventsOf(id))
                .Select(e => ((string)e["event_type"]!, ((string?)(e["data"]!["text"] ?? e["data"]!["output"]))?.Trim())).ToList();
            (string, string?)[] expected =
            [
                ("run.message", "first"), ("run.tool_call", null), ("run.tool_result", "went"), ("run.message", "middle"),
                ("run.tool_call", null), ("run.tool_result", "again"), ("run.message", "end"), ("run.usage", null), ("run.succeeded", null),
            ];
            var types = expected.Select(one => one.Item1).ToHashSet();
            Assert.Equal(expected, seen.Where(e => types.Contains(e.Item1)).Select(e => (e.Item1, LastLine(e.Item2))));
            Assert.Single(seen, e => e.Item1 == "run.adopted");
            Assert.Single(seen, e => e.Item1 == "run.started");
        }
    }

    // A login shell may print something of its own before the command's output.
    static string? LastLine(string? text) => text?.Split('\n')[^1];

    async Task Thinks(string step)
    {
        for (var count = 1; ;)
        {
            var requests = await agents.Model.WaitForRequests(count, TestContext.Current.CancellationToken);
            if (requests.Any(request => request["answer"]?.AsArray().Any(each => (string?)each == step) == true))
                return;
            count = requests.Count + 1;
        }
    }
}
