using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Plans;

/// <summary>Work that its words or an assignment call security-sensitive gets two reviewers, who are told where to look.</summary>
public sealed class SecurityReviewSpecs : IAsyncLifetime
{
    readonly TempRepository repository = new();
    TestDaemon daemon = null!;

    public async ValueTask InitializeAsync()
    {
        daemon = TestDaemon.Prepare($$"""
              worker:
                agent: command
                command: ["/bin/sh", "-c", "date >>$AGENTCTL_RUN_ID.txt; echo '{\"goal_met\": true, \"summary\": \"met\"}'"]
              reviewer:
                agent: command
                command: ["/bin/sh", "-c", "cat >/dev/null; echo '{\"verdict\": \"accept\", \"summary\": \"good\", \"findings\": []}'"]
            projects:
              shop: {path: {{repository.Path}}, verify: [["true"]]}
            routes:
              - {phase: review, profile: reviewer}
              - profile: worker
            """);
        await daemon.Start();
    }

    public async ValueTask DisposeAsync()
    {
        await daemon.DisposeAsync();
        repository.Dispose();
    }

    [Fact]
    public async Task Reviewers_of_security_sensitive_work_are_told_so_and_others_are_not()
    {
        var made = await daemon.Post("/plans", new JsonObject
        {
            ["project"] = "shop",
            ["source"] = "spec",
            ["text"] = "- [ ] 1. Hash the passwords\n- [ ] 2. Print the date\n- [ ] 3. Refactor the printing\n- [ ] 4. Print the hour\n",
        });
        var plan = (string)made["plan"]!["id"]!;
        await daemon.Post($"/plans/{plan}/assign", new JsonObject
        {
            ["assignment"] = new JsonObject
            {
                ["dispatch_units"] = new JsonArray(new JsonObject { ["task_id"] = "4", ["criticality"] = "security-sensitive" }),
            },
        });
        await daemon.Post($"/plans/{plan}/start");
        await Eventually.True(() => Seen(plan).SequenceEqual(["1: 2 of 2", "2: 0 of 1", "3: 0 of 2", "4: 2 of 2"]),
            "each has its reviewers", TimeSpan.FromSeconds(60));
    }

    List<string> Seen(string plan) => [.. daemon.Look($"/plans/{plan}")["items"]!.AsArray().Select(item =>
    {
        var prompts = Reviews(item!);
        return $"{item!["foreign_id"]}: {prompts.Count(one => one.Contains("security-sensitive", StringComparison.Ordinal))} of "
            + $"{prompts.Count}";
    })];

    List<string> Reviews(JsonNode item) => [.. daemon.List($"/runs?item_id={item["id"]}", "runs")
        .Where(run => (string?)run["trigger"] == "review").Select(run => (string)run["prompt"]!)];
}
