using Orchestrator.Cli;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Cli;

/// <summary>How long a command holds on to a daemon that is away.</summary>
public class PatienceSpecs
{
    static readonly Fault Away = new(FaultCode.Unavailable, "nobody answers");

    [Fact]
    public void It_counts_from_when_the_daemon_was_missed_and_not_from_its_last_answer()
    {
        var clock = new ManualClock();
        var patience = new Patience(clock, _ => { }, TestContext.Current.CancellationToken);
        patience.Answered();
        // A question that the daemon held for a minute, and went away over.
        clock.Advance(TimeSpan.FromSeconds(61));
        patience.OnFailure(Away);
        clock.Advance(TimeSpan.FromSeconds(59));
        patience.OnFailure(Away);
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Throws<Fault>(() => patience.OnFailure(Away));
        // Back, and away once more: another minute.
        patience.Answered();
        patience.OnFailure(Away);
    }

    [Fact]
    public void What_is_no_absence_is_told_at_once() =>
        Assert.Throws<Fault>(() => new Patience(new ManualClock(), _ => { }, TestContext.Current.CancellationToken)
            .OnFailure(new Fault(FaultCode.Conflict, "no")));
}
