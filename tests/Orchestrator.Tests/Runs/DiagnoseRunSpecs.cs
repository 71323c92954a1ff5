using Orchestrator.Agents;
using Orchestrator.Runs;

namespace Orchestrator.Tests.Runs;

/// <summary>Why is it not moving: one code for each situation, and a sentence that names the facts.</summary>
public class DiagnoseRunSpecs
{
    static readonly DiagnoseRun.Facts Usual = new(AnyRun.In(RunStatus.Running), true, null, null, true, 4, AnyRun.Begun);

    [Theory]
    [InlineData("queued", false, 1L, null, true, "no_worker", "restart")]
    [InlineData("queued", false, 1L, "aaaa", true, "no_worker", "restart")]
    [InlineData("queued", true, 1L, "aaaa", true, "session_busy", "aaaa")]
    [InlineData("queued", true, 3L, null, true, "pool_full", "number 3")]
    [InlineData("queued", true, null, null, true, "about_to_start", "next")]
    [InlineData("starting", true, null, null, false, "starting", "prepared")]
    [InlineData("waiting", true, null, null, true, "waiting_for_answer", "answer")]
    [InlineData("stopping", true, null, null, true, "stopping", "stopped")]
    [InlineData("running", true, null, null, false, "process_gone", "gone")]
    [InlineData("running", true, null, null, true, "none", "running")]
    [InlineData("succeeded", true, null, null, false, "none", "succeeded")]
    public void Each_situation_has_its_code(
        string status, bool workers, long? position, string? blocker, bool process, string code, string word)
    {
        var run = AnyRun.In(RunLifecycle.Parse(status)!.Value);
        var issue = DiagnoseRun.Issue(new(run, workers, position, blocker, process, 4, AnyRun.Begun));

        Assert.Equal(code, issue.Code);
        Assert.Contains(word, issue.Text, StringComparison.Ordinal);
        Assert.EndsWith(".", issue.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_lives_and_is_silent_for_long_is_called_stalled_with_its_limit()
    {
        var silent = Usual with { Run = Usual.Run with { LastEventAt = AnyRun.Begun }, Now = AnyRun.Begun + TimeSpan.FromMinutes(7) };

        var issue = DiagnoseRun.Issue(silent);

        Assert.Equal("stalled", issue.Code);
        Assert.Contains("7 minutes", issue.Text, StringComparison.Ordinal);
        Assert.Contains("2", issue.Text, StringComparison.Ordinal);
        Assert.Equal("none", DiagnoseRun.Issue(silent with { Now = AnyRun.Begun + TimeSpan.FromMinutes(5) }).Code);
    }

    [Theory]
    [InlineData("failed")]
    [InlineData("canceled")]
    [InlineData("timed_out")]
    [InlineData("lost")]
    public void A_run_that_ended_badly_says_its_reason_in_its_own_words_or_in_the_lists(string status)
    {
        foreach (var reason in EndReason.All.Keys)
        {
            var bare = Usual with { Run = AnyRun.In(RunLifecycle.Parse(status)!.Value) with { Reason = reason } };
            Assert.Equal((reason, EndReason.All[reason]), DiagnoseRun.Issue(bare));
            var told = bare with { Run = bare.Run with { Error = new RunError(reason, "Because of this.") } };
            Assert.Equal((reason, "Because of this."), DiagnoseRun.Issue(told));
        }

        Assert.Equal("none", DiagnoseRun.Issue(Usual with { Run = AnyRun.In(RunLifecycle.Parse(status)!.Value) }).Code);
    }
}
