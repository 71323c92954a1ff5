namespace Orchestrator.Workspaces;

/// <summary>Kinds of workspace: the words stored and shown.</summary>
static class WorkspaceKinds
{
    /// <summary>A worktree of its own, on a branch of its own.</summary>
    public const string Worktree = "worktree";

    /// <summary>A worktree made from a snapshot for a person to look at; no run starts in it.</summary>
    public const string Restored = "restored";

    /// <summary>A folder of a repository that others use too: never committed to, its index never touched.</summary>
    public const string Shared = "shared";

    /// <summary>A folder that is in no repository: no diff, no snapshot.</summary>
    public const string Folder = "folder";
}

/// <summary>What a new worktree is made from.</summary>
sealed record WorkspaceOrder
{
    /// <summary>The run that needs it; part of the branch's name, so that a repeat is found instead of doubled.</summary>
    public required string RunId { get; init; }

    /// <summary>The session it belongs to.</summary>
    public required string SessionId { get; init; }

    /// <summary>What a person called the work; may be hostile.</summary>
    public required string Title { get; init; }

    /// <summary>Absolute path of the project: a repository, or a folder inside one.</summary>
    public required string ProjectPath { get; init; }

    /// <summary>Absolute path where the worktree goes.</summary>
    public required string Folder { get; init; }

    /// <summary>The branch to make, usually <see cref="BranchName.For"/>.</summary>
    public required string Branch { get; init; }

    /// <summary>Commit to start from; null for the project's current one.</summary>
    public string? BaseCommit { get; init; }

    /// <summary>
    /// True runs the filter programs (git-crypt, LFS) of the repository's own configuration; see <see cref="LocalFilters"/>.
    /// </summary>
    public bool TrustFilters { get; init; }
}

/// <summary>A workspace that is ready.</summary>
/// <param name="Path">Its top folder.</param>
/// <param name="Branch">Its branch; null for a detached head and for a plain folder.</param>
/// <param name="BaseCommit">The commit it starts from; null when there is none.</param>
/// <param name="Kind">One of <see cref="WorkspaceKinds"/>.</param>
sealed record Prepared(string Path, string? Branch, string? BaseCommit, string Kind)
{
    /// <summary>Where the agent starts: below <see cref="Path"/> when the project is a folder inside its repository.</summary>
    public required string StartFolder { get; init; }

    /// <summary>The repository's common folder, to be stored and given back to capture and clean-up; null for a plain folder.</summary>
    public string? CommonFolder { get; init; }

    /// <summary>True when an earlier attempt had made it already.</summary>
    public bool PickedUp { get; init; }

    /// <summary>What a person should know.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
