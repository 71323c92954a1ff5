using Orchestrator.Agents;

namespace Orchestrator.Tests.Agents;

/// <summary>End event, exit code and demanded result in every combination that people get wrong.</summary>
public class VerdictSpecs
{
    const string Good = """{"goal_met":true,"summary":"done"}""";

    [Theory]
    // A failed turn with text: failed with its reason, and the text stays.
    [InlineData("failed", 1, null, false, "rate_limited")]
    [InlineData("failed", 0, null, false, "rate_limited")]
    [InlineData("failed", 0, Good, true, "rate_limited")]
    // An end without end event.
    [InlineData("none", 0, null, false, "no_end_event")]
    [InlineData("none", 0, Good, true, "no_end_event")]
    [InlineData("none", 1, null, false, "no_end_event")]
    [InlineData("none", 137, null, false, "no_end_event")]
    // Exit 0 without the demanded result, or with another one.
    [InlineData("good", 0, null, true, "no_result")]
    [InlineData("good", 0, "all is well", true, "no_result")]
    [InlineData("good", 0, """{"goal_met":"yes"}""", true, "invalid_result")]
    // A good end and a good result, whatever signal came after it.
    [InlineData("good", 143, Good, true, null)]
    [InlineData("good", 130, Good, true, null)]
    [InlineData("good", 143, null, false, null)]
    [InlineData("good", 143, null, true, "no_result")]
    [InlineData("good", 0, Good, true, null)]
    [InlineData("good", 0, null, false, null)]
    [InlineData("good", 1, Good, true, "exit_nonzero")]
    public void A_reporting_agent(string end, int exitCode, string? lastMessage, bool demanded, string? reason)
    {
        var transcript = new Transcript
        {
            EndSeen = end != "none",
            EndedWell = end == "good",
            FailureReason = end == "failed" ? EndReason.RateLimited : null,
            FailureText = end == "failed" ? "429 from the provider" : null,
            LastMessage = lastMessage,
        };
        var ending = Verdict.OfReportingAgent(transcript, Of(exitCode, demanded));
        Check(ending, reason);
        if (end == "failed")
            Assert.Equal("429 from the provider", ending.Message);
        if (lastMessage == Good)
            Assert.True(ending.Result?.GoalMet);
        if (reason is null && exitCode != 0)
            Assert.Contains($"exit code {exitCode}", ending.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, null, false, null)]
    [InlineData(0, "text", false, null)]
    [InlineData(0, "text", true, "no_result")]
    [InlineData(0, Good, true, null)]
    [InlineData(0, """{"goal_met":false,"summary":"half"}""", true, null)]
    [InlineData(0, """{"goal_met":true}""", true, "invalid_result")]
    [InlineData(3, Good, true, "exit_nonzero")]
    [InlineData(1, null, false, "exit_nonzero")]
    [InlineData(143, null, false, "exit_nonzero")]
    [InlineData(143, """{"goal_met":false,"summary":"half"}""", true, "exit_nonzero")]
    [InlineData(143, Good, true, "exit_nonzero")]
    [InlineData(143, Good, false, "exit_nonzero")]
    [InlineData(137, Good, true, "exit_nonzero")]
    public void A_plain_program(int exitCode, string? lastLine, bool demanded, string? reason) =>
        Check(Verdict.OfPlainProgram(new Transcript { LastMessage = lastLine }, Of(exitCode, demanded)), reason);

    [Fact]
    public void A_result_file_goes_before_what_was_printed()
    {
        var finish = Of(0, true) with { ResultFile = """{"goal_met":false,"summary":"from the file"}""" };
        var ending = Verdict.OfPlainProgram(new Transcript { LastMessage = Good }, finish);
        Assert.Equal("from the file", ending.Result?.Summary);
    }

    [Fact]
    public void A_result_that_does_not_match_gives_way_to_one_that_does()
    {
        var finish = Of(0, true) with { ResultFile = "{}" };
        Assert.Equal("done", Verdict.OfPlainProgram(new Transcript { LastMessage = Good }, finish).Result?.Summary);
    }

    [Theory]
    [InlineData("error: unexpected argument '--x' found\n\nUsage: a [O]\n\nTry '--help'.\n", "error: unexpected argument '--x' found")]
    [InlineData("Error: not installed.\n\nReinstall it.\n", "Error: not installed.")]
    [InlineData("a warning\nthe last word\n\n", "the last word")]
    [InlineData("", null)]
    public void The_line_that_names_the_error_is_told(string stderr, string? line) => Assert.Equal(line, Verdict.ErrorLine(stderr));

    static Finish Of(int exitCode, bool demanded) =>
        new() { ExitCode = exitCode, OutputSchema = demanded ? StructuredResult.Schema : null };

    static void Check(Ending ending, string? reason)
    {
        Assert.Equal(reason, ending.Reason);
        Assert.Equal(reason is null, ending.Succeeded);
        if (reason is not null)
        {
            Assert.Contains(reason, EndReason.All.Keys);
            Assert.False(string.IsNullOrWhiteSpace(ending.Message));
        }
    }
}
