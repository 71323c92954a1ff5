using System.Globalization;

namespace Orchestrator.GitHub;

/// <summary>
/// When GitHub may be asked again, from the headers of an answer. Pure. As "Best practices for using the REST API" has it: Retry-After
/// first; then, with nothing remaining, the reset time; else a minute, and twice as long each further time.
/// </summary>
static class RateLimit
{
    static readonly TimeSpan Least = TimeSpan.FromMinutes(1);

    /// <summary>What is longer is not believed: GitHub's longest window is an hour.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(70);

    /// <summary>Null when the answer refuses nothing for being asked too often.</summary>
    /// <param name="status">HTTP status.</param>
    /// <param name="body">The answer's text.</param>
    /// <param name="header">Looks up a header.</param>
    /// <param name="now">Now.</param>
    /// <param name="before">Refusals of this kind in a row before this one.</param>
    public static DateTimeOffset? Until(int status, string body, Func<string, string?> header, DateTimeOffset now, int before)
    {
        if (status is not (403 or 429))
            return null;
        var after = After(header("Retry-After"), now);
        var spent = Spent(header, now);
        var secondary = body.Contains("secondary rate limit", StringComparison.OrdinalIgnoreCase)
            || body.Contains("abuse detection", StringComparison.OrdinalIgnoreCase);
        if (status == 403 && after is null && spent is null && !secondary)
            return null;
        return Bounded(after ?? spent ?? now + (Least * Math.Pow(2, Math.Min(before, 6))), now);
    }

    // X-RateLimit-Limit: 5000   X-RateLimit-Remaining: 0   X-RateLimit-Reset: 1769851800 (seconds since 1970)
    /// <summary>The time at which requests are counted anew, when none is left; null when some are.</summary>
    public static DateTimeOffset? Spent(Func<string, string?> header, DateTimeOffset now) =>
        header("X-RateLimit-Remaining") == "0"
        && long.TryParse(header("X-RateLimit-Reset"), NumberStyles.None, CultureInfo.InvariantCulture, out var reset)
        && reset < 253_402_300_799
            ? Bounded(DateTimeOffset.FromUnixTimeSeconds(reset) + TimeSpan.FromSeconds(1), now) : null;

    static DateTimeOffset? After(string? value, DateTimeOffset now) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? now + TimeSpan.FromSeconds(seconds)
        : DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;

    static DateTimeOffset Bounded(DateTimeOffset at, DateTimeOffset now) => at < now ? now : at > now + Longest ? now + Longest : at;
}
