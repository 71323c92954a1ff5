using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Plans;

/// <summary>
/// A wish about a repository: a planner decomposes it, somebody consents, its parts are done in worktrees, checked and put on the branch,
/// and the last item makes the whole of what is there.
/// </summary>
public sealed class WishInRepositorySpecs : IAsyncLifetime
{
    const string Worker = """
        prompt=$(cat)
        title=$(printf '%s\n' "$prompt" | sed -n '1s/^# //p')
        case $title in
          "Put the parts together") cat *.part >WHOLE.md; printf '%s\n' "$prompt" >"$SAYS/whole" ;;
          *) pwd >>"$SAYS/places"; echo "$title" >"$(printf '%s' "$title" | tr ' ' '-').part" ;;
        esac
        printf '{"goal_met": true, "summary": "It is done: %s."}\n' "$title"
        """;

    readonly TempRepository repository = new();
    TestDaemon daemon = null!;

    public async ValueTask InitializeAsync()
    {
        var plan = Wishes.Plan("A shop", Wishes.Part("model", []), Wishes.Part("store", ["model"]), Wishes.Part("page", ["model"]));
        plan["items"]![1]!["writes"] = new JsonArray("do-store.part");
        plan["items"]![2]!["writes"] = new JsonArray("do-page.part");
        var answer = repository.At("plan.json");
        await File.WriteAllTextAsync(answer, plan.ToJsonString(), TestContext.Current.CancellationToken);
        daemon = TestDaemon.Prepare($$"""
              planner: {agent: command, command: ["/bin/sh", "-c", "cat >/dev/null; cat {{answer}}"] }
              worker:
                agent: command
                command: {{new JsonArray("/bin/sh", "-c", Worker).ToJsonString()}}
                env: {SAYS: {{repository.Root}} }
            projects:
              shop: {path: {{repository.Path}}, verify: [["sh", "-c", "ls *.part"]], deliver: merge, update_checkout: true}
            reviews: {low: 0, normal: 0, high: 0, person_from: never}
            routes:
              - {phase: plan, profile: planner}
              - profile: worker
            """);
        daemon.Flags.AddRange(["--max-concurrency", "4"]);
        await daemon.Start();
    }

    public async ValueTask DisposeAsync()
    {
        await daemon.DisposeAsync();
        repository.Dispose();
    }

    [Fact]
    public async Task Its_parts_are_done_in_worktrees_and_merged_and_the_whole_is_made_of_them()
    {
        var (code, output, error) = await TypedCommand.Run(daemon, null, "plan", "wish", "Build me a shop.", "--project", "shop",
            "--format", "json");
        Assert.True(code == 0, error);
        var made = JsonNode.Parse(output)!;
        var plan = (string)made["plan"]!["id"]!;
        Assert.Equal("draft", (string?)made["plan"]!["status"]);
        Assert.DoesNotContain(daemon.List("/runs", "runs"), run => (string?)run["item_id"] is not null);

        Assert.Equal(0, (await TypedCommand.Run(daemon, null, "plan", "start", plan, "--yes")).Code);
        JsonNode? seen = null;
        await Eventually.True(() => (string?)(seen = daemon.Look($"/plans/{plan}"))["plan"]!["status"] is "completed" or "needs_decision",
            "the plan ends", TimeSpan.FromSeconds(90));
        Assert.True((string?)seen!["plan"]!["status"] == "completed", seen.ToJsonString());

        Assert.All(seen!["items"]!.AsArray(), item => Assert.Equal("done", (string?)item!["status"]));
        // Each in a place of its own, and all of it on the branch.
        var places = await File.ReadAllLinesAsync(repository.At("places"), TestContext.Current.CancellationToken);
        Assert.Equal(3, places.Distinct().Count(place => !place.StartsWith(repository.Path, StringComparison.Ordinal)));
        Assert.Equal(["WHOLE.md", "do-model.part", "do-page.part", "do-store.part"],
            repository.Run("ls-tree", "--name-only", "main").Split('\n').Where(name => name is not ("a.txt" or ".gitignore"))
                .Order(StringComparer.Ordinal));
        Assert.Equal("do model\ndo page\ndo store", repository.Run("show", "main:WHOLE.md"));
        var whole = await File.ReadAllTextAsync(repository.At("whole"), TestContext.Current.CancellationToken);
        Assert.Contains("It is done: do store.", whole, StringComparison.Ordinal);
        var (_, summary, _) = await TypedCommand.Run(daemon, null, "plan", "export", plan, "--format", "summary");
        Assert.Contains("It is done: Put the parts together.", summary, StringComparison.Ordinal);
    }
}
