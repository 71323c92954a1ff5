using Orchestrator.Runs;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Runs;

/// <summary>Every status meets every step: what is not in the table is refused.</summary>
public class RunLifecycleSpecs
{
    // status: step→status …
    const string Table = """
        queued: claim→starting cancel→canceled fail→failed
        starting: giveback→queued start→running stop→stopping fail→failed lose→lost
        running: wait→waiting stop→stopping succeed→succeeded fail→failed lose→lost
        waiting: goon→running stop→stopping succeed→succeeded fail→failed lose→lost
        stopping: cancel→canceled timeout→timed_out lose→lost
        succeeded:
        failed:
        canceled:
        timed_out:
        lost:
        """;

    [Fact]
    public void The_whole_matrix_is_as_it_is_written_here() =>
        LifecycleTable.Holds<RunStatus, RunStep>(Table, RunLifecycle.Next, RunLifecycle.Word);

    [Fact]
    public void Five_statuses_are_final_and_nothing_leads_out_of_them()
    {
        var final = Enum.GetValues<RunStatus>().Where(RunLifecycle.IsFinal).ToList();

        Assert.Equal([RunStatus.Succeeded, RunStatus.Failed, RunStatus.Canceled, RunStatus.TimedOut, RunStatus.Lost], final);
        Assert.All(final, status => Assert.All(Enum.GetValues<RunStep>(), step => Assert.Null(RunLifecycle.Next(status, step))));
        Assert.All(final, status => Assert.True(RunEvents.IsEnd(RunEvents.End(status))));
        Assert.All(Enum.GetValues<RunStatus>().Except(final), status => Assert.False(RunEvents.IsEnd(RunEvents.End(status))));
    }

    [Fact]
    public void Every_status_that_is_not_final_has_a_way_to_each_kind_of_end()
    {
        foreach (var status in Enum.GetValues<RunStatus>().Where(s => !RunLifecycle.IsFinal(s)))
        {
            var reached = new HashSet<RunStatus> { status };
            for (var before = 0; before != reached.Count;)
            {
                before = reached.Count;
                reached.UnionWith([.. reached.SelectMany(Followers)]);
            }

            Assert.Contains(RunStatus.Canceled, reached);
            Assert.Contains(RunStatus.Lost, reached);
        }
    }

    static IEnumerable<RunStatus> Followers(RunStatus status) =>
        Enum.GetValues<RunStep>().Select(step => RunLifecycle.Next(status, step)).OfType<RunStatus>();

    [Fact]
    public void Words_and_statuses_belong_together()
    {
        Assert.All(Enum.GetValues<RunStatus>(), status => Assert.Equal(status, RunLifecycle.Parse(RunLifecycle.Word(status))));
        Assert.Null(RunLifecycle.Parse("Running"));
        Assert.Null(RunLifecycle.Parse(""));
    }
}
