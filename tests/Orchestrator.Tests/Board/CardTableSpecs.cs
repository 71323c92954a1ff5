using Orchestrator.Board;
using Orchestrator.Items;
using Orchestrator.Runs;

namespace Orchestrator.Tests.Board;

/// <summary>What a card makes of rows, table by table.</summary>
public class CardTableSpecs
{
    [Theory]
    [InlineData("queued", null, null, "waiting")]
    [InlineData("starting", null, null, "working")]
    [InlineData("running", null, null, "working")]
    [InlineData("waiting", null, null, "waiting")]
    [InlineData("running", "running", "stalled", "stalled")]
    // What was found counts for the status it was found in.
    [InlineData("waiting", "running", "stalled", "waiting")]
    public void Health_is_what_was_found_while_its_status_holds(string status, string? found, string? verdict, string expected) =>
        Assert.Equal(expected, HealthAtAGlance.Of(status,
            found is null ? null : new KeptHealth(found, new RunHealth(verdict!, null, default, []))));

    [Theory]
    [InlineData("inbox", null, "inbox")]
    [InlineData("planning", "inbox", "inbox")]
    [InlineData("ready", "inbox", "ready")]
    [InlineData("in_flight", "ready", "in_flight")]
    [InlineData("review", "in_flight", "review")]
    [InlineData("done", "review", "done")]
    [InlineData("canceled", "ready", "done")]
    [InlineData("skipped", "ready", "done")]
    [InlineData("blocked", "planning", "inbox")]
    [InlineData("blocked", "ready", "ready")]
    [InlineData("blocked", "in_flight", "in_flight")]
    [InlineData("blocked", "review", "review")]
    [InlineData("failed", "in_flight", "in_flight")]
    [InlineData("failed", "review", "review")]
    [InlineData("blocked", null, "in_flight")]
    [InlineData("failed", "blocked", "in_flight")]
    public void A_card_is_shown_where_it_is_and_what_stands_where_it_came_from(string status, string? from, string column) =>
        Assert.Equal(column, Columns.Of(Status(status), from is null ? null : Status(from)));

    [Fact]
    public void Every_status_has_a_column_wherever_it_came_from()
    {
        string[] columns = [Columns.Inbox, Columns.Ready, Columns.InFlight, Columns.Review, Columns.Done];
        foreach (var status in Enum.GetValues<ItemStatus>())
            foreach (var from in Enum.GetValues<ItemStatus>())
                Assert.Contains(Columns.Of(status, from), columns);
    }

    [Theory]
    [InlineData("The queue is paused (release): agentctl unpause", "The queue is paused (release).")]
    [InlineData("Somebody blocked it. When that is gone: agentctl ready 12", "Somebody blocked it.")]
    [InlineData("Run 1 ended failed. A person says how it goes on: agentctl request list, or ready it again.",
        "Run 1 ended failed. A person says how it goes on.")]
    [InlineData("Its work is accepted, but not delivered: no. Then: agentctl deliver 3", "Its work is accepted, but not delivered: no.")]
    [InlineData("It waits.", "It waits.")]
    [InlineData("", "")]
    public void A_reason_ends_where_it_names_a_command(string text, string shown) =>
        Assert.Equal(shown, Reasons.WithoutCommand(text));

    [Fact]
    public void What_is_ready_says_what_it_waits_for()
    {
        WaitedFor On(int number) => new(number, $"Part {number}", number % 2 == 0 ? "in_flight" : "ready");
        var facts = Facts(ItemStatus.Ready) with
        {
            OpenDependencies = [On(1), On(2), On(3), On(4), On(5)],
            WhyNot =
            [
                new("no_auto_run", "It has no project …: agentctl exec 1"), new("daemon_limit", "5 items have runs."),
                new("dependency", "x"),
            ],
        };
        Assert.Equal(["Waits for #1 Part 1 (ready).", "Waits for #2 Part 2 (in flight).", "Waits for #3 Part 3 (ready).",
            "Waits for 2 more.", "Starts when somebody starts it."], Reasons.Of(facts));
        Assert.Equal(["Starts when somebody starts it.", "Waits for a free slot."], Reasons.Of(facts with { OpenDependencies = [] }));
        // Its steps are what starts.
        Assert.Empty(Reasons.Of(facts with { Item = facts.Item with { Steps = 2 } }));
    }

    [Fact]
    public void What_is_blocked_says_its_causes_and_what_failed_how_often_it_was_tried()
    {
        ItemCause[] causes = [new(CauseKinds.Person, "It needs a key.", ""), new(CauseKinds.Limit, "3 attempts were not enough.", "")];
        Assert.Equal(["It needs a key.", "3 attempts were not enough."], Reasons.Of(Facts(ItemStatus.Blocked, causes)));
        Assert.Equal(["Given up after 3 attempts."], Reasons.Of(Facts(ItemStatus.Failed)));
        Assert.Empty(Reasons.Of(Facts(ItemStatus.Done)));
        Assert.Empty(Reasons.Of(Facts(ItemStatus.Inbox)));
    }

