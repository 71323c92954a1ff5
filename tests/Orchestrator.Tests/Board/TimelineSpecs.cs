using Orchestrator.Board;

namespace Orchestrator.Tests.Board;

/// <summary>What took which time: beginnings find their ends, and each thing stands below what it belongs to.</summary>
public class TimelineSpecs
{
    static readonly DateTimeOffset Noon = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Each_span_comes_after_the_one_it_is_below_by_its_beginning()
    {
        var spans = TimelineSpans.Of(new TimelineFacts
        {
            Runs = [Run("a", 0, 1, 9), Run("b", 2, 3, 5, parent: "a"), Run("r", 11, 12, 13, round: "q")],
            Steps = [Step("b", "run.tool_call", 4, "c1", "shell"), Step("b", "run.tool_result", 5, "c1")],
            Rows = [new TimedRow("review", "q", "a", "round 1", "waiting", true, At(10), null), Check("k", "a", 9, 10)],
        });
        Assert.Equal(["run:a", "queue:a", "run:b", "queue:b", "tool:b:0", "check:k", "review:q", "run:r", "queue:r"],
            spans.Select(span => span.Id));
        Assert.Equal([null, "run:a", "run:a", "run:b", "run:b", "run:a", null, "review:q", "run:r"], spans.Select(span => span.Parent));
    }

    [Fact]
    public void A_wait_ends_when_the_run_goes_on_or_ends()
    {
        var spans = Steps(Run("a", 0, 0, 9), Step("a", "run.waiting", 1, null, "request"), Step("a", "run.resumed", 3),
            Step("a", "run.waiting", 5, null, "children"));
        Assert.Equal([("request", 1, 3), ("children", 5, 9)], spans.Select(span => (span.State, Minute(span.From), Minute(span.To))));
        Assert.All(spans, span => Assert.True(span.IsWait));
        Assert.Null(Assert.Single(Steps(Run("a", 0, 0, null), Step("a", "run.waiting", 1, null, "request"))).To);
    }

    [Fact]
    public void Calls_find_their_results_by_id_however_they_are_mixed()
    {
        var spans = Steps(Run("a", 0, 0, 9), Step("a", "run.tool_call", 1, "x", "read"), Step("a", "run.tool_call", 2, "y", "shell"),
            Step("a", "run.tool_result", 3, "x"), Step("a", "run.tool_result", 4, "y", failed: true), Step("a", "run.tool_result", 5, "z"));
        Assert.Equal([("read", "succeeded", 1, 3), ("shell", "failed", 2, 4)],
            spans.OrderBy(span => span.From).Select(span => (span.Title, span.State, Minute(span.From), Minute(span.To))));
    }

    [Fact]
    public void Calls_of_two_runs_with_the_same_id_are_not_mixed()
    {
        var spans = TimelineSpans.Of(new TimelineFacts
        {
            Runs = [Run("a", 0, 0, 9), Run("b", 0, 0, 8)],
            Steps =
            [
                Step("a", "run.tool_call", 1, "x", "one"), Step("b", "run.tool_call", 2, "x", "two"), Step("b", "run.tool_result", 3, "x"),
            ],
        }).Where(span => span.Kind == SpanKinds.Tool).OrderBy(span => span.From);
        Assert.Equal([("one", 9), ("two", 3)], spans.Select(span => (span.Title, Minute(span.To))));
    }

    [Fact]
    public void A_status_lasts_until_the_next_one_and_an_end_is_a_moment()
    {
        var spans = TimelineSpans.Of(new TimelineFacts
        {
            Statuses = [Status("inbox", 0), Status("ready", 1), Status("in_flight", 2), Status("review", 5), Status("done", 8)],
        });
        Assert.Equal([("inbox", 1, true, false), ("ready", 2, true, false), ("in_flight", 5, false, false), ("review", 8, false, true),
            ("done", 8, false, false)], spans.Select(span => (span.State, Minute(span.To), span.IsWait, span.IsHuman)));
        Assert.Null(TimelineSpans.Of(new TimelineFacts { Statuses = [Status("blocked", 0)] })[0].To);
    }

    [Fact]
    public void A_parent_that_is_not_there_leaves_nothing_out()
    {
        var spans = TimelineSpans.Of(new TimelineFacts
        {
            Runs = [Run("a", 0, 1, 2, parent: "gone", round: "gone")],
            Rows = [Check("k", "no", 1, 2)],
        });
        Assert.Equal(["run:a", "queue:a", "check:k"], spans.Select(span => span.Id));
    }

    static List<TimelineSpan> Steps(TimedRun run, params TimedStep[] steps) =>
        [.. TimelineSpans.Of(new TimelineFacts { Runs = [run], Steps = steps })
            .Where(span => span.Kind is SpanKinds.Tool or SpanKinds.Wait)];

    static TimedRun Run(string id, int created, int? started, int? ended, string? parent = null, string? round = null) =>
        new(id, parent, round, id, ended is null ? "running" : "succeeded", At(created), started is { } s ? At(s) : null,
            ended is { } e ? At(e) : null);

    static TimedStep Step(string run, string type, int at, string? key = null, string words = "", bool failed = false) =>
        new(run, type, key, words, failed, At(at));

    static TimedRow Check(string id, string run, int from, int to) => new("check", id, run, "check", "passed", false, At(from), At(to));

    static TimedStatus Status(string status, int at) => new(status, null, At(at));

    static DateTimeOffset At(int minute) => Noon.AddMinutes(minute);

    static int? Minute(DateTimeOffset? time) => time is { } at ? (int)(at - Noon).TotalMinutes : null;
}
