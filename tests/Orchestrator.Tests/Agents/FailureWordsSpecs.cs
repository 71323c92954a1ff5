using Orchestrator.Agents;

namespace Orchestrator.Tests.Agents;

public class FailureWordsSpecs
{
    [Theory]
    [InlineData("Codex ran out of room in the model's context window.", "context_exceeded")]
    [InlineData("Quota exceeded. Check your plan and billing details.", "quota_exhausted")]
    [InlineData("You've hit your usage limit. Try again in 3 days.", "quota_exhausted")]
    [InlineData("exceeded retry limit, last status: 429 Too Many Requests", "rate_limited")]
    [InlineData("unexpected status 401 Unauthorized: x, url: http://127.0.0.1:8199/v1/responses", "auth_required")]
    [InlineData("unexpected status 403 Forbidden", "auth_required")]
    [InlineData("Missing environment variable: `FAKE_API_KEY`.", "auth_required")]
    [InlineData("We’re currently experiencing high demand, which may cause temporary errors.", "provider_unavailable")]
    [InlineData("Connection failed: error sending request", "provider_unavailable")]
    [InlineData("API Error: Connection dropped (ECONNRESET). Check the gateway set in ANTHROPIC_BASE_URL.", "provider_unavailable")]
    [InlineData("unexpected status 503 Service Unavailable", "provider_unavailable")]
    [InlineData("""{"type":"error","error":{"type":"invalid_request_error","message":"nope"}}""", "bad_request")]
    [InlineData("unexpected status 404 Not Found: no such model", "bad_request")]
    [InlineData("something on port 4290 and line 500 went wrong", "agent_error")]
    [InlineData("", "agent_error")]
    public void Words_give_a_reason(string text, string reason) => Assert.Equal(reason, FailureWords.Reason(text));

    [Theory]
    [InlineData(400, "", "bad_request")]
    [InlineData(400, "Prompt is too long", "context_exceeded")]
    [InlineData(400, "Credit balance is too low", "quota_exhausted")]
    [InlineData(402, "", "quota_exhausted")]
    [InlineData(429, "", "rate_limited")]
    [InlineData(429, "Your credit balance is too low", "quota_exhausted")]
    [InlineData(529, "", "provider_unavailable")]
    [InlineData(200, "", null)]
    [InlineData(0, "", null)]
    public void A_status_gives_a_reason(int status, string text, string? reason) =>
        Assert.Equal(reason, FailureWords.ReasonOfStatus(status, text));

    [Theory]
    [InlineData("""{"error":{"message":"nope"}}""", "nope")]
    [InlineData("""{"message":"nope"}""", "nope")]
    [InlineData("""{"other":1}""", """{"other":1}""")]
    [InlineData("{ broken", "{ broken")]
    [InlineData("plain", "plain")]
    public void The_sentence_is_taken_out_of_json(string text, string sentence) => Assert.Equal(sentence, FailureWords.Sentence(text));
}
