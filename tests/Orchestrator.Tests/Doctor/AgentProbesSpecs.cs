using Orchestrator.Agents;

namespace Orchestrator.Tests.Doctor;

public sealed class AgentProbesSpecs : IDisposable
{
    readonly string home = Directory.CreateTempSubdirectory("probes-").FullName;

    public void Dispose() => Directory.Delete(home, recursive: true);

    LoginState Login(AgentProbe probe, params (string Name, string Value)[] variables) =>
        AgentProbes.LoginOf(probe, name => name == "HOME" ? home : variables.FirstOrDefault(pair => pair.Name == name).Value);

    [Fact]
    public void A_login_is_seen_by_file_or_by_variable_and_its_secret_is_never_said()
    {
        foreach (var probe in AgentProbes.All)
        {
            Assert.False(Login(probe).Found);
            var byKey = Login(probe, (probe.KeyVariables[0], "sk-secret"));
            Assert.True(byKey.Found);
            Assert.DoesNotContain("secret", byKey.Evidence, StringComparison.Ordinal);
            var file = Path.Combine(home, probe.DefaultHome, probe.LoginFile);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, "sk-secret");
            Assert.True(Login(probe).Found);
            Assert.False(Login(probe, (probe.HomeVariable, "/nowhere")).Found);
        }
    }
}
