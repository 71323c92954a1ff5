using Orchestrator.Events;

namespace Orchestrator.Workspaces;

/// <summary>Event types of projects and of the folders runs work in.</summary>
static class WorkspaceEvents
{
    public const string ProjectAdded = "project.added";
    public const string ProjectChanged = "project.changed";
    public const string ProjectRemoved = "project.removed";
    public const string Trusted = "project.trusted";
    public const string TrustRevoked = "project.trust_revoked";
    public const string Created = "workspace.created";
    public const string Removed = "workspace.removed";
    public const string Kept = "workspace.kept";
    public const string Restored = "workspace.restored";
    public const string Captured = "workspace.captured";
    public const string Repaired = "workspace.repaired";
    public const string CommandStarted = "workspace.command_started";
    public const string CommandEnded = "workspace.command_ended";

    public static readonly IReadOnlyList<EventKind> Kinds =
    [
        new(ProjectAdded, "A project was registered.", """{"name":"demo","path":"/home/me/demo"}"""),
        new(ProjectChanged, "A project was registered again under its name.", """{"name":"demo","path":"/home/me/demo"}"""),
        new(ProjectRemoved, "A registered project was taken out.", """{"name":"demo","path":"/home/me/demo"}"""),
        new(Trusted, "A person trusts what a project's own file asks for; hash stands for exactly that.",
            """{"name":"demo","path":"/home/me/demo","hash":"5b0f…"}"""),
        new(TrustRevoked, "That word was taken back.", """{"name":"demo","path":"/home/me/demo","hash":null}"""),
        new(Created, "A run's folder is ready: a worktree, a shared folder or one of the session's own.",
            """
            {"workspace_id":"77aa01bc93de4f10","kind":"worktree","path":"/data/w/c0ffee","branch":"agent/c0ffee","base":"9b2614a…",
            "from":["item 12 'Build the API' on agent/0123abcd-build (890520a5d6e0)"]}
            """.ReplaceLineEndings("").Trim()),
        new(Removed, "A clean-up removed a worktree; the note says where its work is.",
            """
            {"workspace_id":"77aa01bc93de4f10","kind":"worktree","path":"/data/w/c0ffee","branch":"agent/c0ffee","base":"9b2614a…",
            "note":"Its commits are on the branch agent/c0ffee.","snapshot_ref":null}
            """.ReplaceLineEndings("").Trim()),
        new(Kept, "A clean-up left a worktree where it is; the note says why.",
            """
            {"workspace_id":"77aa01bc93de4f10","kind":"worktree","path":"/data/w/c0ffee","branch":"agent/c0ffee","base":"9b2614a…",
            "note":"It holds a file nobody captured."}
            """.ReplaceLineEndings("").Trim()),
        new(Captured, "A snapshot was taken besides that of a run's end: at a limit, of a lost run, or when the daemon stopped.",
            """
            {"workspace_id":"77aa01bc93de4f10","snapshot_ref":"refs/agent-orchestrator/snapshots/0123456789abcdef","commit":"9b2614a…",
            "why":"limit"}
            """.ReplaceLineEndings("").Trim()),
        new(Repaired, "A repair put something in order; subject is what it was about.",
            """{"kind":"row_without_folder","subject":"77aa01bc93de4f10","done":"Its row says removed now."}"""),
        new(Restored, "A snapshot was brought back, into a worktree or (without an id) a folder.",
            """
            {"workspace_id":"77aa01bc93de4f10","path":"/data/w/77aa01","branch":"agent/c0ffee-restored",
            "snapshot_ref":"refs/agent-orchestrator/snapshots/0123456789abcdef"}
            """.ReplaceLineEndings("").Trim()),
        new(CommandStarted, "A command of the project's setup or teardown was started in a worktree.",
            """
            {"workspace_id":"77aa01bc93de4f10","command_id":"0b5cf3e19a2d4471","kind":"setup","argv":["npm","ci"],"status":"running",
            "exit_code":null}
            """.ReplaceLineEndings("").Trim()),
        new(CommandEnded, "It ended: succeeded, failed, timed_out or stopped.",
            """
            {"workspace_id":"77aa01bc93de4f10","command_id":"0b5cf3e19a2d4471","kind":"setup","argv":["npm","ci"],"status":"succeeded",
            "exit_code":0}
            """.ReplaceLineEndings("").Trim()),
    ];
}
