using Orchestrator.Terminals;

namespace Orchestrator.Workspaces;

/// <summary>What is to be saved of a workspace.</summary>
/// <param name="RunId">Names the ref and the commit.</param>
/// <param name="Folder">Where the short-lived index is.</param>
/// <param name="FileLimit">Larger files are left out.</param>
/// <param name="TotalLimit">Beyond this sum, larger files are left out first.</param>
/// <param name="Durable">True forces it to the disk.</param>
sealed record SnapshotOrder(string RunId, string Folder, long FileLimit, long TotalLimit, bool Durable);

/// <summary>A saved tree.</summary>
/// <param name="Commit">The commit that holds it; null when there was nothing to hold: if complete, all of it is committed.</param>
/// <param name="Complete">True when every path is in it.</param>
/// <param name="IndexFile">The index that describes it; the caller deletes it.</param>
/// <param name="Notes">What was left out.</param>
sealed record Saved(string? Commit, bool Complete, string IndexFile, IReadOnlyList<string> Notes);

/// <summary>
/// Saves uncommitted work as a commit under a private ref, with an index file of its own: the user's index and files stay as they
/// are, and an index.lock that a killed agent left does not matter. Untracked files are in it, ignored ones and nested repositories not.
/// </summary>
sealed class Snapshots(Git git)
{
    /// <summary>Where snapshots live: no branch, so neither shown nor pushed by default, but never collected as garbage.</summary>
    public const string Prefix = "refs/agent-orchestrator/snapshots/";

    const int MostNamed = 10;

    /// <summary>Makes the commit; no ref points to it yet. Writes only objects and the order's index, so it may run beside any.</summary>
    public async Task<Saved> Take(Place place, Status status, SnapshotOrder order, string message, CancellationToken stop)
    {
        Directory.CreateDirectory(order.Folder);
        var index = Path.Combine(order.Folder, $"index.{Guid.NewGuid():N}");
        var notes = new List<string>();
        var left = LeftOut(place, status, order, notes);
        GitCall Call(params string[] arguments) => place.Call(arguments) with
        {
            IndexFile = index,
            Changes = true,
            Durable = order.Durable,
            Limit = TimeSpan.FromMinutes(10),
        };

        if (!CopyIndex(place, index))
            await git.Run(Call(status.Head is null ? ["read-tree", "--empty"] : ["read-tree", status.Head]), stop);
        var add = Call("add", "-A", "--ignore-errors", "--pathspec-from-file=-", "--pathspec-file-nul") with
        {
            Stdin = string.Join('\0', [place.Spec, .. left.Select(Exclude)]),
        };
        var added = await git.Run(add, stop);
        if (!added.Succeeded && added.Stderr.Contains("index file", StringComparison.Ordinal))
        {
            notes.Add("The index is damaged; the snapshot was made without it.");
            File.Delete(index);
            await git.Run(Call(status.Head is null ? ["read-tree", "--empty"] : ["read-tree", status.Head]), stop);
            added = await git.Run(add, stop);
        }
        if (!added.Succeeded)
            notes.Add($"Not every file could be read into the snapshot: {Git.Why(added)}");
        var tree = await git.Run(Call("write-tree"), stop);
        if (!tree.Succeeded)
            return new Saved(null, false, index, [.. notes, $"No snapshot could be made: {Git.Why(tree)}"]);
        var complete = added.Succeeded && left.Count == 0;
        // A repeat after a crash may find its own commit on the branch and only the index behind it.
        var repeat = RefFiles.Read(place.CommonFolder, place.CommonFolder, Prefix + Safe(order.RunId)) is not null;
        if ((left.Count > 0 || repeat) && status.Head is not null && await SameTree(place, status.Head, tree.Stdout.Trim(), stop))
            return new Saved(null, complete, index, notes);
        var commit = await Commit(Call, tree.Stdout.Trim(), status.Head, message, stop);
        return commit.Succeeded
            ? new Saved(commit.Stdout.Trim(), complete, index, notes)
            : new Saved(null, false, index, [.. notes, $"No snapshot could be made: {Git.Why(commit)}"]);
    }

