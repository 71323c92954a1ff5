using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Docs;

/// <summary>The commands of docs/api-contract.md, typed as they stand there, against a real daemon.</summary>
public class ContractCommandsSpecs
{
    [Fact]
    public async Task The_contracts_commands_work_as_they_are_written()
    {
        await using var daemon = await TestDaemon.Start($"""
              nightly:
                agent: command
                command: ["{TestPrograms.FakeAgent}"]
            """);
        var page = await File.ReadAllTextAsync(Path.Combine(TestPrograms.RepositoryRoot, "docs", "api-contract.md"),
            TestContext.Current.CancellationToken);
        var blocks = page.Split("```sh\n").Skip(1).Select(part => part.Split("```")[0]).ToList();
        Assert.True(blocks.Count >= 8, "The page shows fewer commands than it should.");
        var folder = Directory.CreateDirectory(Path.Combine(daemon.Root, "client")).FullName;

        // Each block must end well; only the one that shows an error has curl fail before its grep finds what it looks for.
        var script = string.Join('\n', blocks.Select((block, i) => $"echo 'block {i + 1}'\n{block}"));
        var (exit, said) = await ShellScript.Run($"set -e\n{script}", folder,
            new Dictionary<string, string> { ["AGENTD_DATA"] = daemon.Data });

        Assert.True(exit == 0, said);
        Assert.Contains("run.succeeded", said, StringComparison.Ordinal);
    }
}
