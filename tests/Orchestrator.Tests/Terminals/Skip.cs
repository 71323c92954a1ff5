namespace Orchestrator.Tests.Terminals;

/// <summary>Reasons why a test cannot run on this machine.</summary>
static class Skip
{
    public static void WithoutPerl()
    {
        if (!File.Exists("/usr/bin/perl"))
            Assert.Skip("There is no /usr/bin/perl to misbehave.");
    }
}
