using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.AgentClis;

/// <summary>The structured result of real agents: what they were asked for, what they gave, and what is made of it.</summary>
public sealed class ThroughResultSpecs(RealAgents agents) : IClassFixture<RealAgents>
{
    [Theory(Timeout = 120_000)]
    [InlineData("structured", true)]
    [InlineData("structured", false)]
    [InlineData("structured-claude", true)]
    [InlineData("structured-claude", false)]
    public async Task Goal_met_or_not_the_run_has_succeeded_with_its_result(string profile, bool met)
    {
        await agents.Start();
        var result = new JsonObject
        {
            ["goal_met"] = met, ["summary"] = "half of it", ["followup_prompt"] = "do the rest", ["notes"] = "none",
        };

        var run = await agents.Run(profile, $"fake: json {result.ToJsonString()}");

        RealAgents.Is("succeeded", run);
        Assert.Equal(met, (bool?)run["result"]!["goal_met"]);
        Assert.Equal(("half of it", "do the rest"), ((string?)run["result"]!["summary"], (string?)run["result"]!["followup_prompt"]));
        var asked = await agents.LastRequest();
        Assert.Contains("followup_prompt", asked["body"]!.ToJsonString(), StringComparison.Ordinal);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("codex")]
    [InlineData("claude")]
    public async Task A_schema_of_the_request_is_demanded_and_a_resumed_run_demands_it_again(string profile)
    {
        var daemon = await agents.Start();
        var order = new JsonObject { ["output_schema"] = JsonNode.Parse(Schemas.GoalMet) };

        var run = await agents.Run(profile, "fake: json {\"goal_met\":false,\"notes\":[\"a\"]}", order);
        var again = new JsonObject { ["prompt"] = "fake: json {\"goal_met\":true,\"notes\":[]}" };
        var resumed = (await daemon.Post($"/runs/{run["id"]}/resume", again))["run"]!;

        RealAgents.Is("succeeded", run);
        Assert.False((bool?)run["result"]!["goal_met"]);
        Assert.Contains("\"notes\":[\"a\"]", (string?)run["result"]!["json"] ?? (string?)run["last_message"], StringComparison.Ordinal);
        var second = await daemon.Ended((string)resumed["id"]!);
        RealAgents.Is("succeeded", second);
        Assert.True((bool?)second["result"]!["goal_met"]);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("codex", "text just words; text just words; text just words", "no_result")]
    [InlineData("claude", "text just words; text just words; text just words", "no_result")]
    [InlineData("codex", "text {\"goal_met\":\"perhaps\",\"notes\":[]}", "invalid_result")]
    public async Task An_answer_that_is_not_as_demanded_is_a_failure_of_its_own_kind(string profile, string steps, string reason)
    {
        await agents.Start();
        var run = await agents.Run(profile, $"fake: {steps}", new JsonObject { ["output_schema"] = JsonNode.Parse(Schemas.GoalMet) });
        RealAgents.Failed(reason, run);
        Assert.Equal(0, (int?)run["exit_code"]);
    }
}
