using System.Text.Json.Nodes;
using Orchestrator.Terminals;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Spending;

/// <summary>Money through the front door: scripted agents that say what they used.</summary>
public class SpendingSpecs
{
    static string Uses(int input, string more = "") =>
        $"agentctl {{\"type\":\"usage\",\"input_tokens\":{input},\"output_tokens\":0{more}}}";

    static string Capped(string limit) => $$"""
          capped:
            agent: command
            command: ["{{TestPrograms.FakeAgent}}"]
            limits: {{{limit}}}
        prices:
          test-model: {input: 1, output: 1}
        """;

    static JsonObject Order(string profile, params string[] steps)
    {
        var order = TestDaemon.Order(steps);
        order["profile"] = profile;
        order["model"] = "test-model";
        return order;
    }

    static async Task<JsonNode> Started(TestDaemon daemon, string profile, params string[] steps) =>
        (await daemon.Post("/runs", Order(profile, steps)))["run"]!;

    /// <summary>States of the run's processes as the system tells them: T is held still.</summary>
    static List<char> States(JsonNode run) => [.. Leftovers.Find((string)run["id"]!)
        .Select(left => $"/proc/{left.Identity.Pid}/stat").Where(File.Exists)
        .Select(file => File.ReadAllText(file).Split(") ")[^1][0])];

    static Task Still(JsonNode run) => Eventually.True(
        () => States(run) is { Count: > 0 } states && states.TrueForAll(state => state == 'T'), "the run's processes are held still");

    [Fact]
    public async Task Cost_is_the_agents_own_else_an_estimate_that_says_so_else_unknown()
    {
        await using var daemon = await TestDaemon.Start("prices:\n  test-model: {input: 1, cached: 0.1, output: 2}");
        var own = await daemon.Ended((string)(await Started(daemon, "fake", Uses(500, ",\"cost_usd\":0.25")))["id"]!);
        var estimate = await daemon.Ended((string)(await Started(daemon, "fake", Uses(1_000_000), Uses(1_000_000)))["id"]!);
        var unknown = await daemon.Ended(await daemon.Run(Uses(700)));

        Assert.Equal((0.25m, "agent"), ((decimal)own["usage"]!["cost_usd"]!, (string?)own["usage"]!["cost_source"]));
        Assert.Equal((2m, "estimate", 2_000_000), ((decimal)estimate["usage"]!["cost_usd"]!, (string?)estimate["usage"]!["cost_source"],
            (int)estimate["usage"]!["input_tokens"]!));
        Assert.Equal((true, "unknown"), (unknown["usage"]!["cost_usd"] is null, (string?)unknown["usage"]!["cost_source"]));

        var usage = await daemon.Get("/usage?by=model&since=today");
        Assert.Equal(["test-model 2 2.25 2 0", " 1  0 700"], usage["rows"]!.AsArray().Select(row =>
            $"{row!["key"]} {row["runs"]} {row["cost_usd"]} {row["estimated_usd"]} {row["unpriced_tokens"]}"));
        var today = (await daemon.Get("/daemon/status"))["usage_today"]!;
        Assert.Equal((3, 2_001_200, 2.25m, 700), ((int)today["runs"]!, (int)today["input_tokens"]!, (decimal)today["cost_usd"]!,
            (int)today["unpriced_tokens"]!));
        var (code, lines, remarks) = await TypedCommand.Run(daemon, null, "usage", "--by", "agent", "--since", "7d");
        Assert.Equal((0, "command\t3\t2001200\t0\t0\t~2.25+?\ntotal\t3\t2001200\t0\t0\t~2.25+?"), (code, lines));
        Assert.Contains("? tokens of models without a price", remarks, StringComparison.Ordinal);
        Assert.Equal(2, (await TypedCommand.Run(daemon, null, "usage", "--by", "mood")).Code);
        Assert.Equal(2, (await TypedCommand.Run(daemon, null, "usage", "--since", "soon")).Code);
    }

