using System.Text;
using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Daemon;

/// <summary>The same request sent again with its idempotency key has one effect and one answer.</summary>
public class RepeatSpecs(SharedDaemon shared) : IClassFixture<SharedDaemon>
{
    TestDaemon Daemon => shared.Daemon;

    [Fact]
    public async Task A_repeat_gets_the_first_answer_with_200_wherever_the_key_stands()
    {
        var session = (string)(await Daemon.Post("/sessions", new JsonObject { ["profile"] = "fake" }))["session"]!["id"]!;
        var path = $"/sessions/{session}/messages";
        var (first, one) = await Send(path, """{"role":"user","text":"hello","idempotency_key":"k1"}""");
        var (again, two) = await Send(path, """{"idempotency_key":"k1","text":"hello","role":"user","else":1}""");
        var (byHeader, three) = await Send(path, """{"role":"user","text":"hello"}""", "k1");
        var (byPrefix, four) = await Send($"/sessions/{session[..14]}/messages", """{"role":"user","text":"hello"}""", "k1");

        Assert.Equal(201, (int)first.StatusCode);
        Assert.False(first.Headers.Contains("Idempotent-Replay"));
        foreach (var (answer, text) in new[] { (again, two), (byHeader, three), (byPrefix, four) })
        {
            Assert.Equal(200, (int)answer.StatusCode);
            Assert.Equal("true", answer.Headers.GetValues("Idempotent-Replay").Single());
            Assert.Equal(one, text);
        }

        Assert.Single((await Daemon.Get($"/runs?session_id={session}"))["runs"]!.AsArray());
    }

    [Fact]
    public async Task The_same_key_with_another_body_is_422_and_elsewhere_it_is_another_key()
    {
        var one = (string)(await Daemon.Post("/sessions"))["session"]!["id"]!;
        var other = (string)(await Daemon.Post("/sessions"))["session"]!["id"]!;
        await Send($"/sessions/{one}/messages", """{"role":"system","text":"a"}""", "k2");

        var text = new JsonObject { ["role"] = "system", ["text"] = "b", ["idempotency_key"] = "k2" };
        await Daemon.Send(HttpMethod.Post, $"/sessions/{one}/messages", text).Refused(422, "idempotency_mismatch");
        Assert.Equal(201, (int)(await Send($"/sessions/{other}/messages", text.ToJsonString())).Answer.StatusCode);
        Assert.Equal(201, (int)(await Send("/sessions", """{"title":"x"}""", "k2")).Answer.StatusCode);
    }

    [Fact]
    public async Task A_refused_request_leaves_its_key_free()
    {
        await Daemon.Send(HttpMethod.Post, "/runs", new JsonObject { ["prompt"] = " ", ["idempotency_key"] = "k3" })
            .Refused(422, "unprocessable");
        var order = TestDaemon.Order("print x");
        order["idempotency_key"] = "k3";
        Assert.Equal(201, (int)(await Send("/runs", order.ToJsonString())).Answer.StatusCode);
    }

    [Fact]
    public async Task Body_and_header_must_agree_and_a_key_has_bounds()
    {
        var different = new HttpRequestMessage(HttpMethod.Post, "/sessions")
        {
            Content = new StringContent("""{"idempotency_key":"a"}""", Encoding.UTF8, "application/json"),
        };
        different.Headers.Add("Idempotency-Key", "b");
        await Daemon.Http.SendAsync(different, TestContext.Current.CancellationToken).Refused(400, "invalid_request");
        await Daemon.Send(HttpMethod.Post, "/sessions", new JsonObject { ["idempotency_key"] = new string('k', 201) })
            .Refused(422, "unprocessable");
        await Daemon.Send(HttpMethod.Post, "/sessions", new JsonObject { ["idempotency_key"] = "a\0b" }).Refused(422, "unprocessable");
    }

    [Fact]
    public async Task Fifty_clients_with_one_key_start_one_run()
    {
        var body = TestDaemon.Order("print once").ToJsonString();
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Send("/runs", body, "fifty")));

        Assert.Single(answers, answer => (int)answer.Answer.StatusCode == 201);
        Assert.Single(answers.Select(answer => answer.Text).Distinct());
        Assert.Single((await Daemon.Events()), e => (string?)e["event_type"] == "run.queued"
            && (string?)e["run_id"] == (string?)JsonNode.Parse(answers[0].Text)!["run"]!["id"]);
    }

    [Fact]
    public async Task Keys_outlive_the_daemon()
    {
        await using var own = await TestDaemon.Start();
        var order = TestDaemon.Order("print once");
        order["idempotency_key"] = "k";
        var first = (await own.Post("/runs", order)).ToJsonString();
        await own.Kill();
        await own.Start();
        Assert.Equal(first, (await own.Post("/runs", order)).ToJsonString());
    }

    async Task<(HttpResponseMessage Answer, string Text)> Send(string path, string body, string? key = null)
    {
        var content = new StringContent(body, Encoding.UTF8, "application/json");
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        var answer = await Daemon.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return (answer, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
