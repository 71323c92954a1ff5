using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.AgentClis;

/// <summary>Real agents that are refused with a time to wait, and go on by themselves in the same conversation.</summary>
public sealed class ThroughRecoverySpecs(RealAgents agents) : IClassFixture<RealAgents>
{
    [Fact(Timeout = 180_000)]
    public async Task Claude_goes_on_in_its_conversation_when_the_named_time_is_over()
    {
        var daemon = await agents.Start();
        await agents.Model.SetSteps(TestContext.Current.CancellationToken, "429 x3 try again in 2s", "text back again");
        var first = await agents.Run("patient-claude", "Water the flowers.");
        RealAgents.Failed("rate_limited", first);

        var second = await daemon.Ended((string)first["next_run_id"]!, 120);

        // The model keeps its place per conversation: in another one it would refuse again.
        RealAgents.Is("succeeded", second);
        Assert.Equal(("resume", "back again"), ((string?)second["retry_how"], (string?)second["last_message"]));
        Assert.True((DateTimeOffset)second["started_at"]! - (DateTimeOffset)first["ended_at"]! > TimeSpan.FromSeconds(1.5));
    }

    [Theory(Timeout = 180_000)]
    [InlineData("patient")]
    [InlineData("patient-served")]
    public async Task Codex_names_the_time_its_account_is_free_again_and_its_runs_wait_for_it(string profile)
    {
        var daemon = await agents.Start();
        await agents.Model.SetSteps(TestContext.Current.CancellationToken, "limit in=1800", "text back again");
        var first = await agents.Run(profile, "Water the flowers.");
        RealAgents.Failed("quota_exhausted", first);
        var all = (await daemon.Get("/providers"))["cool_downs"]!.AsArray();
        var on = Assert.Single(all, one => (string?)one!["provider"] == (string?)first["provider"])!;
        Assert.True((bool)on["named"]!);
        var left = (DateTimeOffset)on["until"]! - (DateTimeOffset)first["ended_at"]!;
        Assert.InRange(left, TimeSpan.FromMinutes(27), TimeSpan.FromMinutes(31));
        var next = (string)first["next_run_id"]!;
        Assert.Equal("queued", (string?)(await daemon.Get($"/runs/{next}"))["run"]!["status"]);

        await daemon.Post("/providers/clear", new System.Text.Json.Nodes.JsonObject { ["provider"] = (string?)first["provider"] });

        var second = await daemon.Ended(next, 120);
        RealAgents.Is("succeeded", second);
        Assert.Equal(("resume", "back again"), ((string?)second["retry_how"], (string?)second["last_message"]));
    }
}
