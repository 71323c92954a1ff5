using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Events;

/// <summary>What happens in a queue, once each.</summary>
static class QueueStory
{
    public static async Task Play(TestDaemon daemon)
    {
        await daemon.Post("/queue/projects", new JsonObject { ["name"] = "cards" });
        await daemon.Post("/queue/pause", new JsonObject { ["project"] = "cards" });
        await daemon.Post("/queue/unpause", new JsonObject { ["project"] = "cards" });
        await daemon.Send(HttpMethod.Delete, "/projects/cards").Fine();
        await daemon.Post("/api/agents/heartbeat", new JsonObject { ["agentId"] = "w1", ["status"] = "idle" });
        var first = await Add(daemon, new JsonObject { ["title"] = "first" });
        await Add(daemon, new JsonObject { ["title"] = "second", ["blocked_by"] = new JsonArray(first) });
        await daemon.Send(HttpMethod.Patch, $"/items/{first}", new JsonObject { ["title"] = "the first" }).Fine();
        await daemon.Post($"/items/{first}/ready");
        var lost = await Claim(daemon);
        await daemon.Post($"/items/{first}/heartbeat", Held(lost));
        await daemon.Post($"/items/{first}/release", Held(lost));
        await daemon.Send(HttpMethod.Post, $"/items/{first}/complete", Held(lost)).Refused(409, "conflict");
        await daemon.Post($"/items/{first}/complete", Held(await Claim(daemon)));
        await daemon.Post($"/items/{first}/transition", new JsonObject { ["to_status"] = "done" });
        await daemon.Post("/items/clear", new JsonObject { ["confirm"] = true });
    }

    static async Task<string> Add(TestDaemon daemon, JsonObject item) => (string)(await daemon.Post("/items", item))["item"]!["id"]!;

    static Task<JsonNode> Claim(TestDaemon daemon) => daemon.Post("/items/claim", new JsonObject { ["agent_id"] = "w1" });

    static JsonObject Held(JsonNode claim) => new()
    {
        ["lease_id"] = (string?)claim["lease"]!["id"],
        ["fence"] = (long)claim["lease"]!["fence"]!,
    };
}
