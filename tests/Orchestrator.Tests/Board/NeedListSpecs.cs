using System.Text.Json;
using Orchestrator.Board;
using Orchestrator.Items;

namespace Orchestrator.Tests.Board;

/// <summary>What needs a person: which of many facts is told, once, and in which order.</summary>
public class NeedListSpecs
{
    static readonly DateTimeOffset Noon = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_kinds_come_by_urgency_then_priority_then_age()
    {
        var needs = NeedList.Of(new NeedFacts
        {
            Requests =
            [
                Asked("q1", "question", Item(1)), Asked("a2", "approval_request", Item(2), minutes: 5),
                Asked("a3", "permission_request", Item(3)), Asked("a4", "approval_request", Item(4, priority: 3), minutes: 9),
                Asked("d5", "decision", Item(5), ended: true),
            ],
            Decisions = [Decision("p6", Item(6))],
            Standing = [Standing(Item(7), ItemStatus.Review, Person("look")), Standing(Item(8), ItemStatus.Blocked, Person("x")) with
            {
                Collided = true,
            }],
            Holds = [new HoldFact("2026-01-31", "", "usd", "The limit is reached: agentctl usage raise --usd N.", Noon)],
        });
        Assert.Equal(["request:a4", "request:a3", "request:a2", "request:q1", "budget:2026-01-31::usd", "decision:p6",
            "conflict:item8:run8", "request:d5", "review:item7:run7"], needs.Select(need => need.Id));
        Assert.Equal(needs.Select(need => need.Urgency).Order(), needs.Select(need => need.Urgency));
        Assert.Equal("The limit is reached.", needs[4].Text);
    }

    [Fact]
    public void The_order_does_not_depend_on_the_order_of_the_rows()
    {
        var requests = Enumerable.Range(1, 9)
            .Select(n => Asked($"r{n}", n % 2 == 0 ? "question" : "approval_request", Item(n), n % 3)).ToList();
        var ordered = NeedList.Of(new NeedFacts { Requests = requests }).Select(need => need.Id).ToList();
        requests.Reverse();
        Assert.Equal(ordered, NeedList.Of(new NeedFacts { Requests = requests }).Select(need => need.Id));
    }

    [Fact]
    public void One_trouble_is_told_once_with_the_ids_of_all_who_ask_about_it()
    {
        var facts = new NeedFacts
        {
            Requests = [Asked("r1", "decision", Item(1), ended: true)],
            Decisions = [Decision("d1", Item(1))],
            Standing = [Standing(Item(1), ItemStatus.Blocked, Person("Run run1 ended failed."))],
        };
        var need = Assert.Single(NeedList.Of(facts));
        Assert.Equal(("decision:d1", "decision", "d1", "r1", "run1"),
            (need.Id, need.Kind, need.DecisionId, need.RequestId, need.RunId));
        Assert.Equal(["retry", "skip", "abort"], need.Options);
        need = Assert.Single(NeedList.Of(facts with { Decisions = [] }));
        Assert.Equal(("request:r1", "failed"), (need.Id, need.Kind));
        need = Assert.Single(NeedList.Of(facts with { Decisions = [], Requests = [] }));
        Assert.Equal(("failed:item1:run1", "failed", "Run run1 ended failed."), (need.Id, need.Kind, need.Text));
    }

    [Fact]
    public void An_item_that_stands_because_its_run_asks_is_told_by_what_is_asked()
    {
        var needs = NeedList.Of(new NeedFacts
        {
            Requests = [Asked("r1", "question", Item(1)), Asked("r2", "approval_request", Item(1))],
            Standing = [Standing(Item(1), ItemStatus.Blocked, Person("It asks."))],
        });
        Assert.Equal(["request:r2", "request:r1"], needs.Select(need => need.Id));
    }

    [Fact]
    public void A_run_that_does_nothing_is_told_unless_it_asked_something()
    {
        var facts = new NeedFacts
        {
            Stalled = [new StalledFact(Item(1), new RunFact("run1", "command", null, false),
                ["no output for 20 min", "its processes seem to wait"], Noon)],
        };
        var need = Assert.Single(NeedList.Of(facts));
        Assert.Equal(("stalled:run1", "stalled", "no output for 20 min; its processes seem to wait.", "item1"),
            (need.Id, need.Kind, need.Text, need.ItemId));
        need = Assert.Single(NeedList.Of(facts with { Requests = [Asked("r1", "question", Item(1))] }));
        Assert.Equal("request:r1", need.Id);
    }

    [Theory]
    [InlineData("blocked", "person", "", "failed")]
    [InlineData("blocked", "limit", "", "failed")]
    [InlineData("blocked", "worker_report", "", "failed")]
    // Somebody set it aside, and knows.
    [InlineData("blocked", "external", "", null)]
    // One of its steps is blocked, and told itself; but results that do not fit together are nobody else's.
    [InlineData("blocked", "dependency", "", null)]
    [InlineData("blocked", "dependency", "run1", "failed")]
    [InlineData("review", "external", "", "review")]
    [InlineData("failed", null, "", "failed")]
    [InlineData("review", null, "", "review")]
    public void What_stands_needs_a_person_by_its_cause(string status, string? cause, string about, string? kind)
    {
        var causes = cause is null ? [] : new[] { new ItemCause(cause, "Because.", about) };
        var facts = new NeedFacts { Standing = [Standing(Item(1), ItemLifecycle.Parse(status)!.Value, causes)] };
        Assert.Equal(kind, NeedList.Of(facts).SingleOrDefault()?.Kind);
        Assert.Equal(kind, NeedList.ByItem(facts).GetValueOrDefault("item1"));
    }

