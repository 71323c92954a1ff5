using Orchestrator.Agents;
using Orchestrator.Agents.Command;

namespace Orchestrator.Tests.Agents;

/// <summary>What a plain program prints as its result: on one line, over several, or between fences as models write it.</summary>
public class PlainProgramResultSpecs
{
    const string Wish = """{"type": "object", "properties": {"items": {"type": "array"}}, "required": ["items"]}""";

    static Ending Of(string output, string? schema)
    {
        var agent = new CommandAgent();
        var transcript = new Transcript();
        foreach (var line in output.Split('\n'))
            transcript = agent.Read(transcript, new OutputLine(false, line)).Transcript;
        return agent.Conclude(transcript, new Finish { ExitCode = 0, OutputSchema = schema });
    }

    [Theory]
    [InlineData("{\"goal_met\": true, \"summary\": \"s\"}", true)]
    [InlineData("at work\n{\n  \"goal_met\": true,\n  \"summary\": \"s\",\n  \"more\": {\n    \"a\": 1\n  }\n}", true)]
    [InlineData("{\r\n  \"goal_met\": true,\r\n  \"summary\": \"s\"\r\n}\r\nbye", true)]
    [InlineData("Here it is:\n```json\n{\"goal_met\": true, \"summary\": \"s\"}\n```\nHope it helps.", true)]
    [InlineData("```json\n{\n  \"goal_met\": true,\n  \"summary\": \"s\"\n}\n```\n{\n  \"level\": \"info\"\n}", true)]
    [InlineData("{\n  \"goal_met\": true, \"summary\": \"s\"", false)]
    [InlineData("{\n  broken\n}\ndone", false)]
    [InlineData("{\n  \"level\": \"info\"\n}", false)]
    public void Of_what_it_was_asked(string output, bool isResult)
    {
        var ending = Of(output, StructuredResult.Schema);
        Assert.Equal((isResult, isResult ? "s" : null), (ending.Succeeded, ending.Succeeded ? ending.Result?.Summary : null));
        // Without a schema nothing is demanded, and what is there is found all the same.
        Assert.Equal(isResult ? true : null, Of(output, null).Result?.GoalMet);
    }

    [Theory]
    [InlineData("{\n  \"items\": [\n    {\n    }\n  ]\n}")]
    [InlineData("A plan:\n```json\n{\"items\": []}\n```\nThat is all.")]
    [InlineData("```JSON\n{\"items\": []}\n```")]
    public void Of_any_form_that_was_demanded(string output) => Assert.True(Of(output, Wish).Succeeded);

    [Fact]
    public void A_flood_that_never_closes_is_not_kept()
    {
        var agent = new CommandAgent();
        var transcript = agent.Read(new Transcript(), new OutputLine(false, "{")).Transcript;
        for (var i = 0; i < 2000; i++)
            transcript = agent.Read(transcript, new OutputLine(false, new string('x', 100))).Transcript;
        Assert.True((transcript.Unfinished?.Length ?? 0) <= 32 * 1024);
    }
}