    [Fact]
    public void What_is_at_work_says_what_it_waits_for()
    {
        var noon = new DateTimeOffset(2026, 1, 31, 12, 5, 0, TimeSpan.Zero);
        var queued = Facts(ItemStatus.InFlight) with { Run = Run("queued") with { IsOpen = true } };
        Assert.Equal(["Waits for a free slot."], Reasons.Of(queued));
        Assert.Equal(["Its provider is left alone until 12:05 UTC."], Reasons.Of(queued with { ProviderFree = noon }));
        Assert.Equal(["It is tried again at 12:05 UTC."], Reasons.Of(queued with { Run = queued.Run with { NotBefore = noon } }));
        Assert.Equal(["Waits for the runs it started."],
            Reasons.Of(queued with { Run = Run("waiting") with { IsOpen = true, WaitingFor = "children" } }));
        Assert.Empty(Reasons.Of(queued with { Run = Run("running") with { IsOpen = true } }));
        Assert.Equal(["The daemon checks its work."], Reasons.Of(queued with { Run = Run("succeeded"), Check = CardFacts.CheckOpen }));
        var outside = queued with { Run = null, Item = queued.Item with { LeaseId = "l", AssignedAgentId = "worker-1" } };
        Assert.Equal(["worker-1 has it."], Reasons.Of(outside));
    }

    [Fact]
    public void What_is_in_review_says_who_has_the_word()
    {
        var facts = Facts(ItemStatus.Review);
        Assert.Empty(Reasons.Of(facts));
        Assert.Equal(["Reviewers look at it."], Reasons.Of(facts with { Round = new("r", "reviewing", null, default) }));
        Assert.Equal(["They disagree."], Reasons.Of(facts with { Round = new("r", "waiting", "They disagree.", default) }));
        Assert.Equal(["Accepted; it is being delivered."], Reasons.Of(facts with { IsLanding = true }));
        Assert.Equal(["Accepted; its pull request is open."],
            Reasons.Of(facts with { IsLanding = true, Delivery = new("open", "https://github.com/a/b/pull/1") }));
    }

    [Theory]
    [InlineData("run.output", """{"stream":"stdout","text":"compiling"}""", "compiling")]
    [InlineData("run.output", """{"text":"\u001b[31mred\u001b[0m\u001b]0;title\u0007 text\r"}""", "red text")]
    [InlineData("run.output", """{"text":"a\u0000b\u202ec\u2066d\u200fe"}""", "a bcde")]
    [InlineData("run.message", """{"text":"I found it.\n\nIt is the parser.\n\n"}""", "It is the parser.")]
    [InlineData("run.message", """{"text":"  \n\t"}""", null)]
    [InlineData("run.message", """{}""", null)]
    [InlineData("run.tool_call", """{"name":"shell","input":{"command":["git","status"]}}""", "shell git status")]
    [InlineData("run.tool_call", """{"name":"Bash","input":{"command":"dotnet test"}}""", "Bash dotnet test")]
    [InlineData("run.tool_call", """{"name":"list"}""", "list")]
    [InlineData("run.tool_call", """{"name":"odd","input":[1]}""", "odd")]
    public void The_last_line_is_one_line_that_can_be_shown_anywhere(string type, string data, string? line) =>
        Assert.Equal(line, LastLine.Of(type, data));

    [Fact]
    public void A_long_line_is_cut_between_characters()
    {
        var line = LastLine.Clean(new string('x', 159) + "🙂" + new string('y', 100))!;
        Assert.Equal(new string('x', 159) + "…", line);
        Assert.Equal(161, LastLine.Clean(new string('z', 4000))!.Length);
    }

    [Theory]
    [InlineData(" a.txt | 3 ++-\n 3 files changed, 12 insertions(+), 1 deletion(-)", 3, 12, 1)]
    [InlineData(" 1 file changed, 1 insertion(+)", 1, 1, 0)]
    [InlineData(" 2 files changed, 7 deletions(-)\n", 2, 0, 7)]
    [InlineData(" logo.png | Bin 0 -> 12 bytes\n 1 file changed, 0 insertions(+), 0 deletions(-)", 1, 0, 0)]
    [InlineData(" 4 files changed", 4, 0, 0)]
    public void The_sums_of_a_diff_are_read(string stat, int files, int added, int removed) =>
        Assert.Equal(new CardDiff(files, added, removed), Cards.Diff(stat));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("nothing of the kind")]
    public void Where_nothing_was_changed_there_is_no_diff(string? stat) => Assert.Null(Cards.Diff(stat));

    static ItemStatus Status(string word) => ItemLifecycle.Parse(word)!.Value;

    static CardRun Run(string status) =>
        new("0123456789abcdef", status, "fast", "command", null, "none", null, null, "command", null, null);

    static CardFacts Facts(ItemStatus status, params ItemCause[] causes) => new(new Item
    {
        Id = "0123456789abcdef",
        Number = 1,
        Title = "One",
        Description = "",
        AcceptanceCriteria = [],
        Priority = "medium",
        Complexity = "m",
        Criticality = "normal",
        CreatedBy = "local",
        CreatedAt = default,
        UpdatedAt = default,
        State = status,
        Causes = causes,
        Attempts = 3,
    });
}
