using Orchestrator.Reviews;

namespace Orchestrator.Tests.Reviews;

/// <summary>What several reviewers and people found is told once, with the highest severity.</summary>
public class ConsolidationSpecs
{
    [Theory]
    [InlineData("high a.cs:12 Loses the last line", "low a.cs:12 The last line is lost", true)]
    [InlineData("high a.cs:12 Loses the last line", "low a.cs:15 Loses the last line of a file", true)]
    [InlineData("high a.cs:10-20 Loses the last line", "low a.cs:18 Loses last line", true)]
    [InlineData("high a.cs:12 Loses the last line", "low a.cs:16 Loses the last line", false)]
    [InlineData("high a.cs:12 Loses the last line", "low b.cs:12 Loses the last line", false)]
    [InlineData("high a.cs:12 Loses the last line", "low a.cs:12 Name says nothing", false)]
    [InlineData("high a.cs:12 Loses the last line", "low - Loses the last line", false)]
    [InlineData("high a.cs Loses the last line", "low a.cs:12 loses the last line.", true)]
    [InlineData("high a.cs Loses the last line", "low a.cs:12 Loses the last line of a file", false)]
    [InlineData("high - No test for empty input", "low - Tests lack the empty input case", false)]
    [InlineData("high - No test for empty input", "low - There is no test for empty input", true)]
    [InlineData("high a.cs:3 Injection", "low a.cs:3 SQL injection", true)]
    [InlineData("high a.cs:3 !!", "low a.cs:3 ??", false)]
    public void The_same_place_with_a_similar_title_is_the_same(string one, string other, bool same)
    {
        Assert.Equal(same, Consolidation.IsSame(AnyFinding.Of(one), AnyFinding.Of(other)));
        Assert.Equal(same, Consolidation.IsSame(AnyFinding.Of(other), AnyFinding.Of(one)));
    }

    // said, in order | expected, in order; = joins those that are one
    [Theory]
    [InlineData("low a:1 Name is odd|critical b:1 Deletes data", "critical b Deletes data|low a Name is odd")]
    [InlineData("low a:1 Loses last line|high a:2 Loses the last line", "high a Loses the last line=low a Loses last line")]
    [InlineData("high b:9 Leaks a handle|high a:9 Leaks a socket|high a:1 No limit",
        "high a No limit|high a Leaks a socket|high b Leaks a handle")]
    [InlineData("medium a:1 Slow loop|low a:1 Slow loop|medium a:2 Slow inner loop",
        "medium a Slow loop=medium a Slow inner loop=low a Slow loop")]
    [InlineData("", "")]
    public void The_worst_comes_first_and_stands_for_those_that_say_the_same(string said, string expected)
    {
        var findings = said.Split('|', StringSplitOptions.RemoveEmptyEntries).Select((text, i) => AnyFinding.Of(text, i));
        Assert.Equal(expected, string.Join('|', Consolidation.Of(findings).Select(one =>
            string.Join('=', one.Others.Prepend(one.Finding).Select(each => $"{each.Severity} {each.File} {each.Title}")))));
    }

    [Fact]
    public void A_remark_that_comes_again_is_known_by_its_words_when_lines_have_moved()
    {
        var earlier = AnyFinding.Of("low a.cs:12 No limit on retries");
        Assert.True(Consolidation.IsAgain(earlier, AnyFinding.Of("low a.cs:90 No limit on retries.")));
        Assert.False(Consolidation.IsAgain(earlier, AnyFinding.Of("low a.cs:90 Retries are not logged")));
    }
}
