using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Reviews;

/// <summary>
/// A daemon with a project that runs by itself and is verified by <c>true</c>. The scripted agent is author and reviewer: the author writes
/// <c>answer.sh</c>, and a reviewer runs the one that is in its copy of the work.
/// </summary>
public sealed class ReviewStage : IAsyncLifetime
{
    internal TempRepository Repository { get; } = new();

    internal TestDaemon Daemon { get; }

    public const string Met = """!print {"goal_met": true, "summary": "met"}""";

    public ReviewStage() => Daemon = TestDaemon.Prepare($$"""
          strong:
            agent: command
            command: ["{{TestPrograms.FakeAgent}}"]
          author:
            agent: command
            command: ["{{TestPrograms.FakeAgent}}"]
            escalates_to: strong
          reviewer:
            agent: command
            command: ["{{TestPrograms.FakeAgent}}", "--script-text", "run sh answer.sh"]
        limits: {max_concurrency: 6}
        projects:
          demo:
            path: {{Repository.Path}}
            auto_run: true
            verify: [["true"]]
            profiles: {code: author, review: reviewer}
        """);

    public async ValueTask InitializeAsync() => await Daemon.Start();

    public async ValueTask DisposeAsync()
    {
        await Daemon.DisposeAsync();
        Repository.Dispose();
    }

    /// <summary>A step of the author that lets reviewers run this script.</summary>
    public static string Answering(string script) => "!write answer.sh " + script.Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal);

    /// <summary>A script that prints a review.</summary>
    public static string Saying(string verdict, params JsonObject[] findings)
    {
        var review = new JsonObject { ["verdict"] = verdict, ["summary"] = "looked", ["findings"] = new JsonArray([.. findings]) };
        return $"cat <<'END'\n{review.ToJsonString()}\nEND";
    }

    public static JsonObject Finding(string severity, string title, string detail = "", string? file = "answer.sh", int? line = 1) => new()
    {
        ["severity"] = severity, ["file"] = file, ["line"] = line, ["title"] = title, ["detail"] = detail,
    };

    /// <summary>Adds an item and lets it start.</summary>
    internal async Task<string> Ready(string description, string criticality = "normal", int? reviews = null)
    {
        var item = new JsonObject
        {
            ["title"] = "some work", ["description"] = $"{description}\n{Met}", ["project"] = "demo", ["criticality"] = criticality,
        };
        if (reviews is not null)
            item["reviews"] = reviews;
        var id = (string)(await Daemon.Post("/items", item))["item"]!["id"]!;
        await Daemon.Post($"/items/{id}/ready");
        return id;
    }

    internal JsonNode Item(string id) => Daemon.Look($"/items/{id}")["item"]!;

    internal JsonNode Review(string id) => Daemon.Look($"/reviews/{id}");

    internal Task Until(string id, string status, Func<JsonNode, bool>? also = null) => Eventually.True(
        () => (string?)Item(id)["status"] == status && (also is null || also(Review(id))), $"item {id} is {status}",
        TimeSpan.FromSeconds(90));

    /// <summary>States of its rounds, and what was decided.</summary>
    internal string Rounds(string id) => string.Join(' ', Review(id)["rounds"]!.AsArray()
        .Select(round => $"{round!["state"]}{(round["decision"] is { } decision ? $":{decision}" : "")}"));

    /// <summary>Triggers of its runs, in the order in which they were queued.</summary>
    internal string Triggers(string id) => string.Join(' ', Runs(id).Select(run => (string?)run["trigger"]));

    internal List<JsonNode> Runs(string id) =>
        [.. Daemon.List($"/runs?item_id={id}", "runs").OrderBy(run => (string?)run["created_at"], StringComparer.Ordinal)];

    internal List<JsonNode> Findings(string id) => [.. Review(id)["findings"]!.AsArray().Select(one => one!)];
}
