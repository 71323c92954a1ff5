using Orchestrator.Plans;

namespace Orchestrator.Tests.Plans.Consulting;

/// <summary>What a controller answers is held against what it was asked.</summary>
public class ConsultReplySpecs
{
    static readonly (string, string)[] Ready = [("1", "a"), ("2", "b"), ("3", "c")];

    [Theory]
    [InlineData("""{"order": ["3", "1", "2"]}""", "c a b")]
    [InlineData("""{"decision": "CONTINUE", "order": ["2"], "why": "it blocks others"}""", "b a c")]
    [InlineData("""{"decision": "continue", "order": [3]}""", "c a b")]
    public void An_order_of_what_was_ready_holds(string json, string order) =>
        Assert.Equal((order, null), (string.Join(' ', ConsultReply.Order(json, Ready).Answer), ConsultReply.Order(json, Ready).Problem));

    [Theory]
    [InlineData(null, "no JSON")]
    [InlineData("[]", "no JSON object")]
    [InlineData("{", "cannot be read")]
    [InlineData("""{"why": "x"}""", "no order")]
    [InlineData("""{"order": []}""", "empty")]
    [InlineData("""{"order": ["9"]}""", "'9' is none")]
    [InlineData("""{"order": ["1", "1"]}""", "twice")]
    [InlineData("""{"order": [{"id": "1"}]}""", "is none")]
    [InlineData("""{"decision": "COMPLETE", "order": ["1"]}""", "units are open")]
    [InlineData("""{"decision": "HALT", "order": ["1"]}""", "units are open")]
    public void Anything_else_does_not(string? json, string problem)
    {
        var reply = ConsultReply.Order(json, Ready);
        Assert.Empty(reply.Answer);
        Assert.Contains(problem, reply.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"option": "retry", "note": "use port 8081"}""", "retry", null)]
    [InlineData("""{"option": "person"}""", "person", null)]
    [InlineData("""{"option": "skip"}""", null, "is a person's")]
    [InlineData("""{"option": "abort"}""", null, "is a person's")]
    [InlineData("""{"option": "complete"}""", null, "is none of")]
    [InlineData("""{"decision": "COMPLETE", "option": "retry"}""", null, "units are open")]
    public void Of_a_unit_that_failed_it_may_only_say_retry_or_person(string json, string? option, string? problem)
    {
        var reply = ConsultReply.Decide(json);
        Assert.Equal(option, reply.Answer is [var first, ..] ? first : null);
        Assert.Equal(problem is null, reply.Problem is null);
        Assert.Contains(problem ?? "", reply.Problem ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void Its_words_are_one_line()
    {
        var reply = ConsultReply.Decide("""{"option": "retry", "note": "a\u0007b\nc"}""");
        Assert.Equal("a b c", reply.Note);
    }
}
