using System.Text.Json.Nodes;

namespace Orchestrator.Tests.Support;

/// <summary>What a refusal must look like, wherever it comes from.</summary>
static class Problems
{
    /// <summary>Checks status, code and every promised member; gives the document back.</summary>
    public static async Task<JsonNode> Refused(this Task<HttpResponseMessage> asking, int status, string code)
    {
        using var answer = await asking;
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True((int)answer.StatusCode == status, $"{(int)answer.StatusCode} instead of {status}: {text}");
        return Check(answer, text, status, code);
    }

    /// <summary>Any 4xx with a code; gives the document back.</summary>
    public static async Task<JsonNode> RefusedSomehow(this Task<HttpResponseMessage> asking, string what)
    {
        using var answer = await asking;
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True((int)answer.StatusCode is >= 400 and < 500, $"{what}: {(int)answer.StatusCode} {text}");
        return Check(answer, text, (int)answer.StatusCode, null);
    }

    static JsonNode Check(HttpResponseMessage answer, string text, int status, string? code)
    {
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal(Orchestrator.Cli.OwnVersion.Text, Assert.Single(answer.Headers.GetValues(Orchestrator.Cli.OwnVersion.Header)));
        var problem = JsonNode.Parse(text)!;
        Assert.Equal(status, (int?)problem["status"]);
        var word = (string?)problem["code"];
        Assert.Equal(code ?? word, word);
        Assert.False(string.IsNullOrEmpty(word), text);
        Assert.False(string.IsNullOrEmpty((string?)problem["type"]), text);
        Assert.False(string.IsNullOrEmpty((string?)problem["title"]), text);
        Assert.False(string.IsNullOrEmpty((string?)problem["detail"]), text);
        Assert.NotNull((bool?)problem["retryable"]);
        Assert.True(problem.AsObject().ContainsKey("hint"), text);
        Assert.Equal(word, (string?)problem["error"]!["code"]);
        Assert.Equal((string?)problem["detail"], (string?)problem["error"]!["message"]);
        return problem;
    }
}
