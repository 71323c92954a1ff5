using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.GitHub;

/// <summary>The daemon dies at each place of a delivery to GitHub: one branch, one pull request, one end.</summary>
public sealed class PullCrashSpecs
{
    [Theory]
    [InlineData(Checkpoint.PullPushed)]
    [InlineData(Checkpoint.PullOpened)]
    [InlineData(Checkpoint.PullMerged)]
    public async Task Work_is_one_pull_request_whatever_place_the_daemon_dies_at(string checkpoint)
    {
        await using var stage = await PullStage.Prepare();
        stage.Daemon.With("AGENTD_CRASH_AT", checkpoint);
        await stage.Daemon.Start();
        var id = await stage.Ready("Mend the sum", "#7", "do: echo new >new.txt");
        if (checkpoint == Checkpoint.PullMerged)
            stage.Server.Book.Merge(await stage.Opened(id));
        await stage.Daemon.Died();
        stage.Daemon.Without("AGENTD_CRASH_AT");
        await stage.Daemon.Start();
        if (checkpoint != Checkpoint.PullMerged)
            stage.Server.Book.Merge(await stage.Opened(id));

        await stage.Until(id, "done");

        Assert.Single(stage.Server.Book.Pulls);
        Assert.Equal(["item"], stage.Triggers(id));
        Assert.Equal("landed", (string?)Assert.Single(stage.Deliveries())["state"]);
        var events = await stage.Daemon.Events();
        Assert.Single(events, one => (string?)one["event_type"] == "delivery.open");
        Assert.Single(events, one => (string?)one["event_type"] == "delivery.landed");
    }

    [Theory]
    [InlineData(Checkpoint.LandingCaughtUp)]
    [InlineData(Checkpoint.LandingHanded)]
    public async Task A_conflict_goes_back_to_its_agent_once_whatever_place_the_daemon_dies_at(string checkpoint)
    {
        await using var stage = await PullStage.Prepare("rounds: 1");
        await File.WriteAllTextAsync(stage.Local.At("seen", "mend"), "sed -i '/^[<=>]/d' shared.txt\n",
            TestContext.Current.CancellationToken);
        stage.Daemon.With("AGENTD_CRASH_AT", checkpoint);
        await stage.Daemon.Start();
        var id = await stage.Ready("Say mine", null, "do: echo mine >shared.txt");
        var number = await stage.Opened(id);
        await stage.Theirs("theirs");
        stage.Server.Book.Mergeable = false;
        await stage.Daemon.Died();
        stage.Daemon.Without("AGENTD_CRASH_AT");
        await stage.Daemon.Start();

        await Eventually.True(() => stage.Deliveries() is [_, { } last] && (string?)last["state"] == "open", "it is open again",
            TimeSpan.FromSeconds(60));

        Assert.Equal(["item", "fix"], stage.Triggers(id));
        Assert.Single(await stage.Daemon.Events(), one => (string?)one["event_type"] == "delivery.handed");
        Assert.Equal("mine theirs", string.Join(' ', stage.Server.Book.Git(PullStage.Repository, "show", $"{stage.Head(number)}:shared.txt")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)));
        Assert.Single(stage.Server.Book.Pulls);
        stage.Server.Book.Merge(number);
        await stage.Until(id, "done");
    }

    [Theory]
    [InlineData(Checkpoint.OutputMade)]
    [InlineData(Checkpoint.OutputPushed)]
    public async Task A_repository_is_made_once_whatever_place_the_daemon_dies_at(string checkpoint)
    {
        await using var stage = await OutputStage.Prepare();
        stage.Daemon.With("AGENTD_CRASH_AT", checkpoint);
        await stage.Daemon.Start();
        var id = await stage.Worked("""{"type": "repo", "name": "figures"}""", ("a.txt", "one"));
        await stage.Daemon.Died();
        stage.Daemon.Without("AGENTD_CRASH_AT");
        await stage.Daemon.Start();

        var made = await stage.Made(id);

        Assert.Equal("robot/figures", Assert.Single(stage.Server.Book.Repositories));
        Assert.Equal((string?)made["commit"], stage.Server.Book.Git("robot/figures", "rev-list", "main"));
    }
}
