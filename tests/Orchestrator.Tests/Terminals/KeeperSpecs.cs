using System.Text;
using Orchestrator.Terminals;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Terminals;

/// <summary>A two-way agent's input: what is fed reaches it once and whole, whoever dies, whatever the agent does.</summary>
public sealed class KeeperSpecs
{
    [Fact]
    public async Task What_is_fed_is_read_in_order_and_the_keepers_end_is_the_end_of_input()
    {
        await using var run = TwoWay().Script("while read -r line; do echo \"got $line\"; done; echo over");
        Feed(run, "one\n", "two\n");
        await run.Printed("got two");
        Feed(run, "three\n");
        await run.Printed("got three");
        await End(run);
        Assert.Equal(0, await run.Exit());
        Assert.Equal("got one\ngot two\ngot three\nover\n", run.Stdout);
        Assert.Empty(await Leftovers.Sweep(run.RunId, TimeSpan.FromSeconds(4), TimeProvider.System));
    }

    [Fact]
    public async Task A_daemon_that_died_within_a_line_completes_it_and_doubles_nothing()
    {
        await using var run = TwoWay().Script("cat");
        var whole = new StringBuilder();
        long start = 0;
        for (var cut = 0; cut <= 40; cut++)
        {
            var line = $"line {cut} ".PadRight(39, 'x') + "\n";
            var bytes = Encoding.UTF8.GetBytes(line);
            // What a dying daemon may have written of it; the next one knows only what it is to be.
            run.Folder.Feed(start, bytes.AsSpan(0, cut));
            run.Folder.Feed(start, bytes);
            run.Folder.Feed(start, bytes);
            start += bytes.Length;
            whole.Append(line);
        }

        Assert.Equal(start, run.Folder.Fed);
        await run.Printed("line 40 ");
        await End(run);
        Assert.Equal(0, await run.Exit());
        Assert.Equal(whole.ToString(), run.Stdout);
    }

    [Fact]
    public async Task A_line_of_many_pipe_lengths_arrives_whole()
    {
        await using var run = TwoWay().Script("head -n 1 | wc -c");
        var line = new string('z', 3_000_000) + "\n";
        Feed(run, line);
        Assert.Equal(0, await run.Exit());
        Assert.Equal("3000001", run.Stdout.Trim());
    }

    [Fact]
    public async Task A_reader_that_never_reads_holds_nobody_up()
    {
        await using var run = TwoWay().Script("echo here; exec sleep 300");
        await run.Printed("here");
        var begun = TimeProvider.System.GetTimestamp();
        Feed(run, new string('z', 4 << 20) + "\n");
        Assert.True(TimeProvider.System.GetElapsedTime(begun) < TimeSpan.FromSeconds(5));
        await End(run);
        Assert.True(run.Identity.IsAlive);
    }

    [Theory]
    [InlineData("exec 0<&-; sleep 0.1; echo closed; exit 4")]
    [InlineData("rm -f ../run/stdin ../run/stdin.in ../run/keeper; echo removed; exit 4")]
    [InlineData("echo junk > ../run/stdin.in; read -r line; exit 4")]
    [InlineData("kill -9 $(cut -d' ' -f1 ../run/keeper); while read -r line; do :; done; exit 4")]
    [InlineData("sh -c 'sleep 0.2' & exit 4")]
    public async Task Whatever_an_agent_does_to_its_input_its_end_is_told_and_nothing_is_left(string script)
    {
        await using var run = TwoWay().Script(script);
        try
        {
            Feed(run, "hello\n");
        }
        catch (IOException)
        {
            // It was quicker and the file is gone.
        }

        Assert.Equal(4, await run.Exit());
        Assert.Empty(await Leftovers.Sweep(run.RunId, TimeSpan.FromSeconds(4), TimeProvider.System));
    }

    [Fact]
    public async Task An_interrupt_of_the_group_is_no_end_of_input()
    {
        await using var run = TwoWay().Script("trap '' INT; exec cat");
        Feed(run, "one\n");
        await run.Printed("one");
        _ = Native.Kill(-run.Identity.Pid, Native.SignalInterrupt);
        Feed(run, "two\n");
        await run.Printed("two");
        await End(run);
        Assert.Equal(0, await run.Exit());
    }

    [Fact]
    public async Task A_keeper_whose_holder_was_killed_is_found_by_the_sweep()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Skip("/proc is Linux only.");
        await using var run = TwoWay().Script("echo here; exec sleep 300");
        await run.Printed("here");
        Native.Signal(run.Identity, Native.SignalKill);
        await Eventually.True(() => !run.Identity.IsAlive, "the holder is gone");
        Assert.Contains(Leftovers.Find(run.RunId), left => left.Command.Contains("tail", StringComparison.Ordinal));
        Assert.Empty(await Leftovers.Sweep(run.RunId, TimeSpan.FromSeconds(4), TimeProvider.System));
    }

    [Fact]
    public void A_folder_that_was_two_way_can_be_prepared_again()
    {
        var folder = new RunFolder(Directory.CreateTempSubdirectory("keeper-").FullName);
        folder.Create();
        folder.MakeTwoWay();
        folder.Feed(0, "x"u8);
        folder.Create();
        Assert.False(folder.TwoWay);
        folder.Write("stdin", "plain");
        folder.MakeTwoWay();
        Assert.Equal(0, folder.Fed);
        Directory.Delete(folder.Path, recursive: true);
    }

    static HeldRun TwoWay()
    {
        var run = new HeldRun();
        run.Folder.MakeTwoWay();
        return run;
    }

    static void Feed(HeldRun run, params string[] texts)
    {
        foreach (var text in texts)
            run.Folder.Feed(run.Folder.Fed, Encoding.UTF8.GetBytes(text));
    }

    static Task End(HeldRun run) => Eventually.True(run.Folder.EndInput, "the keeper is ended");
}
