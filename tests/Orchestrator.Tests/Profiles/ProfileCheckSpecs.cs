using Orchestrator.Agents;
using Orchestrator.Profiles;

namespace Orchestrator.Tests.Profiles;

/// <summary>Settings an agent cannot use: refused where they could be mistaken for protection, else told of.</summary>
public class ProfileCheckSpecs
{
    [Theory]
    [InlineData("agent: codex, approval: deny", null)]
    [InlineData("agent: codex, approval: ask",
        "approval: 'ask' cannot be kept by the agent 'codex' by protocol 'exec'; set 'protocol: app-server' beside it")]
    [InlineData("agent: codex, approval: ask, protocol: app-server", null)]
    [InlineData("agent: claude, approval: ask-first", null)]
    [InlineData("agent: claude, approval: ask-first, protocol: print",
        "approval: 'ask-first' cannot be kept by the agent 'claude' by protocol 'print'; set 'protocol: stream' beside it")]
    [InlineData("agent: gemini, approval: ask",
        "approval: 'ask' cannot be kept by the agent 'gemini' by protocol 'stream-json'; set 'protocol: acp' beside it")]
    [InlineData("agent: command, command: [x], approval: deny",
        "approval: 'deny' cannot be kept by the agent 'command': leave the key out, it has no such rule")]
    [InlineData("agent: codex, protocol: stream", "protocol: the agent 'codex' has no protocol 'stream'; it has exec, app-server.")]
    public void A_rule_the_agent_cannot_keep_is_refused_with_what_to_do(string keys, string? mistake)
    {
        var found = ProfileCheck.Mistake(Of(keys));
        Assert.Equal(mistake is null ? null : $"/f.yaml:1: profiles.mine.{mistake}", found);
    }

    [Theory]
    [InlineData("agent: codex, verbosity: low, effort: low, model: m", "")]
    [InlineData("agent: claude, verbosity: low, effort: low", "verbosity 'claude'")]
    [InlineData("agent: gemini, verbosity: low, effort: low, model: m", "verbosity 'gemini', effort 'gemini'")]
    [InlineData("agent: command, command: [x], effort: low, model: m", "effort 'command', model 'command'")]
    [InlineData("agent: command, command: [x], sandbox: read-only", "sandbox 'command'")]
    [InlineData("agent: openai, effort: low, sandbox: read-only", "")]
    public void A_key_without_effect_is_told_of_with_key_and_agent(string keys, string expected)
    {
        var profile = Of(keys);
        var warnings = ProfileCheck.Warnings(profile).ToList();
        var words = expected.Split(", ", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(words.Length, warnings.Count);
        foreach (var (word, warning) in words.Zip(warnings))
        {
            Assert.StartsWith($"/f.yaml:1: profiles.mine.{word.Split(' ')[0]}: ", warning, StringComparison.Ordinal);
            Assert.Contains(word.Split(' ')[1], warning, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void No_built_in_profile_says_what_its_agent_cannot_do() => Assert.All(BuiltInProfiles.All, profile =>
    {
        Assert.Null(ProfileCheck.Mistake(profile));
        Assert.Empty(ProfileCheck.Warnings(profile));
    });

    static Profile Of(string keys) => ProfileBook.Merge(
        BuiltInProfiles.All, ConfigFile.Parse($"profiles: {{mine: {{{keys}}}}}", "/f.yaml", AgentCatalog.Names)).Of("mine");
}
