using System.CommandLine;
using Orchestrator.Doctor;
using Orchestrator.Verbs;

namespace Orchestrator;

/// <summary>Every word after <c>agentctl</c>, in the order of the help, with the function that builds its command.</summary>
static class CommandTree
{
    public static IReadOnlyList<(string Name, Func<Command> Build)> Commands { get; } =
    [
        ("start", RunVerbs.Start),
        ("wait", RunVerbs.Wait),
        ("show", RunVerbs.Show),
        ("runs", RunVerbs.List),
        ("resume", RunVerbs.Resume),
        ("tail", RunVerbs.Tail),
        ("init", ProjectVerbs.Init),
        ("add-project", ProjectVerbs.AddProject),
        ("project", ProjectVerbs.Project),
        ("worktree", ProjectVerbs.Worktree),
        ("session", GatewayVerbs.Session),
        ("message", GatewayVerbs.Message),
        ("run", GatewayRunVerbs.Run),
        ("events", EventVerbs.Events),
        ("daemon", DaemonVerbs.Daemon),
        ("config", DaemonVerbs.Config),
        ("service", ServiceVerbs.Service),
        ("doctor", DoctorVerb.Doctor),
        ("version", DaemonVerbs.Version),
    ];
}
