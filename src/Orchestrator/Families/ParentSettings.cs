using Orchestrator.Profiles;
using Orchestrator.Requests;
using Orchestrator.Sessions;
using Orchestrator.Workspaces;

namespace Orchestrator.Families;

/// <summary>What configuration says of parents and of questions nobody answers. Reads files: never asked on the writing thread.</summary>
/// <param name="projects">Where a project's own profiles are.</param>
/// <param name="findProfile">The profile of a name, for a project's folder.</param>
/// <param name="said">The user's file as it holds now.</param>
sealed class ParentSettings(ProjectStore projects, Func<string, string?, Profile?> findProfile, Func<ConfigFile> said)
{
    /// <summary>How long a question may stay open; null for ever.</summary>
    public TimeSpan? Expiry => said().RequestExpiry;

    /// <summary>What then happens, unless the question says it itself.</summary>
    public string OnExpiry => said().RequestOnExpiry ?? Requests.OnExpiry.Deny;

    /// <summary>Whether a child's word starts a run in its parent session: the parent's profile says <c>on_child: run</c>.</summary>
    public bool WakesParent(Session parent, string? profile) =>
        profile is not null
        && findProfile(profile, parent.Project is { } project ? projects.Find(project)?.Path : null) is { OnChildRun: true };
}
