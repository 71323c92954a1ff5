using Orchestrator.Agents;
using Orchestrator.Plans;

namespace Orchestrator.Tests.Plans;

/// <summary>The longest way through a plan, what would run when, and what agents say of steps.</summary>
public class PlanGraphSpecs
{
    // "a:1 b:1<a c:2*4" → a in phase 1, b in phase 1 after a, c in phase 2 weighing 4; "=done" for what is over; "/file" for what it
    // writes.
    static List<GraphNode> Nodes(string text) => [.. text.Split(' ').Select(word =>
    {
        var parts = word.Split('/');
        var (head, files) = (parts[0], parts[1..]);
        var status = head.Split('=') is [_, var found] ? found : null;
        head = head.Split('=')[0];
        var on = head.Split('<') is [_, var ids] ? ids.Split(',') : [];
        head = head.Split('<')[0];
        var weight = head.Split('*') is [_, var number] ? double.Parse(number, System.Globalization.CultureInfo.InvariantCulture) : 1;
        head = head.Split('*')[0];
        return new GraphNode(head.Split(':')[0], head, head.Split(':')[1][0] - '0', status, weight) { On = on, Writes = files };
    })];

    [Theory]
    [InlineData("a:1 b:1<a c:1", "a b", 2)]
    [InlineData("a:1 b:1<a c:1*4", "c", 4)]
    [InlineData("a:1 b:1<a c:2 d:2<c", "a b c d", 4)]
    [InlineData("a:1*3 b:1 c:2<b d:2*2", "a d", 5)]
    [InlineData("a:1=done b:1<a c:2=done d:2<b", "b d", 2)]
    [InlineData("a:1=done", "", 0)]
    public void The_longest_way_goes_through_phases_and_dependencies(string nodes, string path, double weight)
    {
        var graph = PlanGraph.Of(Nodes(nodes));
        Assert.Equal((path, weight), (string.Join(' ', graph.CriticalPath), graph.CriticalWeight));
    }

    [Theory]
    // the example of the manifest: one file, one phase, orders and parallel ones
    [InlineData("t1:1/a t2:1<t1/a t3:1/b t4:2/c/d t5:2<t4/c t6:2/a t7:2<t4/d t8:2<t7/d/e", 4, "t1,t3 t2 t4,t6 t5,t7 t8")]
    [InlineData("a:1/x b:1/x c:1/y", 4, "a,c b")]
    [InlineData("a:1/x b:1/y c:1/z", 2, "a,b c")]
    // without declared files it runs alone where a folder is shared
    [InlineData("a:1 b:1/x c:1/y", 4, "a b,c")]
    [InlineData("a:1=done b:1<a/x", 4, "b")]
    public void A_rehearsal_says_what_runs_together(string nodes, int most, string rounds)
    {
        var played = PlanRehearsal.Play(Nodes(nodes), [(1, "One"), (2, "Two")], most,
            ownPlaces: false);
        Assert.Equal(rounds, string.Join(' ', played.Select(round => string.Join(',', round.Items))));
        Assert.All(played.SelectMany(round => round.Waiting), wait => Assert.NotEmpty(wait.Why));
    }

    [Fact]
    public void With_a_worktree_each_only_files_that_meet_keep_them_apart() =>
        Assert.Equal("a,b,c d", string.Join(' ', PlanRehearsal.Play(Nodes("a:1 b:1 c:1/x d:1/x"), [(1, "One")], 9, ownPlaces: true)
            .Select(round => string.Join(',', round.Items))));

    [Theory]
    [InlineData("step 1.1: done\nstep 1.2: failed: no network", null, "1.1=done 1.2=failed(no network)")]
    [InlineData("- Step `1.1`: Done.\n> step 1.3: failed", null, "1.1=done 1.3=failed")]
    [InlineData("step 1.1: failed: once\nstep 1.1: done", null, "1.1=done")]
    [InlineData("nothing of the kind: step one is done", null, "")]
    [InlineData("step 9: done", false, "")]
    [InlineData("step 1.2: failed: but fine", true, "1.1=done 1.2=failed(but fine) 1.3=done")]
    [InlineData("all good", true, "1.1=done 1.2=done 1.3=done")]
    public void Steps_are_read_out_of_a_result(string notes, bool? met, string states)
    {
        PlanStepRow[] steps = [new("1.1", "open", null), new("1.2", "open", null), new("1.3", "open", null)];
        var read = StepReports.Read(steps, new RunResult(met, "s", null, notes), null);
        Assert.Equal(states, string.Join(' ', read.Select(step =>
            $"{step.Step}={step.State}{(step.Note is null ? "" : $"({step.Note})")}")));
    }

    [Fact]
    public void A_step_that_was_done_stays_done_and_the_next_attempt_begins_where_this_one_failed()
    {
        PlanStepRow[] steps = [new("1.1", "done", null), new("1.2", "failed", "no network"), new("1.3", "open", null)];
        Assert.Empty(StepReports.Read(steps, null, "step 1.1: failed: again"));
        var brief = PlanWords.Brief(steps)!;
        Assert.Contains("Done already: 1.1. Begin with step 1.2; last time: no network", brief, StringComparison.Ordinal);
        Assert.DoesNotContain("Done already", PlanWords.Brief([new("1", "open", null)]), StringComparison.Ordinal);
        Assert.Null(PlanWords.Brief([]));
    }
}
