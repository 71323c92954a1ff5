using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Daemon;

/// <summary>Waiting for a run, and moving it from outside.</summary>
public class WaitSpecs(SharedDaemon shared) : IClassFixture<SharedDaemon>
{
    TestDaemon Daemon => shared.Daemon;

    string Gate(string name) => Path.Combine(Daemon.Root, name);

    [Fact]
    public async Task An_ended_run_answers_at_once_and_a_running_one_when_it_ends()
    {
        var id = await Daemon.Run($"wait-file {Gate("w1")}");
        var soon = await Daemon.Get($"/runs/{id}/wait?timeout_s=0");
        Assert.True((bool)soon["timed_out"]!);
        Assert.True((bool)(await Daemon.Get($"/runs/{id}/wait?timeout_s=0.2&interval_ms=50"))["timed_out"]!);

        var waiting = Daemon.Get($"/runs/{id}/wait?timeout_s=60");
        await File.WriteAllTextAsync(Gate("w1"), "", TestContext.Current.CancellationToken);
        var ended = await waiting;

        Assert.False((bool)ended["timed_out"]!);
        Assert.Equal("succeeded", (string?)ended["run"]!["status"]);
        Assert.Equal("succeeded", (string?)(await Daemon.Get($"/runs/{id}/wait?timeout_s=99999"))["run"]!["status"]);
    }

    [Theory]
    [InlineData("timeout_s=-1")]
    [InlineData("timeout_s=abc")]
    [InlineData("timeout_s=NaN")]
    [InlineData("timeout_s=1e3")]
    [InlineData("interval_ms=-5")]
    [InlineData("interval_ms=x")]
    public async Task A_wait_with_a_time_that_is_none_is_400(string query)
    {
        var id = await Daemon.Run("print x");
        await Daemon.Send(HttpMethod.Get, $"/runs/{id}/wait?{query}").Refused(400, "invalid_request");
    }

    [Fact]
    public async Task A_client_that_leaves_does_not_touch_the_run()
    {
        var id = await Daemon.Run($"wait-file {Gate("w2")}");
        using var impatient = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var waiting = Daemon.Http.GetAsync($"/runs/{id}/wait?timeout_s=300", impatient.Token);
        await Eventually.True(() => TestDaemon.ProcessesOf(id).Count > 0, "the agent runs");
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);

        await File.WriteAllTextAsync(Gate("w2"), "", TestContext.Current.CancellationToken);
        Assert.Equal("succeeded", (string?)(await Daemon.Ended(id))["status"]);
    }

    [Fact]
    public async Task From_outside_a_run_becomes_canceled_and_nothing_else()
    {
        var id = await Daemon.Run($"wait-file {Gate("w3")}");
        await Eventually.True(() => TestDaemon.ProcessesOf(id).Count > 0, "the agent runs");
        foreach (var to in new[] { "running", "succeeded", "queued", "cancelled", "nonsense" })
        {
            var problem = await Daemon.Send(HttpMethod.Post, $"/runs/{id}/transition", new JsonObject { ["to_status"] = to })
                .Refused(409, "conflict");
            Assert.Contains((string?)problem["from"], new[] { "starting", "running" });
            Assert.Equal(to, (string?)problem["to"]);
            Assert.Equal("canceled", (string?)Assert.Single(problem["allowed"]!.AsArray()));
        }

        await Daemon.Send(HttpMethod.Post, $"/runs/{id}/transition").Refused(400, "invalid_request");
        await Daemon.Post($"/runs/{id}/transition", new JsonObject { ["to_status"] = "canceled", ["reason"] = "enough" });
        Assert.Equal("canceled", (string?)(await Daemon.Ended(id))["status"]);
        var count = (await Daemon.EventsOf(id)).Count;
        Assert.Equal("canceled", (string?)(await Daemon.Post($"/runs/{id}/cancel"))["run"]!["status"]);
        await Daemon.Post($"/runs/{id}/transition", new JsonObject { ["to_status"] = "canceled" });
        Assert.Equal(count, (await Daemon.EventsOf(id)).Count);
    }

    [Fact]
    public async Task An_ended_run_cannot_be_canceled_any_more()
    {
        var id = await Daemon.Run("print x");
        await Daemon.Ended(id);
        var problem = await Daemon.Send(HttpMethod.Post, $"/runs/{id}/cancel").Refused(409, "conflict");
        Assert.Equal("succeeded", (string?)problem["from"]);
        Assert.Empty(problem["allowed"]!.AsArray());
    }

    [Fact]
    public async Task A_queued_run_is_canceled_at_once()
    {
        var first = await Daemon.Run($"wait-file {Gate("w4")}");
        var order = TestDaemon.Order("print never");
        order["session_id"] = (string?)(await Daemon.Get($"/runs/{first}"))["run"]!["session_id"];
        var second = (string)(await Daemon.Post("/runs", order))["run"]!["id"]!;

        Assert.Equal("canceled", (string?)(await Daemon.Post($"/runs/{second}/cancel"))["run"]!["status"]);
        var types = (await Daemon.EventsOf(second)).Select(e => (string)e["event_type"]!).Where(type => type != "message.created");
        Assert.Equal(["run.queued", "message.dropped", "run.canceled"], types);
        await Daemon.Post($"/runs/{first}/cancel");
        await Daemon.Ended(first);
    }
}
