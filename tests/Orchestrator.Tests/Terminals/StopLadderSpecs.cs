using System.Collections.Concurrent;
using Orchestrator.Terminals;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Terminals;

public sealed class StopLadderSpecs
{
    static readonly StopTimes Patient =
        new(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10));

    static readonly StopTimes Short =
        new(TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(4));

    [Fact]
    public async Task A_well_behaved_agent_needs_the_first_rung_only()
    {
        await using var run = new HeldRun().Script("trap 'exit 5' INT; echo up; while :; do sleep 0.05; done");
        await run.Printed("up");
        var (report, steps) = await Climb(run, Patient);
        Assert.Equal([StopAction.Interrupt], steps);
        Assert.Equal(StopAction.Interrupt, report.Last);
        Assert.Empty(report.Left);
        Assert.True(report.Took < TimeSpan.FromSeconds(5), $"took {report.Took}");
        Assert.Equal(5, run.Folder.ReadExit());
    }

    [Fact]
    public async Task An_agent_that_ignores_both_signals_is_killed()
    {
        await using var run = new HeldRun().Script("trap '' INT TERM; echo up; while :; do sleep 0.05; done");
        await run.Printed("up");
        var (report, steps) = await Climb(run, Short);
        Assert.Equal([StopAction.Interrupt, StopAction.Terminate, StopAction.Kill], steps);
        Assert.Empty(report.Left);
        Assert.Empty(Leftovers.Find(run.RunId));
    }

    [Fact]
    public async Task Asking_to_kill_ends_the_waiting()
    {
        await using var run = new HeldRun().Script("trap '' INT TERM; echo up; while :; do sleep 0.05; done");
        await run.Printed("up");
        using var kill = new CancellationTokenSource();
        var (report, steps) = await Climb(run, Patient, kill);
        Assert.Equal([StopAction.Interrupt, StopAction.Kill], steps);
        Assert.True(report.Took < TimeSpan.FromSeconds(5), $"took {report.Took}");
    }

    [Fact]
    public async Task What_left_the_group_is_swept()
    {
        await using var run = new HeldRun();
        Skip.WithoutPerl();
        run.Script("perl -MPOSIX -e 'exit if fork; POSIX::setsid(); open F, \">up\"; close F; sleep 60'; echo up; exec sleep 60");
        await run.Printed("up");
        await Eventually.True(() => File.Exists(Path.Combine(run.WorkingFolder, "up")), "the escaped process is up");
        var (report, steps) = await Climb(run, Patient);
        Assert.Equal([StopAction.Interrupt, StopAction.Sweep], steps);
        Assert.Equal(StopAction.Sweep, report.Last);
        Assert.Empty(report.Left);
    }

    [Fact]
    public async Task What_outlives_the_agent_in_its_group_is_not_waited_for_long()
    {
        await using var run = new HeldRun().Script("(trap '' INT TERM; echo up; exec sleep 60) & wait");
        await run.Printed("up");
        var (report, steps) = await Climb(run, Patient);
        Assert.Equal([StopAction.Interrupt, StopAction.Terminate, StopAction.Kill], steps);
        Assert.True(report.Took < TimeSpan.FromSeconds(5), $"took {report.Took}");
    }

    [Fact]
    public async Task Without_its_holder_the_group_is_still_stopped()
    {
        await using var run = new HeldRun().Script("echo up; exec sleep 60");
        await run.Printed("up");
        Native.Signal(run.Identity, Native.SignalKill);
        await Eventually.True(() => !run.Identity.IsAlive, "the holder is dead");
        Holder.Reap(run.Identity.Pid);
        var (report, steps) = await Climb(run, Patient);
        Assert.Equal([StopAction.Interrupt], steps);
        Assert.Empty(report.Left);
    }

    [Fact]
    public async Task Nothing_to_stop_means_no_step()
    {
        await using var run = new HeldRun().Script("exit 0");
        await run.Exit();
        await Eventually.True(() => !run.Identity.IsAlive, "the holder has ended");
        var (report, steps) = await Climb(run, Patient);
        Assert.Empty(steps);
        Assert.Null(report.Last);
    }

    [Fact]
    public async Task A_group_whose_number_was_reused_is_left_alone()
    {
        await using var other = new HeldRun().Script("echo up; sleep 60");
        await other.Printed("up");
        var (report, steps) = await Climb(Ids.New(), other.Identity with { StartTime = 1 }, Patient);
        Assert.Empty(steps);
        Assert.Null(report.Last);
        Assert.True(other.Identity.IsAlive);
    }

    static Task<(StopReport Report, StopAction[] Steps)> Climb(HeldRun run, StopTimes times, CancellationTokenSource? kill = null) =>
        Climb(run.RunId, run.Identity, times, kill);

    /// <summary>Cancels <paramref name="kill"/> at the first step.</summary>
    static async Task<(StopReport Report, StopAction[] Steps)> Climb(
        string runId, ProcessIdentity holder, StopTimes times, CancellationTokenSource? kill = null)
    {
        var steps = new ConcurrentQueue<StopAction>();
        var report = await new StopLadder(times, TimeProvider.System).Climb(runId, holder, false, step =>
        {
            steps.Enqueue(step.Action);
            kill?.Cancel();
        }, kill?.Token ?? CancellationToken.None);
        return (report, [.. steps]);
    }
}
