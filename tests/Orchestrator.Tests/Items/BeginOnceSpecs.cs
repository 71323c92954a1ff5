using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Items;

/// <summary>Work is begun once, however often and by how many it is asked for, and what others asked for leaves nothing behind.</summary>
public sealed class BeginOnceSpecs : IAsyncLifetime
{
    readonly TempRepository repository = new();
    TestDaemon daemon = null!;

    public async ValueTask InitializeAsync()
    {
        daemon = TestDaemon.Prepare($"projects: {{demo: {{path: {repository.Path}, max_parallel: 20}}}}");
        await daemon.Start();
    }

    public async ValueTask DisposeAsync()
    {
        await daemon.DisposeAsync();
        repository.Dispose();
    }

    async Task<string> Add() => (string)(await daemon.Post("/items",
        new JsonObject { ["title"] = "once", ["project"] = "demo" }))["item"]!["id"]!;

    Task<HttpResponseMessage> Send(string path, JsonObject body) => daemon.Send(HttpMethod.Post, path, body);

    List<string> Branches() => [.. repository.Run("branch", "--list", "agent/*").Split('\n', StringSplitOptions.RemoveEmptyEntries)];

    [Fact]
    public async Task Of_many_who_want_one_item_one_gets_it_and_the_others_leave_no_worktree_branch_or_session()
    {
        var id = await Add();

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ =>
            Send($"/api/executor/run/{id}", new JsonObject { ["mode"] = "external" })));

        Assert.Single(answers, one => one.IsSuccessStatusCode);
        Assert.All(answers.Where(one => !one.IsSuccessStatusCode), one => Assert.Equal(409, (int)one.StatusCode));
        Assert.Single(Branches());
        Assert.Single(daemon.List("/sessions", "sessions"));
        Assert.Single(Directory.GetDirectories(Path.Combine(daemon.Data, "items", id)));
    }

    [Fact]
    public async Task A_key_holds_in_both_ways_of_speaking_and_for_several_at_once()
    {
        foreach (var name in (string[])["idempotency_key", "idempotencyKey"])
        {
            var add = new JsonObject { ["title"] = "once", [name] = name };
            Assert.Equal((string?)(await daemon.Post("/api/queue", add.DeepClone()))["item"]!["id"],
                (string?)(await daemon.Post("/api/queue", add.DeepClone()))["item"]!["id"]);
            var id = await Add();
            var run = new JsonObject { ["mode"] = "external", [name] = name };
            Assert.Equal((string?)(await daemon.Post($"/api/executor/run/{id}", run.DeepClone()))["agentId"],
                (string?)(await daemon.Post($"/api/executor/run/{id}", run.DeepClone()))["agentId"]);
        }

        string[] ids = [await Add(), await Add(), await Add(), await Add()];
        var next = new JsonObject { ["count"] = 2, ["mode"] = "external", ["project"] = "demo", ["idempotency_key"] = "next" };
        var first = await daemon.Post("/api/executor/next", next.DeepClone());
        Assert.Equal(2, first["started"]!.AsArray().Count);
        Assert.Equal(first.ToJsonString(), (await daemon.Post("/api/executor/next", next.DeepClone())).ToJsonString());
        Assert.Equal(2, ids.Count(id => (string?)daemon.Look($"/items/{id}")["item"]!["status"] == "in_flight"));
        next["count"] = 1;
        await Send("/api/executor/next", next).Refused(422, "idempotency_mismatch");
    }
}
