using Orchestrator.Items;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Items;

/// <summary>Every status meets every step; what a person may do; and what a parent's status is.</summary>
public class ItemLifecycleSpecs
{
    // status: step→status …
    const string Table = """
        inbox: plan→planning admit→ready accept→done cancel→canceled
        planning: putback→inbox admit→ready accept→done block→blocked cancel→canceled
        ready: plan→planning start→in_flight accept→done block→blocked cancel→canceled skip→skipped
        in_flight: giveback→ready submit→review finish→done block→blocked fail→failed cancel→canceled
        review: fix→in_flight finish→done accept→done block→blocked fail→failed cancel→canceled
        done: reopen→ready
        blocked: putback→inbox plan→planning admit→ready start→in_flight accept→done cancel→canceled skip→skipped
        failed: admit→ready accept→done cancel→canceled skip→skipped
        canceled: putback→inbox accept→done
        skipped: putback→inbox accept→done
        """;

    [Fact]
    public void The_whole_matrix_is_as_it_is_written_here() =>
        LifecycleTable.Holds<ItemStatus, ItemStep>(Table, ItemLifecycle.Next, ItemLifecycle.Word);

    [Fact]
    public void Words_and_statuses_belong_together()
    {
        Assert.All(Enum.GetValues<ItemStatus>(), status => Assert.Equal(status, ItemLifecycle.Parse(ItemLifecycle.Word(status))));
        Assert.Null(ItemLifecycle.Parse("InFlight"));
        Assert.Null(ItemLifecycle.Parse(""));
    }

    [Theory]
    [InlineData("inbox", "planning, ready, done, canceled")]
    [InlineData("in_flight", "canceled")]
    [InlineData("review", "done, blocked, failed, canceled")]
    [InlineData("done", "ready")]
    [InlineData("canceled", "inbox, done")]
    public void A_person_moves_it_where_its_lifecycle_allows(string from, string allowed) =>
        Assert.Equal(allowed, string.Join(", ", ItemLifecycle.Allowed(ItemLifecycle.Parse(from)!.Value)));

    [Fact]
    public void Nobody_moves_an_item_into_work_or_to_done_out_of_it_by_hand()
    {
        Assert.All(Enum.GetValues<ItemStatus>(), from => Assert.Null(ItemLifecycle.ByPerson(from, ItemStatus.InFlight)));
        Assert.Null(ItemLifecycle.ByPerson(ItemStatus.InFlight, ItemStatus.Done));
    }

    [Theory]
    [InlineData("done done", "done")]
    [InlineData("done skipped", "done")]
    [InlineData("skipped skipped", "skipped")]
    [InlineData("canceled canceled", "canceled")]
    [InlineData("done blocked in_flight", "blocked")]
    [InlineData("done failed ready", "failed")]
    [InlineData("ready in_flight inbox", "in_flight")]
    [InlineData("done ready", "in_flight")]
    [InlineData("review ready", "review")]
    [InlineData("ready inbox", "ready")]
    [InlineData("planning inbox", "planning")]
    [InlineData("inbox inbox", "inbox")]
    [InlineData("", null)]
    public void A_parents_status_follows_from_its_steps(string steps, string? expected)
    {
        var words = steps.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var found = ParentStatus.Of([.. words.Select(word => ItemLifecycle.Parse(word)!.Value)]);
        Assert.Equal(expected, found is { } status ? ItemLifecycle.Word(status) : null);
    }
}
