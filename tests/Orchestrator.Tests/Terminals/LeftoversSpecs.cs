using Orchestrator.Terminals;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Terminals;

public sealed class LeftoversSpecs
{
    [Fact]
    public async Task Every_process_of_the_run_is_found_and_the_holder_is_told_apart()
    {
        await using var run = new HeldRun().Script("sleep 61 & echo up; sleep 62");
        await run.Printed("up");
        // A child just forked still bears the shell's name until it has become its program.
        await Eventually.True(
            () => Leftovers.Find(run.RunId) is { Count: 4 } all
                && all.Count(p => p.Command.StartsWith("sleep 6", StringComparison.Ordinal)) == 2,
            "holder, agent and two sleeps are found");
        var found = Leftovers.Find(run.RunId);
        Assert.Equal(run.Identity, Assert.Single(found, process => process.IsHolder).Identity);
        Assert.Contains(found, process => process.Command == "sleep 61");
        Assert.All(found, process => Assert.Equal(run.Identity.Pid, process.GroupId));
    }

    [Fact]
    public async Task Another_run_is_not_touched()
    {
        await using var run = new HeldRun().Script("echo up; exec sleep 60");
        await run.Printed("up");
        Assert.Empty(Leftovers.Find(run.RunId[..^1]));
        Assert.Empty(await Leftovers.Sweep(Ids.New(), TimeSpan.FromSeconds(1), TimeProvider.System));
        Assert.True(run.Identity.IsAlive);
    }

    [Fact]
    public async Task A_process_in_a_session_of_its_own_that_ignores_sigterm_is_swept()
    {
        Skip.WithoutPerl();
        await using var run = new HeldRun();
        run.Script("perl -MPOSIX -e 'exit if fork; POSIX::setsid(); $SIG{TERM}=\"IGNORE\"; open F, \">up\"; close F; sleep 60'");
        Assert.Equal(0, await run.Exit());
        await Eventually.True(() => File.Exists(Path.Combine(run.WorkingFolder, "up")), "the escaped process is up");
        Assert.NotEmpty(Leftovers.Find(run.RunId));
        Assert.Empty(await Leftovers.Sweep(run.RunId, TimeSpan.FromSeconds(2), TimeProvider.System));
        Assert.Empty(Leftovers.Find(run.RunId));
    }

    [Fact]
    public async Task What_could_not_be_ended_is_named()
    {
        await using var run = new HeldRun().Script("echo up; exec sleep 63");
        await run.Printed("up");
        await Eventually.True(() => Leftovers.Find(run.RunId).Any(left => left.Command.StartsWith("sleep 63", StringComparison.Ordinal)),
            "the shell has become the command");
        var left = await Leftovers.Sweep(run.RunId, TimeSpan.Zero, TimeProvider.System);
        Assert.Contains("sleep 63 (pid ", StopLadder.Names(left));
    }

    [Fact]
    public async Task Who_clears_the_environment_is_found_by_the_control_group()
    {
        Skip.WithoutPerl();
        await using var run = new HeldRun();
        if (!Cgroup.Available)
            Assert.Skip(Cgroup.Reason);
        run.Script("until [ -e go ]; do sleep 0.02; done; "
            + "env -i /usr/bin/perl -MPOSIX -e 'exit if fork; POSIX::setsid(); open F, \">up\"; close F; sleep 64'");
        await Eventually.True(() => Cgroup.Members(run.RunId).Count >= 2, "holder and agent are in the group");
        File.WriteAllText(Path.Combine(run.WorkingFolder, "go"), "");
        Assert.Equal(0, await run.Exit());
        await Eventually.True(() => File.Exists(Path.Combine(run.WorkingFolder, "up")), "the escaped process is up");
        await Eventually.True(() => !run.Identity.IsAlive, "the holder has ended");
        Assert.Contains("sleep 64", Assert.Single(Leftovers.Find(run.RunId)).Command);
        Assert.NotEmpty(Cgroup.Members(run.RunId));
        Assert.Empty(await Leftovers.Sweep(run.RunId, TimeSpan.FromSeconds(2), TimeProvider.System));
        Assert.Empty(Cgroup.Members(run.RunId));
        Assert.True(Cgroup.Remove(run.RunId));
    }

    [Fact]
    public void Where_no_control_group_can_be_made_there_is_a_reason() =>
        Assert.False(string.IsNullOrEmpty(Cgroup.Reason));
}
