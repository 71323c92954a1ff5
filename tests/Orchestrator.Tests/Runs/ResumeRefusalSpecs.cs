using System.Net;
using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Runs;

/// <summary>Going on with a conversation that is not there: refused with why, nothing started, nothing lost.</summary>
public class ResumeRefusalSpecs
{
    const string Broken = """
          broken:
            agent: codex
            command: ["/bin/false"]
        """;

    [Fact]
    public async Task A_conversation_that_is_not_there_is_not_gone_on_with()
    {
        await using var daemon = await TestDaemon.Start(Broken);
        var without = (await daemon.Post("/runs", new JsonObject { ["prompt"] = "x", ["profile"] = "broken" }))["run"]!;
        Assert.Equal("failed", (string?)(await daemon.Ended((string)without["id"]!))["status"]);
        var other = await daemon.Run("""agentctl {"type":"thread","id":"t1"}""", "print x");
        await daemon.Ended(other);

        Assert.Contains("left no conversation to go on with: it ended failed (no_end_event)", await Refused(daemon, (string)without["id"]!,
            new JsonObject { ["prompt"] = "y" }), StringComparison.Ordinal);
        Assert.Contains("is with command, and the profile 'broken' runs codex", await Refused(daemon, other,
            new JsonObject { ["prompt"] = "y", ["profile"] = "broken" }), StringComparison.Ordinal);
        Assert.Contains("output_schema: $.required: must be a list of names", await Refused(daemon, other,
            new JsonObject { ["prompt"] = "y", ["output_schema"] = new JsonObject { ["required"] = true } }), StringComparison.Ordinal);
        Assert.Equal(2, daemon.List("/runs", "runs").Count);

        // A plain program needs no conversation, and takes what is changed for the run.
        var next = (await daemon.Post($"/runs/{other}/resume", new JsonObject
        {
            ["prompt"] = "!env AGENTCTL_MODEL\n!env AGENTCTL_SANDBOX\n!env AGENTCTL_THREAD_ID",
            ["model"] = "m2",
            ["sandbox"] = "read-only",
            ["title"] = "Again",
        }))["run"]!;
        Assert.Equal(("Again", "m2"), ((string?)next["title"], (string?)next["model"]));
        await daemon.Ended((string)next["id"]!);
        var printed = (await daemon.EventsOf((string)next["id"]!)).Where(e => (string?)e["event_type"] == "run.output")
            .Select(e => (string?)e["data"]!["text"]);
        Assert.Equal(["AGENTCTL_MODEL=m2", "AGENTCTL_SANDBOX=read-only", "AGENTCTL_THREAD_ID=t1"], printed);
    }

    static async Task<string> Refused(TestDaemon daemon, string run, JsonObject body)
    {
        using var answer = await daemon.Send(HttpMethod.Post, $"/runs/{run}/resume", body);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var problem = JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        return (string)problem["detail"]!;
    }
}
