using Orchestrator.Agents;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Doctor;

public sealed class AgentProbesSpecs : IDisposable
{
    readonly string home = Directory.CreateTempSubdirectory("probes-").FullName;

    public void Dispose() => Directory.Delete(home, recursive: true);

    LoginState Login(AgentProbe probe, params (string Name, string Value)[] variables) =>
        AgentProbes.LoginOf(probe, name => name == "HOME" ? home : variables.FirstOrDefault(pair => pair.Name == name).Value);

    [Fact]
    public void A_login_is_seen_by_file_or_by_variable_and_its_secret_is_never_said()
    {
        foreach (var probe in AgentProbes.All)
        {
            Assert.False(Login(probe).Found);
            var byKey = Login(probe, (probe.KeyVariables[0], "sk-secret"));
            Assert.True(byKey.Found);
            Assert.DoesNotContain("secret", byKey.Evidence, StringComparison.Ordinal);
            var file = Path.Combine(home, probe.DefaultHome, probe.LoginFile);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, "sk-secret");
            Assert.True(Login(probe).Found);
            Assert.False(Login(probe, (probe.HomeVariable, "/nowhere")).Found);
        }
    }

    [Theory]
    [InlineData("codex", "codex-cli 0.169.0", null)]
    [InlineData("codex", "codex-cli 0.170.1", null)]
    [InlineData("codex", "codex-cli 0.98.0", "older than 0.169.0")]
    [InlineData("codex", "codex (development)", "this version is not known; tested with 0.169.0")]
    [InlineData("claude", "2.1.329 (Claude Code)", null)]
    [InlineData("claude", "2.1.9 (Claude Code)", "older than 2.1.329")]
    [InlineData("gemini", "0.61.0-nightly.4", null)]
    [InlineData("opencode", "v1.18.33", null)]
    public void A_version_that_is_older_or_unknown_is_doubted(string agent, string said, string? doubt)
    {
        var found = AgentProbes.DoubtAbout(AgentProbes.All.Single(probe => probe.Name == agent), said);
        Assert.Equal(doubt is null, found is null);
        Assert.StartsWith(doubt ?? "", found ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void The_tested_versions_are_the_pinned_ones()
    {
        var pinned = File.ReadAllText(Path.Combine(TestPrograms.RepositoryRoot, "tests/agent-clis/package.json"));
        Assert.All(AgentProbes.All, probe => Assert.Contains($"\"{probe.Tested}\"", pinned, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("OPENAI_API_KEY=secret", true, "OPENAI_API_KEY is set, endpoint of OpenAI")]
    [InlineData("OPENAI_BASE_URL=http://127.0.0.1:11434/v1", true, "endpoint http://127.0.0.1:11434/v1, without a key")]
    [InlineData("OPENAI_BASE_URL=localhost:11434", false, "OPENAI_BASE_URL is no address")]
    [InlineData("OPENAI_API_KEY_VARIABLE=KIMI_KEY OPENAI_BASE_URL=https://kimi.example/v1", false, "KIMI_KEY is not set")]
    [InlineData("OPENAI_API_KEY_VARIABLE=KIMI_KEY KIMI_KEY=secret", true, "KIMI_KEY is set")]
    [InlineData("", false, "OPENAI_API_KEY is not set")]
    public void Our_own_agent_needs_a_key_or_an_endpoint_without_one(string variables, bool found, string evidence)
    {
        var set = variables.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => pair[1]);
        var state = AgentProbes.EndpointOf(name => set.GetValueOrDefault(name));
        Assert.Equal(found, state.Found);
        Assert.StartsWith(evidence, state.Evidence, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", state.Evidence, StringComparison.Ordinal);
    }
}
