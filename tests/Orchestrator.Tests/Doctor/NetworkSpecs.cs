using Orchestrator.Agents;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Doctor;

/// <summary>Whether an agent's API can be reached: only when asked, and only of agents that are configured.</summary>
public class NetworkSpecs
{
    const string OwnProvider = "model_provider = \"mine\"\n[model_providers.mine]\nbase_url = \"https://models.example/v1\"\n";

    // variables | the text of Codex's settings | the agent | its address, or words about why none is known
    [Theory]
    [InlineData("OPENAI_API_KEY=k", null, "codex", "https://api.openai.com/v1")]
    [InlineData("OPENAI_API_KEY=k", OwnProvider, "codex", "https://models.example/v1")]
    [InlineData("OPENAI_API_KEY=k", "model_provider = \"mine\"", "codex", "without a base_url")]
    [InlineData("OPENAI_API_KEY=k OPENAI_BASE_URL=http://127.0.0.1:1/v1", null, "openai", "http://127.0.0.1:1/v1")]
    [InlineData("OPENAI_API_KEY=k", null, "openai", "https://api.openai.com/v1")]
    [InlineData("ANTHROPIC_API_KEY=k", null, "claude", "https://api.anthropic.com/")]
    [InlineData("ANTHROPIC_API_KEY=k ANTHROPIC_BASE_URL=https://gate.example", null, "claude", "https://gate.example/")]
    [InlineData("ANTHROPIC_API_KEY=k ANTHROPIC_BASE_URL=gate", null, "claude", "ANTHROPIC_BASE_URL is no address")]
    [InlineData("CLAUDE_CODE_USE_BEDROCK=1", null, "claude", "CLAUDE_CODE_USE_BEDROCK is set")]
    [InlineData("GEMINI_API_KEY=k", null, "gemini", "https://generativelanguage.googleapis.com/")]
    [InlineData("GOOGLE_GENAI_USE_GCA=1", null, "gemini", "https://cloudcode-pa.googleapis.com/")]
    [InlineData("OPENCODE_API_KEY=k", null, "opencode", "its own settings choose the provider")]
    [InlineData("", null, "claude", null)]
    public void The_host_of_an_agent_is_known_from_variables_and_settings(
        string variables, string? settings, string agent, string? expected)
    {
        var set = variables.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2))
            .Append(["HOME", "/nowhere"]).ToDictionary(pair => pair[0], pair => pair[1]);
        var host = ApiHosts.Of(name => set.GetValueOrDefault(name), _ => settings).SingleOrDefault(host => host.Agent == agent);
        if (expected is null)
            Assert.Null(host);
        else if (expected.StartsWith("http", StringComparison.Ordinal))
            Assert.Equal(expected, host?.Address?.AbsoluteUri);
        else
            Assert.True(host is { Address: null } && host.Why.Contains(expected, StringComparison.Ordinal), $"{host}");
    }

    [Fact]
    public async Task Doctor_asks_the_network_only_when_told_to()
    {
        await using var there = await HookReceiver.Open();
        await using var daemon = await TestDaemon.Start();
        var variables = new Dictionary<string, string>
        {
            ["HOME"] = daemon.Root,
            ["ANTHROPIC_API_KEY"] = "k",
            ["ANTHROPIC_BASE_URL"] = there.Url,
            ["OPENAI_API_KEY_VARIABLE"] = "OTHER_API_KEY",
            ["OTHER_API_KEY"] = "secret-key-1",
            ["OPENAI_BASE_URL"] = "http://127.0.0.1:9/v1",
            ["OPENAI_API_KEY"] = "",
            ["CODEX_API_KEY"] = "",
            ["GEMINI_API_KEY"] = "",
            ["GOOGLE_API_KEY"] = "",
            ["CODEX_HOME"] = daemon.Root,
            ["GEMINI_CLI_HOME"] = daemon.Root,
        };

        var plain = await TypedCommand.Run(daemon, variables, "doctor");
        Assert.DoesNotContain("network", plain.Out, StringComparison.Ordinal);
        Assert.False(there.Strayed);

        var asked = await TypedCommand.Run(daemon, variables, "doctor", "--network");
        Assert.Matches(@"network claude\s+ok\s+http://127\.0\.0\.1:\d+ \(ANTHROPIC_BASE_URL\) answers \(HTTP \d+\)", asked.Out);
        Assert.Matches(@"network openai\s+warn\s+http://127\.0\.0\.1:9 \(OPENAI_BASE_URL\): 127\.0\.0\.1 port 9 takes no connection",
            asked.Out);
        Assert.Matches(@"network opencode\s+ok\s+no host is known", asked.Out);
        Assert.DoesNotContain("secret-key-1", asked.Out, StringComparison.Ordinal);
    }
}
