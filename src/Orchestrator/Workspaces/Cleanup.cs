namespace Orchestrator.Workspaces;

/// <summary>A worktree that may be removed.</summary>
sealed record CleanupOrder
{
    /// <summary>The worktree's top folder.</summary>
    public required string Path { get; init; }

    /// <summary>The repository's common folder as stored with the workspace.</summary>
    public required string CommonFolder { get; init; }

    /// <summary>Its branch as stored; finds it again where it was moved to. Null when that is not known.</summary>
    public string? Branch { get; init; }

    /// <summary>Names the snapshot: the last run that worked there.</summary>
    public required string RunId { get; init; }

    /// <summary>A person's yes to remove it although work is uncommitted or files are ignored; a snapshot still comes first.</summary>
    public bool Force { get; init; }

    /// <summary>Absolute folder for short-lived files.</summary>
    public required string ReportFolder { get; init; }
}

/// <summary>What is to happen, or happened, to one worktree.</summary>
/// <param name="Path">Its folder.</param>
/// <param name="Decision">removed, removable (judged only), kept or gone (was not there any more).</param>
/// <param name="Reasons">Why it is kept, or what a forced removal took along.</param>
/// <param name="Branch">The branch that stays with its commits; null when it was detached.</param>
/// <param name="SnapshotRef">Where the copy of uncommitted work is; null when there was nothing to copy.</param>
sealed record CleanupVerdict(string Path, string Decision, IReadOnlyList<string> Reasons, string? Branch, string? SnapshotRef);

/// <summary>
/// Removes worktrees that positively hold nothing unsaved; unknown means keep. Branches always stay, so commits on them are safe.
/// Uncommitted work is copied to a snapshot ref, on disk, before anything else happens to it.
/// </summary>
sealed class Cleanup(Git git)
{
    // Much more than a capture takes: what is not in the snapshot keeps the worktree.
    const long LargestFile = 1L << 30, LargestTotal = 8L << 30;

    readonly Snapshots snapshots = new(git);

    /// <summary>Says what <see cref="Run"/> would do, and changes nothing.</summary>
    public async Task<IReadOnlyList<CleanupVerdict>> Judge(IReadOnlyList<CleanupOrder> orders, CancellationToken stop)
    {
        var verdicts = new List<CleanupVerdict>();
        foreach (var order in orders)
            verdicts.Add(await Guarded(order, changes: false, stop));
        return verdicts;
    }

    /// <summary>Judges each and removes what is safe.</summary>
    public async Task<IReadOnlyList<CleanupVerdict>> Run(IReadOnlyList<CleanupOrder> orders, CancellationToken stop)
    {
        var verdicts = new List<CleanupVerdict>();
        foreach (var order in orders)
            verdicts.Add(await Guarded(order, changes: true, stop));
        return verdicts;
    }

    /// <summary>One worktree that cannot be judged does not end the others' clean-up.</summary>
    async Task<CleanupVerdict> Guarded(CleanupOrder order, bool changes, CancellationToken stop)
    {
        Snapshots.Safe(order.RunId);
        try
        {
            if (!Directory.Exists(order.CommonFolder))
                return Kept(order, null, null, $"The repository {order.CommonFolder} is gone, so nothing about it is known.");
            using var alone = await Git.Alone(order.CommonFolder, stop);
            var place = Place.Of(order.Path, WorkspaceKinds.Worktree, order.CommonFolder);
            if (!Directory.Exists(order.Path))
                return await Forget(order, place, changes, stop);
            return place is null ? Kept(order, null, null, "The repository does not know it as one of its worktrees.")
                : await One(order, place, changes, stop);
        }
        catch (Fault problem) when (problem.Code is FaultCode.Conflict or FaultCode.Gone)
        {
            return Kept(order, null, null, problem.Message);
        }
    }

    async Task<CleanupVerdict> One(CleanupOrder order, Place place, bool changes, CancellationToken stop)
    {
        place = place with { FiltersOff = await LocalFilters.Find(git, place.GitFolder, place.CommonFolder, stop) };
        var asked = await git.Run(Status.Ask(place, ignored: true), stop);
        if (!asked.Succeeded || asked.Truncated)
            return Kept(order, null, null,
                asked.Truncated ? "It holds too many files to be looked at." : $"git could not look at it: {Git.Why(asked)}");
        var status = Status.Read(asked.Stdout);
        var unsaved = status.Entries.Where(entry => entry.Kind != '!').ToList();
        var doubts = CleanupDoubts.Of(order.Path, place, status);
        var never = doubts.Never.ToList();
        var unlessForced = doubts.UnlessForced.ToList();
        var loose = status.Branch is null && status.Head is not null && !await IsReachable(place, status.Head, stop);
        if (loose)
            unlessForced.Add("Commits are on no branch (detached head).");

        string? copy = null;
        if (changes && unsaved.Count > 0)
            copy = await Copy(order, place, status with { Entries = unsaved }, never, stop);
        else if (changes && loose)
            copy = await snapshots.Keep(place, order.RunId, status.Head!, durable: true, null, stop);
        if (changes && loose && copy is null)
            never.Add("No ref could be made for its commits.");

        if (never.Count > 0 || (unlessForced.Count > 0 && !order.Force))
            return Kept(order, status.Branch, copy, [.. never, .. unlessForced]);
        if (!changes)
            return new CleanupVerdict(order.Path, "removable", unlessForced, status.Branch, null);
        return await Remove(order, place, stop) is { } refusal
            ? Kept(order, status.Branch, copy, refusal)
            : new CleanupVerdict(order.Path, "removed", unlessForced, status.Branch, copy);
    }

