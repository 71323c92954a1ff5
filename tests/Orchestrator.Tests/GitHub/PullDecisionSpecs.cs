using Orchestrator.Deliveries;
using Orchestrator.GitHub;

namespace Orchestrator.Tests.GitHub;

/// <summary>What is told of a pull request, and when: once for each commit, and when nobody is still at it.</summary>
public sealed class PullDecisionSpecs
{
    const string Head = "890520a5d6e0c1f0f2b3f0b8a7e61d0f5c2a9e11";

    static readonly PullCheck Good = new("a", "success", null, null, null), Bad = new("b", "failure", null, null, null),
        Late = new("c", null, null, null, null);

    static readonly PullComment Said = new(7, true, "una", "MEMBER", "a.js", 1, "Why?", null),
        Stranger = new(8, true, "bo", "NONE", "a.js", 1, "Buy!", null), Reviewed = new(5, false, "una", "OWNER", null, null, "No.", null);

    static Pull Pull(string head = Head) => new(3, "u", true, false, false, head, "main", null, null, "", "", null);

    /// <summary>The decision of a second look that found the same as the first.</summary>
    static PullDecision Settled(PullCheck[] checks, PullComment[] comments, PullTold? told = null, string whose = "write", long quiet = 0,
        string pushed = Head, string head = Head)
    {
        var known = new PullRequest { Pushed = pushed, Told = told ?? new PullTold(0, 0, null) };
        var first = PullDecision.Of(known, Pull(head), checks, comments, whose, quiet);
        Assert.False(first.Ready);
        return PullDecision.Of(known with { Seen = first.Print }, Pull(head), checks, comments, whose, quiet);
    }

    [Fact]
    public void Good_checks_and_silence_are_nothing_to_tell() => Assert.False(Settled([Good], []).Ready);

    [Fact]
    public void A_failing_check_is_told_when_all_have_ended()
    {
        Assert.True(Settled([Good, Bad], []).Ready);
        Assert.False(Settled([Bad, Late], []).Ready);
        Assert.False(Settled([Bad, Late], [Said], quiet: 100).Ready);
    }

    [Fact]
    public void Comments_wait_for_checks_but_not_for_ever()
    {
        Assert.True(Settled([], [Said]).Ready);
        Assert.False(Settled([Late], [Said]).Ready);
        Assert.True(Settled([Late], [Said], quiet: 10).Ready);
    }

    [Fact]
    public void What_changed_since_the_last_look_has_not_settled()
    {
        var known = new PullRequest { Pushed = Head, Seen = PullDecision.Of(new PullRequest(), Pull(), [Bad], [], "write", 0).Print };
        Assert.False(PullDecision.Of(known, Pull(), [Bad], [Said], "write", 0).Ready);
    }

    [Fact]
    public void A_check_is_told_once_for_each_commit_and_a_remark_once()
    {
        var told = Settled([Bad], [Said, Reviewed]).Told(new PullTold(0, 0, null));
        Assert.Equal(new PullTold(5, 7, Head), told);
        Assert.False(Settled([Bad], [Said, Reviewed], told, quiet: 1).Ready);
        var next = Settled([Bad], [Said, Reviewed, Said with { Id = 9 }], told, quiet: 1);
        Assert.True(next.Ready);
        Assert.Equal([9], next.Feedback.Comments.Select(comment => comment.Id));
        Assert.Empty(next.Feedback.Failing);
        Assert.Single(Settled([Bad], [Said], told with { Head = "other" }).Feedback.Failing);
    }

    [Fact]
    public void A_commit_that_was_told_and_is_delivered_unchanged_is_told_of_as_that()
    {
        var again = Settled([Bad], [Said], new PullTold(0, 7, Head));
        Assert.True(again is { Ready: true, Feedback: { Again: true, Comments.Count: 0 } });
        Assert.False(Settled([Bad], [Said]).Feedback.Again);
        Assert.False(Settled([Good], [Said], new PullTold(0, 7, Head)).Ready);
    }

    [Theory]
    [InlineData(null, false, true)]
    [InlineData(true, false, true)]
    [InlineData(false, true, false)]
    [InlineData(false, false, null)]
    [InlineData(true, true, null)]
    [InlineData(null, true, null)]
    [InlineData(false, null, null)]
    public void A_conflict_is_told_when_it_comes_and_when_it_goes(bool? before, bool? now, bool? told) =>
        Assert.Equal(told, PullDecision.Of(new PullRequest { Pushed = Head, Mergeable = before }, Pull() with { Mergeable = now }, [], [],
            "write", 0).Feedback.Conflicts);

    [Theory]
    [InlineData("write", new long[] { 5, 7 })]
    [InlineData("all", new long[] { 5, 7, 8 })]
    [InlineData("none", new long[0])]
    public void The_setting_says_whose_comments_are_heard(string whose, long[] heard) =>
        Assert.Equal(heard, Settled([], [Said, Stranger, Reviewed], whose: whose).Feedback.Comments.Select(comment => comment.Id));

    [Fact]
    public void A_flood_of_remarks_comes_in_parts_and_none_is_lost()
    {
        PullComment[] flood = [.. Enumerable.Range(1, 250).Reverse().Select(no => Said with { Id = no, OfLine = no % 2 == 0 })];
        var (told, heard) = (new PullTold(0, 0, null), new List<long>());
        for (var part = 0; part < 3; part++)
        {
            var decided = Settled([], flood, told);
            heard.AddRange(decided.Feedback.Comments.Select(comment => comment.Id));
            told = decided.Told(told);
        }
        Assert.Equal(Enumerable.Range(1, 250).Select(no => (long)no), heard);
    }

    [Fact]
    public void What_others_pushed_is_theirs() => Assert.False(Settled([Bad], [Said], pushed: "other").Ready);

    [Theory]
    [InlineData("1846 92013 890520a5", 1846, 92013, "890520a5")]
    [InlineData("1 2 ", 1, 2, null)]
    [InlineData("", 0, 0, null)]
    [InlineData(null, 0, 0, null)]
    [InlineData("x y z", 0, 0, null)]
    public void What_was_told_is_read_again(string? text, long review, long comment, string? head)
    {
        Assert.Equal(new PullTold(review, comment, head), PullTold.Parse(text));
        Assert.Equal(PullTold.Parse(text), PullTold.Parse(PullTold.Parse(text).ToString()));
    }
}
