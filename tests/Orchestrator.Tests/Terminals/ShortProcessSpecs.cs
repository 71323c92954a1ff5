using Orchestrator.Terminals;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Terminals;

public sealed class ShortProcessSpecs
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    static ShortOrder Shell(string script, params string[] arguments) =>
        new() { Argv = ["/bin/sh", "-c", script, "short", .. arguments], Folder = "/" };

    [Fact]
    public async Task Output_and_exit_code_come_back()
    {
        var result = await ShortProcess.Run(Shell("echo \"$1\"; echo bad >&2; exit 3", "a b"), Stop);
        Assert.Equal(new(3, "a b\n", "bad\n", TimedOut: false, Truncated: false), result);
        Assert.False(result.Succeeded);
    }

    [Fact]
    public async Task A_name_is_looked_up_on_the_path_it_will_have()
    {
        Assert.True((await ShortProcess.Run(new() { Argv = ["true"], Folder = "/" }, Stop)).Succeeded);
        var order = new ShortOrder { Argv = ["true"], Folder = "/", Environment = new Dictionary<string, string>() };
        Assert.Contains("PATH is empty", (await Assert.ThrowsAsync<SpawnFailure>(() => ShortProcess.Run(order, Stop))).Message);
    }

    [Fact]
    public async Task It_runs_in_its_folder_and_a_missing_one_is_named()
    {
        Assert.Equal("/usr\n", (await ShortProcess.Run(Shell("pwd") with { Folder = "/usr" }, Stop)).Stdout);
        var failure = await Assert.ThrowsAsync<SpawnFailure>(() => ShortProcess.Run(Shell("pwd") with { Folder = "/no/such" }, Stop));
        Assert.Contains("/no/such", failure.Message);
    }

    [Fact]
    public async Task Large_input_and_output_cross_without_a_deadlock()
    {
        var text = string.Concat(Enumerable.Range(0, 200_000).Select(i => $"{i}\n"));
        var result = await ShortProcess.Run(new() { Argv = ["cat"], Folder = "/", Stdin = text }, Stop);
        Assert.Equal(text, result.Stdout);
    }

    [Fact]
    public async Task Input_nobody_reads_is_no_error()
    {
        var result = await ShortProcess.Run(new() { Argv = ["true"], Folder = "/", Stdin = new string('x', 1 << 20) }, Stop);
        Assert.True(result.Succeeded);
    }

    [Fact]
    public async Task Output_beyond_the_bound_is_dropped_and_said()
    {
        var order = Shell("head -c 3000000 /dev/zero | tr '\\0' x; echo >&2 end") with { MaxOutput = 1000 };
        var result = await ShortProcess.Run(order, Stop);
        Assert.Equal((0, 1000, "end\n", true), (result.ExitCode, result.Stdout.Length, result.Stderr, result.Truncated));
    }

    [Fact]
    public async Task The_limit_kills_the_whole_group()
    {
        var marker = Ids.New();
        var order = Shell("trap '' TERM INT; sleep 60 & echo started; sleep 60") with
        {
            Limit = TimeSpan.FromMilliseconds(300),
            Overrides = new Dictionary<string, string?> { [Leftovers.Marker] = marker },
        };
        var result = await ShortProcess.Run(order, Stop);
        Assert.True(result.TimedOut);
        Assert.Equal((137, "started\n"), (result.ExitCode, result.Stdout));
        await Eventually.True(() => Leftovers.Find(marker).Count == 0, "the group is gone");
    }

    [Fact]
    public async Task Stopping_kills_and_throws()
    {
        var marker = Ids.New();
        using var stop = new CancellationTokenSource();
        var running = ShortProcess.Run(Shell("sleep 60") with
        {
            Overrides = new Dictionary<string, string?> { [Leftovers.Marker] = marker },
        }, stop.Token);
        await Eventually.True(() => Leftovers.Find(marker).Count > 0, "it runs");
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        await Eventually.True(() => Leftovers.Find(marker).Count == 0, "the group is gone");
    }

    [Fact]
    public async Task A_grandchild_that_holds_the_pipes_is_not_waited_for()
    {
        var marker = Ids.New();
        var begun = TimeProvider.System.GetTimestamp();
        var result = await ShortProcess.Run(Shell("sleep 60 & echo done") with
        {
            Overrides = new Dictionary<string, string?> { [Leftovers.Marker] = marker },
        }, Stop);
        Assert.Equal("done\n", result.Stdout);
        Assert.True(TimeProvider.System.GetElapsedTime(begun) < TimeSpan.FromSeconds(20));
        Assert.Empty(await Leftovers.Sweep(marker, TimeSpan.FromSeconds(5), TimeProvider.System));
    }

    [Fact]
    public async Task Our_own_variables_are_not_inherited()
    {
        Environment.SetEnvironmentVariable("AGENTCTL_SECRET_OF_SPECS", "x");
        var result = await ShortProcess.Run(new() { Argv = ["env"], Folder = "/" }, Stop);
        Assert.DoesNotContain("AGENTCTL_", result.Stdout);
        Assert.Contains("PATH=", result.Stdout);
        var given = new Dictionary<string, string> { ["A"] = "1", ["B"] = "2" };
        var exact = await ShortProcess.Run(new()
        {
            Argv = ["/usr/bin/env"],
            Folder = "/",
            Environment = given,
            Overrides = new Dictionary<string, string?> { ["B"] = null, ["C"] = "3" },
        }, Stop);
        Assert.Equal(["A=1", "C=3"], exact.Stdout.TrimEnd().Split('\n').Order());
    }

    [Fact]
    public async Task Many_at_once_do_not_block_each_other()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => ShortProcess.Run(Shell("echo $1", $"{i}"), Stop)));
        Assert.Equal(Enumerable.Range(0, 40).Select(i => $"{i}\n"), results.Select(result => result.Stdout));
    }
}
