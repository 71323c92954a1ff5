using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Families;

/// <summary>What an agent says itself of its run is kept, and is its result where its output gives none.</summary>
public class OutcomeSpecs(SharedDaemon shared) : IClassFixture<SharedDaemon>
{
    TestDaemon Daemon => shared.Daemon;

    static string Report(string goalMet, string summary) =>
        $"run {TestPrograms.Agentctl} tool report-outcome --goal-met {goalMet} --summary \"{summary}\" --notes mine";

    [Fact]
    public async Task The_last_report_is_the_result_and_a_goal_not_met_is_a_run_that_succeeded()
    {
        var run = await Daemon.Ended(await Daemon.Run(Report("true", "too early"), Report("false", "half done"), "print bye"));

        Assert.Equal("succeeded", (string?)run["status"]);
        Assert.Equal((false, "half done", "mine"),
            ((bool)run["result"]!["goal_met"]!, (string?)run["result"]!["summary"], (string?)run["result"]!["notes"]));
        Assert.Equal(["run.outcome", "run.outcome", "run.succeeded"], await Daemon.TypesOf(run, "run.outcome", "run.succeeded"));
    }

    [Fact]
    public async Task A_result_in_the_output_counts_before_a_report()
    {
        var run = await Daemon.Ended(await Daemon.Run(Report("false", "reported"), """result {"goal_met":true,"summary":"printed"}"""));

        Assert.Equal("printed", (string?)run["result"]!["summary"]);
        Assert.True((bool)run["result"]!["goal_met"]!);
    }

    [Fact]
    public async Task A_demanded_result_may_come_as_a_report()
    {
        var order = TestDaemon.Order(Report("true", "by report"));
        order["output_schema"] = JsonNode.Parse("""
            {"type":"object","properties":{"goal_met":{"type":"boolean"}},"required":["goal_met"]}
            """);
        var run = await Daemon.Ended((string)(await Daemon.Post("/runs", order))["run"]!["id"]!);

        Assert.Equal(("succeeded", "by report"), ((string?)run["status"], (string?)run["result"]!["summary"]));
    }

    [Fact]
    public async Task It_needs_its_members_and_a_run_at_work()
    {
        var gate = Daemon.Gate();
        var run = await Daemon.Becomes((await Daemon.Post("/runs", TestDaemon.Order($"wait-file {gate}")))["run"]!, "running");
        var path = $"/runs/{run["id"]}/outcome";
        await Daemon.Send(HttpMethod.Post, path, new JsonObject { ["summary"] = "x" }).Refused(400, "invalid_request");
        await Daemon.Send(HttpMethod.Post, path, new JsonObject { ["goal_met"] = true }).Refused(400, "invalid_request");
        await Daemon.Send(HttpMethod.Post, path, new JsonObject { ["goal_met"] = "yes", ["summary"] = "x" })
            .Refused(400, "invalid_request");
        Kin.Open(gate);
        await Daemon.Ended((string)run["id"]!);
        await Daemon.Send(HttpMethod.Post, path, new JsonObject { ["goal_met"] = true, ["summary"] = "x" }).Refused(409, "conflict");
    }
}
