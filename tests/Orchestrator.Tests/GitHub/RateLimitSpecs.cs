using Orchestrator.GitHub;

namespace Orchestrator.Tests.GitHub;

public sealed class RateLimitSpecs
{
    static readonly DateTimeOffset Now = new(2026, 1, 31, 9, 30, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(429, "", "Retry-After: 30", 0, 30)]
    [InlineData(403, "", "Retry-After: 30", 0, 30)]
    [InlineData(403, "", "X-RateLimit-Remaining: 0, X-RateLimit-Reset: 1769852100", 0, 301)]
    [InlineData(429, "", "X-RateLimit-Remaining: 0, X-RateLimit-Reset: 1769852100, Retry-After: 5", 0, 5)]
    [InlineData(403, "You have exceeded a secondary rate limit.", "X-RateLimit-Remaining: 4000", 0, 60)]
    [InlineData(403, "You have exceeded a secondary rate limit.", "", 2, 240)]
    [InlineData(429, "", "", 0, 60)]
    // What is absurd is bounded.
    [InlineData(429, "", "Retry-After: 999999999", 0, 4200)]
    [InlineData(429, "", "Retry-After: 99999999999999999999", 0, 60)]
    [InlineData(403, "", "X-RateLimit-Remaining: 0, X-RateLimit-Reset: 99999999999999", 99, null)]
    [InlineData(403, "", "X-RateLimit-Remaining: 0, X-RateLimit-Reset: 1", 0, 0)]
    // Refusals of another kind.
    [InlineData(403, "Resource not accessible by personal access token", "X-RateLimit-Remaining: 4000", 0, null)]
    [InlineData(404, "", "Retry-After: 30", 0, null)]
    [InlineData(500, "secondary rate limit", "", 0, null)]
    public void A_refusal_says_how_long_it_is_left_alone(int status, string body, string headers, int before, int? seconds) =>
        Assert.Equal(seconds, (RateLimit.Until(status, body, Header(headers), Now, before) - Now)?.TotalSeconds);

    [Fact]
    public void Nothing_remaining_is_seen_before_anything_is_refused()
    {
        Assert.Equal(301, (RateLimit.Spent(Header("X-RateLimit-Remaining: 0, X-RateLimit-Reset: 1769852100"), Now) - Now)?.TotalSeconds);
        Assert.Null(RateLimit.Spent(Header("X-RateLimit-Remaining: 1, X-RateLimit-Reset: 1769852100"), Now));
    }

    static Func<string, string?> Header(string list) => list.Split(", ", StringSplitOptions.RemoveEmptyEntries)
        .Select(pair => pair.Split(": ")).ToDictionary(pair => pair[0], pair => pair[1]).GetValueOrDefault;
}
