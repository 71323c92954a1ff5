using System.Diagnostics;
using Orchestrator.Agents;

namespace Orchestrator.Tests.Agents;

/// <summary>What no recording shows: lines that are too long, unknown, torn, or many.</summary>
public class StreamSpecs
{
    [Theory]
    [InlineData("codex")]
    [InlineData("claude")]
    public void An_unknown_line_is_counted_and_kept_raw(string agent)
    {
        const string Line = """{"type":"brand.new","value":1}""";
        var reading = AgentCatalog.Of(agent).Read(new Transcript(), new OutputLine(false, Line));
        Assert.Equal(1, reading.Transcript.UnknownLines);
        Assert.Equal(new Raw(Line), Assert.Single(reading.Signals));
    }

    [Theory]
    [InlineData("no json at all")]
    [InlineData("{\"type\":\"turn.comp")]
    [InlineData("[1,2]")]
    [InlineData("{\"ty\\ud800pe\":\"x\"}")]
    public void A_line_that_cannot_be_read_is_shown_as_printed(string line)
    {
        foreach (var agent in new[] { "codex", "claude" })
        {
            var reading = AgentCatalog.Of(agent).Read(new Transcript(), new OutputLine(false, line));
            if (reading.Transcript.UnreadableLines == 1)
                Assert.Equal(new Printed(false, line), Assert.Single(reading.Signals));
            else
                Assert.Equal(1, reading.Transcript.UnknownLines);
        }
    }

    [Fact]
    public void A_line_that_was_too_long_is_never_parsed()
    {
        foreach (var agent in AgentCatalog.Names)
        {
            var reading = AgentCatalog.Of(agent).Read(new Transcript(), new OutputLine(false, "{\"agentctl\":1}", Truncated: true));
            Assert.True(Assert.IsType<Printed>(Assert.Single(reading.Signals)).Truncated);
        }
    }

    [Fact]
    public void Half_a_surrogate_pair_in_a_text_is_kept_as_it_was_written()
    {
        const string Line = """{"type":"item.completed","item":{"id":"item_0","type":"agent_message","text":"a\ud800b"}}""";
        var said = Assert.IsType<Said>(Assert.Single(AgentCatalog.Of("codex").Read(new Transcript(), new OutputLine(false, Line)).Signals));
        Assert.Contains("ud800", said.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_last_message_is_bounded_and_the_signal_is_whole()
    {
        var text = new string('x', 200_000);
        var reading = AgentCatalog.Of("command").Read(new Transcript(), new OutputLine(false, text));
        Assert.Equal(ClippedText.Limit, reading.Transcript.LastMessage?.Length);
        Assert.Equal(text, Assert.IsType<Printed>(Assert.Single(reading.Signals)).Text);
    }

    [Fact]
    public void A_todo_list_becomes_a_plan()
    {
        const string Codex = """
            {"type":"item.updated","item":{"id":"i","type":"todo_list","items":[
            {"text":"a","completed":true},{"text":"b"}]}}
            """;
        const string Claude = """
            {"type":"assistant","message":{"content":[{"type":"tool_use","id":"t","name":"TodoWrite","input":{"todos":[
            {"content":"a","status":"completed"},{"content":"b","status":"pending"}]}}]}}
            """;
        foreach (var (agent, line) in new[] { ("codex", Codex), ("claude", Claude) })
        {
            var signals = AgentCatalog.Of(agent).Read(new Transcript(), new OutputLine(false, line)).Signals;
            Assert.Equal([new PlanStep("a", true), new PlanStep("b", false)], Assert.Single(signals.OfType<Planned>()).Steps);
        }
    }

    [Fact]
    public void A_helper_agents_words_are_not_the_answer()
    {
        const string Line = """{"type":"assistant","parent_tool_use_id":"t1","message":{"content":[{"type":"text","text":"inner"}]}}""";
        var reading = AgentCatalog.Of("claude").Read(new Transcript { LastMessage = "outer" }, new OutputLine(false, Line));
        Assert.Equal("outer", reading.Transcript.LastMessage);
        Assert.Equal(new Reasoned("inner"), Assert.Single(reading.Signals));
    }

    [Fact]
    public void Plain_lines_are_read_fast_enough_for_a_flood()
    {
        const int Lines = 400_000;
        var agent = AgentCatalog.Of("command");
        var now = new Transcript();
        for (var i = 0; i < 20_000; i++)
            now = agent.Read(now, new OutputLine(false, "warm up")).Transcript;
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < Lines; i++)
            now = agent.Read(now, new OutputLine(false, "line of a flood as long as usual log lines are, more or less")).Transcript;
        var perSecond = Lines / Stopwatch.GetElapsedTime(started).TotalSeconds;
        TestContext.Current.SendDiagnosticMessage($"{perSecond:N0} plain lines per second");
        Assert.True(perSecond > 200_000, $"{perSecond:N0} plain lines per second");
    }
}
