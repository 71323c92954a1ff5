using Orchestrator.Agents;
using Orchestrator.Agents.Codex;

namespace Orchestrator.Tests.Agents;

public class StrictSchemaSpecs
{
    [Theory]
    [InlineData(
        """{"type":"object","properties":{"a":{"type":"string"},"b":{}},"required":["a"]}""",
        """{"type":"object","properties":{"a":{"type":"string"},"b":{}},"required":["a","b"],"additionalProperties":false}""")]
    [InlineData(
        """{"type":"array","items":{"properties":{"a":{}}}}""",
        """{"type":"array","items":{"properties":{"a":{}},"additionalProperties":false,"required":["a"]}}""")]
    [InlineData(
        """{"$defs":{"x":{"properties":{}}}}""",
        """{"$defs":{"x":{"properties":{},"additionalProperties":false,"required":[]}}}""")]
    [InlineData(
        """{"anyOf":[{"properties":{"required":{}}}]}""",
        """{"anyOf":[{"properties":{"required":{}},"additionalProperties":false,"required":["required"]}]}""")]
    [InlineData(
        """{"properties":{"a":{}},"additionalProperties":true}""",
        """{"properties":{"a":{}},"additionalProperties":true,"required":["a"]}""")]
    [InlineData("no json", "no json")]
    [InlineData("[1]", "[1]")]
    public void A_schema_is_narrowed_to_what_strict_mode_takes(string schema, string strict) =>
        Assert.Equal(strict, StrictSchema.Of(schema));

    [Fact]
    public void What_matches_the_narrowed_schema_matches_the_demanded_one()
    {
        const string Whole = """{"goal_met":true,"summary":"s","followup_prompt":"","notes":null}""";
        var strict = StrictSchema.Of(StructuredResult.Schema);
        Assert.Null(SchemaCheck.Mismatch(strict, Whole));
        Assert.Null(SchemaCheck.Mismatch(StructuredResult.Schema, Whole));
        Assert.Equal("$: 'notes' is missing", SchemaCheck.Mismatch(strict, """{"goal_met":true,"summary":"s","followup_prompt":""}"""));
    }
}
