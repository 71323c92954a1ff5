using System.Globalization;
using Orchestrator.Terminals;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Terminals;

public sealed class HolderSpecs
{
    [Theory]
    [InlineData("exit 0", 0)]
    [InlineData("exit 7", 7)]
    [InlineData("exit 255", 255)]
    [InlineData("kill -KILL $$", 137)]
    [InlineData("kill -TERM $$", 143)]
    [InlineData("kill -INT $$", 130)]
    public async Task The_exit_code_is_written_as_a_shell_gives_it(string script, int code)
    {
        await using var run = new HeldRun().Script(script);
        Assert.Equal(code, await run.Exit());
        Assert.Null(run.Folder.ReadEnd()!.Problem);
    }

    [Fact]
    public async Task The_agent_reads_the_stdin_file_and_writes_the_journals()
    {
        await using var run = new HeldRun();
        run.Folder.Write("stdin", "hello\n");
        run.Script("read line; echo \"got $line\"; echo trouble >&2");
        Assert.Equal(0, await run.Exit());
        Assert.Equal("got hello\n", run.Stdout);
        Assert.Equal("trouble\n", run.Stderr);
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    [InlineData("HUP", 129)]
    [InlineData("PIPE", 141)]
    [InlineData("QUIT", 131)]
    [InlineData("USR1", 138)]
    public async Task Signals_have_their_default_effect_in_the_agent(string signal, int code)
    {
        await using var run = new HeldRun().Start(["/usr/bin/perl", "-e", $"kill '{signal}', $$; sleep 20; exit 0"]);
        Assert.Equal(code, await run.Exit());
    }

    [Fact]
    public async Task No_signal_is_blocked_or_ignored_in_the_agent()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Skip("/proc is Linux only.");
        await using var run = new HeldRun().Start(["/bin/grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status"]);
        Assert.Equal(0, await run.Exit());
        // 32 and 33 are the C library's own and never reset.
        const ulong internalSignals = 0x1_8000_0000;
        Assert.All(run.Stdout.TrimEnd().Split('\n'), line =>
            Assert.Equal(0ul, ulong.Parse(line.Split('\t')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture) & ~internalSignals));
    }

    [Fact]
    public async Task The_agent_inherits_no_descriptor()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Skip("/proc is Linux only.");
        await using var run = new HeldRun().Script("exec ls -1 /proc/self/fd");
        Assert.Equal(0, await run.Exit());
        // 3 is the folder ls itself has open.
        Assert.Equal(["0", "1", "2", "3"], run.Stdout.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task The_run_is_a_session_of_its_own_led_by_the_holder()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Skip("/proc is Linux only.");
        await using var run = new HeldRun().Start(["/bin/cat", "/proc/self/stat"]);
        Assert.Equal(0, await run.Exit());
        // pid (cat) R parent group session
        var fields = run.Stdout[(run.Stdout.LastIndexOf(')') + 2)..].Split(' ');
        Assert.Equal([$"{run.Identity.Pid}", $"{run.Identity.Pid}", $"{run.Identity.Pid}"], fields[1..4]);
    }

    [Fact]
    public async Task The_environment_is_exactly_the_one_ordered_and_where_it_is()
    {
        await using var run = new HeldRun();
        run.Environment["EMPTY"] = "";
        run.Environment["ODD"] = "a'b\"c $(id)\nsecond 💡 line";
        run.Start(["/usr/bin/perl", "-e", "print map { qq($_=$ENV{$_}\\0) } sort keys %ENV"]);
        Assert.Equal(0, await run.Exit());
        var expected = run.Environment.Append(new("PWD", run.WorkingFolder)).Select(pair => $"{pair.Key}={pair.Value}\0");
        Assert.Equal(string.Concat(expected.Order(StringComparer.Ordinal)), run.Stdout);
    }

    [Fact]
    public async Task Arguments_arrive_as_they_are()
    {
        string[] odd = ["", " a  b ", "-n", "$(id) `id` ;|&*?", "two\nlines", "é💡", "--"];
        await using var run = new HeldRun();
        run.Start(["/usr/bin/perl", "-e", "print map { qq($_\\0) } @ARGV", "--", .. odd]);
        Assert.Equal(0, await run.Exit());
        Assert.Equal(odd, run.Stdout.Split('\0')[..^1]);
    }

    [Fact]
    public async Task An_empty_path_does_not_hinder_the_holder()
    {
        await using var run = new HeldRun();
        run.Environment["PATH"] = "";
        run.Script("echo fine; exit 3");
        Assert.Equal(3, await run.Exit());
        Assert.Equal("fine\n", run.Stdout);
    }

    [Fact]
    public async Task A_program_that_vanished_ends_with_127_and_a_reason_on_stderr()
    {
        await using var run = new HeldRun().Start(["/no/such/program"]);
        Assert.Equal(127, await run.Exit());
        Assert.Matches("/no/such/program: (not found|No such file or directory)", run.Stderr);
    }

    [Fact]
    public async Task A_working_folder_that_is_gone_is_told_from_an_exit_code()
    {
        await using var run = new HeldRun();
        run.Start(["/bin/echo"], workingFolder: Path.Combine(run.Root, "gone"));
        Assert.Equal(125, await run.Exit());
        Assert.Contains("working folder", run.Folder.ReadEnd()!.Problem);
    }

