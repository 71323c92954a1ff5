using Orchestrator.Items;

namespace Orchestrator.Tests.Items;

/// <summary>What may start, what may not, and why: the table that the scheduler and <c>why</c> share.</summary>
public class EligibilitySpecs
{
    static readonly DateTimeOffset Now = new(2026, 1, 31, 9, 30, 0, TimeSpan.Zero);

    static readonly ProjectRule Auto = new("demo", null, true, true), Shared = Auto with { OwnPlaces = false };

    static Item Make(string id, ItemStatus status = ItemStatus.Ready, string? project = "demo", string writes = "",
        string reads = "", string touched = "") => new()
        {
            Id = id,
            Number = 1,
            Title = id,
            Description = "",
            AcceptanceCriteria = [],
            State = status,
            Priority = "medium",
            Complexity = "m",
            Criticality = "normal",
            Project = project,
            Writes = writes.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            Reads = reads.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            Touched = touched.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            CreatedBy = "local",
            CreatedAt = Now,
            UpdatedAt = Now,
        };

    static StartFacts Of(Item item, Purpose purpose = Purpose.AutoRun) => new(item, purpose, Auto, Now);

    static string Codes(StartFacts facts) => string.Join(" ", Eligibility.Causes(facts).Select(cause => cause.Code));

    /// <summary>One case: facts, and the reasons they give.</summary>
    public static TheoryData<string> Cases => [.. Table.Keys];

