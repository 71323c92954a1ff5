using Orchestrator.Terminals;

namespace Orchestrator.Workspaces;

/// <summary>
/// Looks at what a run left, saves what is uncommitted, and describes it. A run that changed nothing costs one git command.
/// An agent in a sandbox cannot write `.git`, so in a worktree the daemon commits for it, on its branch.
/// </summary>
sealed class WorkCapture(Git git, TimeProvider clock)
{
    const int MostCommits = 500;

    readonly Snapshots snapshots = new(git);
    readonly TreeDiff diffs = new(git);

    /// <summary>Captures the work. What cannot be done is a note.</summary>
    /// <exception cref="Fault">git is missing, or the order is malformed.</exception>
    public async Task<WorkReport> Capture(CaptureOrder order, CancellationToken stop)
    {
        Snapshots.Safe(order.RunId);
        if (order.BaseCommit is not null && !RefFiles.IsObjectName(order.BaseCommit))
            throw Fault.Invalid("base", "must be a full commit name");
        if (order.Kind == WorkspaceKinds.Folder)
            return Only("The folder is in no git repository: no diff.");
        if (Place.Of(order.Path, order.Kind, order.CommonFolder) is not { } place)
            return Only(order.Kind == WorkspaceKinds.Worktree
                ? $"{order.Path} is no longer a worktree of its repository: nothing was looked at or changed there."
                : "The folder is in no git repository (any more): no diff.");
        try
        {
            if (!Directory.Exists(order.Path))
                return await Gone(order, place, stop);
            var filters = order.TrustFilters ? [] : await LocalFilters.Find(git, place.GitFolder, place.CommonFolder, stop);
            return await Look(order, place with { FiltersOff = filters }, stop);
        }
        catch (Fault problem) when (problem.Code is FaultCode.Conflict or FaultCode.Gone)
        {
            return Only(problem.Message) with { Dirty = true };
        }
    }

    async Task<WorkReport> Look(CaptureOrder order, Place place, CancellationToken stop)
    {
        var asked = await git.Run(Status.Ask(place), stop);
        if (!asked.Succeeded && await Rebuilt(order, place, stop) is { } retried)
            asked = retried;
        if (!asked.Succeeded || asked.Truncated)
            return Only(asked.Truncated ? "Too many files are not committed to be looked at: no snapshot was taken and nothing committed."
                : $"git could not look at the work: {Git.Why(asked)}") with
            { Dirty = true };
        var status = Status.Read(asked.Stdout);
        var report = new WorkReport
        {
            HeadCommit = status.Head,
            Branch = status.Branch,
            Dirty = status.Entries.Count > 0,
            Notes = place.Submodules() is { Count: > 0 } inside
                ? [$"Changes inside submodules are not looked at: {Snapshots.Named(inside)}"] : [],
        };
        if (report.Dirty)
            report = await Save(order, place, status, report, stop);
        else if (status.Branch is null && status.Head is not null && status.Head != order.BaseCommit)
            report = await KeepDetached(order, place, status.Head, report, stop);
        if (!order.OnlySnapshot)
            report = await Compare(order, place, report, (report.SnapshotCommit ?? report.HeadCommit, status.Head), stop);
        var name = Snapshots.Prefix + order.RunId;
        // A repeat after a crash finds the first attempt's snapshot.
        return report.SnapshotRef is null && RefFiles.Read(place.CommonFolder, place.CommonFolder, name) is { } earlier
            ? report with { SnapshotRef = name, SnapshotCommit = earlier } : report;
    }

