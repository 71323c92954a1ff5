using System.Globalization;
using Orchestrator.Profiles;
using Orchestrator.Store;

namespace Orchestrator.Workspaces;

/// <summary>
/// Compares what the store says of worktrees with folders, git's own notes, branches and snapshots, over every repository that is known.
/// A repository that cannot be read, or only in part, tells nothing: nothing of it is repaired.
/// </summary>
sealed class Reconciler(Database store, WorkspaceStore workspaces, ProjectStore projects, Git git, Removal removal, Cleanup cleanup,
    Func<Project, WorktreeSettings> settings, Func<TimeSpan> grace, string dataFolder, TimeProvider clock)
{
    const int MostNamed = 200;

    static readonly SemaphoreSlim Turn = new(1, 1);

    string Home => Path.Combine(dataFolder, "worktrees");

    /// <summary>Everything that does not fit, each with whether a repair may do something about it now.</summary>
    public async Task<IReadOnlyList<(Discrepancy Found, bool Due)>> Look(CancellationToken stop)
    {
        await Turn.WaitAsync(stop);
        try
        {
            var now = clock.GetUtcNow();
            return [.. (await All(stop)).Select(one => (one, one.IsDue(now, grace())))];
        }
        finally
        {
            Turn.Release();
        }
    }

    /// <summary>Repairs what is due, one after the other; what was done about each, or why not.</summary>
    public async Task<IReadOnlyList<(Discrepancy Found, bool Done, string? What)>> Repair(string actor, CancellationToken stop)
    {
        var results = new List<(Discrepancy, bool, string?)>();
        foreach (var (found, due) in await Look(stop))
        {
            var (done, what) = due ? await One(found, actor) : (false, null);
            results.Add((found, done, what));
        }
        return results;
    }

    async Task<List<Discrepancy>> All(CancellationToken stop)
    {
        // The folders first: a worktree that is being made has its row before its folder.
        var folders = Directory.Exists(Home) ? Directory.GetDirectories(Home) : [];
        var rows = store.Read(ReconcileRows.All);
        var found = new List<Discrepancy>();
        foreach (var common in Repositories(rows))
            found.AddRange(await OfRepository(common, rows, stop));
        found.AddRange(rows.Select(Facts).Select(RowRules.Judge).OfType<Discrepancy>());
        var known = rows.Where(row => row.Workspace.Status != "removed").Select(row => row.Workspace.Path).ToList();
        found.AddRange(folders.Where(folder => !known.Exists(path => path == folder
            || folder.StartsWith(path + "-", StringComparison.Ordinal))).Select(OfFolder));
        return found;
    }

    IEnumerable<string> Repositories(IReadOnlyList<ReconcileRow> rows) => rows.Select(row => row.Workspace.Common)
        .Concat(projects.List().Select(project => Repository.Look(project.Path)?.CommonFolder)).OfType<string>()
        .Where(Directory.Exists).Distinct(StringComparer.Ordinal);

    static RowFacts Facts(ReconcileRow row)
    {
        var (workspace, path) = (row.Workspace, row.Workspace.Path);
        var readable = workspace.Common is { } common && Directory.Exists(Path.Combine(common, "objects"));
        var entries = readable ? WorktreeEntry.All(workspace.Common!) : [];
        var real = RealPath.Of(path);
        var here = entries.FirstOrDefault(entry => entry.Path == path || entry.Path == real);
        var elsewhere = here is not null ? null : entries.FirstOrDefault(entry => Directory.Exists(entry.Path)
            && (entry.Name == Path.GetFileName(path) || (workspace.Branch is not null && entry.Branch == workspace.Branch)));
        var detached = here is not null
            && Repository.Describe(path, here.GitFolder, workspace.Common!, bare: false).IsDetached;
        return new RowFacts(workspace, row.Updated, row.OpenRun, Directory.Exists(path), Directory.Exists(Path.GetDirectoryName(path)),
            readable, here, elsewhere, detached);
    }

    static Discrepancy OfFolder(string folder)
    {
        var since = new DateTimeOffset(Directory.GetLastWriteTimeUtc(folder), TimeSpan.Zero);
        if (!Directory.EnumerateFileSystemEntries(folder).Any())
            return new Discrepancy(Discrepancy.FolderWithoutRow, folder, "It is empty, and no worktree that is known.", since,
                Workspaces.Repair.RemoveEmptyFolder);
        var owner = Repository.Look(folder) is { IsLinked: true } linked && linked.Top == folder
            && Repository.GitFolderOf(linked.CommonFolder, folder) is not null ? linked : null;
        return owner is null
            ? new Discrepancy(Discrepancy.FolderWithoutRow, folder, "It belongs to no worktree that is known, and to no repository.", since,
                null, "Look into it and remove it by hand.")
            : new Discrepancy(Discrepancy.FolderWithoutRow, folder,
                $"It is a worktree of {owner.CommonFolder} that this daemon does not know.", since, Workspaces.Repair.CleanUpFolder);
    }

    async Task<IReadOnlyList<Discrepancy>> OfRepository(string common, IReadOnlyList<ReconcileRow> rows, CancellationToken stop)
    {
        var heads = await Ask(common, stop, "for-each-ref", "--format=%(refname) %(objectname) %(committerdate:unix)", "refs/heads/");
        var snapshots = await git.Run(SnapshotRef.Ask(common), stop);
        if (heads is null || !snapshots.Succeeded || snapshots.Truncated)
            return [new Discrepancy(Discrepancy.RepositoryUnreadable, common, "git could not list its branches and snapshots.",
                clock.GetUtcNow(), null, $"git -C '{common}' for-each-ref")];
        return [.. OfBranches(common, heads, rows), .. OfSnapshots(common, SnapshotRef.Read(snapshots.Stdout))];
    }

    // refs/heads/agent/01234567-fix 890520a5d6e0c1f0f2b3f0b8a7e61d0f5c2a9e11 1764381234
    IEnumerable<Discrepancy> OfBranches(string common, string heads, IReadOnlyList<ReconcileRow> rows)
    {
        var ours = rows.Where(row => row.Workspace.Common == common && row.Workspace.Branch is not null)
            .ToLookup(row => row.Workspace.Branch!);
        var prefixes = Prefixes(common);
        var strangers = new List<string>();
        foreach (var parts in heads.Split('\n').Select(line => line.Split(' ')).Where(parts => parts.Length == 3))
        {
            var name = parts[0]["refs/heads/".Length..];
            var known = ours[name].ToList();
            if (known.Count == 0 && prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)))
                strangers.Add(name);
            else if (known.Count > 0 && known.TrueForAll(row => row.Workspace is { Status: "removed", Kind: WorkspaceKinds.Worktree }
                && row.Workspace.Base == parts[1]))
                yield return new Discrepancy(Discrepancy.BranchWithoutWorkspace, parts[0],
                    $"Nothing was ever committed on it, and its worktree was removed ({common}).", known.Max(row => row.Updated),
                    Workspaces.Repair.DeleteBranch);
        }
        if (strangers.Count > 0)
            yield return new Discrepancy(Discrepancy.BranchWithoutWorkspace, common,
                $"{strangers.Count} branches belong to no worktree that is known: {Snapshots.Named(strangers)}", clock.GetUtcNow(), null,
                "They may be another daemon's, or yours. git branch -d removes what is merged.");
    }

    IReadOnlyList<string> Prefixes(string common) =>
        [.. projects.List().Where(project => Repository.Look(project.Path)?.CommonFolder == common)
            .Select(project => settings(project).Branch).Append(BranchPattern.Default)
            .Select(pattern => pattern[..pattern.IndexOf('{', StringComparison.Ordinal)]).Where(prefix => prefix.Length > 0).Distinct()];

    IEnumerable<Discrepancy> OfSnapshots(string common, IReadOnlyList<SnapshotRef> snapshots)
    {
        var unknown = store.Read(db => snapshots.Where(one => !ReconcileRows.Knows(db, one.RunId)).ToList());
        foreach (var one in unknown.Take(MostNamed))
            yield return new Discrepancy(Discrepancy.SnapshotWithoutRun, one.Ref,
                string.Create(CultureInfo.InvariantCulture, $"Its run is not known here ({common})."), one.At,
                Workspaces.Repair.DeleteSnapshot, "It is kept unless its commit is on a branch.");
    }

    /// <summary>Does one, after a second look at exactly what it is about.</summary>
    async Task<(bool Done, string? What)> One(Discrepancy found, string actor)
    {
        switch (found.Repair)
        {
            case Workspaces.Repair.ForgetRow or Workspaces.Repair.ReleaseRow:
                return await Row(found, actor);
            case Workspaces.Repair.ForgetEntry:
                var verdict = await removal.Forget(found.Subject);
                return (verdict.Decision == "gone", verdict.Decision == "gone" ? "git does not note it any more." : verdict.Reasons[0]);
            case Workspaces.Repair.RemoveEmptyFolder:
                return RemoveEmpty(found.Subject);
            case Workspaces.Repair.CleanUpFolder:
                return await CleanUp(found.Subject);
            case Workspaces.Repair.DeleteBranch:
                return await DeleteRef(found, "refs/heads/", another: "refs/");
            case Workspaces.Repair.DeleteSnapshot:
                return await DeleteRef(found, Snapshots.Prefix, another: "refs/heads/");
            default:
                return (false, null);
        }
    }

    async Task<(bool, string?)> Row(Discrepancy found, string actor)
    {
        var path = store.Read(db => WorkspaceStore.Find(db, found.Subject))!.Path;
        using var alone = await Git.Alone(path, CancellationToken.None);
        return await store.Write(transaction =>
        {
            // As it is now, in the transaction that changes it.
            if (ReconcileRows.Find(transaction.Db, found.Subject) is not { } row
                || RowRules.Judge(Facts(row))?.Repair != found.Repair)
                return (false, "It is not so any more.");
            if (found.Repair == Workspaces.Repair.ReleaseRow)
            {
                WorkspaceStore.Set(transaction, row.Workspace, "ready");
                return (true, "Its row says ready now.");
            }
            var where = row.Workspace.Branch is { } branch ? $" What was committed is on the branch {branch}, if there is one." : "";
            var note = $"Its folder was not there, and git knew no worktree of it.{where}";
            workspaces.Removed(transaction, row.Workspace, note, null, actor);
            return (true, "Its row says removed now.");
        });
    }

    static (bool, string?) RemoveEmpty(string folder)
    {
        try
        {
            // Refused by the system when something is in it by now.
            Directory.Delete(folder, recursive: false);
            return (true, "The empty folder is gone.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (false, e.Message);
        }
    }

    async Task<(bool, string?)> CleanUp(string folder)
    {
        if (Repository.Look(folder) is not { IsLinked: true } linked)
            return (false, "It is no worktree any more.");
        var verdict = (await cleanup.Run([new CleanupOrder
        {
            // The same name each time: a second repair finds its copy instead of making another one.
            Path = folder, CommonFolder = linked.CommonFolder, Branch = linked.Branch, RunId = "folder-" + NameOf(folder),
            ReportFolder = Directory.CreateDirectory(Path.Combine(dataFolder, "cleanup")).FullName,
        }], CancellationToken.None))[0];
        var copy = verdict.SnapshotRef is { } name ? $" A copy of its uncommitted work is at {name}." : "";
        return verdict.Decision is "removed" or "gone"
            ? (true, $"It held nothing unsaved and is gone; its branch {verdict.Branch} stays.{copy}")
            : (false, $"Kept: {string.Join(" ", verdict.Reasons)}{copy}");
    }

    static string NameOf(string folder) =>
        string.Concat(Path.GetFileName(folder).Where(char.IsAsciiLetterOrDigit).Take(40));

    /// <summary>Deletes a ref when its commit is on another one of the given kind, and only as it is now.</summary>
    async Task<(bool, string?)> DeleteRef(Discrepancy found, string kind, string another)
    {
        var done = new List<string>();
        foreach (var common in Repositories(store.Read(ReconcileRows.All)))
        {
            using var alone = await Git.Alone(common, CancellationToken.None);
            if (!found.Subject.StartsWith(kind, StringComparison.Ordinal) || !RefFiles.IsSafe(found.Subject)
                || !found.Found.Contains($"({common})", StringComparison.Ordinal)
                || RefFiles.Read(common, common, found.Subject) is not { } commit)
                continue;
            var holders = await Ask(common, CancellationToken.None, "for-each-ref", "--count=2", "--format=%(refname)", "--contains",
                commit, another);
            var others = holders?.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(name => name != found.Subject).ToList();
            if (others is not { Count: > 0 })
                return (false, "Kept: its commit is on nothing else.");
            if (WorktreeEntry.All(common).Any(entry => "refs/heads/" + entry.Branch == found.Subject))
                return (false, "Kept: it is checked out.");
            var deleted = await git.Run(new GitCall
            {
                Arguments = ["update-ref", "-d", found.Subject, commit], Folder = common, GitFolder = common, Changes = true,
            }, CancellationToken.None);
            if (!deleted.Succeeded)
                return (false, $"Kept: {Git.Why(deleted)}");
            done.Add($"It is gone; its commit {commit[..12]} is on {others[0]}.");
        }
        return (done.Count > 0, done.Count > 0 ? done[0] : "It is not there any more.");
    }

    async Task<string?> Ask(string common, CancellationToken stop, params string[] arguments)
    {
        var asked = await git.Run(new GitCall { Arguments = arguments, Folder = common, GitFolder = common, MaxOutput = 32 << 20 }, stop);
        return asked is { Succeeded: true, Truncated: false } ? asked.Stdout : null;
    }
}