    static readonly Dictionary<string, (StartFacts Facts, string Codes)> Table = new()
    {
        ["a ready item of a project that runs by itself starts"] = (Of(Make("a")), ""),
        ["one in the inbox does not"] = (Of(Make("a", ItemStatus.Inbox)), "status"),
        ["whoever takes the next may take it from the inbox"] = (Of(Make("a", ItemStatus.Inbox), Purpose.Next), ""),
        ["one at work does not start again"] = (Of(Make("a", ItemStatus.InFlight), Purpose.Next), "status"),
        ["one that is done does not"] = (Of(Make("a", ItemStatus.Done)), "status"),
        ["a blocked one tells its causes"] = (Of(Make("a", ItemStatus.Blocked) with
        {
            Causes = [new("limit", "3 attempts.", ""), new("person", "Asked.", "")],
        }), "blocked blocked"),
        ["one with steps is not worked on itself"] = (Of(Make("a") with { Steps = 2 }), "steps"),
        ["what it depends on comes first"] = (Of(Make("a")) with { OpenDependencies = [Make("b")] }, "dependency"),
        ["a project that does not run by itself waits for somebody"] = (Of(Make("a")) with { Rule = Auto with { AutoRun = false } },
            "no_auto_run"),
        ["and somebody may take it"] = (Of(Make("a"), Purpose.Next) with { Rule = Auto with { AutoRun = false } }, ""),
        ["without a project nothing starts by itself"] = (Of(Make("a", project: null)) with { Rule = ProjectRule.None }, "no_auto_run"),
        ["a project has its limit"] = (Of(Make("a", writes: "x"), Purpose.Next) with
        {
            Rule = Auto with { MaxParallel = 1 },
            Running = [Make("b", writes: "y")],
        }, "project_limit"),
        ["who names an item passes limits and pauses"] = (Of(Make("a", writes: "x"), Purpose.Named) with
        {
            Rule = Auto with { MaxParallel = 1 },
            Running = [Make("b", writes: "y")],
            Paused = "",
        }, ""),
        ["but not a conflict of files"] = (Of(Make("a", writes: "x"), Purpose.Named) with { Running = [Make("b", writes: "x")] },
            "file_conflict"),
        ["the daemon has its slots"] = (Of(Make("a")) with { RunsInAll = 4, Slots = 4 }, "daemon_limit"),
        ["a pause holds everything"] = (Of(Make("a"), Purpose.Next) with { Paused = "release" }, "paused"),
        ["a pause of the project holds it"] = (Of(Make("a")) with { ProjectPaused = "" }, "project_paused"),
        ["what may be spent is spent"] = (Of(Make("a")) with { BudgetSpent = true }, "budget"),
        ["it waits before it is tried again"] = (Of(Make("a") with { NotBefore = Now.AddSeconds(1) }), "not_before"),
        ["and no longer"] = (Of(Make("a") with { NotBefore = Now }), ""),
        ["its provider wants nothing now"] = (Of(Make("a")) with { ProviderFree = Now.AddMinutes(1) }, "provider"),
        ["runs that change nothing are not repeated for ever"] = (Of(Make("a") with { IdleRuns = 2 }), "nothing_changed"),
        ["once is no pattern"] = (Of(Make("a") with { IdleRuns = 1 }), ""),
        ["a worker without what it needs"] = (Of(Make("a") with { Labels = ["needs:gpu"] }, Purpose.Next) with
        {
            Capabilities = new HashSet<string> { "cpu" },
        }, "capability"),
        ["a worker with it"] = (Of(Make("a") with { Labels = ["needs:gpu"] }, Purpose.Next) with
        {
            Capabilities = new HashSet<string> { "gpu" },
        }, ""),
        ["both write the same file"] = (Of(Make("a", writes: "src/a.cs")) with { Running = [Make("b", writes: "src/a.cs")] },
            "file_conflict"),
        ["one writes what the other reads"] = (Of(Make("a", writes: "src")) with { Running = [Make("b", reads: "src/b/c.cs")] },
            "file_conflict"),
        ["one reads what the other writes"] = (Of(Make("a", reads: "src/b.cs")) with { Running = [Make("b", writes: "src/*.cs")] },
            "file_conflict"),
        ["what another has really changed counts as claimed"] = (Of(Make("a", writes: "src/a.cs")) with
        {
            Running = [Make("b", writes: "docs", touched: "src/a.cs")],
        }, "file_conflict"),
        ["and what it changed itself before"] = (Of(Make("a", writes: "docs", touched: "src/a.cs")) with
        {
            Running = [Make("b", reads: "src")],
        }, "file_conflict"),
        ["other files that were changed do not matter"] = (Of(Make("a", writes: "src/a.cs")) with
        {
            Running = [Make("b", touched: "src/b.cs")],
        }, ""),
        ["both may read"] = (Of(Make("a", reads: "src")) with { Running = [Make("b", reads: "src")] }, ""),
        ["undeclared work goes beside others in a place of its own"] = (Of(Make("a")) with { Running = [Make("b")] }, ""),
        ["in a shared folder undeclared work is alone"] = (Of(Make("a")) with { Rule = Shared, Running = [Make("b", writes: "x")] },
            "file_conflict"),
        ["and nobody starts beside it"] = (Of(Make("a", writes: "x")) with { Rule = Shared, Running = [Make("b")] }, "file_conflict"),
        ["in a shared folder declared work goes side by side"] = (Of(Make("a", writes: "x")) with
        {
            Rule = Shared,
            Running = [Make("b", writes: "y")],
        }, ""),
        ["several reasons are all told"] = (Of(Make("a", ItemStatus.Inbox)) with { Paused = "", Rule = Auto with { AutoRun = false } },
            "status paused no_auto_run"),
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_case_gives_its_reasons(string name) => Assert.Equal(Table[name].Codes, Codes(Table[name].Facts));

    [Fact]
    public void Every_reason_has_a_sentence_that_ends() => Assert.All(Table.Values.SelectMany(one => Eligibility.Causes(one.Facts)),
        cause => Assert.True(cause.Text.Length > 8 && char.IsUpper(cause.Text[0]) | char.IsAsciiDigit(cause.Text[0]), cause.Text));

    [Theory]
    [InlineData("src", "src/a.cs", true)]
    [InlineData("src/", "src", true)]
    [InlineData("./src/a.cs", "src/a.cs", true)]
    [InlineData("src/a.cs", "src/b.cs", false)]
    [InlineData("src", "srcs/a.cs", false)]
    [InlineData("src/*.cs", "src/a.cs", true)]
    [InlineData("src/*.cs", "src/a.txt", false)]
    [InlineData("src/*.cs", "src/deep/a.cs", false)]
    [InlineData("src/**", "src/deep/a.cs", true)]
    [InlineData("**/*.cs", "docs/a.md", true)]
    [InlineData("src/*/a.cs", "src/b/a.cs", true)]
    [InlineData("src/*/a.cs", "src/b/c.cs", false)]
    [InlineData("src/a*", "src/*b", true)]
    [InlineData("src/A.cs", "src/a.cs", false)]
    public void Folders_and_globs_cover_what_is_below(string one, string other, bool meet)
    {
        Assert.Equal(meet, FileClaims.Meet(one, other));
        Assert.Equal(meet, FileClaims.Meet(other, one));
    }

    [Fact]
    public void Files_that_were_changed_without_being_declared_are_surprises_told_in_few_words()
    {
        var item = Make("a", writes: "src/*.cs docs", touched: "b.txt");
        Assert.Equal(["src/deep/a.cs", "c.txt"],
            FileClaims.Surprises(item, ["src/a.cs", "docs/x/y.md", "b.txt", "src/deep/a.cs", "c.txt", "c.txt"]));
        string[] Many(int folders, string root) => [root, .. Enumerable.Range(0, 300).Select(i => $"gen/{i % folders}/{i}.c")];
        Assert.Equal(["root.txt", "gen/0", "gen/1", "gen/2"], FileClaims.Surprises(item, Many(3, "root.txt")));
        Assert.Equal(["root.txt", "gen"], FileClaims.Short(Many(250, "root.txt")));
        Assert.Equal(["**"], FileClaims.Short([.. Enumerable.Range(0, 300).Select(i => $"{i}.txt")]));
        Assert.True(FileClaims.Meet("**", "any/file"));
    }

    [Fact]
    public void Priority_goes_first_then_the_phase_then_age_and_waiting_raises()
    {
        const long Hour = 3_600_000_000, Day = 24 * Hour;
        // (priority, phase, made at): each goes before the one after it, whenever it is asked.
        (int, long, long)[] order =
        [
            (3, 0, 100 * Day), (2, 0, 100 * Day), (1, 0, (99 * Day) + Hour), (2, 1, 100 * Day), (1, 0, 100 * Day), (1, 0, (100 * Day) + 1),
            (1, 1, 100 * Day), (0, 0, 100 * Day),
        ];
        var ranks = order.Select(one => ItemRank.Of(one.Item1, one.Item2, one.Item3)).ToList();
        Assert.Equal(ranks.OrderDescending(), ranks);
        Assert.True(ItemRank.Of(0, 0, 0) > ItemRank.Of(3, 0, (3 * Day) + 1), "three days of waiting are worth three steps of priority");
    }
}
