using System.Globalization;
using System.Text.RegularExpressions;

namespace Orchestrator.Agents;

/// <summary>Finds in a provider's or an agent's words when requests are taken again. Where they give no time: null.</summary>
static partial class ResetWords
{
    /// <summary>Only so much of a text is looked at: times stand in sentences, not in pages.</summary>
    const int Longest = 8 * 1024;

    // Codex    "You've hit your usage limit. … try again at 3:05 PM."      "… or try again at Nov 30th, 2026 3:05 PM."
    //          "Rate limit reached … Please try again in 1.898s."         "… try again in 3 days 4 hours 5 minutes."
    // Claude   "You've hit your limit · resets 3pm (America/Los_Angeles)"   "5-hour limit reached ∙ resets 3:30pm"
    //          "Claude AI usage limit reached|1795174070"                  "… resets Dec 2, 9am (Europe/Berlin)"
    // Gemini   "Please retry in 34.074824224s."   "Your quota will reset after 3h12m5s."   stderr: "retryDelayMs: 34074.8"
    // Others   "try again in 1s"   "retry_after_seconds: 30"   "\"resets_in_seconds\": 7200"   "\"resets_at\": 1795174070"
    public static ResetHint? Find(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        text = text.Length > Longest ? text[..Longest] : text;
        return Epoch(text) ?? Milliseconds(text) ?? Seconds(text) ?? Length(text) ?? Iso(text) ?? Dated(text) ?? OfDay(text);
    }

    /// <summary>A moment given in seconds (or, by its size, milliseconds) since 1970; null outside of what a reset time can be.</summary>
    public static DateTimeOffset? Moment(long epoch)
    {
        var seconds = epoch > 100_000_000_000 ? epoch / 1000 : epoch;
        return seconds is > 1_000_000_000 and < 10_000_000_000 ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;
    }