    /// <summary>The ref of a durable, complete copy; anything less is a reason to keep the worktree.</summary>
    async Task<string?> Copy(CleanupOrder order, Place place, Status status, List<string> never, CancellationToken stop)
    {
        var limits = new SnapshotOrder(order.RunId, order.ReportFolder, LargestFile, LargestTotal, Durable: true);
        var saved = await snapshots.Take(place, status, limits,
            $"Uncommitted work at the clean-up of {Path.GetFileName(order.Path)}\n\nAgent-Run: {order.RunId}\n", stop);
        File.Delete(saved.IndexFile);
        never.AddRange(saved.Notes);
        var name = saved.Commit is null ? null : await snapshots.Keep(place, order.RunId, saved.Commit, durable: true, null, stop);
        if (name is null || !saved.Complete)
            never.Add("Not all of its uncommitted work could be copied.");
        return name;
    }

    /// <summary>Null when it is removed, else why not. Unless forced, git itself looks once more and refuses what is not clean.</summary>
    async Task<string?> Remove(CleanupOrder order, Place place, CancellationToken stop)
    {
        string[] force = order.Force ? ["--force"] : [];
        var removed = await git.Run(place.Call(["worktree", "remove", .. force, order.Path]) with
        {
            Folder = place.CommonFolder,
            GitFolder = place.CommonFolder,
            Top = null,
            Changes = true,
            Limit = TimeSpan.FromMinutes(10),
        }, stop);
        return removed.Succeeded ? null : $"git did not remove it: {Git.Why(removed)}";
    }

    /// <summary>The folder is not there: only what the repository still notes about it goes, after its commits have a ref.</summary>
    async Task<CleanupVerdict> Forget(CleanupOrder order, Place? place, bool changes, CancellationToken stop)
    {
        if (Path.GetDirectoryName(order.Path) is { } above && !Directory.Exists(above))
            return Kept(order, null, null, $"The folder {above} is not there either: perhaps it is on a disk that is not there now.");
        if (place is null)
            return Moved(order) is { } elsewhere ? Kept(order, order.Branch, null, $"It was moved to {elsewhere}.")
                : new CleanupVerdict(order.Path, "gone", [], null, null);
        if (File.Exists(Path.Combine(place.GitFolder, "locked")))
            return Kept(order, null, null, "It is locked (git worktree lock), perhaps on a disk that is not there now.");
        var info = Repository.Describe(place.Top, place.GitFolder, place.CommonFolder, bare: false);
        if (info.HeadUnknown)
            return Kept(order, null, null, "Its folder is not there, and what it stood on cannot be read.");
        string? copy = null;
        if (changes && info.IsDetached && !await IsReachable(place, info.HeadCommit!, stop))
        {
            copy = await snapshots.Keep(place, order.RunId, info.HeadCommit!, durable: true, null, stop);
            if (copy is null)
                return Kept(order, null, null, "Commits are on no branch (detached head), and no ref could be made for them.");
        }
        if (changes && await Remove(order, place, stop) is { } refusal)
            return Kept(order, info.Branch, copy, refusal);
        return new CleanupVerdict(order.Path, "gone", [], info.Branch, copy);
    }

    /// <summary>Where git says the worktree is now, when it is ours by its name or its branch and stands there.</summary>
    static string? Moved(CleanupOrder order) => WorktreeEntry.All(order.CommonFolder)
        .FirstOrDefault(entry => entry.Path != order.Path && Directory.Exists(entry.Path)
            && (entry.Name == Path.GetFileName(order.Path) || (order.Branch is not null && entry.Branch == order.Branch)))?.Path;

    async Task<bool> IsReachable(Place place, string commit, CancellationToken stop)
    {
        var found = await git.Run(place.Call("for-each-ref", "--count=1", "--format=%(refname)", "--contains", commit), stop);
        return found.Succeeded && found.Stdout.Trim().Length > 0;
    }

    static CleanupVerdict Kept(CleanupOrder order, string? branch, string? copy, params string[] reasons) =>
        new(order.Path, "kept", reasons, branch, copy);
}
