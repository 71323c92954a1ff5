using Orchestrator.AgentLoop;
using Orchestrator.Agents;

namespace Orchestrator.Tests.AgentLoop;

/// <summary>Which endpoint is asked, and what its refusals mean.</summary>
public class EndpointSpecs
{
    static readonly Endpoint Somewhere = new(new Uri("http://host.test/v1/chat/completions"), "key-123456", "OPENAI_API_KEY", "m1");

    [Theory]
    [InlineData(401, """{"error":{"message":"bad key"}}""", "auth_required", false)]
    [InlineData(403, "", "auth_required", false)]
    [InlineData(402, """{"error":{"message":"Insufficient credits"}}""", "quota_exhausted", false)]
    [InlineData(429, """{"error":{"message":"Rate limit reached"}}""", "rate_limited", true)]
    [InlineData(429, """{"error":{"message":"You exceeded your current quota","code":"insufficient_quota"}}""", "quota_exhausted", false)]
    [InlineData(400, """{"error":{"message":"This model's maximum context length is 8192 tokens."}}""", "context_exceeded", false)]
    [InlineData(400, """{"error":{"message":"Your request exceeded model token limit: 8192"}}""", "context_exceeded", false)]
    [InlineData(400, """{"error":{"message":"temperature is out of range"}}""", "bad_request", false)]
    [InlineData(404, """{"error":{"message":"model 'x' not found"}}""", "bad_request", false)]
    [InlineData(404, "404 page not found", "bad_request", false)]
    [InlineData(307, "", "bad_request", false)]
    [InlineData(400, """{"error":{"message":"registry.ollama.ai/library/m1 does not support tools"}}""", "bad_request", false)]
    [InlineData(500, "oops", "provider_unavailable", true)]
    [InlineData(503, "<html>busy</html>", "provider_unavailable", true)]
    public void A_refusal_has_its_reason(int status, string body, string reason, bool again)
    {
        var refusal = ModelRefusal.OfStatus(status, body, Somewhere);
        Assert.Equal((reason, again), (refusal.Reason, refusal.Again));
        Assert.Contains($"{status}", refusal.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("<html>", refusal.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400, """{"error":{"message":"m1 does not support tools"}}""", "does not take tools")]
    [InlineData(404, "404 page not found", "end in /v1")]
    public void What_a_person_can_do_is_said(int status, string body, string words) =>
        Assert.Contains(words, ModelRefusal.OfStatus(status, body, Somewhere).Text, StringComparison.Ordinal);

    [Theory]
    [InlineData(null, "sk-1", null, "https://api.openai.com/v1/chat/completions")]
    [InlineData("http://127.0.0.1:11434/v1/", null, null, "http://127.0.0.1:11434/v1/chat/completions")]
    [InlineData("https://api.moonshot.ai/v1", null, "MOONSHOT_API_KEY", "https://api.moonshot.ai/v1/chat/completions")]
    public void The_environment_names_the_endpoint(string? url, string? key, string? keyName, string chat)
    {
        var endpoint = Endpoint.Of(Variables(url, key, keyName), "m1");
        Assert.Equal((chat, keyName is null ? key : "moon-key"), (endpoint.Chat.AbsoluteUri, endpoint.Key));
    }

    [Theory]
    [InlineData(null, null, null, "m", "auth_required", "OPENAI_API_KEY is not set")]
    [InlineData("http://h.test/v1", null, "NOWHERE_KEY", "m", "auth_required", "NOWHERE_KEY")]
    [InlineData("h.test/v1", "k", null, "m", "bad_request", "OPENAI_BASE_URL")]
    [InlineData("file:///etc", "k", null, "m", "bad_request", "OPENAI_BASE_URL")]
    [InlineData("https://user:pw@h.test/v1", "k", null, "m", "bad_request", "OPENAI_BASE_URL")]
    [InlineData("http://h.test/v1", "a b", null, "m", "auth_required", "characters")]
    [InlineData("http://h.test/v1", "k", null, null, "bad_request", "model")]
    public void What_is_missing_is_named(string? url, string? key, string? keyName, string? model, string reason, string words)
    {
        var failure = Assert.Throws<LoopFailure>(() => Endpoint.Of(Variables(url, key, keyName), model));
        Assert.Equal(reason, failure.Reason);
        Assert.Contains(words, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("pw", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_key_is_hidden_wherever_it_is_repeated() =>
        Assert.Equal("wrong key [key].", Somewhere.Hide("wrong key key-123456."));

    [Fact]
    public void An_error_in_the_stream_is_tried_again_unless_it_says_that_this_is_useless()
    {
        Assert.True(ModelRefusal.InStream("something odd", 0).Again);
        Assert.Equal(EndReason.ContextExceeded, ModelRefusal.InStream("context_length_exceeded", 400).Reason);
        Assert.False(ModelRefusal.InStream("insufficient_quota", 429).Again);
    }

    static Func<string, string?> Variables(string? url, string? key, string? keyName) => name => name switch
    {
        "OPENAI_BASE_URL" => url,
        "OPENAI_API_KEY" => key,
        "OPENAI_API_KEY_VARIABLE" => keyName,
        "MOONSHOT_API_KEY" => "moon-key",
        _ => null,
    };
}
