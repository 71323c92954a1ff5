using Orchestrator.Agents;
using Orchestrator.Runs;

namespace Orchestrator.Tests.Runs;

/// <summary>A limit is about the time that passed, whatever becomes of the wall clock meanwhile.</summary>
public class DeadlinesSpecs
{
    readonly TwoClocks clock = new();

    [Fact]
    public void A_wall_clock_set_forward_ends_no_run()
    {
        var deadlines = new Deadlines(Started(clock.Wall), clock, 0);
        clock.Wall += TimeSpan.FromHours(5);
        clock.Passed += TimeSpan.FromSeconds(1);
        Assert.Null(deadlines.Passed());
    }

    [Fact]
    public void A_wall_clock_set_back_keeps_no_run_going()
    {
        var deadlines = new Deadlines(Started(clock.Wall), clock, 0);
        clock.Wall -= TimeSpan.FromHours(5);
        clock.Passed += TimeSpan.FromMinutes(61);
        Assert.Equal(EndReason.TotalTimeout, deadlines.Passed());
    }

    [Fact]
    public void Time_before_an_adoption_counts_and_a_start_in_the_future_counts_as_now()
    {
        var deadlines = new Deadlines(Started(clock.Wall - TimeSpan.FromMinutes(59)), clock, 0);
        Assert.Null(deadlines.Passed());
        clock.Passed += TimeSpan.FromMinutes(2);
        Assert.Equal(EndReason.TotalTimeout, deadlines.Passed());

        var ahead = new Deadlines(Started(clock.Wall + TimeSpan.FromHours(9)), clock, 0);
        clock.Passed += TimeSpan.FromMinutes(61);
        Assert.Equal(EndReason.TotalTimeout, ahead.Passed());
    }

    static Run Started(DateTimeOffset at) =>
        AnyRun.In(RunStatus.Running) with { StartedAt = at, TotalLimit = TimeSpan.FromHours(1), IdleLimit = TimeSpan.FromHours(8) };

    /// <summary>A wall clock and a stopwatch that go as a test says.</summary>
    sealed class TwoClocks : TimeProvider
    {
        public DateTimeOffset Wall { get; set; } = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

        public TimeSpan Passed { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => Wall;

        public override long GetTimestamp() => Passed.Ticks;
    }
}
