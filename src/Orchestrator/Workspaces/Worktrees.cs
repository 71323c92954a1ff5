namespace Orchestrator.Workspaces;

/// <summary>Makes the places agents work in.</summary>
sealed class Worktrees(Git git)
{
    /// <summary>
    /// A worktree on a new branch, or the one an earlier attempt made; the project's folder itself when it is no repository.
    /// </summary>
    public Task<Prepared> Create(WorkspaceOrder order, CancellationToken stop) => throw new NotImplementedException(git.ToString());

    /// <summary>An existing folder as it is: shared when it is in a repository, else a plain folder.</summary>
    public Task<Prepared> Use(string folder, CancellationToken stop) => throw new NotImplementedException();

    /// <summary>The commit a workspace stands on, by files where they tell it; null without a repository or commit.</summary>
    public Task<string?> HeadOf(string path, CancellationToken stop) => throw new NotImplementedException();
}
