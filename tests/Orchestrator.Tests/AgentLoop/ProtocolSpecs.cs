using Orchestrator.Agents;
using Orchestrator.Agents.OpenAi;

namespace Orchestrator.Tests.AgentLoop;

/// <summary>What the loop says is what the adapter hears, and what nobody said is not made up.</summary>
public class ProtocolSpecs
{
    static readonly OpenAiLoop Agent = new();

    public static TheoryData<string> Kinds => [.. Signals.Keys];

    static readonly Dictionary<string, Signal> Signals = new()
    {
        ["message"] = new Said("Grüße\n\"quoted\"  \\ 🙂"),
        ["reasoning"] = new Reasoned("hm"),
        ["warning"] = new Warned("retry", "again"),
        ["tool_call"] = new ToolCalled("c1", "shell", "{\"command\":\"ls > a && b\"}"),
        ["tool_result"] = new ToolReturned("c1", 3, "out", Failed: true),
        ["tool_result without a code"] = new ToolReturned("c1", null, "out"),
        ["usage"] = new Used(new Usage(5, 4, 3, 0.25m)),
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_signal_that_is_written_is_read_again(string kind)
    {
        var line = LoopProtocol.Says(Signals[kind]);
        Assert.DoesNotContain('\n', line);
        Assert.Equal(Signals[kind], Assert.Single(Read(new Transcript(), line).Signals));
    }

    [Fact]
    public void Changed_files_are_read_again()
    {
        var line = LoopProtocol.Says(new FilesChanged([new FileChange("/w/a", "add"), new FileChange("/w/b", "update")]));
        var changed = Assert.IsType<FilesChanged>(Assert.Single(Read(new Transcript(), line).Signals));
        Assert.Equal([new FileChange("/w/a", "add"), new FileChange("/w/b", "update")], changed.Changes);
    }

    [Fact]
    public void The_thread_and_its_model_are_remembered()
    {
        var after = Read(new Transcript { Model = "asked" }, LoopProtocol.Thread("00000000000000aa", "given")).Transcript;
        Assert.Equal(("00000000000000aa", "given"), (after.ThreadId, after.Model));
    }

    [Fact]
    public void Tokens_of_several_answers_add_up()
    {
        var line = LoopProtocol.Says(new Used(new Usage(5, 4, 3)));
        Assert.Equal(new Usage(10, 8, 6), Read(Read(new Transcript(), line).Transcript, line).Transcript.Usage);
    }

    [Theory]
    [InlineData(true, null, null)]
    [InlineData(false, "max_turns", "max_turns")]
    [InlineData(false, "invented", "agent_error")]
    [InlineData(false, null, "agent_error")]
    public void The_end_is_judged_by_the_closed_list(bool ok, string? told, string? reason)
    {
        var after = Read(new Transcript(), LoopProtocol.End(new LoopEnd(ok, told, "words"))).Transcript;
        var ending = Agent.Conclude(after, new Finish { ExitCode = ok ? 0 : 1 });
        Assert.Equal((ok, reason), (ending.Succeeded, ending.Reason));
    }

    [Fact]
    public void A_result_of_the_end_is_the_runs_result()
    {
        var after = Read(new Transcript(), LoopProtocol.End(new LoopEnd(true, ResultJson: "{\"goal_met\":true}"))).Transcript;
        var ending = Agent.Conclude(after, new Finish { ExitCode = 0, OutputSchema = "{\"type\":\"object\",\"required\":[\"goal_met\"]}" });
        Assert.True(ending.Result?.GoalMet);
    }

    [Fact]
    public void Without_an_end_the_run_was_cut_off() => Assert.Equal(
        EndReason.NoEndEvent, Agent.Conclude(new Transcript(), new Finish { ExitCode = 137 }).Reason);

    [Fact]
    public void A_missing_key_is_told_with_the_variables_to_set()
    {
        var after = Read(new Transcript(), LoopProtocol.End(new LoopEnd(false, "auth_required", "HTTP 401."))).Transcript;
        Assert.Contains("OPENAI_API_KEY", Agent.Conclude(after, new Finish { ExitCode = 1 }).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"type\":\"alive\"}", 0)]
    [InlineData("{\"type\":\"later\"}", 1)]
    [InlineData("{\"type\":\"message\"}", 1)]
    [InlineData("{\"type\":\"file_change\",\"changes\":7}", 1)]
    public void What_is_not_understood_is_counted(string line, int unknown) =>
        Assert.Equal(unknown, Read(new Transcript(), line).Transcript.UnknownLines);

    static Reading Read(Transcript soFar, string line) => Agent.Read(soFar, new OutputLine(false, line));
}
