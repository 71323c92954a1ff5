namespace Orchestrator.Tests;

public class FirstSpecs
{
    [Fact]
    public void It_builds() => Assert.True(true);
}
