using Orchestrator.Verbs;

namespace Orchestrator.Tests.Verbs;

public class ServiceVerbsSpecs
{
    [Fact]
    public void The_unit_leaves_the_holders_alone_and_quotes_what_it_is_given()
    {
        var unit = ServiceVerbs.Unit("/opt/agent ctl", "/data/100%", "/bin:/usr/bin").Split('\n');
        Assert.Contains("KillMode=process", unit);
        Assert.Contains("Restart=on-failure", unit);
        Assert.Contains("ExecStart=\"/opt/agent ctl\" agentd --data \"/data/100%%\"", unit);
        Assert.Contains("Environment=\"PATH=/bin:/usr/bin\"", unit);
    }
}
