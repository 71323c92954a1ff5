using Orchestrator.Agents.Codex;

namespace Orchestrator.Tests.Agents;

public class CodexSettingsSpecs
{
    [Theory]
    [InlineData("[model_providers.a]\nenv_key = \"A_KEY\"\n[model_providers.b]\n  env_key='B_TOKEN' # mine\n", "A_KEY B_TOKEN")]
    [InlineData("model_providers = { a = { base_url = \"http://x\", env_key = \"A_KEY\" } }", "A_KEY")]
    [InlineData("# env_key = \"OLD\"\nenv_key_instructions = \"get one\"\nenv_key = \"not a name\"\n", "")]
    [InlineData("", "")]
    public void The_users_settings_name_the_variables_of_keys(string toml, string names) =>
        Assert.Equal(names, string.Join(' ', CodexSettings.KeyVariables(toml)));

    [Fact]
    public void They_lie_in_the_agents_home_or_below_the_users()
    {
        Assert.Equal("/c/config.toml", CodexSettings.PathIn(new Dictionary<string, string> { ["CODEX_HOME"] = "/c", ["HOME"] = "/h" }));
        Assert.Equal("/h/.codex/config.toml", CodexSettings.PathIn(new Dictionary<string, string> { ["HOME"] = "/h" }));
        Assert.Null(CodexSettings.PathIn(new Dictionary<string, string>()));
    }
}
