using Orchestrator.AgentLoop;
using Orchestrator.Agents;

namespace Orchestrator.Tests.AgentLoop;

/// <summary>Answers put together from streams as different servers write them.</summary>
public class AnswerPiecesSpecs
{
    [Fact]
    public void Text_and_thoughts_are_joined()
    {
        var answer = Whole(
            """{"choices":[{"delta":{"role":"assistant","content":"","reasoning_content":"h"}}]}""",
            """{"choices":[{"delta":{"reasoning_content":"m"}}]}""",
            """{"choices":[{"delta":{"content":"Hel"}}]}""",
            """{"choices":[{"delta":{"content":"lo"},"finish_reason":"stop"}]}""",
            "[DONE]");
        Assert.Equal(("Hello", "hm", "stop"), (answer.Text, answer.Reasoning, answer.FinishReason));
        Assert.Equal("hm", (string?)answer.AsMessage()["reasoning_content"]);
    }

    [Fact]
    public void Calls_are_joined_by_their_index()
    {
        var answer = Whole(
            """{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"run","arguments":""}}]}}]}""",
            """{"choices":[{"delta":{"tool_calls":[{"index":1,"id":"b","function":{"name":"search","arguments":"{}"}}]}}]}""",
            """{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"x\""}}]}}]}""",
            """{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":":1}"}}]},"finish_reason":"tool_calls"}]}""");
        Assert.Equal([new("a", "run", """{"x":1}"""), new("b", "search", "{}")], answer.Calls);
    }

    [Fact]
    public void Calls_that_all_have_the_same_index_are_told_apart_by_their_ids()
    {
        var answer = Whole(
            """{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"run","arguments":"{}"}}]}}]}""",
            """{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"b","function":{"name":"run","arguments":"{}"}}]}}]}""",
            "[DONE]");
        Assert.Equal(["a", "b"], answer.Calls.Select(call => call.Id));
    }

    [Fact]
    public void A_message_that_comes_whole_is_taken_too()
    {
        var answer = Whole("""
            {"choices":[{"message":{"content":[{"type":"text","text":"hi"}],
              "tool_calls":[{"function":{"name":"run","arguments":{"command":"ls"}}}]},"finish_reason":"tool_calls"}],
             "usage":{"prompt_tokens":100,"completion_tokens":7,"cost":0.5}}
            """);
        Assert.Equal("hi", answer.Text);
        Assert.Equal(new WantedCall("call_1", "run", """{"command":"ls"}"""), Assert.Single(answer.Calls));
        Assert.Equal(new Usage(100, 0, 7, 0.5m), answer.Usage);
    }

    [Theory]
    [InlineData("""{"choices":[],"usage":{"prompt_tokens":100,"completion_tokens":7,"prompt_tokens_details":{"cached_tokens":40}}}""")]
    [InlineData("""{"choices":[{"delta":{},"usage":{"prompt_tokens":100,"completion_tokens":7,"cached_tokens":40}}]}""")]
    [InlineData("""{"choices":[],"usage":{"prompt_tokens":100,"completion_tokens":7,"prompt_cache_hit_tokens":40}}""")]
    public void Cached_tokens_are_counted_apart(string usage) =>
        Assert.Equal(new Usage(60, 40, 7), Whole("""{"choices":[{"delta":{"content":"x"},"finish_reason":"stop"}]}""", usage).Usage);

    [Theory]
    [InlineData("""{"choices":[{"delta":{"content":"half"}}]}""")]
    [InlineData("[DONE]")]
    [InlineData("no json at all")]
    [InlineData("[1,2]")]
    [InlineData("""{"choices":{"delta":7}}""")]
    [InlineData("""{"choices":[{"delta":{"tool_calls":[{"index":"x","function":7}]}}]}""")]
    public void Half_an_answer_is_none(string data)
    {
        var pieces = new AnswerPieces();
        pieces.Add(data);
        Assert.False(pieces.Whole);
    }

    [Fact]
    public void An_error_ends_the_stream()
    {
        var pieces = new AnswerPieces();
        Assert.True(pieces.Add("""{"error":{"message":"overloaded","code":503}}"""));
        Assert.Equal(("overloaded", 503L), (pieces.Error, pieces.ErrorStatus));
    }

    [Fact]
    public void Arguments_that_are_no_object_are_not_sent_back_as_they_are()
    {
        var answer = new ModelAnswer("", "", null, [new("a", "run", "{\"x")], "tool_calls", null);
        Assert.Equal("{}", (string?)answer.AsMessage()["tool_calls"]![0]!["function"]!["arguments"]);
    }

    static ModelAnswer Whole(params string[] data)
    {
        var pieces = new AnswerPieces();
        foreach (var each in data)
            pieces.Add(each);
        Assert.True(pieces.Whole);
        return pieces.Answer();
    }
}
