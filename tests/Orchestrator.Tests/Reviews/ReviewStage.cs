using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Reviews;

/// <summary>
/// A daemon with a project that runs by itself and is verified by <c>true</c>. The scripted agent is the author and writes
/// <c>answer.sh</c>; a reviewer is the one that is in its copy of the work.
/// </summary>
public sealed class ReviewStage : IAsyncLifetime
{
    Orchestrator.Store.Connection? store;

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
            command: [sh, answer.sh]
          second:
            agent: command
            command: [sh, answer.sh]
        limits: {max_concurrency: 6}
        projects:
          demo:
            path: {{Repository.Path}}
            auto_run: true
            verify: [["true"]]
            profiles: {code: author, review: reviewer}
            reviews: {rounds: 1, profiles: [reviewer, second]}
        """);

    public async ValueTask InitializeAsync() => await Daemon.Start();

    public async ValueTask DisposeAsync()
    {
        store?.Dispose();
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

    /// <summary>Waits until the item is there; in review, until a person has the word. The store is asked: many ask, and it costs little.
    /// </summary>
    internal Task Until(string id, string status) => Eventually.True(() => Asked($"""
        select 1 from items where id = '{id}' and status = '{status}'
          and (status <> 'review' or exists (select 1 from review_rounds where item_id = items.id and state = 'waiting'))
        """), $"item {id} is {status}", TimeSpan.FromSeconds(90));

    /// <summary>Whether the store has such a row.</summary>
    internal bool Asked(string sql)
    {
        if (store is null)
        {
            Orchestrator.Store.NativeSqlite.Load();
            store = new Orchestrator.Store.Connection(Path.Combine(Daemon.Data, "agent-orchestrator.db"), readOnly: true);
        }
        return store.Number(sql) is not null;
    }

    /// <summary>States of its rounds, and what was decided.</summary>
    internal string Rounds(string id) => string.Join(' ', Review(id)["rounds"]!.AsArray()
        .Select(round => $"{round!["state"]}{(round["decision"] is { } decision ? $":{decision}" : "")}"));

    /// <summary>Triggers of its runs, in the order in which they were queued.</summary>
    internal string Triggers(string id) => string.Join(' ', Runs(id).Select(run => (string?)run["trigger"]));

    internal List<JsonNode> Runs(string id) =>
        [.. Daemon.List($"/runs?item_id={id}", "runs").OrderBy(run => (string?)run["created_at"], StringComparer.Ordinal)];

    internal List<JsonNode> Findings(string id) => [.. Review(id)["findings"]!.AsArray().Select(one => one!)];
}
