using Orchestrator.Cli;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Cli;

public class ExitCodesSpecs
{
    [Fact]
    public void Every_refusal_has_a_code_of_the_table()
    {
        var known = ExitCodes.Table.Select(row => row.Code).ToHashSet();
        Assert.All(Enum.GetValues<FaultCode>(), code => Assert.Contains(FaultTable.Of(code).ExitCode, known));
    }

    [Fact]
    public void The_page_of_exit_codes_is_the_table()
    {
        var page = Path.Combine(TestPrograms.RepositoryRoot, "docs", "exit-codes.md");
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1") File.WriteAllText(page, ExitCodes.AsMarkdown());
        Assert.True(File.Exists(page) && File.ReadAllText(page) == ExitCodes.AsMarkdown(),
            "docs/exit-codes.md is not what the code says; run the tests with UPDATE_GOLDEN=1.");
    }
}
