namespace Orchestrator.Tests.Tidy;

/// <summary>The places where a rule does not hold, each with its reason. An entry that is no longer needed fails the tests.</summary>
static class Exceptions
{
    /// <param name="Rule">Name of the rule.</param>
    /// <param name="Path">The file, or a folder with everything below it.</param>
    /// <param name="Reason">Why the rule is wrong here.</param>
    /// <param name="Text">Part of the finding's text, when only one finding of the file is meant.</param>
    public sealed record Place(string Rule, string Path, string Reason, string Text = "");

    public static readonly Place[] All =
    [
        new("web-colours", "web/src/parts/ansi.ts", "the 256 colours of a terminal are computed from their number", "rgb("),
        new("environment", "src/Orchestrator/Checkpoint.cs", "the crash points of the tests must be reachable before anything is set up"),
        new("environment", "src/Orchestrator/Cli/Surroundings.cs", "the edge itself: what a command sees of the process it runs in"),
        new("environment", "src/Orchestrator/Daemon/DaemonEnvironment.cs", "the edge itself: read once, AGENTCTL_* dropped"),
        new("environment", "src/Orchestrator/Terminals/Detached.cs", "the daemon inherits ours, without AGENTCTL_*"),
        new("environment", "src/Orchestrator/Terminals/ShortProcess.cs", "a short command may inherit ours, without AGENTCTL_*"),
        new("environment", "src/Orchestrator/Workspaces/Git.cs", "the edge itself: it picks git's few variables out of the daemon's own"),
        new("http-client", "src/Orchestrator/AgentLoop/ModelWire.cs", "it asks a model's endpoint, not the daemon"),
        new("http-client", "src/Orchestrator/Doctor/NetworkChecks.cs", "it asks whether an agent's API answers, not the daemon"),
        new("http-client", "src/Orchestrator/GitHub/GitHubApi.cs", "it asks GitHub, not the daemon"),
        new("http-client", "src/Orchestrator/Notifications/WebhookChannel.cs", "it posts to the user's own address, not the daemon's"),
    ];

    public static bool Covers(Place place, string rule, Finding finding) =>
        place.Rule == rule
        && (finding.Path == place.Path || finding.Path.StartsWith(place.Path + "/", StringComparison.Ordinal))
        && finding.What.Contains(place.Text, StringComparison.Ordinal);
}