    async Task<WorkReport> Save(CaptureOrder order, Place place, Status status, WorkReport report, CancellationToken stop)
    {
        var why = WhyNotCommit(order, place, status);
        var commits = order.Kind == WorkspaceKinds.Worktree && order.CommitMessage is not null && why is null;
        // Objects and an index of our own meet nobody; only refs and the worktree's index need the repository for themselves.
        var limits = new SnapshotOrder(order.RunId, order.ReportFolder, order.FileLimit, order.TotalLimit, Durable: false);
        var saved = await snapshots.Take(place, status, limits, Message(order, commits), stop);
        try
        {
            using var alone = await Git.Alone(place.CommonFolder, stop);
            var notes = new List<string>([.. report.Notes, .. saved.Notes]);
            if (why is not null)
                notes.Add(why);
            if (saved.Commit is null)
            {
                var onBranch = commits && saved.Complete;
                if (onBranch && await WorktreeIndex.Install(place, saved.IndexFile, order.RunId, clock, stop) is { } stuck)
                    notes.Add(stuck);
                return report with { Notes = notes, Dirty = !onBranch };
            }

            var moved = commits ? (status.Branch!, status.Head) : ((string, string?)?)null;
            var name = await snapshots.Keep(place, order.RunId, saved.Commit, durable: false, moved, stop);
            if (name is null && commits)
            {
                notes.Add($"The branch {status.Branch} could not be moved on; the work is in the snapshot only.");
                commits = false;
                name = await snapshots.Keep(place, order.RunId, saved.Commit, durable: false, null, stop);
            }
            if (name is null)
                return report with { Notes = [.. notes, $"The snapshot {saved.Commit} could not be given a name."] };
            Checkpoint.Reach(Checkpoint.BranchMoved);
            if (commits && await WorktreeIndex.Install(place, saved.IndexFile, order.RunId, clock, stop) is { } problem)
                notes.Add(problem);
            return report with
            {
                SnapshotRef = name,
                SnapshotCommit = saved.Commit,
                CommittedByDaemon = commits ? saved.Commit : null,
                HeadCommit = commits ? saved.Commit : status.Head,
                Dirty = !commits || !saved.Complete,
                Notes = notes,
            };
        }
        finally
        {
            File.Delete(saved.IndexFile);
        }
    }

    /// <summary>Why left work stays uncommitted although a commit was asked for, as a sentence; null when nothing is in its way.</summary>
    static string? WhyNotCommit(CaptureOrder order, Place place, Status status)
    {
        if (order.CommitMessage is null || order.Kind != WorkspaceKinds.Worktree)
            return null;
        if (place.Unfinished() is { } doing)
            return $"A {doing} is unfinished in the worktree: nothing was committed, the snapshot has the files as they are.";
        if (status.Entries.Any(entry => entry.Kind == 'u'))
            return "Files are in conflict: nothing was committed, the snapshot has them as they are.";
        if (status.Branch is null)
            return "No branch is checked out (detached head): nothing was committed.";
        if (order.Branch is not null && status.Branch != order.Branch)
            return $"The worktree is on {status.Branch}, not on {order.Branch}: nothing was committed.";
        return place.FiltersOff.Count == 0 ? null :
            $"The repository's own configuration has filter programs ({Snapshots.Named(place.FiltersOff)}), which the daemon does not run: "
            + "nothing was committed, the snapshot has the files as they are on disk.";
    }

    /// <summary>Commits on no branch would be collected as garbage one day: the snapshot ref holds them.</summary>
    async Task<WorkReport> KeepDetached(CaptureOrder order, Place place, string head, WorkReport report, CancellationToken stop)
    {
        if (order.Kind != WorkspaceKinds.Worktree)
            return report;
        using var alone = await Git.Alone(place.CommonFolder, stop);
        var name = await snapshots.Keep(place, order.RunId, head, durable: false, null, stop);
        return report with
        {
            SnapshotRef = name,
            SnapshotCommit = name is null ? null : head,
            Notes = [.. report.Notes, name is null ? "No branch is checked out (detached head), and no ref could be made for its commits."
                : "No branch is checked out (detached head); the snapshot ref holds its commits."],
        };
    }

    /// <param name="found">What is compared with, and the commit that the agent left.</param>
    async Task<WorkReport> Compare(CaptureOrder order, Place place, WorkReport report, (string? To, string? Left) found,
        CancellationToken stop)
    {
        var (to, left) = found;
        if (to is null || to == order.BaseCommit)
            return report;
        var from = order.BaseCommit ?? await EmptyTree(place, stop);
        if (from is null)
            return report;
        var commits = report.HeadCommit is null || report.HeadCommit == order.BaseCommit ? []
            : left == order.BaseCommit && report.CommittedByDaemon is { } own ? [(own, Subject(Message(order, commits: true)), order.RunId)]
            : await Commits(place, order.BaseCommit, report.HeadCommit, stop);
        var difference = await diffs.Write(place, from, to, Path.Combine(order.ReportFolder, "diff.patch"), order.DiffLimit, stop);
        string[] more = commits.Count > MostCommits ? [$"There are more than {MostCommits} commits; the newest are listed."] : [];
        return report with
        {
            Commits = [.. commits.Take(MostCommits).Select(line => new CommitLine(line.Sha, line.Subject))],
            // A repeat after a crash finds its own commit by the line it ended it with.
            CommittedByDaemon = report.CommittedByDaemon ?? commits.FirstOrDefault(line => line.Run == order.RunId).Sha,
            FilesChanged = difference.Files,
            DiffStat = difference.Picture,
            DiffPath = difference.Path,
            Notes = [.. report.Notes, .. difference.Notes, .. more],
        };
    }

