using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Items;

/// <summary>Items that build on others' results through a real daemon: what they find in their worktree, and what stops them.</summary>
public sealed class OriginStorySpecs : IAsyncLifetime
{
    const string Met = """!print {"goal_met": true, "summary": "met"}""";

    readonly TempRepository repository = new();
    TestDaemon daemon = null!;

    public async ValueTask InitializeAsync()
    {
        daemon = TestDaemon.Prepare($$"""
            projects:
              demo:
                path: {{repository.Path}}
                auto_run: true
                max_parallel: 4
                verify: [["true"]]
            routes:
              - profile: fake
            """);
        await daemon.Start();
    }

    public async ValueTask DisposeAsync()
    {
        await daemon.DisposeAsync();
        repository.Dispose();
    }

    async Task<string> Add(string title, string steps, params string[] on)
    {
        var id = await Planned(title, steps, on);
        await daemon.Post($"/items/{id}/ready");
        return id;
    }

    async Task<string> Planned(string title, string steps, params string[] on) =>
        (string)(await daemon.Post("/items", new JsonObject
        {
            ["title"] = title,
            ["description"] = $"{steps}\n{Met}",
            ["project"] = "demo",
            ["reviews"] = 0,
            ["blocked_by"] = new JsonArray([.. on.Select(one => (JsonNode)one)]),
        }))["item"]!["id"]!;

    async Task<JsonNode> Until(string id, string status)
    {
        await Eventually.True(() => (string?)daemon.Look($"/items/{id}")["item"]!["status"] == status, $"item {id} is {status}",
            TimeSpan.FromSeconds(90));
        return daemon.Look($"/items/{id}")["item"]!;
    }

    JsonNode RunOf(string id) => Assert.Single(daemon.List($"/runs?item_id={id}", "runs"));

    [Fact]
    public async Task An_item_starts_from_the_results_of_what_it_depends_on_and_is_blocked_where_they_collide()
    {
        var one = await Add("one", "!write one.txt 1");
        var two = await Add("two", "!write two.txt 2");
        var other = await Add("other", "!write one.txt other");
        // Somebody says that it is done, and nothing of it is in git: what it builds on counts.
        var said = await Planned("said", "never", two);
        // Its word alone lets others start: what it builds on must be there by then.
        await Until(two, "done");
        await daemon.Post($"/items/{said}/transition", new JsonObject { ["to_status"] = "done" });
        var both = await Add("both", "!run cat one.txt two.txt\n!write both.txt 3", one, said);
        var collides = await Add("collides", "!run cat one.txt\n!write more.txt 4", one, other);

        await Until(both, "done");
        var place = RunOf(both)["workspace"]!;
        Assert.Equal("both.txt", repository.Run("diff", "--name-only", (string)place["base"]!, (string)place["branch"]!));
        var created = (await daemon.EventsOf((string)RunOf(both)["id"]!)).Single(e => (string?)e["event_type"] == "workspace.created");
        Assert.Equal(["item 1 'one'", "item 2 'two'"],
            created["data"]!["from"]!.AsArray().Select(from => string.Join(' ', ((string)from!).Split(' ')[..3])));

        var cause = (await Until(collides, "blocked"))["causes"]![0]!;
        Assert.Equal("dependency", (string?)cause["kind"]);
        Assert.Contains("both changed one.txt", (string?)cause["text"], StringComparison.Ordinal);
        Assert.Contains("item 3 'other'", (string?)cause["text"], StringComparison.Ordinal);
        Assert.Equal(("failed", "results_conflict"), ((string?)RunOf(collides)["status"], (string?)RunOf(collides)["reason"]));

        // Somebody puts them together, and it goes on.
        repository.RunIn((string)RunOf(other)["workspace"]!["path"]!, "merge", "--quiet", "-X", "ours",
            (string)RunOf(one)["workspace"]!["branch"]!);
        await daemon.Post($"/items/{collides}/ready");
        await Until(collides, "done");

        // What was delivered is in the project's own commit.
        var landing = await daemon.Post($"/runs/{RunOf(one)["id"]}/deliver",
            new JsonObject { ["into"] = "main", ["strategy"] = "squash", ["update_checkout"] = true });
        await Eventually.True(() => (string?)daemon.Look($"/deliveries/{landing["delivery"]!["id"]}")["delivery"]!["state"] == "landed",
            "it has landed", TimeSpan.FromSeconds(60));
        var after = await Add("after", "!run cat one.txt\n!write after.txt 5", one);
        await Until(after, "done");
        Assert.Equal(repository.Run("rev-parse", "main"), (string?)RunOf(after)["workspace"]!["base"]);
        await OutsideToo(two);
    }

    /// <summary>A worker outside gets a worktree as well; what it left there is committed, and what builds on it finds it.</summary>
    async Task OutsideToo(string two)
    {
        var id = await Planned("outside", "", two);
        var begun = await daemon.Post($"/api/executor/run/{id}", new JsonObject { ["mode"] = "external" });
        var workspace = (string)begun["workspaceDir"]!;
        var place = Path.Combine(workspace, "project");
        Assert.Equal("2\n", await File.ReadAllTextAsync(Path.Combine(place, "two.txt"), TestContext.Current.CancellationToken));
        Assert.True(File.Exists(Path.Combine(workspace, "TASK.md")));
        Assert.Equal("", repository.RunIn(place, "status", "--porcelain"));
        // Somebody has it: no clean-up takes it away.
        var kept = (await daemon.Post("/worktrees/cleanup"))["worktrees"]!.AsArray().Single(one => (string?)one!["path"] == place)!;
        Assert.Equal("kept", (string?)kept["decision"]);
        Assert.Contains("works in it on item", (string?)kept["reasons"]![0], StringComparison.Ordinal);

        TempRepository.WriteIn(place, "outside.txt", "by hand");
        TempRepository.WriteIn((string)begun["artifactsDir"]!, "COMPLETION.md", "## Summary\nDone.");
        var item = await Until(id, "done");
        var branch = repository.RunIn(place, "symbolic-ref", "--short", "HEAD");
        Assert.StartsWith("agent/", branch, StringComparison.Ordinal);
        Assert.False((bool)item["unchecked"]!);
        Assert.Equal("outside.txt", repository.Run("diff", "--name-only", branch + "~1", branch));
        Assert.Equal("""["outside.txt"]""", item["touched"]!.ToJsonString());
        await Until(await Add("further", "!run cat outside.txt two.txt\n!write further.txt 6", id), "done");
    }
}
