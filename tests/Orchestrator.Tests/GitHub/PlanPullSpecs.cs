using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.GitHub;

/// <summary>
/// A plan whose agents commit and cannot push: the daemon pushes, opens the pull requests, writes their numbers into the manifest, and goes
/// on with the next phase when they are merged.
/// </summary>
public sealed class PlanPullSpecs
{
    [Fact(Timeout = 180_000)]
    public async Task What_is_finished_and_not_pushed_is_pushed_by_the_daemon()
    {
        await using var stage = await PullStage.Start(delivery:
            "verify: [[\"true\"]], deliver: pull_request, reviews: {low: 0, normal: 0, high: 0, person_from: never}");
        var manifest = new JsonObject
        {
            ["project"] = "demo",
            ["repo"] = PullStage.Repository,
            ["phases"] = new JsonArray(
                new JsonObject
                {
                    ["name"] = "first", ["gate"] = "all_merged",
                    ["tasks"] = new JsonArray(Task("t1", 7, "one.txt"), Task("t2", 8, "two.txt")),
                },
                new JsonObject { ["name"] = "second", ["tasks"] = new JsonArray(Task("t3", 9, "three.txt", "t1")) }),
        };
        var made = await stage.Daemon.Post("/plans", new JsonObject
        {
            ["project"] = "demo", ["source"] = "manifest", ["text"] = manifest.ToJsonString(),
        });
        var plan = (string)made["plan"]!["id"]!;
        var items = made["items"]!.AsArray().Select(item => (string)item!["id"]!).ToList();
        await stage.Daemon.Post($"/plans/{plan}/start");

        var (first, second) = (await stage.Opened(items[0]), await stage.Opened(items[1]));
        Assert.Contains(stage.Server.Book.Pulls, pull => (string?)pull["title"] == "fix: Issue #7 - Do t1");
        Assert.Contains("Closes #8\n", (string)stage.Server.Book.Pulls.Single(pull => (long)pull["number"]! == second)["body"]!,
            StringComparison.Ordinal);
        // The agent's own commit is what was pushed.
        Assert.Contains("by the agent", stage.Local.Run("log", "-3", "--format=%s", stage.Head(first)), StringComparison.Ordinal);
        var task = Exported(await Export(stage, plan), "t1");
        Assert.Equal(("pr_open", first), ((string?)task["status"], (long?)task["prNumber"]));
        Assert.Equal("blocked", (string?)Exported(await Export(stage, plan), "t3")["status"]);

        stage.Server.Book.Merge(first);
        stage.Server.Book.Merge(second);
        var third = await stage.Opened(items[2]);
        Assert.Equal("merged", (string?)Exported(await Export(stage, plan), "t2")["status"]);
        stage.Server.Book.Merge(third);
        await Eventually.True(() => (string?)stage.Daemon.Look($"/plans/{plan}")["plan"]!["status"] == "completed", "the plan is completed",
            TimeSpan.FromSeconds(60));
    }

    static JsonObject Task(string id, int issue, string file, params string[] on) => new()
    {
        ["id"] = id,
        ["issue"] = issue,
        ["title"] = $"Do {id}",
        ["description"] = $"do: echo {id} >{file}\ndo: git add -A\ndo: git -c user.name=A -c user.email=a@b.c commit -qm 'by the agent'",
        ["files"] = new JsonArray(file),
        ["dependsOn"] = new JsonArray([.. on.Select(one => (JsonNode)one)]),
    };

    static async Task<JsonNode> Export(PullStage stage, string plan) =>
        JsonNode.Parse((await TypedCommand.Run(stage.Daemon, null, "plan", "export", plan, "--format", "manifest")).Out)!;

    static JsonNode Exported(JsonNode manifest, string id) => manifest["phases"]!.AsArray().SelectMany(phase => phase!["tasks"]!.AsArray())
        .Single(task => (string?)task!["id"] == id)!;
}