    // 890520a5d6e0c1f0f2b3f0b8a7e61d0f5c2a9e11␟Fix the parser␟0123456789abcdef
    async Task<List<(string Sha, string Subject, string Run)>> Commits(Place place, string? since, string head, CancellationToken stop)
    {
        var listed = await git.Run(place.Call("log", "--no-show-signature", "--no-color", "--no-decorate", $"--max-count={MostCommits + 1}",
            "--format=%H%x1f%s%x1f%(trailers:key=Agent-Run,valueonly,separator=%x20)",
            since is null ? head : $"{since}..{head}", "--"), stop);
        var commits = new List<(string, string, string)>();
        foreach (var line in listed.Stdout.Split('\n'))
            if (line.Split('\u001f') is { Length: >= 3 } parts && RefFiles.IsObjectName(parts[0]))
                commits.Add((parts[0], string.Join(' ', parts[1..^1]), parts[^1]));
        return commits;
    }

    async Task<WorkReport> Gone(CaptureOrder order, Place place, CancellationToken stop)
    {
        var info = Repository.Describe(place.Top, place.GitFolder, place.CommonFolder, bare: false);
        var report = new WorkReport
        {
            HeadCommit = info.HeadCommit,
            Branch = info.Branch,
            Notes = [$"The folder {order.Path} is gone: only what was committed is known."],
        };
        if (info.IsDetached && info.HeadCommit != order.BaseCommit)
            report = await KeepDetached(order, place, info.HeadCommit!, report, stop);
        return await Compare(order, place, report, (info.HeadCommit, info.HeadCommit), stop);
    }

    /// <summary>Looks once more past a damaged index: at an index made anew from the commit.</summary>
    async Task<ShortResult?> Rebuilt(CaptureOrder order, Place place, CancellationToken stop)
    {
        if (Repository.Describe(place.Top, place.GitFolder, place.CommonFolder, bare: false).HeadCommit is not { } head)
            return null;
        Directory.CreateDirectory(order.ReportFolder);
        var index = Path.Combine(order.ReportFolder, $"index.{Guid.NewGuid():N}");
        try
        {
            var made = await git.Run(place.Call("read-tree", head) with { IndexFile = index }, stop);
            return made.Succeeded ? await git.Run(Status.Ask(place, indexFile: index), stop) : null;
        }
        finally
        {
            File.Delete(index);
        }
    }

    /// <summary>The name of the tree with nothing in it, in the repository's own hash.</summary>
    async Task<string?> EmptyTree(Place place, CancellationToken stop)
    {
        var made = await git.Run(place.Call("hash-object", "-t", "tree", "--stdin"), stop);
        return made.Succeeded ? made.Stdout.Trim() : null;
    }

    static string Message(CaptureOrder order, bool commits)
    {
        var text = commits ? order.CommitMessage!.Replace("\0", "", StringComparison.Ordinal).Trim() : "";
        if (text.Length > 16_384)
            text = text[..16_384];
        return $"{(text.Length > 0 ? text : commits ? $"Work of run {order.RunId}" : $"Snapshot of uncommitted work of run {order.RunId}")}"
            + $"\n\nAgent-Run: {order.RunId}\n";
    }

    /// <summary>As git has it: the lines before the first blank one, as one.</summary>
    static string Subject(string message) =>
        string.Join(' ', message.Split('\n').Select(line => line.TrimEnd()).TakeWhile(line => line.Length > 0));

    static WorkReport Only(string note) => new() { Notes = [note] };
}
