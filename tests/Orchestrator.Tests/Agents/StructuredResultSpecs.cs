using Orchestrator.Agents;

namespace Orchestrator.Tests.Agents;

public class StructuredResultSpecs
{
    [Theory]
    [InlineData("""{"goal_met":true,"summary":"s"}""", "s")]
    [InlineData("  {\"goal_met\":true,\"summary\":\"s\"}\n", "s")]
    [InlineData("Here it is:\n```json\n{\"goal_met\":true,\"summary\":\"s\"}\n```\nBye.", "s")]
    [InlineData("```json\n{\"goal_met\":true,\"summary\":\"s\"}\n```\n```\n{\"other\":1}\n```", "s")]
    [InlineData("first {\"goal_met\":true,\"summary\":\"one\"} then {\"goal_met\":false,\"summary\":\"two\"} end", "two")]
    [InlineData("if (a) { b(); } {\"goal_met\":true,\"summary\":\"s\"} { c", "s")]
    [InlineData("{\"goal_met\":true,\"summary\":\"outer\",\"more\":{\"goal_met\":false,\"summary\":\"inner\"}} tail", "outer")]
    [InlineData("{\"summary\":\"brace } in { text\",\"goal_met\":true} x", "brace } in { text")]
    [InlineData("ünï {\"goal_met\":true,\"summary\":\"ü😀\"} x", "ü😀")]
    [InlineData("{\"broken\": {\"goal_met\":true,\"summary\":\"s\"}", "s")]
    [InlineData("no object here", null)]
    [InlineData("{\"summary\":\"without goal_met\"}", null)]
    [InlineData("[{\"goal_met\":true,\"summary\":\"in a list\"}]", "in a list")]
    [InlineData("{\"goal_met\":", null)]
    [InlineData("", null)]
    public void A_result_is_found_in_text(string text, string? summary) =>
        Assert.Equal(summary, StructuredResult.Find(new Transcript { LastMessage = text }, new Finish { ExitCode = 0 }).Result?.Summary);

    [Fact]
    public void Members_beyond_the_known_ones_keep_the_whole_object()
    {
        const string Json = """{"goal_met":false,"summary":"s","followup_prompt":"f","notes":"n","extra":1}""";
        Assert.Equal(new RunResult(false, "s", "f", "n", Json), StructuredResult.Parse(Json));
        Assert.Null(StructuredResult.Parse("""{"goal_met":false,"summary":"s","notes":null}""")?.Json);
    }

    [Fact]
    public void Hostile_text_is_given_up_in_bounded_time()
    {
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        foreach (var piece in new[] { "{", "{\"", "{\"a\":", "{\"a\":[", "{}", "{\"a\":\"", "```\n{\n" })
        {
            var text = string.Concat(Enumerable.Repeat(piece, StructuredResult.MaxLength / piece.Length));
            StructuredResult.Find(new Transcript { LastMessage = text }, new Finish { ExitCode = 0 });
        }
        Assert.InRange(System.Diagnostics.Stopwatch.GetElapsedTime(started).TotalSeconds, 0, 20);
    }

    [Theory]
    [InlineData("abc", 3, "abc")]
    [InlineData("abcd", 3, "abc")]
    [InlineData("aü", 2, "a")]
    [InlineData("aü", 3, "aü")]
    [InlineData("a😀b", 4, "a")]
    [InlineData("a😀b", 5, "a😀")]
    public void Text_is_clipped_between_characters(string text, int limit, string expected) =>
        Assert.Equal(expected, ClippedText.Clip(text, limit));
}