    [Fact]
    public async Task At_its_limit_a_run_is_held_still_and_a_person_decides()
    {
        await using var daemon = await TestDaemon.Start(Capped("cost_usd: 1"));
        var (first, second) = (daemon.Gate(), daemon.Gate());
        var run = await Started(daemon, "capped", "write work.txt kept", Uses(600_000), Uses(600_000), $"wait-file {first}", "print on",
            Uses(1_500_000), $"wait-file {second}", "print never");
        var request = await daemon.Asks(run);
        Assert.Equal(("decision", "cost_usd", 1m, 1.2m, true), ((string?)request["kind"], (string?)request["detail"]!["limit"],
            (decimal)request["detail"]!["allowed"]!, (decimal)request["detail"]!["used"]!, (bool)request["detail"]!["estimate"]!));
        Assert.Equal(["continue", "stop"], request["options"]!.AsArray().Select(option => (string?)option));
        await Still(run);
        Assert.Equal("waiting", (string?)daemon.Look($"/runs/{run["id"]}")["run"]!["status"]);
        Kin.Open(first);

        await daemon.Post($"/requests/{request["id"]}/answer", new JsonObject { ["decision"] = "answer", ["option"] = "continue" });
        // As much again: 1.2 are used, so 2.2 may be; 2.7 are too much.
        var again = await Eventually.Value(() => daemon.List($"/requests?state=open&run_id={run["id"]}", "requests").FirstOrDefault(),
            "it asks again");
        Assert.Equal((2.2m, 2.7m), ((decimal)again["detail"]!["allowed"]!, (decimal)again["detail"]!["used"]!));
        await Still(run);
        Assert.Contains("on", await (await daemon.Send(HttpMethod.Get, $"/runs/{run["id"]}/output")).Content
            .ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);

        // The daemon dies; the next one knows that the run is held still, and stops it when it is told to.
        await daemon.Kill();
        await daemon.Start();
        await Still(run);
        await daemon.Answer(again, "deny");
        var ended = await daemon.Ended((string)run["id"]!);
        Assert.Equal(("canceled", "budget"), ((string?)ended["status"], (string?)ended["reason"]));
        Assert.Empty(TestDaemon.ProcessesOf((string)run["id"]!));
        Assert.Equal("kept\n", await File.ReadAllTextAsync(Path.Combine((string)ended["workspace"]!["path"]!, "work.txt"),
            TestContext.Current.CancellationToken));
        Assert.Equal(9, (await TypedCommand.Run(daemon, null, "wait", (string)run["id"]!, "-q")).Code);
        var next = (await daemon.Post($"/runs/{run["id"]}/resume", new JsonObject { ["prompt"] = "!print resumed" }))["run"]!;
        Assert.Equal("succeeded", (string?)(await daemon.Ended((string)next["id"]!))["status"]);
    }

    [Theory]
    [InlineData("tokens: 1000", "tokens", 1200)]
    [InlineData("turns: 2", "turns", 2)]
    public async Task Tokens_and_steps_are_limited_too(string limit, string key, int used)
    {
        await using var daemon = await TestDaemon.Start(Capped(limit));
        var run = await Started(daemon, "capped", """agentctl {"type":"message","text":"one"}""",
            """agentctl {"type":"tool_call","id":"1","name":"shell"}""", Uses(1200), $"wait-file {daemon.Gate()}");
        var request = await daemon.Asks(run);
        Assert.Equal((key, used), ((string?)request["detail"]!["limit"], (int)request["detail"]!["used"]!));
        await Still(run);
        await daemon.Post($"/runs/{run["id"]}/cancel");
        Assert.Equal("user", (string?)(await daemon.Ended((string)run["id"]!))["reason"]);
        Assert.Equal("withdrawn", (string?)(await daemon.Request(request))["state"]);
    }

    [Fact]
    public async Task A_limit_in_dollars_that_cannot_be_counted_is_said()
    {
        await using var daemon = await TestDaemon.Start(Capped("cost_usd: 1"));
        var order = Order("capped", Uses(1_000_000_000));
        order.Remove("model");
        var run = await daemon.Ended((string)(await daemon.Post("/runs", order))["run"]!["id"]!);
        Assert.Equal("succeeded", (string?)run["status"]);
        var warning = Assert.Single(await daemon.EventsOf((string)run["id"]!), e => (string?)e["event_type"] == "run.warning");
        Assert.Equal("cost_unknown", (string?)warning["data"]!["code"]);
    }

    [Fact]
    public async Task A_limit_of_the_day_holds_new_runs_says_so_and_lifts_when_it_is_raised()
    {
        await using var daemon = await TestDaemon.Start("prices:\n  test-model: {input: 1, output: 1}\nlimits: {per_day_usd: 2}");
        var spender = await Started(daemon, "fake", Uses(3_000_000));
        await daemon.Ended((string)spender["id"]!);
        await daemon.Kill();
        await daemon.Start();

        var (code, held, remarks) = await TypedCommand.Run(daemon, null, "start", "--prompt", "!print late", "--profile", "fake",
            "--no-schema");
        Assert.Equal(0, code);
        Assert.Contains("The limit of 2 USD a day is reached (3 USD used, estimates included)", remarks, StringComparison.Ordinal);
        var issue = (await daemon.Get($"/runs/{held}/diagnose"))["diagnostics"]!;
        Assert.Equal(("budget", "queued", "budget"), ((string?)issue["likely_issue"]!["code"], (string?)issue["run_status"],
            (string?)issue["waiting_for"]!["kind"]));
        Assert.True((bool)(await daemon.Get("/daemon/status"))["usage_today"]!["limits"]![0]!["reached"]!);
        Assert.Equal("queued", (string?)daemon.Look($"/runs/{held}")["run"]!["status"]);

        var reader = daemon.As(await daemon.NewToken("worker", "operate"));
        using (var refused = await reader.PostAsync("/usage/raise", new StringContent("{\"usd\":5}", System.Text.Encoding.UTF8,
            "application/json"), TestContext.Current.CancellationToken))
            Assert.Equal(System.Net.HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Equal(2, (await TypedCommand.Run(daemon, null, "usage", "raise")).Code);
        var raised = await TypedCommand.Run(daemon, null, "usage", "raise", "--usd", "5", "--field", "limits.0.limit");
        Assert.Equal((0, "7"), (raised.Code, raised.Out));
        Assert.Equal("succeeded", (string?)(await daemon.Ended(held))["status"]);
        Assert.Equal(["budget.reached", "budget.raised"], (await daemon.Events()).Select(e => (string)e["event_type"]!)
            .Where(type => type.StartsWith("budget.", StringComparison.Ordinal)));
    }
}
