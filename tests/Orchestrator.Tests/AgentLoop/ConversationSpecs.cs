using System.Text.Json.Nodes;
using Orchestrator.AgentLoop;

namespace Orchestrator.Tests.AgentLoop;

/// <summary>What is kept of a conversation, what is sent of it, and what stands before it.</summary>
public sealed class ConversationSpecs : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("conversations-").FullName;

    [Fact]
    public void A_conversation_is_opened_again_as_it_was_left()
    {
        var first = Conversation.Open(folder, null);
        first.Add(Conversation.User("Grüße\nund mehr"));
        first.Add(new JsonObject { ["role"] = "assistant", ["content"] = "hi" });
        var again = Conversation.Open(folder, first.Id);
        Assert.Equal(["Grüße\nund mehr", "hi"], again.Messages.Select(each => (string?)each["content"]));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Directory.GetFiles(folder).Single()));
    }

    [Fact]
    public void Calls_a_killed_run_left_open_get_a_result_and_a_torn_line_is_dropped()
    {
        var first = Conversation.Open(folder, null);
        first.Add(Conversation.User("go"));
        first.Add(new ModelAnswer("", "", null, [new("a", "run", "{}"), new("b", "run", "{}")], null, null).AsMessage());
        first.Add(Conversation.Result("a", "done"));
        File.AppendAllText(Directory.GetFiles(folder).Single(), "{\"role\":\"too");

        var again = Conversation.Open(folder, first.Id);
        again.Add(Conversation.User("more"));

        Assert.Equal(["user", "assistant", "tool", "tool", "user"], again.Messages.Select(each => (string?)each["role"]));
        Assert.Equal("b", (string?)again.Messages[3]["tool_call_id"]);
        Assert.Equal(["user", "assistant", "tool", "tool", "user"],
            Conversation.Open(folder, first.Id).Messages.Select(each => (string?)each["role"]));
    }

    [Theory]
    [InlineData("00000000000000aa")]
    [InlineData("../secrets")]
    [InlineData("")]
    [InlineData("..")]
    public void A_conversation_that_is_not_there_is_named(string id) =>
        Assert.Equal("thread_not_found", Assert.Throws<LoopFailure>(() => Conversation.Open(folder, id)).Reason);

    [Fact]
    public void Thoughts_go_back_in_their_own_turn_only()
    {
        JsonObject Thought() => new() { ["role"] = "assistant", ["content"] = "x", ["reasoning_content"] = "hm" };
        var body = ModelRequest.Body("m", "be good", [Conversation.User("1"), Thought(), Conversation.User("2"), Thought()], [], null, null,
            new HashSet<Extra>());
        var messages = body["messages"]!.AsArray();
        Assert.Equal("system", (string?)messages[0]!["role"]);
        Assert.Equal([null, "hm"], new[] { messages[2], messages[4] }.Select(each => (string?)each!["reasoning_content"]));
    }

    [Fact]
    public void What_the_endpoint_refused_is_left_out()
    {
        var whole = ModelRequest.Body("m", "s", [], [], "high", "{}", new HashSet<Extra>());
        Assert.Equal(Extra.ResponseFormat, ModelRequest.Refused("'response_format' is not supported", whole));
        Assert.Equal(Extra.StreamOptions, ModelRequest.Refused("Unknown parameter: stream_options", whole));
        Assert.Null(ModelRequest.Refused("temperature", whole));
        var less = ModelRequest.Body("m", "s", [], [], "high", "{}", Enum.GetValues<Extra>().ToHashSet());
        Assert.Equal(["model", "messages", "stream", "tools", "tool_choice"], less.Select(member => member.Key));
        Assert.Null(ModelRequest.Refused("response_format", less));
    }

    [Theory]
    [InlineData(true, "Use run", "may look only")]
    [InlineData(false, "may look only", "Use run")]
    public void The_prompt_says_what_may_be_done(bool canChange, string said, string unsaid)
    {
        var prompt = SystemPrompt.Of("/repo", canChange, null, null);
        Assert.Contains("/repo", prompt, StringComparison.Ordinal);
        Assert.Contains(said, prompt, StringComparison.Ordinal);
        Assert.DoesNotContain(unsaid, prompt, StringComparison.Ordinal);
        Assert.DoesNotContain("AGENTS.md", prompt, StringComparison.Ordinal);
        Assert.DoesNotContain("JSON", prompt, StringComparison.Ordinal);
    }

    [Fact]
    public void The_prompt_holds_the_schema_and_the_projects_words_within_bounds()
    {
        var instructions = "Use tabs." + new string('x', 2 * SystemPrompt.LongestInstructions);
        var prompt = SystemPrompt.Of("/repo", true, instructions, "{\"type\":\"object\"}");
        Assert.Contains("{\"type\":\"object\"}", prompt, StringComparison.Ordinal);
        Assert.Contains("Use tabs.", prompt, StringComparison.Ordinal);
        Assert.Contains("[cut;", prompt, StringComparison.Ordinal);
        Assert.InRange(prompt.Length, 1, SystemPrompt.LongestInstructions + 2500);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