/// <summary>A worktree's row with what belongs to it in the store.</summary>
sealed record ReconcileRow(Workspace Workspace, DateTimeOffset Updated, string? OpenRun);

/// <summary>Reads them.</summary>
static class ReconcileRows
{
    const string Ids = "select w.id, w.updated_at, (select r.id from runs r where r.session_id = w.session_id and r.ended_at is null "
        + "order by r.queue_no limit 1) from workspaces w where w.kind in ('worktree', 'restored')";

    public static IReadOnlyList<ReconcileRow> All(Connection db) =>
        [.. db.Query(Ids, Read).Select(row => With(db, row))];

    public static ReconcileRow? Find(Connection db, string id) =>
        db.Query(Ids + " and w.id = @id", Read, ("@id", id)).Select(row => With(db, row)).FirstOrDefault();

    /// <summary>True when the store knows that run, or a worktree of that id (snapshots of a clean-up are named so).</summary>
    public static bool Knows(Connection db, string id) => db.Number(
        "select 1 from runs where id = @id union all select 1 from workspaces where id = @id2 limit 1",
        ("@id", id), ("@id2", id)) is not null;

    static (string Id, DateTimeOffset Updated, string? OpenRun) Read(Microsoft.Data.Sqlite.SqliteDataReader row) =>
        (row.GetString(0), row.Time(1), row.TextOrNull(2));

    static ReconcileRow With(Connection db, (string Id, DateTimeOffset Updated, string? OpenRun) row) =>
        new(WorkspaceStore.Find(db, row.Id)!, row.Updated, row.OpenRun);
}
