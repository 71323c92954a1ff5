namespace Orchestrator.Tests.Support;

/// <summary>A clock that stands still until a test moves it. Has no timers: for code that only asks what time it is.</summary>
sealed class FakeClock : TimeProvider
{
    DateTimeOffset now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => now;

    public override long GetTimestamp() => now.UtcTicks;

    public void Pass(double seconds) => now += TimeSpan.FromSeconds(seconds);
}
