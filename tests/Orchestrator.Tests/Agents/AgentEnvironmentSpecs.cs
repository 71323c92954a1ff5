using Orchestrator.Agents;

namespace Orchestrator.Tests.Agents;

public class AgentEnvironmentSpecs
{
    static readonly Dictionary<string, string> Empty = [];

    static readonly Dictionary<string, string> Daemon = new()
    {
        ["PATH"] = "/bin", ["HOME"] = "/home", ["LC_ALL"] = "C.UTF-8", ["https_proxy"] = "p", ["XDG_CONFIG_HOME"] = "/c",
        ["AGENTD_AUTH_TOKEN"] = "secret", ["AGENTD_API_KEY"] = "secret", ["AGENTCTL_AUTH_TOKEN"] = "secret", ["AGENTCTL_RUN_ID"] = "outer",
        ["GITHUB_TOKEN"] = "secret", ["AWS_SECRET_ACCESS_KEY"] = "secret", ["SSH_AUTH_SOCK"] = "secret",
        ["DBUS_SESSION_BUS_ADDRESS"] = "secret", ["RANDOM_THING"] = "secret",
        ["CODEX_HOME"] = "/codex", ["OPENAI_BASE_URL"] = "u", ["FAKE_API_KEY"] = "k", ["ANTHROPIC_API_KEY"] = "a",
        ["CLAUDE_CONFIG_DIR"] = "/claude", ["IS_SANDBOX"] = "1", ["DISABLE_TELEMETRY"] = "0", ["CLAUDE_CODE_MAX_RETRIES"] = "7",
    };

    [Theory]
    [InlineData("codex", "CODEX_HOME OPENAI_BASE_URL FAKE_API_KEY ANTHROPIC_API_KEY")]
    [InlineData("claude", "ANTHROPIC_API_KEY CLAUDE_CONFIG_DIR IS_SANDBOX DISABLE_TELEMETRY CLAUDE_CODE_MAX_RETRIES")]
    [InlineData("command", "")]
    public void An_agent_gets_the_common_list_and_its_own_variables_and_no_secret(string agent, string own)
    {
        var built = AgentEnvironment.Build(Daemon, AgentCatalog.Of(agent).PassedVariables, Empty, Empty, Empty);
        Assert.Equal(
            own.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Concat(["PATH", "HOME", "LC_ALL", "https_proxy", "XDG_CONFIG_HOME", "MSBUILDDISABLENODEREUSE"]).Order(),
            built.Keys.Order());
        Assert.DoesNotContain("secret", built.Values);
    }

    [Fact]
    public void Later_layers_win_and_defaults_only_fill_gaps()
    {
        var defaults = new Dictionary<string, string>
        {
            ["CLAUDE_CODE_MAX_RETRIES"] = "2", ["DISABLE_AUTOUPDATER"] = "1", ["X"] = "default",
        };
        var profile = new Dictionary<string, string> { ["X"] = "profile", ["PATH"] = "/own", ["AGENTD_X"] = "no", ["AGENTCTL_URL"] = "no" };
        var run = new Dictionary<string, string> { ["AGENTCTL_RUN_ID"] = "r1", ["PATH"] = "/run" };
        var built = AgentEnvironment.Build(Daemon, AgentCatalog.Of("claude").PassedVariables, defaults, profile, run);
        Assert.Equal("7", built["CLAUDE_CODE_MAX_RETRIES"]);
        Assert.Equal("1", built["DISABLE_AUTOUPDATER"]);
        Assert.Equal("profile", built["X"]);
        Assert.Equal("/run", built["PATH"]);
        Assert.Equal("r1", built["AGENTCTL_RUN_ID"]);
        Assert.False(built.ContainsKey("AGENTD_X") || built.ContainsKey("AGENTCTL_URL"));
    }

    [Fact]
    public void The_adapters_own_word_about_the_run_reaches_it()
    {
        var launch = AgentCatalog.Of("command").Plan(Capture.OrderFor("command"));
        var built = AgentEnvironment.Build(Daemon, [], launch.DefaultEnvironment, Empty, Empty);
        Assert.Equal("/runs/a1/result.json", built["AGENTCTL_RESULT_FILE"]);
    }
}
