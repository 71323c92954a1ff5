using Orchestrator.Verbs;

namespace Orchestrator.Tests.Verbs;

/// <summary>What the words of a call, and the two variables, mean.</summary>
public class CallWordsSpecs
{
    [Theory]
    [InlineData("fix it", null, "fix it", null)]
    [InlineData("fix it|sub", null, "fix it", "sub")]
    [InlineData("-", null, null, null)]
    [InlineData("-|sub", null, null, "sub")]
    [InlineData("--fix this|sub", null, "--fix this", "sub")]
    [InlineData("resume|abc|go on", "abc", "go on", null)]
    [InlineData("resume|abc|-", "abc", null, null)]
    [InlineData("resume|abc|go on|sub", "abc", "go on", "sub")]
    public void Words_are_read(string words, string? session, string? task, string? folder) =>
        Assert.Equal(new CallWords(session, task, folder), CallWords.Read(words.Split('|')));

    [Theory]
    [InlineData(null, "Which task?")]
    [InlineData("resume", "Which session")]
    [InlineData("resume|abc", "Which task?")]
    [InlineData("resume| |go on", "session's id is empty")]
    [InlineData("resume|abc|go|sub|more", "'more' is one word too many")]
    [InlineData("fix|the|test", "'test' is one word too many")]
    [InlineData(" ", "task is empty")]
    [InlineData("--paralel", "no option '--paralel'")]
    [InlineData("fix it|-x", "no option '-x'")]
    public void Too_few_and_too_many_words_are_refused(string? words, string says) =>
        Assert.Contains(says, Assert.Throws<Fault>(() => CallWords.Read(words?.Split('|') ?? [])).Message, StringComparison.Ordinal);

    [Fact]
    public void A_parallel_call_takes_no_words()
    {
        CallWords.RefuseAll([]);
        Assert.Contains("'sub'", Assert.Throws<Fault>(() => CallWords.RefuseAll(["sub"])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, 7_200_000)]
    [InlineData("90", 90_000)]
    [InlineData("10000", 10_000_000)]
    [InlineData("10001", 10_001)]
    [InlineData("7200000", 7_200_000)]
    public void A_limit_above_ten_thousand_is_in_milliseconds(string? text, long milliseconds)
    {
        var limits = TaskLimits.Read(text, null);
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), limits.Each);
        Assert.Empty(limits.Remarks);
    }

    [Theory]
    [InlineData(null, 200)]
    [InlineData("0", 200)]
    [InlineData("1", 1)]
    [InlineData("100", 100)]
    [InlineData("101", 100)]
    public void Workers_are_bounded(string? text, int most) => Assert.Equal(most, TaskLimits.Read(null, text).AtOnce);

    [Theory]
    [InlineData("soon", "-1")]
    [InlineData("0", "many")]
    [InlineData("99999999999999999999", "1.5")]
    public void Values_that_are_none_are_told_and_the_usual_ones_hold(string timeout, string workers)
    {
        var limits = TaskLimits.Read(timeout, workers);
        Assert.Equal((TimeSpan.FromHours(2), 200), (limits.Each, limits.AtOnce));
        Assert.Equal(2, limits.Remarks.Count);
        Assert.Contains("CODEX_TIMEOUT", limits.Remarks[0], StringComparison.Ordinal);
        Assert.Contains("CODEAGENT_MAX_PARALLEL_WORKERS", limits.Remarks[1], StringComparison.Ordinal);
    }
}