    /// <summary>
    /// Points the run's snapshot ref at a commit and, in the same transaction, moves a branch on. An earlier snapshot of the run that
    /// holds something else keeps its name and the new one gets a number. Null when git refused. The caller holds <see cref="Git.Alone"/>.
    /// </summary>
    public async Task<string?> Keep(
        Place place, string runId, string commit, bool durable, (string Name, string? Old)? branch, CancellationToken stop)
    {
        var name = Prefix + Safe(runId);
        for (var number = 2; RefFiles.Read(place.CommonFolder, place.CommonFolder, name) is { } earlier && earlier != commit; number++)
        {
            if (await SameTree(place, earlier, commit + "^{tree}", stop))
                break;
            name = $"{Prefix}{Safe(runId)}-{number}";
        }
        var lines = $"update {name} {commit}\n";
        if (branch is { } moved)
            lines += $"update refs/heads/{moved.Name} {commit} {moved.Old ?? new string('0', commit.Length)}\n";
        var updated = await git.Run(place.Call("update-ref", "-m", $"agent-orchestrator: run {runId}", "--stdin") with
        {
            Changes = true,
            Durable = durable,
            Stdin = lines,
        }, stop);
        return updated.Succeeded ? name : null;
    }

    /// <summary>Run ids are ours, yet what names a ref is checked where it does.</summary>
    public static string Safe(string runId) =>
        runId.Length is > 0 and <= 64 && runId.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-') && runId[0] != '-'
            ? runId : throw Fault.Invalid("run_id", "letters, digits and inner dashes only");

    /// <summary>The user's own name where there is one, ours where git knows none.</summary>
    async Task<ShortResult> Commit(
        Func<string[], GitCall> call, string tree, string? parent, string message, CancellationToken stop)
    {
        string[] parents = parent is null ? [] : ["-p", parent];
        var order = call(["-c", "user.useConfigOnly=true", "commit-tree", tree, .. parents, "-F", "-"]) with
        {
            Stdin = message,
        };
        var made = await git.Run(order, stop);
        return made.Succeeded ? made : await git.Run(order with
        {
            Variables = new Dictionary<string, string>
            {
                ["GIT_AUTHOR_NAME"] = "Agent Orchestrator",
                ["GIT_AUTHOR_EMAIL"] = "agent-orchestrator@localhost",
                ["GIT_COMMITTER_NAME"] = "Agent Orchestrator",
                ["GIT_COMMITTER_EMAIL"] = "agent-orchestrator@localhost",
            },
        }, stop);
    }

    async Task<bool> SameTree(Place place, string commit, string tree, CancellationToken stop)
    {
        var both = await git.Run(place.Call("rev-parse", commit + "^{tree}", tree), stop);
        var names = both.Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return both.Succeeded && names.Length == 2 && names[0] == names[1];
    }

    static bool CopyIndex(Place place, string target)
    {
        try
        {
            var index = Path.Combine(place.GitFolder, "index");
            if (!RefFiles.HasContent(index, long.MaxValue))
                return false;
            File.Copy(index, target, overwrite: true);
            return true;
        }
        catch (IOException)
        {
            // No index yet, or not readable: built anew from the commit, which only takes longer.
            return false;
        }
    }

    static List<string> LeftOut(Place place, Status status, SnapshotOrder order, List<string> notes)
    {
        var nested = status.Entries.Where(entry => entry.IsNestedRepository).Select(entry => entry.Path.TrimEnd('/')).ToList();
        var sizes = status.Entries.Where(entry => !entry.IsNestedRepository && !entry.Submodule)
            .Select(entry => (entry.Path, Size: SizeOf(Path.Combine(place.Top, entry.Path)))).OrderBy(file => file.Size).ToList();
        var (large, total) = (new List<string>(), 0L);
        foreach (var (path, size) in sizes)
        {
            total += size;
            if (size > order.FileLimit || (total > order.TotalLimit && size > 0))
                large.Add(path);
        }
        if (nested.Count > 0)
            notes.Add($"Repositories inside are not part of the snapshot: {Named(nested)}");
        if (large.Count > 0)
            notes.Add($"Left out for their size (over {order.FileLimit >> 20} MiB each or {order.TotalLimit >> 20} MiB together): "
                + Named(large));
        return [.. nested, .. large];
    }

    static long SizeOf(string path)
    {
        var file = new FileInfo(path);
        return file.Exists && file.LinkTarget is null ? file.Length : 0;
    }

    // A name with bytes that are no UTF-8 reached us with U+FFFD in their place: match any byte there rather than nothing.
    static string Exclude(string path) => path.Contains('\uFFFD', StringComparison.Ordinal)
        ? ":(top,exclude,glob)" + string.Concat(path.Select(letter => letter switch
        {
            '\uFFFD' => "*",
            '*' or '?' or '[' or '\\' => "\\" + letter,
            _ => letter.ToString(),
        }))
        : ":(top,exclude,literal)" + path;

    /// <summary>The first few names, and how many more.</summary>
    public static string Named(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(MostNamed)) + (names.Count > MostNamed ? $" and {names.Count - MostNamed} more" : "");
}
