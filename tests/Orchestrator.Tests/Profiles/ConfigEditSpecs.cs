using Orchestrator.Agents;
using Orchestrator.Profiles;

namespace Orchestrator.Tests.Profiles;

/// <summary>One key set in a text that a person wrote: nothing else changes.</summary>
public class ConfigEditSpecs
{
    const string File = """
        # my settings
        profiles:
          spark:            # quick
            effort: low     # why: it is cheap

          own: {agent: codex, model: "m 1"}   # inline
          empty:
        # the end of profiles

        limits: {max_concurrency: 4}
        projects:
          demo:
            path: /demo
            verify:
              - [make]      # first
              - [make, test]
        # last line
        """;

    [Theory]
    [InlineData("profiles.spark.effort", "high", "    effort: low     # why", "    effort: high     # why")]
    [InlineData("profiles.spark.model", "gpt-5.5", "    effort: low     # why: it is cheap\n",
        "    effort: low     # why: it is cheap\n    model: gpt-5.5\n")]
    [InlineData("profiles.own.model", "m2", "model: \"m 1\"}   # inline", "model: m2}   # inline")]
    [InlineData("profiles.own.effort", "low", "model: \"m 1\"}   # inline", "model: \"m 1\", effort: low}   # inline")]
    [InlineData("profiles.own.limits.idle_s", "60", "model: \"m 1\"}   # inline", "model: \"m 1\", limits: {idle_s: 60}}   # inline")]
    [InlineData("profiles.empty.agent", "claude", "  empty:\n", "  empty:\n    agent: claude\n")]
    [InlineData("profiles.new.agent", "claude", "  empty:\n", "  empty:\n  new:\n    agent: claude\n")]
    [InlineData("profiles.\"a.b\".agent", "claude", "  empty:\n", "  empty:\n  a.b:\n    agent: claude\n")]
    [InlineData("limits.max_concurrency", "8", "{max_concurrency: 4}", "{max_concurrency: 8}")]
    [InlineData("limits.max_concurrency", "null", "{max_concurrency: 4}", "{max_concurrency: null}")]
    [InlineData("limits.spawn_depth", "2", "{max_concurrency: 4}", "{max_concurrency: 4, spawn_depth: 2}")]
    [InlineData("projects.demo.verify", "[[\"true\"]]", "    verify:\n      - [make]      # first\n      - [make, test]\n",
        "    verify: [[\"true\"]]\n")]
    [InlineData("projects.demo.isolation", "none", "      - [make, test]\n", "      - [make, test]\n    isolation: none\n")]
    [InlineData("profiles.spark.args", "[\"-c\", \"a=\\\"b\\\"\"]", "    effort: low     # why: it is cheap\n",
        "    effort: low     # why: it is cheap\n    args: [\"-c\",\"a=\\\"b\\\"\"]\n")]
    [InlineData("profiles.spark.env.KEY", "yes", "    effort: low     # why: it is cheap\n",
        "    effort: low     # why: it is cheap\n    env:\n      KEY: \"yes\"\n")]
    [InlineData("profiles.spark.model", "a: #b", "    effort: low     # why: it is cheap\n",
        "    effort: low     # why: it is cheap\n    model: \"a: #b\"\n")]
    public void Only_that_key_changes_and_comments_stay(string key, string value, string old, string now)
    {
        Assert.Equal(File.Replace(old, now, StringComparison.Ordinal), ConfigEdit.Set(File, key, value, AgentConfig.Keys));
        Assert.NotEqual(File, File.Replace(old, now, StringComparison.Ordinal));
        // What a person does on another system.
        var windows = File.ReplaceLineEndings("\r\n");
        Assert.Equal(ConfigEdit.Set(File, key, value, AgentConfig.Keys),
            ConfigEdit.Set(windows, key, value, AgentConfig.Keys).ReplaceLineEndings("\n"));
    }

    [Theory]
    [InlineData("", "profiles:\n  spark:\n    effort: high\n")]
    [InlineData("# nothing\n", "# nothing\nprofiles:\n  spark:\n    effort: high\n")]
    [InlineData("profiles:", "profiles:\n  spark:\n    effort: high\n")]
    [InlineData("profiles: {}\n", "profiles: {spark: {effort: high}}\n")]
    [InlineData("profiles: ~\n", "profiles: {spark: {effort: high}}\n")]
    [InlineData("{}\n", "{profiles: {spark: {effort: high}}}\n")]
    [InlineData("limits: {}", "limits: {}\nprofiles:\n  spark:\n    effort: high\n")]
    [InlineData("profiles:\n    spark:\n        model: m", "profiles:\n    spark:\n        model: m\n        effort: high\n")]
    [InlineData("profiles:\n  spark:\n    effort:   # unset\n", "profiles:\n  spark:\n    effort: high   # unset\n")]
    public void What_is_missing_is_made(string before, string after) =>
        Assert.Equal(after, ConfigEdit.Set(before, "profiles.spark.effort", "high", AgentConfig.Keys));

    [Theory]
    [InlineData("profils.a.model", "x", "there is no key 'profils'. Did you mean 'profiles'?")]
    [InlineData("profiles.a.modle", "x", "there is no key 'profiles.a.modle'. Did you mean 'model'?")]
    [InlineData("profiles.a", "x", "profiles.a holds others")]
    [InlineData("routes", "[]", "routes holds others")]
    [InlineData("limits.max_concurrency.x", "1", "there is no key 'limits.max_concurrency.x'.")]
    [InlineData("profiles..a", "x", "is no path of a key")]
    [InlineData("", "x", "is no path of a key")]
    [InlineData("profiles.a.command", "x", "takes a list, like")]
    [InlineData("profiles.a.command", "[x", "takes JSON, and this is none")]
    [InlineData("profiles.a.env", "x", "takes names with texts, like")]
    public void A_key_or_value_that_cannot_be_is_refused(string key, string value, string problem)
    {
        var fault = Assert.Throws<Fault>(() => ConfigEdit.Set("", key, value, AgentConfig.Keys));
        Assert.Equal(FaultCode.Unprocessable, fault.Code);
        Assert.Contains(problem, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a: &x {agent: codex}\nprofiles:\n  mine: *x\n", "profiles.mine.agent")]
    [InlineData("- a\n", "profiles.mine.agent")]
    public void A_text_that_cannot_be_edited_so_is_left_alone(string text, string key) => Assert.Contains(
        "cannot be edited here", Assert.Throws<Fault>(() => ConfigEdit.Set(text, key, "claude", AgentConfig.Keys)).Message,
        StringComparison.Ordinal);
}
