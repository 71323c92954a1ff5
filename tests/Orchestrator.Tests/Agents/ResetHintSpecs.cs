using System.Globalization;
using Orchestrator.Agents;

namespace Orchestrator.Tests.Agents;

/// <summary>When a provider takes requests again: read from real words, and made a moment by clock and zone.</summary>
public class ResetHintSpecs
{
    static readonly DateTimeOffset Now = new(2026, 11, 28, 13, 30, 0, TimeSpan.Zero);
    static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    // Now is half past two in Berlin, the machine's zone here, and 08:30 in New York.
    [Theory]
    [InlineData("You've hit your usage limit. Upgrade to Pro or try again at 3:05 PM.", "2026-11-28T14:05:00Z")]
    [InlineData("Visit x to purchase more credits or try again at Nov 30th, 2026 3:05 PM.", "2026-11-30T14:05:00Z")]
    [InlineData("You've hit your usage limit. Try again in 3 days 4 hours 5 minutes.", "2026-12-01T17:35:00Z")]
    [InlineData("Rate limit reached for gpt-5.5. Please try again in 1.898s. Visit https://x", "2026-11-28T13:30:01.898Z")]
    [InlineData("Please try again in 250ms.", "2026-11-28T13:30:00.250Z")]
    [InlineData("You've hit your limit · resets 3pm (America/New_York)", "2026-11-28T20:00:00Z")]
    [InlineData("5-hour limit reached ∙ resets 3:30pm", "2026-11-28T14:30:00Z")]
    [InlineData("Session limit reached ∙ resets 2pm", "2026-11-29T13:00:00Z")]
    [InlineData("Weekly limit reached ∙ resets Dec 2, 9am (Europe/Berlin)", "2026-12-02T08:00:00Z")]
    [InlineData("Weekly limit reached ∙ resets Jan 2 at 9am", "2027-01-02T08:00:00Z")]
    [InlineData("Claude AI usage limit reached|1795958100", "2026-11-29T13:15:00Z")]
    [InlineData("You exceeded your current quota.\nPlease retry in 34.074824224s.", "2026-11-28T13:30:34.0748242Z")]
    [InlineData("You have exhausted your capacity on this model. Your quota will reset after 3h12m5s.", "2026-11-28T16:42:05Z")]
    [InlineData("  retryDelayMs: 34074.5,\n  status: 429", "2026-11-28T13:30:34.0745Z")]
    [InlineData("fake: rate limit reached, try again in 1s", "2026-11-28T13:30:01Z")]
    [InlineData("x answered HTTP 429: busy It asks to be left alone for 90 s.", "2026-11-28T13:31:30Z")]
    [InlineData("""{"error":{"type":"usage_limit_reached","resets_in_seconds":7200}}""", "2026-11-28T15:30:00Z")]
    [InlineData("""{"error":{"type":"usage_limit_reached","resets_at":1795958100}}""", "2026-11-29T13:15:00Z")]
    [InlineData("available again at 2026-11-29T10:00:00Z", "2026-11-29T10:00:00Z")]
    [InlineData("Too many requests, retry-after: 17", "2026-11-28T13:30:17Z")]
    [InlineData("limit: resets 14:25", "2026-11-29T13:25:00Z")]
    [InlineData("limit: resets 14:29", "2026-11-28T13:29:00Z")]
    [InlineData("resets 12am", "2026-11-28T23:00:00Z")]
    public void Words_become_a_moment(string words, string moment) => Assert.Equal(
        DateTimeOffset.Parse(moment, CultureInfo.InvariantCulture), ResetWords.Find(words)?.Resolve(Now, Berlin));

    [Theory]
    [InlineData("exceeded retry limit, last status: 429 Too Many Requests")]
    [InlineData("Quota exceeded. Check your plan and billing details.")]
    [InlineData("API Error: Request rejected (429) · rate limit reached")]
    [InlineData("resets 25:00")]
    [InlineData("resets 13pm")]
    [InlineData("resets 3")]
    [InlineData("try again in 99999999999999 years")]
    [InlineData("resets 3pm (Atlantis/Nowhere)")]
    [InlineData("resets Feb 31, 9am")]
    [InlineData("limit reached|123")]
    [InlineData("resets_at: 99999999999999999999")]
    [InlineData("The tests run again in the folder")]
    [InlineData("")]
    [InlineData(null)]
    public void Without_a_time_there_is_none(string? words) => Assert.Null(ResetWords.Find(words)?.Resolve(Now, Berlin));

    [Theory]
    // Clocks go forward at 02:00 and back at 03:00 in Berlin.
    [InlineData("2027-03-28T00:10:00Z", "resets 2:30am", "2027-03-28T01:30:00Z")]
    [InlineData("2027-10-30T23:30:00Z", "resets 2:30am", "2027-10-31T01:30:00Z")]
    public void The_nights_in_which_clocks_are_changed_have_one_moment_too(string now, string words, string moment) => Assert.Equal(
        DateTimeOffset.Parse(moment, CultureInfo.InvariantCulture),
        ResetWords.Find(words)?.Resolve(DateTimeOffset.Parse(now, CultureInfo.InvariantCulture), Berlin));

