using Orchestrator.Agents;
using Orchestrator.Profiles;
using Orchestrator.Tests.Agents;

namespace Orchestrator.Tests.Profiles;

public class ConfigSchemaSpecs
{
    static string Published => Path.Combine(Capture.Folder, "../../../../docs/config.schema.json");

    [Fact]
    public void The_published_schema_is_the_one_the_key_table_gives()
    {
        var written = ConfigSchema.Write(AgentCatalog.Names);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
            File.WriteAllText(Published, written);
        Assert.Equal(written, File.ReadAllText(Published));
    }

    [Fact]
    public void The_words_for_protocols_are_those_the_adapters_have() => Assert.Equal(
        AgentCatalog.Names.SelectMany(AgentCatalog.ProtocolsOf).Select(agent => agent.Protocol).OfType<string>().Distinct().Order(),
        ConfigKeys.Protocols.Order());

    [Theory]
    [InlineData("""{"profiles":{"a":{"agent":"codex","limits":{"idle_s":5},"env":{"K":1}}},"limits":{"max_concurrency":4}}""", null)]
    [InlineData("""{"profiles":{"a":{"agent":null}}}""", null)]
    [InlineData("""{"profiles":{"a":{"agnet":"codex"}}}""", "$.profiles.a: 'agnet' is not allowed")]
    [InlineData("""{"limits":{"max_concurrency":0}}""", "$.limits.max_concurrency: must be at least 1")]
    public void The_schema_says_what_the_reader_says(string json, string? mismatch) =>
        Assert.Equal(mismatch, SchemaCheck.Mismatch(ConfigSchema.Write(AgentCatalog.Names), json));
}
