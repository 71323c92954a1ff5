using System.Diagnostics;
using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.AgentClis;

/// <summary>What goes wrong with a real agent is told as what it is, in words a person can act on.</summary>
public sealed class ThroughFailureSpecs(RealAgents agents) : IClassFixture<RealAgents>
{
    [Theory(Timeout = 120_000)]
    [InlineData("codex", "500 always", "provider_unavailable")]
    [InlineData("claude", "500 always", "provider_unavailable")]
    [InlineData("codex", "401 always", "auth_required")]
    [InlineData("claude", "401 always", "auth_required")]
    [InlineData("codex", "429 always", "rate_limited")]
    [InlineData("claude", "429 always", "rate_limited")]
    [InlineData("codex", "quota", "quota_exhausted")]
    [InlineData("claude", "quota", "quota_exhausted")]
    [InlineData("codex", "context", "context_exceeded")]
    [InlineData("claude", "context", "context_exceeded")]
    public async Task A_refusal_of_the_provider_is_the_reason(string profile, string step, string reason)
    {
        await agents.Start();
        RealAgents.Failed(reason, await agents.Run(profile, $"fake: {step}"));
    }

    [Theory(Timeout = 120_000)]
    [InlineData("codex")]
    [InlineData("claude")]
    public async Task After_a_failure_the_conversation_goes_on(string profile)
    {
        await agents.Start();
        var failed = await agents.Run(profile, "fake: 401 always");
        RealAgents.Failed("auth_required", failed);

        var next = await agents.Say(failed, "fake: text back again");

        RealAgents.Is("succeeded", next);
        Assert.Equal("back again", (string?)next["last_message"]);
        Assert.Contains("401 always", (await agents.LastRequest())["body"]!.ToJsonString(), StringComparison.Ordinal);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("dead")]
    [InlineData("dead-claude")]
    public async Task A_provider_nobody_can_reach_is_not_waited_for_without_end(string profile)
    {
        await agents.Start();
        var run = await agents.Run(profile, "hello");
        RealAgents.Failed("provider_unavailable", run);
        Assert.True((DateTimeOffset)run["ended_at"]! - (DateTimeOffset)run["started_at"]! < TimeSpan.FromSeconds(60));
    }

    [Theory(Timeout = 120_000)]
    [InlineData("no-key", "codex login")]
    [InlineData("no-login", "/login")]
    public async Task Without_a_login_the_way_to_get_one_is_told(string profile, string hint)
    {
        await agents.Start();
        var run = await agents.Run(profile, "hello");
        RealAgents.Failed("auth_required", run);
        Assert.Contains(hint, (string?)run["error"]!["message"], StringComparison.Ordinal);
        Assert.Contains("API_KEY", (string?)run["error"]!["message"], StringComparison.Ordinal);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("no-path", "claude is not installed")]
    [InlineData("no-program", "/nowhere/codex does not exist")]
    public async Task A_program_that_is_not_there_is_missing(string profile, string words)
    {
        await agents.Start();
        var run = await agents.Run(profile, "hello");
        RealAgents.Failed("agent_missing", run);
        Assert.Contains("(npm install -g ", (string?)run["error"]!["message"], StringComparison.Ordinal);
        Assert.Contains(words, (string?)run["error"]!["message"], StringComparison.Ordinal);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("wrong-flags")]
    [InlineData("wrong-flags-claude")]
    public async Task Arguments_the_agent_does_not_know_are_named_in_its_words(string profile)
    {
        await agents.Start();
        var run = await agents.Run(profile, "hello");
        RealAgents.Failed("no_end_event", run);
        Assert.Contains("--nonsense", (string?)run["error"]!["message"], StringComparison.Ordinal);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("codex", "CODEX_HOME")]
    [InlineData("claude", "CLAUDE_CONFIG_DIR")]
    public async Task A_conversation_the_agent_has_forgotten_is_told_plainly(string profile, string variable)
    {
        await agents.Start();
        var first = await agents.Run(profile, "fake: text one");
        RealAgents.Is("succeeded", first);
        var thread = (string)(await agents.Session(first))["threads"]![profile]!;
        foreach (var home in new[] { agents.CodexHome, agents.ClaudeHome })
            foreach (var file in Directory.GetFiles(home, $"*{thread}*", SearchOption.AllDirectories))
                File.Delete(file);

        var second = await agents.Say(first, "fake: text two");

        RealAgents.Failed("thread_not_found", second);
        Assert.Contains(variable, (string?)second["error"]!["message"], StringComparison.Ordinal);
        Assert.Contains("new session", (string?)second["error"]!["message"], StringComparison.Ordinal);
        Assert.Contains(thread, (string?)second["error"]!["message"], StringComparison.Ordinal);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("codex")]
    [InlineData("claude")]
    public async Task A_folder_that_is_no_repository_is_worked_in_as_it_is(string profile)
    {
        await agents.Start();
        var folder = Directory.CreateTempSubdirectory("plain-folder-").FullName;
        try
        {
            var run = await agents.Run(profile, "fake: write a.txt here; text done", new JsonObject { ["workdir"] = folder });

            RealAgents.Is("succeeded", run);
            Assert.Equal("here\n", await File.ReadAllTextAsync(Path.Combine(folder, "a.txt"), TestContext.Current.CancellationToken));
            Assert.Equal("folder", (string?)run["workspace"]!["kind"]);
            Assert.Empty(run["commits"]!.AsArray());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory(Timeout = 120_000)]
    [InlineData("loose")]
    [InlineData("free")]
    public async Task An_agent_killed_by_a_stranger_has_failed_and_left_nothing(string profile)
    {
        var daemon = await agents.Start();
        var run = await agents.Queue(profile, "fake: shell (setsid perl -e 'sleep 555' &); touch here; perl -e 'sleep 444'; text end");
        var id = (string)run["id"]!;
        await RealAgents.Appears(agents.Folder(run), "here");

        using (var cli = Process.GetProcessById(RealAgents.PidOf(id, profile == "loose" ? "codex" : "claude")))
            cli.Kill();

        var ended = await daemon.Ended(id);
        RealAgents.Failed("no_end_event", ended);
        Assert.Equal(137, (int?)ended["exit_code"]);
        Assert.Contains("SIGKILL", (string?)ended["error"]!["message"], StringComparison.Ordinal);
        Assert.Empty(TestDaemon.ProcessesOf(id));
        RealAgents.Is("succeeded", await agents.Say(ended, "fake: text it goes on"));
    }
}
