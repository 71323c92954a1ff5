using Orchestrator.Verbs;

namespace Orchestrator.Tests.Verbs;

public class ServiceVerbsSpecs
{
    [Fact]
    public void The_unit_leaves_the_holders_alone_and_quotes_what_it_is_given()
    {
        var unit = ServiceVerbs.Unit(["/opt/agent ctl", "agentd"], "/data/100%", "/bin:/usr/bin").Split('\n');
        Assert.Contains("KillMode=process", unit);
        Assert.Contains("Restart=on-failure", unit);
        Assert.Contains("ExecStart=\"/opt/agent ctl\" \"agentd\" --data \"/data/100%%\"", unit);
        Assert.Contains("Environment=\"PATH=/bin:/usr/bin\"", unit);
    }
    [Fact]
    public void The_unit_of_a_checkout_names_the_launcher_which_outlives_the_next_build()
    {
        var root = Directory.CreateTempSubdirectory("checkout-").FullName;
        Directory.CreateDirectory(Path.Combine(root, "bin"));
        File.WriteAllText(Path.Combine(root, "bin", "agentd"), "");
        Assert.Equal([$"{root}/bin/agentd"], ServiceVerbs.Program($"{root}/artifacts/publish/20261120-1/agentctl"));
        Assert.Equal(["/opt/agentctl", "agentd"], ServiceVerbs.Program("/opt/agentctl"));
        Directory.Delete(root, recursive: true);
    }
}