    /// <summary>An HTTP header <c>Retry-After</c>: seconds, or a date.</summary>
    public static ResetHint? OfHeader(string? value)
    {
        if (value is null)
            return null;
        if (double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds))
            return Span(seconds);
        return DateTimeOffset.TryParseExact(value, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date)
            ? new() { At = date } : null;
    }

    static ResetHint? Epoch(string text) =>
        EpochWords().Match(text) is { Success: true } match && long.TryParse(match.Groups["n"].ValueSpan, NumberStyles.None,
            CultureInfo.InvariantCulture, out var number) && Moment(number) is { } moment
            ? new() { At = moment } : null;

    static ResetHint? Milliseconds(string text) => MillisecondWords().Match(text) is { Success: true } match
        ? Span(match.Groups["n"].Value, 0.001) : null;

    static ResetHint? Seconds(string text) => SecondWords().Match(text) is { Success: true } match
        ? Span(match.Groups["n"].Value, 1) : null;

    /// <summary>"in 3 days 4 hours 5 minutes", "after 3h12m5s", "in 34.07s": all the parts that follow each other.</summary>
    static ResetHint? Length(string text)
    {
        if (LengthWords().Match(text) is not { Success: true } match)
            return null;
        var (units, numbers) = (match.Groups["unit"].Captures, match.Groups["n"].Captures);
        var seconds = 0.0;
        for (var i = 0; i < numbers.Count; i++)
        {
            if (!double.TryParse(numbers[i].ValueSpan, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
                return null;
            seconds += number * SecondsOf(units[i].Value);
        }
        return Span(seconds);
    }

    static double SecondsOf(string unit) => unit.ToLowerInvariant() switch
    {
        "ms" => 0.001,
        ['d', ..] => 86_400,
        ['h', ..] => 3600,
        ['m', ..] => 60,
        _ => 1,
    };

    static ResetHint? Iso(string text) => IsoWords().Match(text) is { Success: true } match
        && DateTimeOffset.TryParse(match.Groups["t"].Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)
        ? new() { At = moment } : null;

    static ResetHint? Dated(string text)
    {
        if (DatedWords().Match(text) is not { Success: true } match || Clock(match) is not { } clock)
            return null;
        // A leap year stands for the one that is not said.
        var year = match.Groups["y"].Success ? match.Groups["y"].Value : "2000";
        if (!DateTime.TryParseExact($"{match.Groups["month"].Value} {match.Groups["d"].Value} {year}", "MMM d yyyy",
            CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
            return null;
        var day = date.ToString(match.Groups["y"].Success ? "yyyy-MM-dd" : "MM-dd", CultureInfo.InvariantCulture);
        return new() { Local = $"{day} {clock}", Zone = Zone(match) };
    }

    static ResetHint? OfDay(string text) => OfDayWords().Match(text) is { Success: true } match && Clock(match) is { } clock
        ? new() { Local = clock, Zone = Zone(match) } : null;

    /// <summary>3pm, 3:05 PM, 15:05 → 15:05; null for 25:00 and 13pm.</summary>
    static string? Clock(Match match)
    {
        var hour = int.Parse(match.Groups["h"].ValueSpan, CultureInfo.InvariantCulture);
        var minute = match.Groups["min"].Success ? int.Parse(match.Groups["min"].ValueSpan, CultureInfo.InvariantCulture) : 0;
        var half = match.Groups["half"].Success ? char.ToLowerInvariant(match.Groups["half"].Value[0]) : ' ';
        // "at 3" alone is no time of day.
        if (minute > 59 || (half == ' ' && !match.Groups["min"].Success) || (half == ' ' ? hour > 23 : hour is < 1 or > 12))
            return null;
        hour = half switch { 'a' => hour % 12, 'p' => (hour % 12) + 12, _ => hour };
        return string.Create(CultureInfo.InvariantCulture, $"{hour:00}:{minute:00}");
    }

    static string? Zone(Match match) => match.Groups["zone"] is { Success: true } zone ? zone.Value : null;

    static ResetHint? Span(string number, double unit) =>
        double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) ? Span(value * unit) : null;

    // A century is beyond every reset, and within what a TimeSpan holds.
    static ResetHint? Span(double seconds) =>
        seconds is >= 0 and < 3_153_600_000 ? new() { In = TimeSpan.FromSeconds(seconds) } : null;

    const string Number = @"(?<n>\d{1,15}(?:\.\d{1,9})?)";

    const string Again = @"\b(?:again|retry|resets?|available)";

    const string OfClock = @"(?<h>\d{1,2})(?::(?<min>\d\d))?\s?(?<half>[ap]m)?\b(?:\s\((?<zone>[A-Za-z_]+(?:/[\w+-]+)*)\))?";

    const string Unit = @"(?<unit>milliseconds?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d)";

    [GeneratedRegex(@"(?:limit reached\|\s?|resets?_?at[""']?\s{0,3}[:=]\s{0,3})(?<n>\d{10,13})\b", RegexOptions.IgnoreCase)]
    private static partial Regex EpochWords();

    [GeneratedRegex(@"\bretry_?(?:delay|after)_?ms[""']?\s{0,3}[:=]\s{0,3}" + Number, RegexOptions.IgnoreCase)]
    private static partial Regex MillisecondWords();

    [GeneratedRegex(@"\b(?:retry[-_]after(?:_s|_seconds)?|resets_in_seconds|retryDelay)[""']?\s{0,3}[:=]\s{0,3}[""']?" + Number,
        RegexOptions.IgnoreCase)]
    private static partial Regex SecondWords();

    [GeneratedRegex(@"\b(?:again|retry|resets?|available|alone)\s(?:in|after|for)\s(?:about\s|~)?"
        + @"(?:(?<n>\d{1,9}(?:\.\d{1,9})?)\s?" + Unit + @"(?![a-z])[,\s]{0,2}(?:and\s)?|(?<n>\d{1,9})(?<unit>[dhm])(?=\d)){1,5}",
        RegexOptions.IgnoreCase)]
    private static partial Regex LengthWords();

    [GeneratedRegex(Again + @"\s?(?:at|on|after)?:?\s(?<t>\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,7})?)?(?:Z|[+-]\d\d:\d\d)?)",
        RegexOptions.IgnoreCase)]
    private static partial Regex IsoWords();

    [GeneratedRegex(Again + @"\s(?:at\s|on\s)?(?<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\s"
        + @"(?<d>\d{1,2})(?:st|nd|rd|th)?,?(?:\s(?<y>\d{4}))?,?\s(?:at\s)?" + OfClock, RegexOptions.IgnoreCase)]
    private static partial Regex DatedWords();

    [GeneratedRegex(Again + @"\s(?:at\s)?" + OfClock, RegexOptions.IgnoreCase)]
    private static partial Regex OfDayWords();
}
