using Orchestrator.Events;

namespace Orchestrator.Workspaces;

/// <summary>Event types of projects and of the folders runs work in.</summary>
static class WorkspaceEvents
{
    public const string ProjectAdded = "project.added";
    public const string ProjectChanged = "project.changed";
    public const string Trusted = "project.trusted";
    public const string TrustRevoked = "project.trust_revoked";
    public const string Created = "workspace.created";
    public const string Removed = "workspace.removed";
    public const string Kept = "workspace.kept";

    public static readonly IReadOnlyList<EventKind> Kinds =
    [
        new(ProjectAdded, "A project was registered.", """{"name":"demo","path":"/home/me/demo"}"""),
        new(ProjectChanged, "A project was registered again under its name.", """{"name":"demo","path":"/home/me/demo"}"""),
        new(Trusted, "A person trusts what a project's own file asks for; hash stands for exactly that.",
            """{"name":"demo","path":"/home/me/demo","hash":"5b0f…"}"""),
        new(TrustRevoked, "That word was taken back.", """{"name":"demo","path":"/home/me/demo","hash":null}"""),
        new(Created, "A run's folder is ready: a worktree, a shared folder or one of the session's own.",
            """
            {"workspace_id":"77aa01bc93de4f10","kind":"worktree","path":"/data/w/c0ffee","branch":"agent/c0ffee","base":"9b2614a…"}
            """.Trim()),
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
    ];
}