    [Theory]
    [InlineData("7", 7.0)]
    [InlineData("1.5", 1.5)]
    [InlineData("Sat, 28 Nov 2026 13:31:00 GMT", 60.0)]
    [InlineData("soon", null)]
    [InlineData("-3", null)]
    public void A_header_names_seconds_or_a_date(string header, double? seconds) => Assert.Equal(
        seconds is { } s ? Now.AddSeconds(s) : null, ResetWords.OfHeader(header)?.Resolve(Now, Berlin));

    [Fact]
    public void A_very_long_text_is_no_trouble()
    {
        var words = string.Concat(Enumerable.Repeat("again again in 1 2 3 4 5 6 7 8 9 hours and ", 200_000));
        var begun = TimeProvider.System.GetTimestamp();
        ResetWords.Find(words);
        ResetWords.Find(new string('1', 1_000_000));
        Assert.True(TimeProvider.System.GetElapsedTime(begun) < TimeSpan.FromSeconds(5));
    }

    const string OpenCodes = "{\"name\":\"APIError\",\"data\":{\"message\":\"slow down\",\"statusCode\":429,"
        + "\"responseHeaders\":{\"retry-after\":\"9\"}}}";

    const string ClaudesLimit = "{\"type\":\"rate_limit_event\",\"rate_limit_info\":{\"status\":\"WORD\",\"resetsAt\":1795958100}}⏎";

    const string ClaudesEnd =
        "{\"type\":\"result\",\"subtype\":\"success\",\"is_error\":true,\"api_error_status\":429,\"result\":\"WORDS\"}";

    const string CodexTold = "You've hit your usage limit. Try again at 3:05 PM.";

    const string GeminiTold = "[API Error: You exceeded your quota. Please retry in 34s.]";

    [Theory]
    [InlineData("codex", "{\"type\":\"turn.failed\",\"error\":{\"message\":\"" + CodexTold + "\"}}", "quota_exhausted",
        "2026-11-28T14:05:00Z")]
    [InlineData("gemini", "{\"type\":\"result\",\"status\":\"error\",\"error\":{\"message\":\"" + GeminiTold + "\"}}", "rate_limited",
        "2026-11-28T13:30:34Z")]
    [InlineData("opencode", "{\"type\":\"error\",\"sessionID\":\"s\",\"error\":" + OpenCodes + "}", "rate_limited", "2026-11-28T13:30:09Z")]
    [InlineData("openai", "{\"type\":\"end\",\"ok\":false,\"reason\":\"rate_limited\",\"text\":\"busy\",\"retry_after_s\":90}",
        "rate_limited",
        "2026-11-28T13:31:30Z")]
    [InlineData("claude", ClaudesLimit + ClaudesEnd, "quota_exhausted", "2026-11-29T13:15:00Z", "rejected", "You've hit your limit")]
    [InlineData("claude", ClaudesLimit + ClaudesEnd, "rate_limited", null, "allowed", "API Error: slow down")]
    public void Each_agent_tells_it_in_its_own_way(
        string name, string lines, string reason, string? moment, string word = "", string words = "")
    {
        lines = lines.Replace("WORDS", words, StringComparison.Ordinal).Replace("WORD", word, StringComparison.Ordinal);
        var agent = AgentCatalog.Of(name);
        var now = agent.Begin(Capture.OrderFor(name));
        foreach (var line in lines.Split('⏎'))
            now = agent.Read(now, new OutputLine(false, line)).Transcript;
        var ending = agent.Conclude(now, new Finish { ExitCode = 1 });
        Assert.Equal((reason, moment is null ? null : DateTimeOffset.Parse(moment, CultureInfo.InvariantCulture)),
            (ending.Reason, ending.Reset?.Resolve(Now, Berlin)));
    }

    [Theory]
    [InlineData(1, "Error: Unexpected error\n\nFailed query: CREATE TABLE `project` (…)", true, true)]
    [InlineData(1, "Failed query: CREATE TABLE", false, false)]
    [InlineData(1, "Failed query: INSERT INTO `session`", true, false)]
    [InlineData(1, "", true, false)]
    [InlineData(137, "Killed", true, false)]
    [InlineData(2, "error: unexpected argument '--x' found", true, false)]
    [InlineData(1, "error: unknown option '--nonsense'", true, false)]
    [InlineData(0, "", true, false)]
    public void Only_what_says_so_itself_had_not_begun(int exitCode, string stderr, bool silent, bool unstarted)
    {
        var finish = new Finish { ExitCode = exitCode, StderrTail = stderr, SaidNothing = silent };
        foreach (var (name, agent) in AgentCatalog.Names.SelectMany(AgentCatalog.ProtocolsOf).Select(agent => (agent.Name, agent)))
        {
            var ending = agent.Conclude(agent.Begin(Capture.OrderFor(name)), finish);
            Assert.Equal(unstarted && name == "opencode", ending.Unstarted);
        }
    }
}
