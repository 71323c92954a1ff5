using Orchestrator.Daemon;

namespace Orchestrator.Tests.Daemon;

/// <summary>Flags and variables of agentd, as older scripts write them.</summary>
public class DaemonSettingsSpecs
{
    static readonly Dictionary<string, string> Nothing = [];

    [Fact]
    public void Tokens_come_by_flag_and_by_both_variables()
    {
        var environment = new Dictionary<string, string>
        {
            ["AGENTD_AUTH_TOKEN"] = "dev-token",
            ["AGENTD_AUTH_TOKENS"] = "token-c, token-d",
        };

        var settings = DaemonSettings.Read(["--auth-token", "token-a", "--auth-token=token-b"], environment, "/");

        Assert.Equal(["token-a", "token-b", "dev-token", "token-c", "token-d"], settings.Tokens);
    }

    [Theory]
    [InlineData("two words", "127.0.0.1")]
    [InlineData("grün", "127.0.0.1")]
    [InlineData("token-a", "0.0.0.0")]
    public void A_token_that_cannot_be_sent_or_is_too_easily_guessed_is_refused(string token, string address)
    {
        var fault = Assert.Throws<Fault>(() => DaemonSettings.Read(["--listen", address, "--auth-token", token], Nothing, "/"));

        Assert.StartsWith("--auth-token", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(token, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Beyond_loopback_a_long_token_is_enough()
    {
        var settings = DaemonSettings.Read(["--listen", "0.0.0.0", "--auth-token", "a-longer-token"], Nothing, "/");

        Assert.Equal("0.0.0.0", settings.Listen.ToString());
    }
}
