using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Reviews;

/// <summary>The daemon dies at each place between a check and the end of its reviews: nothing is lost, no reviewer runs twice.</summary>
public class ReviewCrashSpecs
{
    [Theory]
    [InlineData(Checkpoint.ReviewWanted, Checkpoint.ReviewPlaced)]
    [InlineData(Checkpoint.ReviewBegun, Checkpoint.ReviewGiven)]
    public Task Each_reviewer_runs_once_and_the_author_is_told_once_whatever_place_the_daemon_dies_at(string one, string other) =>
        SideBySide.Play([one, other], DiesAt);

    static async Task DiesAt(string checkpoint)
    {
        await using var stage = new ReviewStage();
        await stage.Daemon.With("AGENTD_CRASH_AT", checkpoint).Start();
        var ran = Path.Combine(stage.Daemon.Root, "ran");
        var mended = $"{ReviewStage.Answering($"echo second >> '{ran}'\n{ReviewStage.Saying("accept")}")}\n{ReviewStage.Met}";
        var id = await stage.Ready(ReviewStage.Answering(
            $"echo first >> '{ran}'\n{ReviewStage.Saying("changes", ReviewStage.Finding("high", "Loses a line", mended))}"));
        await stage.Daemon.Died();
        stage.Daemon.Without("AGENTD_CRASH_AT");
        await stage.Daemon.Start();

        await stage.Until(id, "done");

        Assert.Equal(("fixing:fix passed:accept", "item review fix review"), (stage.Rounds(id), stage.Triggers(id)));
        Assert.Equal(["first", "second"], await File.ReadAllLinesAsync(ran, TestContext.Current.CancellationToken));
    }
}
