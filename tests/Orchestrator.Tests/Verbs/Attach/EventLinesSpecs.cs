using System.Text.Json.Nodes;
using Orchestrator.Healing;
using Orchestrator.Runs;
using Orchestrator.Requests;
using Orchestrator.Verbs;

namespace Orchestrator.Tests.Verbs;

/// <summary>What each event looks like in a live view.</summary>
public class EventLinesSpecs
{
    static List<ShownLine> Lines(string type, string data, string session = "s") => EventLines.Of(new JsonObject
    {
        ["event_type"] = type,
        ["session_id"] = session,
        ["created_at"] = "2026-01-31T09:30:05Z",
        ["data"] = JsonNode.Parse(data),
    }, "s", TimeZoneInfo.Utc);

    [Theory]
    [InlineData("run.message", """{"text":"I found\nit."}""", "09:30:05 ● I found|  it.")]
    [InlineData("run.output", """{"stream":"stdout","text":"a\u001b[2Jb"}""", "  ab")]
    [InlineData("run.tool_call", """{"id":"1","name":"shell","input":{"command":["ls","-l"]}}""", "09:30:05 $ shell ls -l")]
    [InlineData("run.tool_call", """{"id":"1","name":"Read","input":{"file_path":"a.txt"}}""", "09:30:05 $ Read a.txt")]
    [InlineData("run.tool_result", """{"id":"1","output":"x\ny","exit_code":3}""", "09:30:05 | x|| y|| exit code 3")]
    [InlineData("run.file_change", """{"changes":[{"path":"a","kind":"add"},{"path":"b","kind":"update"}]}""",
        "09:30:05 ± a (add)|± b (update)")]
    [InlineData("run.plan", """{"steps":[{"text":"one","done":true},{"text":"two","done":false}]}""", "09:30:05 # [x] one|  [ ] two")]
    [InlineData("run.waiting", """{"for":"children"}""", "09:30:05 = waits for its children")]
    [InlineData("request.created", """{"request_id":"9c3e1a7b2c485f0d","kind":"approval_request","text":"rm?","options":["yes","no"]}""",
        "09:30:05 ? approval 9c3e1a7b: rm?|  options: yes | no")]
    [InlineData("request.answered", """{"request_id":"9c3e1a7b2c485f0d","state":"approved","answer":{"text":"go"},"by":"local"}""",
        "09:30:05 ? 9c3e1a7b approved by local: go")]
    [InlineData("run.warning", """{"code":"output_cut","text":"too much"}""", "09:30:05 ! warning output_cut: too much")]
    [InlineData("message.created", """{"text":"hello"}""", "09:30:05 > hello")]
    [InlineData("run.usage", """{"input_tokens":1}""", "")]
    [InlineData("something.new", """{"text":"x"}""", "")]
    public void An_event_has_lines(string type, string data, string expected) => Assert.Equal(expected, string.Join('|',
        Lines(type, data).Select(line => $"{(line.At is null ? "" : line.At + " ")}{line.Mark} {line.Text}")));

    [Fact]
    public void What_is_told_to_a_parent_is_not_shown_again() =>
        Assert.Empty(Lines("request.created", """{"text":"x"}""", session: "parent"));

    [Fact]
    public void Much_is_cut_and_says_so()
    {
        var lines = Lines("run.tool_result", $$"""{"output":"{{string.Concat(Enumerable.Repeat("x\\n", 500))}}"}""");
        Assert.Equal((13, "… 488 more lines"), (lines.Count, lines[^1].Text));
    }

    [Fact]
    public void Every_documented_event_of_runs_and_requests_is_survived_also_without_its_members()
    {
        foreach (var kind in RunEventKinds.All.Concat(RequestEvents.Kinds).Concat(HealingEvents.Kinds))
        {
            _ = Lines(kind.Type, kind.Example);
            _ = Lines(kind.Type, "{}");
            _ = Lines(kind.Type, "null");
        }
    }

    [Theory]
    [InlineData("""{"status":"succeeded","exit_code":0,"result":{"goal_met":true,"summary":"done"}}""",
        "✓ succeeded, exit 0, goal met|  done")]
    [InlineData("""{"status":"succeeded","exit_code":0,"result":{"goal_met":false}}""", "! succeeded, exit 0, goal not met")]
    [InlineData("""{"status":"failed","reason":"exit_nonzero","exit_code":3,"error":{"message":"It ended with 3."}}""",
        "✗ failed, exit_nonzero, exit 3|  It ended with 3.")]
    [InlineData("""{"status":"timed_out","started_at":"2026-01-31T09:30:00Z","ended_at":"2026-01-31T10:31:05Z"}""", "✗ timed out, 1:01:05")]
    public void The_end_is_told_from_the_run(string run, string expected) => Assert.Equal(expected,
        string.Join('|', EventLines.End(JsonNode.Parse(run)!).Select(line => $"{line.Mark} {line.Text}")));
}