    [Fact]
    public void What_goes_on_by_itself_needs_nobody()
    {
        var review = Standing(Item(1), ItemStatus.Review);
        StandingFact[] going =
        [
            review with { IsLanding = true }, review with { IsChecked = true }, review with { Round = new("o", "reviewing", null, Noon) },
            Standing(Item(2), ItemStatus.Blocked, Person("x")) with { HasOpenRun = true },
        ];
        Assert.All(going, one => Assert.Empty(NeedList.Of(new NeedFacts { Standing = [one] })));
        var waiting = review with { Round = new("o", "waiting", "They disagree.", Noon) };
        var need = Assert.Single(NeedList.Of(new NeedFacts { Standing = [waiting] }));
        Assert.Equal(("review:item1:o", "They disagree.", "o"), (need.Id, need.Text, need.ReviewId));
        // Its pull request does not fit: somebody looks although it is on its way.
        Assert.Equal("conflict", Assert.Single(NeedList.Of(new NeedFacts
        {
            Standing = [review with { IsLanding = true, Collided = true, Causes = [Person("Pull request #3 conflicts.")] }],
        })).Kind);
    }

    [Fact]
    public void A_login_that_is_missing_is_told_once_for_all_it_stops_and_no_longer_than_it_is_missing()
    {
        StandingFact Out(int number) => Standing(Item(number), ItemStatus.Blocked, Person("auth")) with
        {
            Run = new RunFact($"run{number}", "claude", "auth_required", true),
            Since = Noon.AddMinutes(number),
        };
        var facts = new NeedFacts { Standing = [Out(2), Out(1), Out(3)], LoggedOut = new HashSet<string> { "claude" } };
        var need = Assert.Single(NeedList.Of(facts));
        Assert.Equal(("login:claude", "login", "claude does not accept its login", "item1"), (need.Id, need.Kind, need.Title, need.ItemId));
        Assert.Equal("Log in, then go on with: #1 Item 1; #2 Item 2; #3 Item 3.", need.Text);
        Assert.Equal(3, NeedList.ByItem(facts).Count(one => one.Value == "login"));
        var later = NeedList.Of(facts with { LoggedOut = new HashSet<string>() });
        Assert.Equal(["failed", "failed", "failed"], later.Select(one => one.Kind));
    }

    [Theory]
    [InlineData("""{"tool":"Bash","folder":"/repo","command":"rm -rf ./tmp"}""", "rm -rf ./tmp", "/repo")]
    [InlineData("""{"tool":"Write","path":"/repo/a.txt","diff":"+x"}""", "/repo/a.txt\n+x", null)]
    [InlineData("""{"paths":["/a","/b"],"diff":"-y"}""", "/a\n/b\n-y", null)]
    [InlineData("""{"tool":"WebFetch","input":"{\"url\":\"http://x\"}"}""", "WebFetch {\"url\":\"http://x\"}", null)]
    [InlineData("""{"command":["not","text"]}""", null, null)]
    [InlineData("[]", null, null)]
    [InlineData(null, null, null)]
    public void An_approval_shows_exactly_what_would_happen(string? detail, string? command, string? folder)
    {
        var asked = Asked("r1", "approval_request", Item(1)) with { Detail = detail is null ? null : JsonElement.Parse(detail) };
        var need = Assert.Single(NeedList.Of(new NeedFacts { Requests = [asked] }));
        Assert.Equal((command, folder), (need.Command, need.Folder));
    }

    [Theory]
    [InlineData("""{"limit":"cost_usd","allowed":5,"used":5.1}""", false, "budget")]
    [InlineData("""{"reason":"exit_nonzero"}""", true, "failed")]
    [InlineData(null, false, "decision")]
    public void What_the_daemon_asks_by_itself_is_told_by_what_it_is_about(string? detail, bool ended, string kind)
    {
        var asked = Asked("r1", "decision", Item(1), ended: ended) with { Detail = detail is null ? null : JsonElement.Parse(detail) };
        Assert.Equal(kind, Assert.Single(NeedList.Of(new NeedFacts { Requests = [asked] })).Kind);
    }

    [Fact]
    public void A_run_without_an_item_is_told_by_its_conversation()
    {
        var asked = Asked("r1", "question", new Subject(null, null, "Talk about it", "demo", 0));
        var need = Assert.Single(NeedList.Of(new NeedFacts { Requests = [asked] }));
        Assert.Equal(("Talk about it", "demo", null), (need.Title, need.Project, need.ItemId));
    }

    static Subject Item(int number, int priority = 1) => new($"item{number}", number, $"Item {number}", "demo", priority);

    static ItemCause Person(string text) => new(CauseKinds.Person, text, "");

    static AskedFact Asked(string id, string kind, Subject subject, int minutes = 0, bool ended = false) => new(id, kind, subject,
        new RunFact($"run{subject.Number}", "claude", ended ? "exit_nonzero" : null, ended), "May I?", ["yes", "no"], null, null,
        Noon.AddMinutes(minutes), null);

    static DecisionFact Decision(string id, Subject subject) =>
        new(id, "plan1", "The plan", subject, "How does it go on?", ["retry", "skip", "abort"], Noon);

    static StandingFact Standing(Subject subject, ItemStatus status, params ItemCause[] causes) => new(subject, status, causes,
        new RunFact($"run{subject.Number}", "claude", "exit_nonzero", true), null, false, false, false, false, null, Noon);
}
