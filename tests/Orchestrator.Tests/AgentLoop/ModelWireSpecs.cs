using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Orchestrator.AgentLoop;
using Orchestrator.Agents;

namespace Orchestrator.Tests.AgentLoop;

/// <summary>Answers no well-meaning endpoint gives.</summary>
public sealed class ModelWireSpecs
{
    static readonly Endpoint Somewhere = new(new Uri("http://host.test/v1/chat/completions"), null, "OPENAI_API_KEY", "m1");

    readonly List<string> printed = [];

    [Fact]
    public async Task A_line_without_end_is_cut_at_the_limit()
    {
        var failure = await Fails(() => Stream("data: " + new string('x', 100_000)));
        Assert.Equal((EndReason.Budget, true), (failure.Reason, failure.Message.Contains("5000 bytes", StringComparison.Ordinal)));
        Assert.Empty(printed);
    }

    [Fact]
    public async Task Events_without_sense_are_counted_and_no_answer()
    {
        var failure = await Fails(() => Stream("data: x\n\ndata: [1]\n\n: hm\n\nid: 7\n\ndata: {\"choices\":7}\n\n"));
        Assert.Equal(EndReason.ProviderUnavailable, failure.Reason);
        Assert.Contains("2 of its events", failure.Message, StringComparison.Ordinal);
        Assert.Equal(2, printed.Count);
    }

    [Fact]
    public async Task A_web_page_is_no_answer()
    {
        var failure = await Fails(() => Answer("<html>Welcome</html>", "text/html"));
        Assert.Equal(EndReason.BadRequest, failure.Reason);
        Assert.Contains("/v1", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        var failure = await Fails(() => new HttpResponseMessage(HttpStatusCode.TemporaryRedirect)
        {
            Headers = { Location = new("http://b.test") },
        });
        Assert.Equal(EndReason.BadRequest, failure.Reason);
    }

    [Fact]
    public async Task A_date_too_far_away_is_not_waited_for()
    {
        var failure = await Fails(() => new HttpResponseMessage(HttpStatusCode.TooManyRequests)
        {
            Headers = { RetryAfter = new RetryConditionHeaderValue(TimeProvider.System.GetUtcNow().AddHours(1)) },
        });
        Assert.Equal(EndReason.RateLimited, failure.Reason);
        Assert.Empty(printed);
    }

    [Fact]
    public async Task An_answer_that_is_not_streamed_is_taken()
    {
        var answer = await Ask(() => Answer("""{"choices":[{"message":{"content":"hi"},"finish_reason":"stop"}]}""", "application/json"));
        Assert.Equal("hi", answer.Text);
    }

    async Task<LoopFailure> Fails(Func<HttpResponseMessage> answer) => await Assert.ThrowsAsync<LoopFailure>(() => Ask(answer));

    async Task<ModelAnswer> Ask(Func<HttpResponseMessage> answer)
    {
        using var http = new HttpClient(new Canned(answer));
        var wire = new ModelWire(http, Somewhere, new LoopLimits { AnswerBytes = 5000 }, TimeProvider.System, printed.Add);
        return await wire.Ask(_ => new JsonObject(), "t", TestContext.Current.CancellationToken);
    }

    static HttpResponseMessage Stream(string text) => Answer(text, "text/event-stream");

    static HttpResponseMessage Answer(string text, string type) => new(HttpStatusCode.OK)
    {
        Content = new ByteArrayContent(Encoding.UTF8.GetBytes(text)) { Headers = { ContentType = new(type) } },
    };

    /// <summary>The network's end of the client: always this answer.</summary>
    sealed class Canned(Func<HttpResponseMessage> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken stop) =>
            Task.FromResult(answer());
    }
}
