using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Items;

/// <summary>
/// A project that runs and delivers by itself onto <c>trunk</c>, which nobody has checked out. Its agent is a shell: lines of the prompt
/// that begin with "do: " are what it does, and when it is told of a conflict, or of a verification that fails, the lines that begin
/// with "then: " of its first task.
/// </summary>
sealed class LandingStage : IAsyncDisposable
{
    // It keeps its second orders outside of the worktree, where the next run of the session finds them.
    const string Agent = """
        prompt=$(cat)
        again="$SECOND/$(git rev-parse --abbrev-ref HEAD | tr / _)"
        case $prompt in
          *"does not go together"*) sh -e "$again" || exit 1 ;;
          *) printf '%s\n' "$prompt" | sed -n 's/^then: //p' >"$again"
             printf '%s\n' "$prompt" | sed -n 's/^do: //p' | sh -e || exit 1 ;;
        esac
        echo '{"goal_met": true, "summary": "met"}'
        """;

    const string Reviewer = """echo '{"verdict": "accept", "summary": "good", "findings": []}'""";

    LandingStage(TempRepository repository, TestDaemon daemon) => (Repository, Daemon) = (repository, daemon);

    public TempRepository Repository { get; }

    public TestDaemon Daemon { get; }

    /// <summary>Prepares one, not started.</summary>
    /// <param name="verify">Shell, run in each tree that is verified.</param>
    /// <param name="delivery">More lines of the project's settings.</param>
    public static LandingStage Prepare(string verify, string delivery = "deliver: merge, deliver_into: trunk")
    {
        var repository = new TempRepository();
        repository.Write("verify.sh", verify + "\n");
        repository.Write("shared.txt", "first\n");
        repository.Commit("how it is verified");
        repository.Run("branch", "trunk");
        var command = new JsonArray("/bin/sh", "-c", Agent);
        var daemon = TestDaemon.Prepare($$"""
              shell:
                agent: command
                command: {{command.ToJsonString()}}
                env: {SECOND: {{repository.At("second")}} }
              reviewer: {agent: command, command: {{new JsonArray("/bin/sh", "-c", Reviewer).ToJsonString()}} }
            projects:
              demo: {path: {{repository.Path}}, auto_run: true, max_parallel: 4, verify: [[sh, verify.sh]], {{delivery}} }
            routes:
              - {phase: review, profile: reviewer}
              - profile: shell
            """);
        Directory.CreateDirectory(repository.At("second"));
        return new LandingStage(repository, daemon);
    }

    public static async Task<LandingStage> Start(string verify, string delivery = "deliver: merge, deliver_into: trunk")
    {
        var stage = Prepare(verify, delivery);
        await stage.Daemon.Start();
        return stage;
    }

    public async Task<string> Ready(string title, params string[] lines)
    {
        var id = await Add(title, 0, [], lines);
        await Daemon.Post($"/items/{id}/ready");
        return id;
    }

    /// <summary>Adds an item that is not ready yet.</summary>
    public async Task<string> Add(string title, int reviews, string[] blockedBy, params string[] lines) =>
        (string)(await Daemon.Post("/items", new JsonObject
        {
            ["title"] = title,
            ["description"] = string.Join('\n', lines),
            ["project"] = "demo",
            ["reviews"] = reviews,
            ["blocked_by"] = new JsonArray([.. blockedBy.Select(on => (JsonNode)on)]),
        }))["item"]!["id"]!;

    public JsonNode Item(string id) => Daemon.Look($"/items/{id}")["item"]!;

    public async Task Until(string id, string status)
    {
        var seen = "";
        try
        {
            await Eventually.True(() => (seen = Item(id).ToJsonString()).Length > 0 && (string?)Item(id)["status"] == status,
                $"item {id} is {status}", TimeSpan.FromSeconds(90));
        }
        catch (Xunit.Sdk.XunitException)
        {
            Assert.Fail($"item {id} is not {status}: {seen}\n{Daemon.Said}");
        }
    }

    public List<string?> Triggers(string id) => [.. Daemon.List($"/runs?item_id={id}", "runs")
        .OrderBy(run => (string?)run["created_at"], StringComparer.Ordinal).Select(run => (string?)run["trigger"])];

    /// <summary>States of the item's deliveries, oldest first.</summary>
    public List<string?> Deliveries(string id) => [.. Daemon.List("/deliveries", "deliveries")
        .Where(found => (string?)found["item_id"] == id)
        .OrderBy(found => (string?)found["created_at"], StringComparer.Ordinal).Select(found => (string?)found["state"])];

    /// <summary>A file as it is on trunk.</summary>
    public string Trunk(string file) => Repository.Run("show", $"trunk:{file}");

    public async ValueTask DisposeAsync()
    {
        await Daemon.DisposeAsync();
        Repository.Dispose();
    }
}
