using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Items;

/// <summary>Work that nobody wants any more ends, whoever is at it.</summary>
public class CancelItemSpecs(SharedDaemon shared) : IClassFixture<SharedDaemon>
{
    TestDaemon Daemon => shared.Daemon;

    JsonNode Item(string id) => Daemon.Look($"/items/{id}")["item"]!;

    async Task<string> Add(string description)
    {
        var id = (string)(await Daemon.Post("/items", new JsonObject
        {
            ["title"] = "not for long", ["description"] = description, ["profile"] = "fake",
        }))["item"]!["id"]!;
        await Daemon.Post($"/items/{id}/ready");
        return id;
    }

    Task<HttpResponseMessage> To(string status, string id) =>
        Daemon.Send(HttpMethod.Post, $"/items/{id}/transition", new JsonObject { ["to_status"] = status, ["reason"] = "not wanted" });

    [Fact]
    public async Task A_lease_ends_and_its_worker_is_told_so()
    {
        var id = await Add("");
        var begun = await Daemon.Post($"/api/executor/run/{id}");
        var held = new JsonObject { ["lease_id"] = (string)begun["agentId"]!, ["fence"] = 1 };
        Assert.Equal("""["canceled"]""", (await To("failed", id).Refused(409, "conflict"))["allowed"]!.ToJsonString());

        Assert.True((await To("canceled", id)).IsSuccessStatusCode);

        await Daemon.Send(HttpMethod.Post, $"/items/{id}/heartbeat", held.DeepClone()).Refused(409, "conflict");
        await Daemon.Send(HttpMethod.Post, $"/items/{id}/complete", held.DeepClone()).Refused(409, "conflict");
        Assert.Equal("canceled", (string?)Item(id)["status"]);
        Assert.Equal("released", (string?)Daemon.Look($"/items/check/{begun["agentId"]}")["check"]!["state"]);
        Assert.True((await To("inbox", id)).IsSuccessStatusCode);
    }

    [Fact]
    public async Task A_run_is_canceled_and_its_end_changes_the_item_no_more()
    {
        var id = await Add("!hang");
        var run = (string)(await Daemon.Post($"/api/executor/run/{id}", new JsonObject { ["mode"] = "automatic" }))["agentId"]!;
        await Eventually.True(() => (string?)Daemon.Look($"/runs/{run}")["run"]!["status"] == "running", "it runs");

        Assert.True((await To("canceled", id)).IsSuccessStatusCode);

        Assert.Equal("canceled", (string?)(await Daemon.Ended(run))["status"]);
        Assert.Equal("canceled", (string?)Item(id)["status"]);
        Assert.Single(Daemon.List($"/runs?item_id={id}", "runs"));
    }
}
