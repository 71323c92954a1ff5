using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.AgentClis;

/// <summary>A plan of six units with the real Codex and Claude: worktrees, order, a review that sends work back, and its fix.</summary>
public sealed class ThroughPlanSpecs(RealAgents agents) : IClassFixture<RealAgents>
{
    static readonly string[] Names = ["one", "two", "three", "four", "five", "six"];

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Timeout = 240_000)]
    public async Task Six_units_are_done_by_two_agents_reviewed_and_mended()
    {
        var daemon = await agents.Start();
        using var repository = new TempRepository();
        await File.AppendAllTextAsync(Path.Combine(daemon.Data, "config.yaml"), $$"""

            projects:
              six: {path: {{repository.Path}}, verify: [["true"]], reviews: {low: 0, normal: 0, high: 1, person_from: never} }
            routes:
              - {phase: review, profile: looks}
            """, Stop);
        await Eventually.True(() => daemon.List("/projects", "projects").Any(one => (string?)one["name"] == "six"), "the project is there");
        await agents.Model.SetScript(Script(), Stop);
        var plan = (string)(await daemon.Post("/plans", new JsonObject { ["text"] = Manifest().ToJsonString(), ["project"] = "six" }))
            ["plan"]!["id"]!;
        await daemon.Post($"/plans/{plan}/start");

        JsonNode? seen = null;
        await Eventually.True(() => (string?)(seen = daemon.Look($"/plans/{plan}"))["plan"]!["status"] is "completed" or "needs_decision",
            "it comes to its end", TimeSpan.FromSeconds(200));
        Assert.True((string?)seen!["plan"]!["status"] == "completed", seen.ToJsonString());
        var items = seen["items"]!.AsArray();
        Assert.Equal(["codex", "claude", "codex", "claude", "codex", "claude"], items.Select(item =>
            (string?)daemon.Look($"/runs/{item!["run_id"]}")["run"]!["agent"]));
        // five found what one and two had made, though neither is merged.
        Assert.Equal("1 2", Shown(daemon, repository, items[4]!, "five.txt"));
        Assert.Equal("mended", Shown(daemon, repository, items[2]!, "three.txt"));
        var rounds = daemon.Look($"/reviews/{items[2]!["id"]}")["rounds"]!.AsArray();
        Assert.Equal(["fix", "accept"], rounds.Select(round => (string?)round!["decision"]));
        Assert.Contains(daemon.List($"/runs?item_id={items[2]!["id"]}", "runs"), run => (string?)run["trigger"] == "fix");
        Assert.Contains(daemon.List("/runs", "runs"), run => (string?)run["profile"] == "looks" && (string?)run["status"] == "succeeded");
    }

    static string Shown(TestDaemon daemon, TempRepository repository, JsonNode item, string file)
    {
        var run = daemon.Look($"/runs/{item["run_id"]}")["run"]!;
        return repository.Run("show", $"{run["workspace"]!["branch"]}:{file}").Trim();
    }

    static JsonObject Manifest() => new()
    {
        ["phases"] = new JsonArray(new JsonObject
        {
            ["name"] = "Work",
            ["tasks"] = new JsonArray([.. Names.Select((name, at) => (JsonNode)new JsonObject
            {
                ["id"] = name,
                // Refactoring is looked at by a reviewer.
                ["title"] = name == "three" ? "Refactor three" : $"Write {name}",
                ["files"] = new JsonArray($"{name}.txt"),
                ["profile"] = at % 2 == 0 ? "loose" : "free",
                ["dependsOn"] = name == "five" ? new JsonArray("one", "two") : name == "six" ? new JsonArray("three") : [],
            })]),
        }),
    };

    static JsonObject Script()
    {
        JsonObject Rule(string when, params JsonNode[] steps) => new() { ["when"] = when, ["steps"] = new JsonArray(steps) };
        var met = new JsonObject { ["json"] = new JsonObject { ["goal_met"] = true, ["summary"] = "met" } };
        JsonNode Verdict(string word, params JsonNode[] findings) => new JsonObject
        {
            ["json"] = new JsonObject { ["verdict"] = word, ["summary"] = word, ["findings"] = new JsonArray(findings) },
        };
        var grave = new JsonObject
        {
            ["severity"] = "high", ["file"] = "three.txt", ["line"] = 1, ["title"] = "It is wrong", ["detail"] = "d",
        };
        return new JsonObject
        {
            ["rules"] = new JsonArray(
                Rule("## Earlier rounds sent this back", Verdict("accept")),
                Rule("# Review: Refactor three", Verdict("changes", grave)),
                Rule("changes are wanted", "shell echo mended > three.txt", met.DeepClone()),
                Rule("# Write one", "shell echo 1 > one.txt", met.DeepClone()),
                Rule("# Write two", "shell echo 2 > two.txt", met.DeepClone()),
                Rule("# Refactor three", "shell echo 3 > three.txt", met.DeepClone()),
                Rule("# Write four", "shell echo 4 > four.txt", met.DeepClone()),
                Rule("# Write five", "shell cat one.txt two.txt | xargs > five.txt", met.DeepClone()),
                Rule("# Write six", "shell cat three.txt > six.txt", met.DeepClone())),
        };
    }
}
