using System.Text.Json.Nodes;
using Orchestrator.AgentLoop;

namespace Orchestrator.Tests.AgentLoop;

/// <summary>What of a conversation is left out when it nears its model's context.</summary>
public class CompactionSpecs
{
    /// <summary>u a user's words, a an answer without tools, c an answer with a call, T its long output, t a short one.</summary>
    static List<JsonObject> Of(string kinds) => [.. kinds.Select((kind, i) => kind switch
    {
        'u' => Conversation.User(new string('u', 500)),
        'T' => Conversation.Result($"call_{i - 1}", new string('x', 5000)),
        't' => Conversation.Result($"call_{i - 1}", "ok"),
        _ => new JsonObject { ["role"] = "assistant", ["content"] = new string('a', 500) },
    })];

    // conversation | answers kept whole | border | outputs that become short | what is shown, s for a short one
    [Theory]
    [InlineData("ucTcTcTa", 1, 7, 3, "ucscscsa")]
    [InlineData("ucTcTcTa", 2, 5, 2, "ucscscTa")]
    [InlineData("ucTcTcTa", 3, 3, 1, "ucscTcTa")]
    [InlineData("ucTcTcTa", 6, 0, 0, "ucTcTcTa")]
    [InlineData("uctcTctcT", 1, 7, 1, "uctcsctcT")]
    [InlineData("ucTTcT", 1, 4, 2, "ucsscT")]
    [InlineData("ucTaucT", 2, 3, 1, "ucsaucT")]
    [InlineData("u", 1, 0, 0, "u")]
    [InlineData("", 1, 0, 0, "")]
    public void Outputs_of_older_tools_are_short_and_all_else_is_whole(string kinds, int kept, int border, int gains, string expected)
    {
        var messages = Of(kinds);
        var before = messages.Select(message => message.ToJsonString()).ToList();
        Assert.Equal(border, Compaction.Border(messages, kept));
        Assert.Equal(gains, Compaction.Gains(messages, 0, border));
        Assert.Equal(0, Compaction.Gains(messages, border, border));

        var shown = Compaction.Shown(messages, border);

        Assert.Equal(expected, string.Concat(shown.Select((message, i) =>
            message.ToJsonString() == before[i] ? kinds[i] : ((string)message["content"]!).Contains("5000 characters") ? 's' : '?')));
        Assert.Equal(messages.Select(each => (string?)each["tool_call_id"]), shown.Select(each => (string?)each["tool_call_id"]));
        Assert.Equal(before, messages.Select(message => message.ToJsonString()));
        Assert.True(gains == 0 || Compaction.Estimate("", shown) < Compaction.Estimate("", messages) - (gains * 1000));
    }
}
