using System.Net;
using System.Text.Json.Nodes;
using Orchestrator.Tests.Docs;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Daemon;

/// <summary>
/// What the real daemon answers is what the document says. The client of the tests checks every answer against it
/// (<see cref="DocumentedAnswers"/>); here the main routes are asked once each, and the check is shown to find what is wrong.
/// </summary>
public class OpenApiAnswersSpecs(SharedDaemon shared) : IClassFixture<SharedDaemon>
{
    readonly TestDaemon daemon = shared.Daemon;

    [Fact]
    public async Task The_daemon_serves_the_committed_document()
    {
        var served = await daemon.Get("/openapi/v1.json");
        Assert.True(JsonNode.DeepEquals(RouteTable.OpenApi(), served), "served and committed documents differ");
    }

    [Fact]
    public async Task The_main_routes_answer_as_described()
    {
        using var repository = new TempRepository();
        await daemon.Post("/projects", new JsonObject { ["name"] = "described", ["path"] = repository.Path });
        await daemon.Get("/projects/described");
        var wish = new JsonObject
        {
            ["title"] = "t", ["project"] = "described", ["metadata"] = new JsonObject { ["a"] = 1 }, ["idempotency_key"] = "k",
        };
        var session = (string)(await daemon.Post("/sessions", wish))["session"]!["id"]!;
        Assert.Equal(session, (string?)(await daemon.Post("/sessions", wish.DeepClone()))["session"]!["id"]);
        var message = new JsonObject { ["role"] = "user", ["text"] = "work", ["profile"] = "fake" };
        var run = (string)(await daemon.Post($"/sessions/{session}/messages", message))["run"]!["id"]!;
        await daemon.Post($"/sessions/{session}/messages", new JsonObject { ["role"] = "system", ["text"] = "kept" });
        await daemon.Ended(run);
        foreach (var path in (string[])
            ["/health", "/health/live", "/health/ready", "/daemon/status", "/config", "/profiles", "/doctor/store", "/projects",
             "/worktrees", "/sessions", $"/sessions/{session}", $"/sessions/{session}/messages?limit=1", $"/sessions/{session}/events",
             "/events",
             "/runs?limit=1", $"/runs/{run}", $"/runs/{run}/diagnose", $"/runs/{run}/diff?format=json"])
            await daemon.Get(path);
        var again = await daemon.Post($"/runs/{run}/resume", new JsonObject { ["prompt"] = "again" });
        await daemon.Ended((string)again["run"]!["id"]!);
        await daemon.Post("/worktrees/cleanup", new JsonObject { ["dry_run"] = true });
    }

    [Theory]
    [InlineData("GET", "/runs/ffffffffffffffff", null, HttpStatusCode.NotFound)]
    [InlineData("GET", "/events?cursor=x", null, HttpStatusCode.BadRequest)]
    [InlineData("POST", "/sessions", """{"title":7}""", HttpStatusCode.BadRequest)]
    [InlineData("POST", "/sessions", """{"profile":"nobody"}""", HttpStatusCode.UnprocessableEntity)]
    public async Task Refusals_are_described_too(string method, string path, string? body, HttpStatusCode status)
    {
        using var answer = await daemon.Send(new HttpMethod(method), path, body is null ? null : JsonNode.Parse(body));
        Assert.Equal(status, answer.StatusCode);
    }

    [Theory]
    [InlineData(200, """{"status":"ok","timestamp":"x","version":"1"}""", null)]
    [InlineData(200, """{"status":"ok","timestamp":"x"}""", "'version' is missing")]
    [InlineData(200, """{"status":"fine","timestamp":"x","version":"1"}""", "must be one of")]
    [InlineData(200, """{"status":"ok","timestamp":"x","version":"1","more":1}""", "'more' is not allowed")]
    [InlineData(202, "{}", "the status 202 is not described")]
    public void An_answer_that_is_not_described_is_noticed(int status, string body, string? problem)
    {
        var found = DocumentedAnswers.Mismatch("GET", "/health", status, "application/json", body);
        if (problem is null) Assert.Null(found);
        else Assert.Contains(problem, found, StringComparison.Ordinal);
    }
}
