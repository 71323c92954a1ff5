using System.Text.Json.Nodes;
using Orchestrator.Verbs;

namespace Orchestrator.Tests.Verbs;

/// <summary>A screen that is slower than a flood.</summary>
public class BacklogSpecs
{
    static JsonObject Event(string type, int no) => new() { ["event_type"] = type, ["no"] = no };

    [Fact]
    public void A_screen_loses_only_lines_of_output_the_oldest_first_and_counts_them()
    {
        var backlog = new Backlog(100, mayDrop: true);
        for (var no = 0; no < 1000; no++) Assert.True(backlog.Add(Event(no % 50 == 0 ? "run.message" : "run.output", no)));
        backlog.End();

        var (skipped, events) = backlog.Take();

        Assert.Equal(1000, skipped + events.Count);
        Assert.Equal(20, events.Count(e => (string?)e["event_type"] == "run.message"));
        Assert.Equal(999, (int)events[^1]["no"]!);
        var numbers = events.Select(e => (int)e["no"]!).ToList();
        Assert.Equal(numbers.Order(), numbers);
        Assert.InRange(events.Count, 40, 200);
        Assert.Empty(backlog.Take().Events);
    }

    [Fact]
    public async Task A_pipe_makes_the_daemon_wait_and_loses_nothing()
    {
        var backlog = new Backlog(10, mayDrop: false);
        var adding = Task.Run(() =>
        {
            for (var no = 0; no < 1000; no++) backlog.Add(Event("run.output", no));
            backlog.End();
        }, TestContext.Current.CancellationToken);
        var seen = new List<int>();
        while (backlog.Take() is { Events.Count: > 0 } taken)
        {
            Assert.InRange(taken.Events.Count, 1, 10);
            Assert.Equal(0, taken.Skipped);
            seen.AddRange(taken.Events.Select(e => (int)e["no"]!));
        }
        await adding;
        Assert.Equal(Enumerable.Range(0, 1000), seen);
    }

    [Fact]
    public void What_went_wrong_is_told_after_what_there_was()
    {
        var backlog = new Backlog(10, mayDrop: true);
        backlog.Add(Event("run.output", 1));
        backlog.End(new Fault(FaultCode.Unavailable, "gone"));
        Assert.False(backlog.Add(Event("run.output", 2)));
        Assert.Single(backlog.Take().Events);
        Assert.Throws<Fault>(() => backlog.Take());
    }
}
