using Orchestrator.Daemon;

namespace Orchestrator.Tests.Daemon;

/// <summary>Questions about agentd itself, answered without starting it.</summary>
public class DaemonHelpSpecs
{
    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("--port 1 --help")]
    public void The_help_is_given_wherever_it_is_asked_and_names_every_flag(string line)
    {
        var help = DaemonHelp.Asked(line.Split(' '))!;
        const string Flags = "--data --db --listen --port --max-concurrency --auth-token --open --codex-profile --codex-extra-arg";
        foreach (var flag in Flags.Split(' '))
            Assert.Contains($"  {flag} ", help, StringComparison.Ordinal);
        Assert.All(help.Split('\n'), row => Assert.True(row.Length <= 120, row));
    }

    [Fact]
    public void The_value_of_a_flag_asks_for_nothing()
    {
        Assert.Null(DaemonHelp.Asked(["--codex-extra-arg", "--version", "--open"]));
        Assert.Null(DaemonHelp.Asked(["--codex-extra-arg=--help"]));
        Assert.Matches(@"^\d+\.\d+\.\d+$", DaemonHelp.Asked(["--version"])!);
    }
}
