using System.Net;
using System.Net.Sockets;
using Orchestrator.Tests.Support;
using Orchestrator.Tests.Tidy;

namespace Orchestrator.Tests.Docs;

/// <summary>
/// The runbook's commands, typed from top to bottom as they stand there: each is known, and the daemon is well at the end.
/// </summary>
public class RunbookSpecs
{
    // 2: wrong usage, 4: not allowed, 5: not there, 7: no daemon, 126 and 127: no such program.
    const string Check = "c=$?; case $c in 2|4|5|7|126|127) echo \"EXIT $c: line $n\"; exit 1;; esac";

    [Fact]
    public async Task Its_commands_run_as_they_are_written()
    {
        var root = Directory.CreateTempSubdirectory("runbook-").FullName;
        var data = Directory.CreateDirectory(Path.Combine(root, "data")).FullName;
        var tools = Directory.CreateDirectory(Path.Combine(root, "tools")).FullName;
        File.CreateSymbolicLink(Path.Combine(tools, "agentctl"), TestPrograms.Agentctl);
        await File.WriteAllTextAsync(Path.Combine(data, "config.yaml"),
            $"profiles:\n  fake: {{agent: command, command: [\"{TestPrograms.FakeAgent}\"]}}\n", TestContext.Current.CancellationToken);
        var lines = SourceTree.Repository.Markdown.Where(f => f.Path == "docs/runbook.md")
            .SelectMany(page => MarkdownText.Blocks(page, "sh")).SelectMany(block => block.Body).Where(line => line.Length > 0).ToList();
        Assert.InRange(lines.Count, 35, 200);
        var typed = lines.Select((line, i) => $"n={i}\n{line}\n{Check}");

        var (exit, said) = await ShellScript.Run($$"""
            set -u
            trap 'agentctl daemon stop' EXIT
            unset AGENTCTL_RUN_ID AGENTCTL_URL AGENTCTL_AUTH_TOKEN AGENTCTL_SESSION_ID
            agentctl daemon start
            run=$(printf 'work\n!print hello\n!wait-file {{root}}/never\n' | agentctl start --profile fake)
            session=$(agentctl show "$run" --field session_id)
            above=$(agentctl session create --title above --field session.id)
            agentctl tool session-spawn --parent-session-id "$above" --profile fake --task 'work
            !ask approval_request may I?'
            i=0
            until request=$(agentctl request list --field requests.0.id 2>/dev/null) || [ $i -gt 200 ]; do i=$((i+1)); sleep 0.05; done
            {{string.Join('\n', typed)}}
            echo "it is $(agentctl daemon status --field daemon_health) with $(agentctl request show "$request" --field request.state)"
            """, root, new Dictionary<string, string>
        {
            ["AGENTD_DATA"] = data,
            ["PORT"] = FreePort(),
            ["PATH"] = tools + ":" + Environment.GetEnvironmentVariable("PATH"),
        });

        Assert.True(exit == 0, said + string.Join('\n', lines.Index()));
        Assert.Contains("it is ok with approved", said, StringComparison.Ordinal);
        Directory.Delete(root, recursive: true);
    }

    static string FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }
}
