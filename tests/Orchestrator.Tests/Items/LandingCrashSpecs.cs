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

    [Fact]
    public async Task An_item_is_worked_on_once_when_the_daemon_dies_before_it_has_told_anybody_of_its_run()
    {
        await using var stage = LandingStage.Prepare("true");
        stage.Daemon.With("AGENTD_CRASH_AT", Checkpoint.ItemStarted);
        await stage.Daemon.Start();
        var starts = stage.Repository.At("starts");
        var id = await stage.Add("one", 0, [], $"do: echo started >>{starts}; echo one >one.txt");
        try
        {
            await stage.Daemon.Post($"/items/{id}/ready");
        }
        catch (HttpRequestException)
        {
            // It died over the answer.
        }

        await stage.Daemon.Died();
        Assert.False(File.Exists(starts));
        stage.Daemon.Without("AGENTD_CRASH_AT");
        await stage.Daemon.Start();

        await stage.Until(id, "done");

        Assert.Equal("started\n", await File.ReadAllTextAsync(starts, TestContext.Current.CancellationToken));
        Assert.Equal(["item"], stage.Triggers(id));
        Assert.Equal("one", stage.Trunk("one.txt"));
        Assert.Single(await stage.Daemon.Events(), one => (string?)one["event_type"] == "run.queued");
    }
}
