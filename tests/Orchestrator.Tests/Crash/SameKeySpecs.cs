using System.Net;
using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Crash;

/// <summary>Fifty clients send the same request with the same key: one run, whatever happens in between.</summary>
public class SameKeySpecs
{
    const int Clients = 50;

    [Fact]
    public async Task Fifty_clients_at_once_with_one_key_make_one_run_and_all_get_its_first_answer()
    {
        await using var daemon = await TestDaemon.Start();

        var answers = await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Ask(daemon)));

        Assert.Single(answers, a => a is { Status: HttpStatusCode.Created, Replay: false });
        Assert.Equal(Clients - 1, answers.Count(a => a is { Status: HttpStatusCode.OK, Replay: true }));
        Assert.Single(answers.Select(a => a.Body).Distinct());
        Assert.Single((await daemon.Get("/runs"))["runs"]!.AsArray());
        await daemon.Ended(answers[0].Id);
        Assert.Single(await daemon.Events(), e => (string?)e["event_type"] == "run.queued");
    }

    [Fact]
    public async Task A_key_holds_across_kills_of_the_daemon_and_for_its_own_body_only()
    {
        await using var daemon = await TestDaemon.Start();
        var before = Enumerable.Range(0, Clients).Select(_ => AskOrFail(daemon)).ToList();
        // Some are answered, some die with the daemon: none of it may make a second run.
        await Task.WhenAny(before);
        await daemon.Kill();
        var first = (await Task.WhenAll(before)).OfType<Answered>().ToList();
        await daemon.Start();

        var after = await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Ask(daemon)));

        Assert.Single(first.Concat(after).Select(a => a.Id).Distinct());
        if (first.Count > 0)
            Assert.All(after, a => Assert.True(a.Replay));
        Assert.Single((await daemon.Get("/runs"))["runs"]!.AsArray());
        using var other = await daemon.Send(HttpMethod.Post, "/runs", Order("print something else"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);
        var problem = JsonNode.Parse(await other.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        Assert.Equal("idempotency_mismatch", (string?)problem["code"]);
        await daemon.Ended(after[0].Id);
    }

    static JsonObject Order(string step)
    {
        var order = TestDaemon.Order(step);
        order["idempotency_key"] = "the same";
        return order;
    }

    static async Task<Answered> Ask(TestDaemon daemon)
    {
        using var answer = await daemon.Send(HttpMethod.Post, "/runs", Order("print once"));
        var body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, body);
        var replay = answer.Headers.TryGetValues("Idempotent-Replay", out var values) && values.Single() == "true";
        return new Answered(answer.StatusCode, replay, (string)JsonNode.Parse(body)!["run"]!["id"]!, body);
    }

    static async Task<Answered?> AskOrFail(TestDaemon daemon)
    {
        try
        {
            return await Ask(daemon);
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>One client's answer.</summary>
    sealed record Answered(HttpStatusCode Status, bool Replay, string Id, string Body);
}
