using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Items;

/// <summary>The daemon dies at each place of an item's landing: its work is on the branch once, and the item is done once.</summary>
public sealed class LandingCrashSpecs
{
    [Theory]
    [InlineData(Checkpoint.LandingBegun)]
    [InlineData(Checkpoint.LandingCaughtUp)]
    [InlineData(Checkpoint.LandingHanded)]
    public async Task Work_lands_once_whatever_place_the_daemon_dies_at(string checkpoint)
    {
        await using var stage = LandingStage.Prepare("! grep -q '<<<' shared.txt");
        stage.Daemon.Flags.AddRange(["--max-concurrency", "4"]);
        stage.Daemon.With("AGENTD_CRASH_AT", checkpoint);
        await stage.Daemon.Start();
        var gate = stage.Repository.At("gate");
        var wait = $"do: while [ ! -e {gate} ]; do sleep 0.1; done";
        // Both begin from the same commit, so one of them does not fit the other.
        var one = await stage.Ready("one", "do: echo one >>shared.txt", wait, "then: sed -i '/^[<=>]/d' shared.txt");
        var two = await stage.Ready("two", "do: echo two >>shared.txt", wait, "then: sed -i '/^[<=>]/d' shared.txt");
        await Eventually.True(() => stage.Daemon.List("/runs", "runs").Count(run => (string?)run["status"] == "running") == 2, "both run");
        await File.WriteAllTextAsync(gate, "", TestContext.Current.CancellationToken);
        await stage.Daemon.Died();
        stage.Daemon.Without("AGENTD_CRASH_AT");
        await stage.Daemon.Start();

        await stage.Until(one, "done");
        await stage.Until(two, "done");

        Assert.Equal(["first", "one", "two"], stage.Trunk("shared.txt").Split('\n').Order(StringComparer.Ordinal));
        Assert.Equal(2, stage.Repository.Run("log", "--first-parent", "--format=%s", "main..trunk").Split('\n').Length);
        Assert.Equal("fix item item", string.Join(' ', stage.Triggers(one).Concat(stage.Triggers(two)).Order(StringComparer.Ordinal)));
        Assert.Equal(3, stage.Deliveries(one).Count + stage.Deliveries(two).Count);
    }
}