    [Fact]
    public async Task The_holder_records_who_it_is()
    {
        await using var run = new HeldRun();
        Assert.Null(run.Folder.ReadHolder());
        run.Script("echo up; exec sleep 20");
        await run.Printed("up");
        var record = run.Folder.ReadHolder();
        Assert.Equal(run.Identity, record!.Identity);
        Assert.Equal(1, record.Fence);
        Assert.True(run.Folder.Claimed(1));
        Assert.True(run.Identity.IsAlive);
    }

    [Fact]
    public async Task A_pid_file_without_its_newline_is_not_there_yet()
    {
        await using var run = new HeldRun();
        run.Folder.Write("pid", "4711 1 boot 4711 (sh) S 1 4711 4711 0 -1 1 2 3 4 5 6 7 8 9 10 8812");
        Assert.Null(run.Folder.ReadHolder());
        run.Folder.Write("pid", "4711 1 boot 4711 (sh) x) S 1 4711 4711 0 -1 1 2 3 4 5 6 7 8 9 10 11 12 13 8812 9\n");
        Assert.Equal(new(4711, 8812, "boot"), run.Folder.ReadHolder()!.Identity);
    }

    [Fact]
    public async Task The_exit_code_is_written_although_the_whole_group_was_signalled()
    {
        await using var run = new HeldRun().Script("trap 'echo caught; exit 9' INT; echo up; while :; do sleep 0.05; done");
        await run.Printed("up");
        Assert.Equal(0, Native.Kill(-run.Identity.Pid, Native.SignalInterrupt));
        Assert.Equal(9, await run.Exit());
        Assert.Contains("caught", run.Stdout);
    }

    [Fact]
    public async Task A_killed_holder_leaves_no_exit_code_and_the_agent_lives_on()
    {
        await using var run = new HeldRun().Script("echo up; sleep 20");
        await run.Printed("up");
        Native.Signal(run.Identity, Native.SignalKill);
        await Eventually.True(() => !run.Identity.IsAlive, "the holder is dead");
        Assert.Null(run.Folder.ReadExit());
        Assert.NotEmpty(Leftovers.Find(run.RunId));
    }

    [Fact]
    public async Task A_grandchild_that_holds_stdout_does_not_keep_the_run_open()
    {
        await using var run = new HeldRun().Script("sleep 20 & echo done");
        Assert.Equal(0, await run.Exit());
        Assert.Equal("done\n", run.Stdout);
    }

    [Fact]
    public async Task A_relative_program_is_refused()
    {
        await using var run = new HeldRun();
        Assert.Throws<SpawnFailure>(() => run.Start(["sh"]));
    }

    [Fact]
    public async Task A_run_is_either_started_or_revoked_never_both()
    {
        await using var run = new HeldRun();
        int started = 0, revoked = 0;
        for (var fence = 1; fence <= 200; fence++)
        {
            var number = fence;
            var start = Task.Run(() => run.Start(["/bin/echo", $"fence {number}"], number), TestContext.Current.CancellationToken);
            if (fence % 4 != 0)
                await start; // Closer to the moment the holder takes the fence.
            var won = run.Folder.TryRevoke(fence);
            await start;
            await Eventually.True(() => !run.Identity.IsAlive, "the holder has ended");
            var ran = run.Stdout.Split('\n').Contains($"fence {number}");
            Assert.True(won != ran, $"fence {number}: revoked {won}, ran {ran}");
            Assert.Equal(ran, run.Folder.Claimed(fence));
            Assert.Equal(won, run.Folder.TryRevoke(fence));
            Holder.Reap(run.Identity.Pid);
            _ = won ? revoked++ : started++;
        }
        Assert.Equal(200, started + revoked);
        TestContext.Current.TestOutputHelper?.WriteLine($"{started} started, {revoked} revoked");
    }

    [Fact]
    public async Task A_fence_is_taken_once()
    {
        await using var run = new HeldRun().Script("echo ran");
        Assert.Equal(0, await run.Exit());
        run.Script("echo ran");
        await Eventually.True(() => !run.Identity.IsAlive, "the second holder has ended");
        Assert.Equal("ran\n", run.Stdout);
    }

    [Fact]
    public async Task A_zombie_counts_as_dead_until_it_is_reaped_and_after()
    {
        await using var run = new HeldRun().Script("exit 0");
        await run.Exit();
        await Eventually.True(() => ProcStat.Of(run.Identity.Pid) is { IsZombie: true }, "the holder is a zombie");
        Assert.False(run.Identity.IsAlive);
        Assert.Null(ProcessIdentity.Of(run.Identity.Pid));
        Holder.Reap(run.Identity.Pid);
        Assert.Null(ProcStat.Of(run.Identity.Pid));
    }

    [Fact]
    public void A_process_of_another_boot_or_start_time_is_another_process()
    {
        var me = ProcessIdentity.Of(Environment.ProcessId)!.Value;
        Assert.True(me.IsAlive);
        Assert.False((me with { BootId = "another" }).IsAlive);
        Assert.False((me with { StartTime = me.StartTime + 1 }).IsAlive);
        Assert.Null(ProcessIdentity.Of(int.MaxValue));
        Assert.Null(ProcessIdentity.Of(0));
    }

    [Fact]
    public async Task What_is_in_the_folder_is_for_its_owner_only()
    {
        await using var run = new HeldRun();
        run.Folder.Write("prompt", "secret");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(run.Folder.PromptPath));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(run.Folder.Path));
        Assert.Throws<ArgumentException>(() => run.Folder.Write("../prompt", "escaped"));
        await run.Folder.Sync();
    }
}
