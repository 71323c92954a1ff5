using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Items;

/// <summary>What starts next, in order, with what holds each of them, and the pauses that are on.</summary>
public class ShowQueueSpecs(SharedDaemon shared) : IClassFixture<SharedDaemon>
{
    TestDaemon Daemon => shared.Daemon;

    async Task<string> Ready(string project, string title, JsonObject? more = null)
    {
        var body = more ?? [];
        (body["title"], body["project"]) = (title, project);
        var id = (string)(await Daemon.Post("/items", body))["item"]!["id"]!;
        await Daemon.Post($"/items/{id}/ready");
        return id;
    }

    [Fact]
    public async Task Who_holds_an_item_by_a_lease_is_shown_until_when()
    {
        await Daemon.Post("/queue/projects", new JsonObject { ["name"] = "leased" });
        var id = await Ready("leased", "taken");
        await Daemon.Post("/items/claim", new JsonObject { ["agent_id"] = "w-1", ["project"] = "leased", ["lease_s"] = 300 });
        var lease = Assert.Single((await Daemon.Get("/queue/next"))["leases"]!.AsArray(), one => (string?)one!["item_id"] == id)!;
        Assert.Equal(("w-1", "claim", "taken"), ((string?)lease["agent_id"], (string?)lease["mode"], (string?)lease["title"]));
        Assert.True((DateTimeOffset)lease["expires_at"]! > (DateTimeOffset)lease["taken_at"]!);
        await Daemon.Post($"/items/{id}/complete");
    }

    [Fact]
    public async Task What_is_ready_stands_in_its_order_with_what_holds_it()
    {
        await Daemon.Post("/queue/projects", new JsonObject { ["name"] = "line" });
        var first = await Ready("line", "ordinary");
        var after = await Ready("line", "later", new JsonObject { ["blocked_by"] = new JsonArray(first), ["priority"] = "urgent" });
        var urgent = await Ready("line", "urgent", new JsonObject { ["priority"] = "urgent" });
        await Daemon.Post("/queue/pause", new JsonObject { ["project"] = "line", ["note"] = "release" });

        var shown = await Daemon.Get("/queue/next");
        Assert.Equal([urgent, first, after], shown["next"]!.AsArray().Select(one => (string)one!["id"]!));
        Assert.Equal(3, (int)shown["ready"]!);
        Assert.All(shown["next"]!.AsArray(), one =>
        {
            Assert.False((bool)one!["may_start"]!);
            Assert.Contains(one["causes"]!.AsArray(), cause => (string?)cause!["code"] == "project_paused");
        });
        Assert.Contains(shown["next"]![2]!["causes"]!.AsArray(), cause => (string?)cause!["code"] == "dependency");
        var pause = Assert.Single(shown["paused"]!.AsArray());
        Assert.Equal(("line", "release"), ((string?)pause!["project"], (string?)pause["note"]));
        Assert.Single((await Daemon.Get("/queue/next?limit=1"))["next"]!.AsArray());

        await Daemon.Post("/queue/unpause", new JsonObject { ["project"] = "line" });
        Assert.Empty((await Daemon.Get("/queue/next"))["paused"]!.AsArray());
    }
}
