using System.Net;
using System.Net.Sockets;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Docs;

/// <summary>The README's way to real use, typed as it stands there, with the real Codex CLI on the scripted model server.</summary>
public class ReadmeSpecs
{
    [Fact]
    public async Task The_way_with_a_real_agent_works_as_it_is_written()
    {
        await using var model = await FakeModelServer.Start(TestContext.Current.CancellationToken);
        await model.SetSteps(TestContext.Current.CancellationToken, "shell echo 2026 > footer.txt",
            """text {"goal_met":true,"summary":"Fixed","followup_prompt":"","notes":""}""");
        using var codex = AgentCli.Codex(model);
        using var repository = new TempRepository();
        var home = Path.Combine(codex.Workspace, "person");
        Directory.CreateDirectory(Path.Combine(home, "here", "bin"));
        Directory.CreateDirectory(Path.Combine(home, "path"));
        Launcher(home, "agentctl", "\"$@\"");
        Launcher(home, "agentd", "agentd \"$@\"");
        File.CreateSymbolicLink(Path.Combine(home, "path", "codex"), codex.Program);
        var variables = new Dictionary<string, string>(codex.Environment)
        {
            ["HOME"] = home,
            ["XDG_DATA_HOME"] = Path.Combine(home, "share"),
            ["PORT"] = FreePort(),
            ["PATH"] = Path.Combine(home, "path") + ":" + Environment.GetEnvironmentVariable("PATH"),
        };

        var (exit, said) = await ShellScript.Run($"""
            set -e
            trap 'bin/agentctl daemon stop' EXIT
            git clone -q '{repository.Path}' ~/src/myproject
            {Block("bin/agentctl daemon start")}
            echo "it is $(bin/agentctl show "$id" --field status)"
            """, Path.Combine(home, "here"), variables);

        Assert.True(exit == 0, said);
        Assert.Contains("it is succeeded", said, StringComparison.Ordinal);
        Assert.Contains("+2026", said, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(home, "src", "myproject", "footer.txt")), "the checkout was touched");
    }

    // The launchers of the repository would publish first; these start what is under test.
    static void Launcher(string home, string name, string arguments)
    {
        var path = Path.Combine(home, "here", "bin", name);
        File.WriteAllText(path, $"#!/bin/sh\nexec '{TestPrograms.Agentctl}' {arguments}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    static string Block(string withLine)
    {
        var readme = File.ReadAllText(Path.Combine(TestPrograms.RepositoryRoot, "README.md"));
        return readme.Split("```sh\n").Skip(1).Select(part => part.Split("```")[0])
            .Single(block => block.Contains(withLine, StringComparison.Ordinal));
    }

    static string FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }
}
