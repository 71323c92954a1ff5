using Orchestrator.Agents;

namespace Orchestrator.Tests.Agents;

public class SchemaCheckSpecs
{
    [Theory]
    [InlineData("{}", "1", null)]
    [InlineData("true", "1", null)]
    [InlineData("false", "1", "$: nothing is allowed here")]
    [InlineData("""{"type":"object"}""", "[]", "$: object expected, found array")]
    [InlineData("""{"type":["string","null"]}""", "null", null)]
    [InlineData("""{"type":["string","null"]}""", "true", "$: string or null expected, found boolean")]
    [InlineData("""{"type":"integer"}""", "3.0", null)]
    [InlineData("""{"type":"integer"}""", "3.5", "$: integer expected, found number")]
    [InlineData("""{"type":"number"}""", "\"3\"", "$: number expected, found string")]
    [InlineData("""{"required":["a","b"]}""", """{"a":1}""", "$: 'b' is missing")]
    [InlineData("""{"properties":{"a":{"type":"string"}}}""", """{"a":1}""", "$.a: string expected, found number")]
    [InlineData("""{"properties":{"a":{}},"additionalProperties":false}""", """{"a":1,"b":2}""", "$: 'b' is not allowed")]
    [InlineData("""{"additionalProperties":{"type":"string"}}""", """{"b":2}""", "$.b: string expected, found number")]
    [InlineData("""{"items":{"type":"string"}}""", """["a",1]""", "$[1]: string expected, found number")]
    [InlineData("""{"minItems":1}""", "[]", "$: must have at least 1 items")]
    [InlineData("""{"maxItems":1}""", "[1,2]", "$: must have at most 1 items")]
    [InlineData("""{"enum":["a",1,null]}""", "1.0", null)]
    [InlineData("""{"enum":["a",1]}""", "\"b\"", "$: must be one of [\"a\",1]")]
    [InlineData("""{"const":{"a":[1]}}""", """{"a":[1]}""", null)]
    [InlineData("""{"const":1}""", "2", "$: must be 1")]
    [InlineData("""{"minimum":2}""", "1", "$: must be at least 2")]
    [InlineData("""{"maximum":2}""", "3", "$: must be at most 2")]
    [InlineData("""{"exclusiveMinimum":2}""", "2", "$: must be more than 2")]
    [InlineData("""{"exclusiveMaximum":2}""", "2", "$: must be less than 2")]
    [InlineData("""{"minLength":2}""", "\"😀\"", "$: must have at least 2 characters")]
    [InlineData("""{"maxLength":1}""", "\"ab\"", "$: must have at most 1 characters")]
    [InlineData("""{"anyOf":[{"type":"string"},{"type":"null"}]}""", "null", null)]
    [InlineData("""{"anyOf":[{"type":"string"},{"type":"null"}]}""", "1", "$: matches none of the 2 allowed forms")]
    [InlineData("""{"oneOf":[{"type":"number"},{"minimum":1}]}""", "2", "$: matches 2 of 2 forms, exactly one is allowed")]
    [InlineData("""{"allOf":[{"type":"number"},{"minimum":1}]}""", "0", "$: must be at least 1")]
    [InlineData("""{"$ref":"#/$defs/n","$defs":{"n":{"type":"number"}}}""", "\"x\"", "$: number expected, found string")]
    [InlineData("""{"$ref":"#"}""", "1", "$: nested deeper than 64 levels")]
    [InlineData("""{"$ref":"#/$defs/nowhere"}""", "1", null)]
    [InlineData("""{"pattern":"^a"}""", "\"b\"", null)]
    public void A_value_is_checked(string schema, string json, string? mismatch) =>
        Assert.Equal(mismatch, SchemaCheck.Mismatch(schema, json));

    [Theory]
    [InlineData("""{"type":"object"}""", true)]
    [InlineData("[]", false)]
    [InlineData("{", false)]
    [InlineData("", false)]
    public void A_schema_itself_is_checked(string schema, bool good) => Assert.Equal(good, SchemaCheck.Flaw(schema) is null);

    [Fact]
    public void What_is_no_json_is_a_mismatch() => Assert.StartsWith("$: it cannot be read", SchemaCheck.Mismatch("{}", "{"));

    [Fact]
    public void Our_own_schema_accepts_a_result_and_refuses_one_without_a_summary()
    {
        Assert.Null(SchemaCheck.Mismatch(StructuredResult.Schema, """{"goal_met":true,"summary":"s","extra":1}"""));
        Assert.Equal("$: 'summary' is missing", SchemaCheck.Mismatch(StructuredResult.Schema, """{"goal_met":true}"""));
    }
}
