using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Items;

/// <summary>The daemon's own check decides what becomes of an item's work, and what fails goes back to the same conversation.</summary>
public sealed class ItemGateSpecs
{
    const string Met = """!print {"goal_met": true, "summary": "met"}""";

    /// <summary>What fails says how to mend it; the scripted agent does what it is told there.</summary>
    static async Task<TestDaemon> Prepare(TempRepository repository, string advice)
    {
        var daemon = TestDaemon.Prepare($$"""
            projects:
              demo:
                path: {{repository.Path}}
                auto_run: true
                verify: [["sh", "verify.sh"]]
            reviews: {normal: 0, high: 0}
            routes:
              - profile: fake
            """);
        repository.Write("verify.sh", $"test -e good.txt && exit 0\ncat <<'END'\n{advice}\n{Met}\nEND\nexit 7\n");
        repository.Commit("how it is verified");
        await daemon.Start();
        return daemon;
    }

    static async Task<string> Ready(TestDaemon daemon, string description, string criticality = "normal")
    {
        var id = (string)(await daemon.Post("/items", new JsonObject
        {
            ["title"] = "something good",
            ["description"] = description,
            ["project"] = "demo",
            ["criticality"] = criticality,
        }))["item"]!["id"]!;
        await daemon.Post($"/items/{id}/ready");
        return id;
    }

    static JsonNode Item(TestDaemon daemon, string id) => daemon.Look($"/items/{id}")["item"]!;

    static Task Until(TestDaemon daemon, string id, string status) => Eventually.True(
        () => (string?)Item(daemon, id)["status"] == status, $"item {id} is {status}", TimeSpan.FromSeconds(90));

    static List<string?> Triggers(TestDaemon daemon, string id) =>
        [.. daemon.List($"/runs?item_id={id}", "runs").OrderBy(run => (string?)run["created_at"], StringComparer.Ordinal)
            .Select(run => (string?)run["trigger"])];

    [Fact]
    public async Task What_fails_the_check_is_mended_in_the_same_conversation_and_done_once_it_passes()
    {
        using var repository = new TempRepository();
        await using var daemon = await Prepare(repository, "!write good.txt mended");
        var wanting = await Ready(daemon, $"!write bad.txt x\n{Met}");
        var critical = await Ready(daemon, $"!write good.txt x\n{Met}", "high");
        await Until(daemon, wanting, "done");

        Assert.False((bool)Item(daemon, wanting)["unchecked"]!);
        Assert.Equal(["item", "fix"], Triggers(daemon, wanting));
        var runs = daemon.List($"/runs?item_id={wanting}", "runs");
        Assert.Single(runs.Select(run => (string?)run["session_id"]).Distinct());
        var verdicts = runs.OrderBy(run => (string?)run["created_at"], StringComparer.Ordinal)
            .SelectMany(run => daemon.List($"/runs/{run["id"]}/checks", "checks")).Select(check => (string?)check["verdict"]);
        Assert.Equal(["failed", "passed"], verdicts);
        // The whole work, and not what the last run added to it.
        var (_, whole, _) = await TypedCommand.Run(daemon, null, "diff", wanting);
        Assert.Contains("+++ b/bad.txt", whole, StringComparison.Ordinal);
        Assert.Contains("+++ b/good.txt", whole, StringComparison.Ordinal);
        var (_, added, _) = await TypedCommand.Run(daemon, null, "diff", (string)Item(daemon, wanting)["run_id"]!);
        Assert.DoesNotContain("+++ b/bad.txt", added, StringComparison.Ordinal);

        // Of high criticality, what passed waits for a person, too.
        await Until(daemon, critical, "review");
        Assert.False((bool)Item(daemon, critical)["unchecked"]!);
        Assert.Equal("person", (string?)Item(daemon, critical)["causes"]![0]!["kind"]);
    }

    [Fact]
    public async Task What_never_passes_ends_with_a_person_after_two_rounds_of_mending()
    {
        using var repository = new TempRepository();
        await using var daemon = await Prepare(repository, "!write other.txt y");
        var id = await Ready(daemon, $"!write bad.txt x\n{Met}");
        await Until(daemon, id, "blocked");

        Assert.Equal(["item", "fix", "fix"], Triggers(daemon, id));
        var cause = Assert.Single(Item(daemon, id)["causes"]!.AsArray())!;
        Assert.Equal("limit", (string?)cause["kind"]);
        Assert.Contains("exit code 7", (string?)cause["text"], StringComparison.Ordinal);
        // The last round changed nothing; the branch as a whole did, and that is what is checked.
        Assert.DoesNotContain("Nothing was changed", (string?)cause["text"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_worker_outside_did_is_checked_and_handed_out_again_when_it_fails()
    {
        using var repository = new TempRepository();
        await using var daemon = await Prepare(repository, "never read");
        var id = (string)(await daemon.Post("/items", new JsonObject { ["title"] = "by hand", ["project"] = "demo" }))["item"]!["id"]!;
        await Outside("bad.txt", null);
        await Until(daemon, id, "ready");
        var failed = Assert.Single(daemon.List($"/items/{id}/checks", "checks"));
        Assert.Equal(("failed", null), ((string?)failed["verdict"], (string?)failed["run_id"]));
        Assert.Contains(daemon.List($"/items/{id}/events", "events"), e => ((string?)e["data"]!["reason"])?.Contains(
            $"{failed["id"]} failed: ", StringComparison.Ordinal) == true);

        await Outside("good.txt", "COMPLETION.md");
        await Until(daemon, id, "done");
        Assert.False((bool)Item(daemon, id)["unchecked"]!);
        Assert.Equal(["passed", "failed"], daemon.List($"/items/{id}/checks", "checks").Select(check => (string?)check["verdict"]));
        Assert.Empty(daemon.List($"/runs?item_id={id}", "runs"));

        async Task Outside(string file, string? report)
        {
            var begun = await daemon.Post($"/api/executor/run/{id}", new JsonObject { ["mode"] = "external" });
            TempRepository.WriteIn(Path.Combine((string)begun["workspaceDir"]!, "project"), file, "by hand");
            if (report is not null)
            {
                TempRepository.WriteIn((string)begun["artifactsDir"]!, report, "## Summary\nDone.");
                return;
            }

            await daemon.Post($"/items/{id}/complete", new JsonObject { ["lease_id"] = (string?)begun["agentId"], ["fence"] = 1 });
        }
    }
}
