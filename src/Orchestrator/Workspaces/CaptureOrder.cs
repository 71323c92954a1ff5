namespace Orchestrator.Workspaces;

/// <summary>Which work is looked at after a run.</summary>
sealed record CaptureOrder
{
    /// <summary>
    /// The workspace's top folder (for a shared folder: the folder the session works in; only what is below it is looked at).
    /// </summary>
    public required string Path { get; init; }

    /// <summary>One of <see cref="WorkspaceKinds"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>The commit (or an earlier snapshot) it is compared with; null when there was no commit: everything is new then.</summary>
    public required string? BaseCommit { get; init; }

    /// <summary>The run whose work it is: names the snapshot.</summary>
    public required string RunId { get; init; }

    /// <summary>Message of the commit of what was left uncommitted; null takes a snapshot only. Ignored for a shared folder.</summary>
    public string? CommitMessage { get; init; }

    /// <summary>Absolute folder where diff.patch and short-lived files go; made when missing.</summary>
    public required string ReportFolder { get; init; }

    /// <summary>The branch the work belongs on: another one, or a detached head, is not committed to. Null accepts any branch.</summary>
    public string? Branch { get; init; }

    /// <summary>
    /// The repository's common folder as it was when the workspace was made: what the folder's `.git` now claims is then not believed.
    /// </summary>
    public string? CommonFolder { get; init; }

    /// <summary>True saves what is uncommitted and compares nothing: a look in between.</summary>
    public bool OnlySnapshot { get; init; }

    /// <summary>
    /// True runs the filter programs (git-crypt, LFS) of the repository's own configuration; see <see cref="LocalFilters"/>.
    /// </summary>
    public bool TrustFilters { get; init; }

    /// <summary>Largest diff.patch in bytes; the rest is cut and said.</summary>
    public long DiffLimit { get; init; } = 32L << 20;

    /// <summary>Largest single file taken into a snapshot or commit, in bytes: what the big hosts accept in a push.</summary>
    public long FileLimit { get; init; } = 100L << 20;

    /// <summary>All changed files of one snapshot together, in bytes.</summary>
    public long TotalLimit { get; init; } = 2L << 30;
}

/// <summary>One commit, newest first in lists.</summary>
/// <param name="Sha">Full object name.</param>
/// <param name="Subject">First line of its message.</param>
sealed record CommitLine(string Sha, string Subject);

/// <summary>One file that differs from the base.</summary>
/// <param name="Path">Path from the repository's top; bytes that are no UTF-8 are U+FFFD.</param>
/// <param name="Added">Lines added; 0 for a binary file.</param>
/// <param name="Removed">Lines removed; 0 for a binary file.</param>
/// <param name="Status">added, modified, deleted, renamed, copied or type_changed.</param>
/// <param name="Binary">True when lines mean nothing in it.</param>
/// <param name="OldPath">Where it was before a rename or copy.</param>
sealed record FileChange(string Path, int Added, int Removed, string Status, bool Binary, string? OldPath = null);

/// <summary>What a run left in its workspace.</summary>
sealed record WorkReport
{
    /// <summary>The commit the workspace stands on now; null when there is none.</summary>
    public string? HeadCommit { get; init; }

    /// <summary>The branch it stands on; null for a detached head or a plain folder.</summary>
    public string? Branch { get; init; }

    /// <summary>Commits since the base, newest first, at most 500.</summary>
    public IReadOnlyList<CommitLine> Commits { get; init; } = [];

    /// <summary>Files that differ from the base, at most 5,000.</summary>
    public IReadOnlyList<FileChange> FilesChanged { get; init; } = [];

    /// <summary>The picture `git diff --stat` draws; empty when nothing changed.</summary>
    public string DiffStat { get; init; } = "";

    /// <summary>The unified diff as a file; null when nothing changed or there is nothing to compare with.</summary>
    public string? DiffPath { get; init; }

    /// <summary>The private ref that holds uncommitted (or otherwise unreachable) work; null when there was none.</summary>
    public string? SnapshotRef { get; init; }

    /// <summary>The commit <see cref="SnapshotRef"/> points to; usable as the base of a later capture.</summary>
    public string? SnapshotCommit { get; init; }

    /// <summary>The commit the daemon made of what was left; null when it made none.</summary>
    public string? CommittedByDaemon { get; init; }

    /// <summary>True when work is uncommitted now, after the capture.</summary>
    public bool Dirty { get; init; }

    /// <summary>What a person should know: left out, not done, cut.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
