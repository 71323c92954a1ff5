using System.Text.Json.Nodes;
using Orchestrator.Cli;

namespace Orchestrator.Tests.Cli;

public class EventWordsSpecs
{
    [Theory]
    [InlineData("""{"event_type":"run.tool_call","data":{"name":"shell","input":{"command":["ls","-la"]}}}""", "uses shell ls -la")]
    [InlineData("""{"event_type":"run.tool_call","data":{"name":"read","input":{"path":"a.txt"}}}""", "uses read a.txt")]
    [InlineData("""{"event_type":"run.tool_call","data":{"name":"x"}}""", "uses x")]
    [InlineData("""{"event_type":"run.message","data":{"text":"two\nlines \u001b[31mred"}}""", "two lines [31mred")]
    [InlineData("""{"event_type":"run.file_change","data":{"changes":[{"path":"a"},{"path":"b"}]}}""", "changed 2 files")]
    [InlineData("""{"event_type":"run.file_change","data":{"changes":[{"path":"a"}]}}""", "changed a")]
    [InlineData("""{"event_type":"run.failed","data":{"reason":"exit_nonzero"}}""", "failed: exit_nonzero")]
    [InlineData("""{"event_type":"something.new","data":{}}""", null)]
    [InlineData("""{}""", null)]
    public void An_event_is_said_in_a_few_harmless_words(string entry, string? words) =>
        Assert.Equal(words, EventWords.Of(JsonNode.Parse(entry)!));

    [Fact]
    public void A_long_text_is_cut()
    {
        var entry = new JsonObject { ["event_type"] = "run.message", ["data"] = new JsonObject { ["text"] = new string('x', 500) } };
        Assert.Equal(160, EventWords.Of(entry)!.Length);
    }
}
