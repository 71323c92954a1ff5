namespace Orchestrator.Workspaces;

/// <summary>A worktree that may be removed.</summary>
sealed record CleanupOrder
{
    /// <summary>The worktree's top folder.</summary>
    public required string Path { get; init; }

    /// <summary>The repository's common folder as stored with the workspace.</summary>
    public required string CommonFolder { get; init; }

    /// <summary>Names the snapshot: the last run that worked there.</summary>
    public required string RunId { get; init; }

    /// <summary>A person's explicit yes to remove also what is unsaved or ignored; a snapshot is taken first all the same.</summary>
    public bool Force { get; init; }

    /// <summary>Absolute folder for short-lived files.</summary>
    public required string ReportFolder { get; init; }
}

/// <summary>What is to happen, or happened, to one worktree.</summary>
/// <param name="Path">Its folder.</param>
/// <param name="Decision">removed, removable, kept or gone.</param>
/// <param name="Reasons">Why it is kept, or what was lost on purpose.</param>
/// <param name="Branch">The branch that stays with its commits; null when it was detached.</param>
/// <param name="SnapshotRef">Where the copy of uncommitted work is; null when there was nothing to copy.</param>
sealed record CleanupVerdict(string Path, string Decision, IReadOnlyList<string> Reasons, string? Branch, string? SnapshotRef);

/// <summary>Removes worktrees that positively hold nothing unsaved; unknown means keep. Branches always stay.</summary>
sealed class Cleanup(Git git)
{
    /// <summary>Says what <see cref="Run"/> would do, and changes nothing.</summary>
    public Task<IReadOnlyList<CleanupVerdict>> Judge(IReadOnlyList<CleanupOrder> orders, CancellationToken stop) =>
        throw new NotImplementedException(git.ToString());

    /// <summary>Judges each and removes what is safe.</summary>
    public Task<IReadOnlyList<CleanupVerdict>> Run(IReadOnlyList<CleanupOrder> orders, CancellationToken stop) =>
        throw new NotImplementedException(git.ToString());
}
