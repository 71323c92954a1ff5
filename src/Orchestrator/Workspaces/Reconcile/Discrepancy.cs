namespace Orchestrator.Workspaces;

/// <summary>Something about worktrees that does not fit together.</summary>
/// <param name="Kind">One of <see cref="Kinds"/>.</param>
/// <param name="Subject">What it is about: an id, a path or a ref.</param>
/// <param name="Found">What was found, as a sentence.</param>
/// <param name="Since">How long it has been so at most.</param>
/// <param name="Repair">What a repair does; null when nobody can know that this is safe, and it is only told.</param>
/// <param name="Advice">What a person can do.</param>
sealed record Discrepancy(string Kind, string Subject, string Found, DateTimeOffset Since, Repair? Repair = null, string? Advice = null)
{
    public const string RowWithoutFolder = "row_without_folder";
    public const string RowWithoutRun = "row_without_run";
    public const string RowUnregistered = "row_unregistered";
    public const string FolderWithoutRow = "folder_without_row";
    public const string EntryWithoutFolder = "entry_without_folder";
    public const string BranchWithoutWorkspace = "branch_without_workspace";
    public const string SnapshotWithoutRun = "snapshot_without_run";
    public const string Moved = "moved";
    public const string Locked = "locked";
    public const string DiskMissing = "disk_missing";
    public const string Detached = "detached";
    public const string RepositoryUnreadable = "repository_unreadable";

    /// <summary>All of them, as the docs list them.</summary>
    public static readonly IReadOnlyDictionary<string, string> Kinds = new Dictionary<string, string>
    {
        [RowWithoutFolder] = "A worktree's folder is not there.",
        [RowWithoutRun] = "A worktree counts as used, and no run of its session is open.",
        [RowUnregistered] = "A worktree's folder is there, and its repository does not know it.",
        [FolderWithoutRow] = "A folder among the worktrees belongs to none that is known.",
        [EntryWithoutFolder] = "A repository still notes a worktree that was removed.",
        [BranchWithoutWorkspace] =
            "A branch is named like an agent's and belongs to no worktree, or to one that was removed with nothing on it.",
        [SnapshotWithoutRun] = "A snapshot's run is not known.",
        [Moved] = "A worktree was moved.",
        [Locked] = "A worktree that is not there is locked (git worktree lock).",
        [DiskMissing] = "A worktree or its repository is on a disk that is not there.",
        [Detached] = "A worktree is on no branch (detached head).",
        [RepositoryUnreadable] = "git could not read a repository; nothing about it is known, so nothing of it is repaired.",
    };

    /// <summary>True when a repair may do it now: it knows what to do, and it has been so for long enough.</summary>
    public bool IsDue(DateTimeOffset now, TimeSpan grace) => Repair is not null && now - Since >= grace;
}

/// <summary>What a repair does about it; each looks once more, when it is done, whether it still is so.</summary>
enum Repair
{
    /// <summary>The row says removed: there is no folder, and git knows none.</summary>
    ForgetRow,
    /// <summary>The row says ready.</summary>
    ReleaseRow,
    /// <summary>An empty folder goes.</summary>
    RemoveEmptyFolder,
    /// <summary>A worktree without a row goes, when a clean-up finds nothing unsaved in it.</summary>
    CleanUpFolder,
    /// <summary>What git notes of a worktree we removed goes.</summary>
    ForgetEntry,
    /// <summary>A branch on which nothing was ever committed goes.</summary>
    DeleteBranch,
    /// <summary>A snapshot goes whose commit is on a branch.</summary>
    DeleteSnapshot,
}
