using Orchestrator.Runs;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Runs;

/// <summary>How often a run's files are looked at, and when its limits have passed.</summary>
public class PaceSpecs
{
    [Fact]
    public void A_young_run_is_looked_at_most_often_and_a_silent_one_ever_less_down_to_four_times_a_second()
    {
        var pace = new Pace(new FakeClock());
        var young = Enumerable.Range(0, 40).Select(_ => pace.Next(false).TotalMilliseconds).ToList();
        var later = Enumerable.Range(0, 80).Select(_ => pace.Next(false).TotalMilliseconds).ToList();

        Assert.All(young, pause => Assert.Equal(2, pause));
        Assert.Equal(later.Order(), later);
        Assert.Equal(250, later[^1]);
        Assert.All(later.Index().Skip(1), pause => Assert.True(pause.Item <= 11 + (later.Take(pause.Index).Sum() / 19), $"{pause}"));
        Assert.True(young.Sum() + later.TakeWhile(pause => pause < 250).Sum() < 5000, "a run is called silent within 5 s");
    }

    [Fact]
    public void A_silent_run_that_talks_again_is_looked_at_often_again()
    {
        var pace = new Pace(new FakeClock());
        for (var i = 0; i < 200; i++)
            pace.Next(false);

        Assert.Equal(10, pace.Next(true).TotalMilliseconds);
        Assert.InRange(pace.Next(false).TotalMilliseconds, 10, 13);
    }

    [Fact]
    public void A_silent_run_that_was_given_an_answer_is_looked_at_often_again()
    {
        var pace = new Pace(new FakeClock());
        for (var i = 0; i < 200; i++)
            pace.Next(false);

        pace.Stirred();

        Assert.InRange(pace.Next(false).TotalMilliseconds, 10, 13);
    }

    [Fact]
    public void A_run_of_which_the_system_tells_is_looked_at_when_it_writes_and_else_four_times_a_second()
    {
        var pace = new Pace(new FakeClock());

        Assert.True(pace.AtOnce);
        Assert.Equal(250, pace.Next(found: false, told: true).TotalMilliseconds);
        Assert.True(pace.LooksAtProcess);
        Assert.True(pace.AtOnce);
    }

    [Fact]
    public void A_run_that_prints_without_a_pause_is_looked_at_at_once_a_few_times_and_then_at_the_pace_of_one_that_talks()
    {
        var clock = new ManualClock();
        var pace = new Pace(clock);
        var atOnce = 0;
        while (pace.AtOnce && atOnce < 1000)
        {
            atOnce++;
            pace.Next(found: true, told: true);
        }

        Assert.InRange(atOnce, 10, 20);
        Assert.Equal(2, pace.Next(found: false, told: false).TotalMilliseconds);
        clock.Advance(TimeSpan.FromMilliseconds(11));
        Assert.True(pace.AtOnce);
        pace.Next(found: true, told: true);
        Assert.False(pace.AtOnce);
    }

    [Fact]
    public void The_idle_limit_counts_from_the_last_byte_and_is_told_once()
    {
        var clock = new FakeClock();
        var deadlines = new Deadlines(AnyRun.In(RunStatus.Running), clock, 0);
        clock.Pass(119);
        deadlines.Heard(10);
        clock.Pass(119);
        deadlines.Heard(10);
        Assert.Null(deadlines.Passed());
        Assert.False(deadlines.StopRequested);

        clock.Pass(2);

        Assert.Equal("idle_timeout", deadlines.Passed());
        Assert.True(deadlines.StopRequested);
        Assert.Null(deadlines.Passed());
    }

    [Fact]
    public void The_total_limit_counts_from_the_start_of_the_run_whoever_watches_it_and_however_much_it_talks()
    {
        var clock = new FakeClock();
        clock.Pass(599);
        // A new daemon took it up just now.
        var deadlines = new Deadlines(AnyRun.In(RunStatus.Running), clock, 0);
        deadlines.Heard(1);
        Assert.Null(deadlines.Passed());

        clock.Pass(2);
        deadlines.Heard(2);

        Assert.Equal("total_timeout", deadlines.Passed());
    }
}
