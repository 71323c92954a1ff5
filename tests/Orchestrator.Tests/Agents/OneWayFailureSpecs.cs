using Orchestrator.Agents;

namespace Orchestrator.Tests.Agents;

/// <summary>Failures of Gemini CLI and OpenCode that no recording shows: words of the providers, and of the programs themselves.</summary>
public class OneWayFailureSpecs
{
    [Theory]
    [InlineData("[API Error: API key not valid. Please pass a valid API key.]", EndReason.AuthRequired)]
    [InlineData("[API Error: You exceeded your current quota, please check your plan.\\nPlease retry in 34.07s.]", EndReason.RateLimited)]
    [InlineData("[API Error: The input token count (12) exceeds the maximum number of tokens allowed (10).]", EndReason.ContextExceeded)]
    [InlineData("[API Error: terminated]", EndReason.ProviderUnavailable)]
    [InlineData("something new", EndReason.AgentError)]
    public void Gemini_fails_for_the_reason_its_words_give(string message, string reason) => Assert.Equal(reason, Reason(
        "gemini", "{\"type\":\"result\",\"status\":\"error\",\"error\":{\"type\":\"unknown\",\"message\":\"" + message + "\"}}"));

    [Theory]
    [InlineData("{\"name\":\"ProviderAuthError\",\"data\":{\"message\":\"no key\"}}", EndReason.AuthRequired)]
    [InlineData("{\"name\":\"UnknownError\",\"data\":{\"message\":\"Unexpected server error. Check server logs.\"}}", EndReason.AgentError)]
    [InlineData("{\"name\":\"APIError\",\"data\":{\"message\":\"Unable to connect. Is it there?\"}}", EndReason.ProviderUnavailable)]
    [InlineData("{\"name\":\"APIError\",\"data\":{\"message\":\"no credit\",\"statusCode\":402}}", EndReason.QuotaExhausted)]
    public void OpenCode_fails_for_the_reason_its_error_gives(string error, string reason) =>
        Assert.Equal(reason, Reason("opencode", "{\"type\":\"error\",\"sessionID\":\"s\",\"error\":" + error + "}"));

    [Theory]
    [InlineData("When using Gemini API, you must specify the GEMINI_API_KEY environment variable.\nUpdate it!", 41, EndReason.AuthRequired)]
    [InlineData("Invalid auth method selected.", 41, EndReason.AuthRequired)]
    [InlineData("\e[31mGemini CLI is not running in a trusted directory. To proceed, …\e[0m", 55, EndReason.AgentError)]
    [InlineData("Segmentation fault", 139, EndReason.NoEndEvent)]
    public void Gemini_that_never_began_says_why_on_standard_error(string stderr, int exitCode, string reason)
    {
        var agent = AgentCatalog.Of("gemini");
        var ending = agent.Conclude(
            agent.Begin(Capture.OrderFor("gemini")), new Finish { ExitCode = exitCode, StderrTail = stderr });
        Assert.Equal(reason, ending.Reason);
        Assert.DoesNotContain('\e', ending.Message!);
    }

    [Fact]
    public void Several_changes_under_way_are_each_told_when_they_have_succeeded()
    {
        static string Call(string id, string path) =>
            "{\"type\":\"tool_use\",\"tool_name\":\"replace\",\"tool_id\":\"" + id + "\",\"parameters\":{\"file_path\":\"" + path + "\"}}";
        static string Returns(string id, string status) =>
            "{\"type\":\"tool_result\",\"tool_id\":\"" + id + "\",\"status\":\"" + status + "\"}";
        var (signals, after) = Read("gemini",
            Call("1", "a"), Call("2", "b"), Call("3", "c"), Returns("2", "success"), Returns("1", "error"), Returns("3", "success"));
        Assert.Equal(["b", "c"], signals.OfType<FilesChanged>().Select(changed => changed.Changes.Single().Path));
        Assert.Null(after.OpenEdits);
    }

    [Fact]
    public void A_very_long_answer_in_pieces_is_told_in_parts_and_none_is_lost()
    {
        var piece = new string('x', 50_000);
        var line = "{\"type\":\"message\",\"role\":\"assistant\",\"content\":\"" + piece + "\",\"delta\":true}";
        var (signals, _) = Read("gemini", line, line, line, "{\"type\":\"result\",\"status\":\"success\"}");
        Assert.Equal(150_000, signals.OfType<Said>().Sum(said => said.Text.Length));
    }

    static string? Reason(string agent, string line) => Read(agent, line).After.FailureReason;

    static (List<Signal> Signals, Transcript After) Read(string name, params string[] lines)
    {
        var agent = AgentCatalog.Of(name);
        var now = agent.Begin(Capture.OrderFor(name));
        var signals = new List<Signal>();
        foreach (var line in lines)
        {
            var reading = agent.Read(now, new OutputLine(false, line));
            now = reading.Transcript;
            signals.AddRange(reading.Signals);
        }
        return (signals, now);
    }
}
