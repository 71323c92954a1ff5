using System.Globalization;

namespace Orchestrator.Store;

/// <summary>Days as people on this machine count them: in the daemon's own time zone, written 2026-01-31.</summary>
static class LocalDay
{
    public const string Format = "yyyy-MM-dd";

    /// <summary>The day of a stored time.</summary>
    public static string Of(long micros, TimeProvider clock) =>
        TimeZoneInfo.ConvertTime(Times.From(micros), clock.LocalTimeZone).ToString(Format, CultureInfo.InvariantCulture);
}
