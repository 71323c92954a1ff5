using Orchestrator.Profiles;
using Orchestrator.Reviews;

namespace Orchestrator.Tests.Reviews;

/// <summary>What follows from a round of reviews.</summary>
public class RoundDecisionSpecs
{
    // criticality; reviews (g given, u unusable, r running, t given and touched); severities; fixes so far (e: escalated); → outcome
    [Theory]
    [InlineData("normal; g; ; 0", "Accept")]
    [InlineData("normal; g; low,medium; 0", "Accept")]
    [InlineData("normal; gr; critical; 0", "Wait")]
    [InlineData("normal; g; high; 0", "Fix")]
    [InlineData("normal; g; high; 1", "Fix")]
    [InlineData("normal; g; high; 2", "Escalate")]
    [InlineData("normal; g; high; 2e", "Ask")]
    [InlineData("normal; g; low; 2e", "Accept")]
    [InlineData("normal; u; ; 0", "Ask")]
    [InlineData("normal; gu; ; 0", "Ask")]
    [InlineData("normal; gu; critical; 0", "Fix")]
    [InlineData("normal; gt; critical; 0", "Ask")]
    [InlineData("normal; t; ; 0", "Ask")]
    [InlineData("high; gg; ; 0", "Ask")]
    [InlineData("high; gg; high; 0", "Fix")]
    [InlineData("high; ; ; 0", "Ask")]
    [InlineData("low; g; ; 0", "Accept")]
    public void The_table_holds(string facts, string outcome) => Assert.Equal(outcome, RoundDecision.Of(Read(facts)).Outcome.ToString());

    [Fact]
    public void Medium_blocks_where_the_setting_says_so()
    {
        var facts = Read("normal; g; medium; 0");
        Assert.Equal(RoundOutcome.Fix, RoundDecision.Of(facts with { Policy = facts.Policy with { MediumBlocks = true } }).Outcome);
    }

    [Fact]
    public void Nothing_is_sent_where_nobody_listens_and_nothing_escalates_where_there_is_nobody_to_escalate_to()
    {
        Assert.Equal(RoundOutcome.Ask, RoundDecision.Of(Read("normal; g; high; 0") with { HasAuthor = false }).Outcome);
        var asked = RoundDecision.Of(Read("normal; g; high; 2") with { CanEscalate = false });
        Assert.Equal((RoundOutcome.Ask, true), (asked.Outcome, asked.Limit));
    }

    [Theory]
    [InlineData("", "0 1 2 - - high")]
    [InlineData("reviews: {low: 1, normal: 0, person_from: never}", "1 0 2 - - -")]
    [InlineData("reviews: {high: 1}\nprojects: {demo: {reviews: {high: 2, medium: fix, person_from: low}}}", "0 1 2 low normal high")]
    [InlineData("reviews: {medium: fix}\nprojects: {other: {reviews: {normal: 2}}}", "0 1 2 - - high")]
    public void A_projects_word_wins_over_the_files_and_that_over_the_default(string config, string expected)
    {
        var policy = ConfigFile.Parse(config, "config.yaml", ["command"]).ReviewsOf("demo");
        string[] criticalities = ["low", "normal", "high"];
        Assert.Equal(expected, string.Join(' ', criticalities.Select(one => policy.Reviewers(one).ToString(Invariant))
            .Concat(criticalities.Select(one => policy.NeedsPerson(one) ? one : "-"))));
    }

    static System.Globalization.CultureInfo Invariant => System.Globalization.CultureInfo.InvariantCulture;

    [Theory]
    [InlineData("It is no JSON")]
    [InlineData("It is no JSON.")]
    public void What_follows_a_reason_can_follow_it_as_a_sentence(string problem)
    {
        var facts = Read("normal; u; ; 0") with { Reviews = [Read("normal; u; ; 0").Reviews[0] with { Problem = problem }] };
        Assert.Equal("Reviewer 1 could not review: It is no JSON.", RoundDecision.Of(facts).Why);
    }

    static RoundFacts Read(string text)
    {
        var parts = text.Split(';', StringSplitOptions.TrimEntries);
        return new RoundFacts
        {
            Policy = new ReviewPolicy(),
            Criticality = parts[0],
            Reviews = [.. parts[1].Select((letter, i) => new Review
            {
                Id = Ids.New(),
                Slot = i + 1,
                State = letter switch { 'u' => ReviewState.Unusable, 'r' => ReviewState.Running, _ => ReviewState.Given },
                Touched = letter == 't',
            })],
            Findings = [.. parts[2].Split(',', StringSplitOptions.RemoveEmptyEntries).Select(word => AnyFinding.Of($"{word} a:1 x"))],
            Fixes = parts[3][0] - '0',
            Escalated = parts[3].EndsWith('e'),
            CanEscalate = true,
        };
    }
}
