using System.CommandLine;
using Orchestrator.Cli;

namespace Orchestrator.Verbs;

/// <summary><c>service print</c>: a systemd user unit for the daemon.</summary>
static class ServiceVerbs
{
    public static Command Service() => Verb.Group("service", "Run the daemon as a service.",
        Verb.Do("print", "Print a systemd user unit.", call =>
        {
            call.Output.Line(Unit(Program(Environment.ProcessPath ?? "agentctl"), call.Settings.Data, call.Around.Variable("PATH") ?? ""));
            return ExitCodes.Ok;
        }));

    /// <summary>
    /// The words that start the daemon. A checkout's build lies in a folder of its own that the next build removes, so there the
    /// launcher is named: …/artifacts/publish/20261120-142450-7073/agentctl belongs to …/bin/agentd.
    /// </summary>
    public static IReadOnlyList<string> Program(string program)
    {
        var parts = program.Split('/');
        var launcher = parts is [.. var root, "artifacts", "publish", _, _] ? string.Join('/', root) + "/bin/agentd" : null;
        return launcher is not null && File.Exists(launcher) ? [launcher] : [program, "agentd"];
    }

    /// <summary>The unit. Paths are quoted as systemd reads them: in double quotes, with % doubled.</summary>
    public static string Unit(IReadOnlyList<string> program, string data, string path) =>
        $"""
        # systemd user unit of the Agent Orchestrator daemon. Install it with:
        #   agentctl service print > ~/.config/systemd/user/agentd.service
        #   systemctl --user daemon-reload && systemctl --user enable --now agentd
        #   loginctl enable-linger     (so that it runs without anybody logged in)
        [Unit]
        Description=Agent Orchestrator daemon

        [Service]
        ExecStart={string.Join(' ', program.Select(Quoted))} --data {Quoted(data)}
        # Agents are found on this PATH: the one of the shell that printed the unit.
        Environment={Quoted($"PATH={path}")}
        # Runs outlive the daemon. The default (control-group) would kill every running agent when agentd stops or is upgraded.
        KillMode=process
        # Lets agentd give each run a control group of its own, so that nothing an agent starts is overlooked.
        Delegate=yes
        Restart=on-failure
        RestartSec=2

        [Install]
        WantedBy=default.target
        """;

    static string Quoted(string text) =>
        $"\"{text.Replace("\\", @"\\").Replace("\"", "\\\"").Replace("%", "%%").Replace("$", "$$")}\"";
}
