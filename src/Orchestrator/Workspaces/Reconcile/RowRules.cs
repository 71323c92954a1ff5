namespace Orchestrator.Workspaces;

/// <summary>What there is of one worktree besides its row.</summary>
/// <param name="Workspace">The row.</param>
/// <param name="Updated">When the row last changed.</param>
/// <param name="OpenRun">An open run of its session; null when all have ended.</param>
/// <param name="Folder">Its folder is there.</param>
/// <param name="Above">The folder above it is there.</param>
/// <param name="Repository">Its repository is there and could be read.</param>
/// <param name="Here">What git notes for that folder.</param>
/// <param name="Elsewhere">What git notes under its name or branch for another folder, which is there.</param>
/// <param name="Detached">No branch is checked out in it.</param>
sealed record RowFacts(Workspace Workspace, DateTimeOffset Updated, string? OpenRun, bool Folder, bool Above, bool Repository,
    WorktreeEntry? Here, WorktreeEntry? Elsewhere, bool Detached);

/// <summary>
/// What does not fit about one worktree. A pure function; it lets something be removed only where files prove that nothing is lost, and a
/// folder that is not there proves nothing: it may have been moved, or be on a disk that is not there.
/// </summary>
static class RowRules
{
    /// <summary>Null when everything fits.</summary>
    public static Discrepancy? Judge(RowFacts facts)
    {
        var (row, path) = (facts.Workspace, facts.Workspace.Path);
        Discrepancy Is(string kind, string found, Repair? repair = null, string? advice = null) =>
            new(kind, row.Id, found, facts.Updated, repair, advice);

        if (row.Status == "removed")
            return facts is { Folder: false, Above: true, Here: { Locked: null } }
                ? Is(Discrepancy.EntryWithoutFolder, $"{path} was removed, and git still notes it.", Repair.ForgetEntry) : null;
        if (facts.OpenRun is { } run)
            return facts.Folder || row.Status == "creating" ? null
                : Is(Discrepancy.RowWithoutFolder, $"Run {run} is at work in {path}, which is not there.", null, $"agentctl run get {run}");
        if (!facts.Folder)
            return Gone(facts, Is);
        if (facts is { Repository: true, Here: null })
            return Is(Discrepancy.RowUnregistered, $"{path} is there, and its repository does not know it as a worktree.", null,
                $"git -C '{row.Common}' worktree repair '{path}'");
        if (row.Status == "in_use")
            return Is(Discrepancy.RowWithoutRun, $"{path} counts as used, and no run of its session is open.", Repair.ReleaseRow);
        return facts.Detached ? Is(Discrepancy.Detached, $"{path} is on no branch: what is left in it is not committed for anybody.", null,
            $"git -C '{path}' switch '{row.Branch}'") : null;
    }

    static Discrepancy Gone(RowFacts facts, Func<string, string, Repair?, string?, Discrepancy> found)
    {
        var (row, path) = (facts.Workspace, facts.Workspace.Path);
        if (!facts.Repository && row.Common is not null)
            return found(Discrepancy.DiskMissing, $"Neither {path} nor its repository {row.Common} can be read.", null,
                "Mount the disk; nothing is forgotten meanwhile.");
        if (!facts.Above)
            return found(Discrepancy.DiskMissing, $"{path} is not there, and the folder above it neither.", null,
                "Mount the disk; nothing is forgotten meanwhile.");
        if (facts.Elsewhere is { } moved)
            return found(Discrepancy.Moved, $"{path} was moved to {moved.Path}.", null,
                $"git -C '{row.Common}' worktree move '{moved.Path}' '{path}' brings it back.");
        return facts.Here switch
        {
            { Locked: not null } => found(Discrepancy.Locked, $"{path} is not there, and it is locked.", null,
                $"git -C '{row.Common}' worktree unlock '{path}', when it is gone for good."),
            not null => found(Discrepancy.RowWithoutFolder, $"{path} is not there: deleted by hand, or moved.", null,
                $"Moved: git -C '{row.Common}' worktree repair <its new path>. Deleted: agentctl worktree cleanup"),
            null => found(Discrepancy.RowWithoutFolder, $"{path} is not there, and git knows no worktree of it.", Repair.ForgetRow, null),
        };
    }
}
