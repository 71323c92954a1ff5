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
