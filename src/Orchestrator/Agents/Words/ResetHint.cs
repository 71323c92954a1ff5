using System.Globalization;

namespace Orchestrator.Agents;

/// <summary>
/// When a provider will take requests again, as it said it: a length of time, a moment, or a time of day. Adapters have no clock, so it
/// becomes a moment only where the run's end is judged (<see cref="Resolve"/>).
/// </summary>
sealed record ResetHint
{
    /// <summary>So long after the refusal.</summary>
    public TimeSpan? In { get; init; }

    /// <summary>This moment.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>
    /// A time of day (<c>15:05</c>), with a day (<c>11-30 15:05</c>) or a date (<c>2026-11-30 15:05</c>), in <see cref="Zone"/>.
    /// </summary>
    public string? Local { get; init; }

    /// <summary>IANA name of the zone of <see cref="Local"/>; null for the machine's own.</summary>
    public string? Zone { get; init; }

    /// <summary>The moment it means; null when it means none: a zone nobody knows, a date that is none, a time past counting.</summary>
    /// <param name="now">When the refusal came.</param>
    /// <param name="own">The machine's own zone.</param>
    public DateTimeOffset? Resolve(DateTimeOffset now, TimeZoneInfo own)
    {
        if (At is { } moment)
            return moment;
        if (In is { } time)
            return time < DateTimeOffset.MaxValue - now ? now + time : null;
        if (Local is null || (Zone is null ? own : ZoneOf(Zone)) is not { } zone)
            return null;
        return Local.Length switch
        {
            5 => TimeSpan.TryParseExact(Local, @"hh\:mm", CultureInfo.InvariantCulture, out var ofDay) ? Next(ofDay, now, zone) : null,
            11 => ThisYear(Local, now, zone),
            _ => Dated(Local) is { } wall ? Utc(wall, zone) : null,
        };
    }

    static DateTime? Dated(string local) =>
        DateTime.TryParseExact(local, "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var wall) ? wall : null;

    /// <summary>A date without its year: of this one, or of the next when it is long past.</summary>
    static DateTimeOffset? ThisYear(string local, DateTimeOffset now, TimeZoneInfo zone)
    {
        var year = TimeZoneInfo.ConvertTime(now, zone).Year;
        var moments = new[] { year, year + 1 }
            .Select(each => Dated(string.Create(CultureInfo.InvariantCulture, $"{each:0000}-{local}")))
            .OfType<DateTime>().Select(wall => Utc(wall, zone)).ToList();
        return moments.Count == 0 ? null : moments.Cast<DateTimeOffset?>().FirstOrDefault(each => each > now.AddDays(-30)) ?? moments[^1];
    }

    /// <summary>The next time the clock on the wall there shows it.</summary>
    static DateTimeOffset Next(TimeSpan ofDay, DateTimeOffset now, TimeZoneInfo zone)
    {
        var today = TimeZoneInfo.ConvertTime(now, zone).Date;
        var first = Utc(today + ofDay, zone);
        // "Resets 3pm", said at half past three in the seconds after: it has just been, and tomorrow is meant only when it is long past.
        return first >= now - JustBeen ? first : Utc(today.AddDays(1) + ofDay, zone);
    }

    static readonly TimeSpan JustBeen = TimeSpan.FromMinutes(2);

    /// <summary>In nights in which clocks are changed: a wall time that is skipped is an hour later, of two the later one.</summary>
    static DateTimeOffset Utc(DateTime wall, TimeZoneInfo zone)
    {
        if (zone.IsInvalidTime(wall))
            wall = wall.AddHours(1);
        var offset = zone.IsAmbiguousTime(wall) ? zone.GetAmbiguousTimeOffsets(wall).Min() : zone.GetUtcOffset(wall);
        return new DateTimeOffset(wall, offset).ToUniversalTime();
    }

    static TimeZoneInfo? ZoneOf(string name) => TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : null;
}
