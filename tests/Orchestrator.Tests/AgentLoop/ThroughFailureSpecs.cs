using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.AgentLoop;

/// <summary>What goes wrong between our own agent and its endpoint, and what a model does that it should not.</summary>
public sealed class ThroughFailureSpecs(LoopStage stage) : IClassFixture<LoopStage>
{
    [Theory(Timeout = 120_000)]
    [InlineData("kimi", "500 always", "provider_unavailable", "HTTP 500")]
    [InlineData("kimi", "cut half; cut half; cut half", "provider_unavailable", "connection")]
    [InlineData("kimi", "fail broken; fail broken; fail broken", "provider_unavailable", "broken")]
    [InlineData("kimi", "401 always", "auth_required", "OPENAI_API_KEY")]
    [InlineData("kimi", "403 always", "auth_required", "HTTP 403")]
    [InlineData("kimi", "429 always retry=1", "rate_limited", "HTTP 429")]
    [InlineData("kimi", "429 retry=3600", "rate_limited", "3600 s")]
    [InlineData("kimi", "quota", "quota_exhausted", "quota")]
    [InlineData("kimi", "context", "context_exceeded", "context window")]
    [InlineData("kimi", "404 model kimi-test is not known", "bad_request", "not known")]
    [InlineData("kimi", "400 kimi-test does not support tools", "bad_request", "does not take tools")]
    [InlineData("kimi", "text  ", "agent_error", "nothing")]
    [InlineData("kimi", "malformed run {\"c; malformed x y; malformed x y; malformed x y; malformed x y", "agent_error", "5 times")]
    [InlineData("brief", "shell true; shell true; shell true; shell true; text end", "max_turns", "3 turns")]
    [InlineData("thrifty", "shell true; shell true; shell true; shell true; text end", "budget", "250 tokens")]
    [InlineData("impatient", "hang never; text a; hang never; text b; hang never; text c", "provider_unavailable", "said nothing for 1 s")]
    [InlineData("dead", "text hi", "provider_unavailable", "127.0.0.1:9")]
    [InlineData("no-key", "text hi", "auth_required", "NOWHERE_API_KEY")]
    [InlineData("no-model", "text hi", "bad_request", "'model'")]
    [InlineData("wrong-flags", "text hi", "no_end_event", "--nonsense")]
    public async Task A_failure_has_its_reason_and_its_words(string profile, string steps, string reason, string words)
    {
        var run = await stage.Run(profile, $"fake: {steps}");
        RealAgents.Failed(reason, run);
        Assert.Contains(words, (string?)run["error"]!["message"], StringComparison.Ordinal);
        Assert.DoesNotContain(LoopStage.Key, run.ToJsonString(), StringComparison.Ordinal);
        Assert.Empty(TestDaemon.ProcessesOf((string)run["id"]!));
    }

    [Theory(Timeout = 120_000)]
    [InlineData("500; 429 retry=1; text back", 2)]
    [InlineData("cut half; garbage; text back", 1)]
    [InlineData("400 stream_options is unknown; text back", 1)]
    [InlineData("fail for a moment; text back", 1)]
    public async Task What_passes_is_waited_for_and_told(string steps, int warnings)
    {
        var daemon = await stage.Start();
        var run = await stage.Run("kimi", $"fake: {steps}");
        RealAgents.Is("succeeded", run);
        Assert.Equal("back", (string?)run["last_message"]);
        var events = await daemon.EventsOf((string)run["id"]!);
        Assert.Equal(warnings, events.Count(e => (string?)e["event_type"] == "run.warning"));
    }

    [Theory(Timeout = 120_000)]
    [InlineData("kimi", "context; shell seq 400; text done", "is longer than")]
    [InlineData("small", "usage input=3900; shell seq 400; text done", "nears the 4000 tokens")]
    public async Task A_full_context_is_made_room_in_and_told(string profile, string last, string why)
    {
        var daemon = await stage.Start();
        var big = string.Concat(Enumerable.Repeat("shell seq 400; ", 8));
        var run = await stage.Run(profile, $"fake: {big}{last}");
        RealAgents.Is("succeeded", run);
        Assert.Equal("done", (string?)run["last_message"]);
        var warnings = (await daemon.EventsOf((string)run["id"]!)).Where(e => (string?)e["event_type"] == "run.warning").ToList();
        Assert.Contains(warnings, e => (string?)e["data"]!["code"] == "context_compacted"
            && ((string)e["data"]!["text"]!).Contains(why, StringComparison.Ordinal));
        var asked = (await stage.LastRequest())["body"]!["messages"]!.AsArray();
        var outputs = asked.Where(message => (string?)message!["role"] == "tool").Select(message => (string)message!["content"]!).ToList();
        Assert.Equal(9, outputs.Count);
        Assert.StartsWith("[What this said is left out", outputs[0], StringComparison.Ordinal);
        Assert.Contains("399", outputs[^1], StringComparison.Ordinal);
        Assert.Contains("seq 400", asked[1]!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task After_a_failure_the_conversation_goes_on()
    {
        var failed = await stage.Run("kimi", "fake: shell echo done before; 401 always");
        RealAgents.Failed("auth_required", failed);

        var next = await stage.Say(failed, "fake: text back again");

        RealAgents.Is("succeeded", next);
        Assert.Contains("done before", (await stage.LastRequest())["body"]!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Ways_out_of_the_workspace_are_closed_and_the_model_is_told()
    {
        var daemon = await stage.Start();
        var run = await stage.Run("kimi", "fake: shell ln -s / way; echo 1 > own; "
            + "+tool read_file {\"path\":\"/etc/passwd\"}; +tool read_file {\"path\":\"way/etc/passwd\"}; "
            + "+tool write_file {\"path\":\"../escaped\",\"content\":\"x\"}; "
            + "+tool write_file {\"path\":\"way/tmp/escaped\",\"content\":\"x\"}; "
            + "+tool list_files {\"path\":\"..\"}; +tool search {\"pattern\":\"root\",\"path\":\"way/etc\"}; "
            + "+tool write_file {\"path\":\".git/hooks/x\",\"content\":\"x\"}; tool nonsense {}; malformed read_file {; text end");

        RealAgents.Is("succeeded", run);
        var results = (await daemon.EventsOf((string)run["id"]!))
            .Where(e => (string?)e["event_type"] == "run.tool_result").Skip(1).ToList();
        Assert.Equal(9, results.Count);
        Assert.All(results, e => Assert.True((bool)e["data"]!["failed"]!, e.ToJsonString()));
        Assert.All(results.Take(6), e => Assert.Contains("outside", (string?)e["data"]!["output"], StringComparison.Ordinal));
        Assert.False(File.Exists(Path.Combine(Path.GetDirectoryName(stage.Folder(run))!, "escaped")));
        Assert.Equal(["own"], Directory.GetFiles(stage.Folder(run)).Select(Path.GetFileName));
    }
}
