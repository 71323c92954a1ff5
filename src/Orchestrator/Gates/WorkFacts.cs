using System.Text.Json;
using Orchestrator.Store;
using Orchestrator.Workspaces;

namespace Orchestrator.Gates;

/// <summary>What git and the run's record say of the work, before any command runs.</summary>
/// <param name="Head">The commit that is checked; null without a repository.</param>
/// <param name="Facts">Without the commands' part.</param>
sealed record Looked(string? Head, GateFacts Facts);

/// <summary>Finds out what a check needs to know besides its commands. Changes nothing.</summary>
sealed class WorkFacts(Database store, Git git, string dataFolder)
{
    const long DiffLimit = 32 << 20;

    readonly TreeDiff diffs = new(git);

    /// <summary>Looks. What stands in the way is a fact, too.</summary>
    public async Task<Looked> Look(CheckOrder order, string reportFolder, CancellationToken stop)
    {
        var facts = new GateFacts
        {
            Asked = order.Commands,
            Criteria = order.Criteria,
            Writes = order.Writes,
            ExpectsChanges = order.ExpectsChanges,
            AllowRemovedTests = order.AllowRemovedTests,
            Impossible = order.Problem ?? (Directory.Exists(order.Start) ? null : $"The folder {order.Start} is gone."),
        };
        try
        {
            if (facts.Impossible is not null)
                return new Looked(null, facts);
            return order.Kind switch
            {
                CheckOrder.Integrated => new Looked(Head(order), facts),
                WorkspaceKinds.Worktree => await Worktree(order, facts, reportFolder, stop),
                WorkspaceKinds.Shared => Recorded(order, facts),
                _ => new Looked(null, facts),
            };
        }
        catch (Fault fault)
        {
            return new Looked(null, facts with { Impossible = fault.Message });
        }
    }

    /// <summary>The commit that is there now, by files.</summary>
    public static string? Head(CheckOrder order) =>
        Place.Of(order.Path, WorkspaceKinds.Worktree, order.Common) is { } place
            ? Repository.Describe(place.Top, place.GitFolder, place.CommonFolder, bare: false).HeadCommit : null;

    async Task<Looked> Worktree(CheckOrder order, GateFacts facts, string reportFolder, CancellationToken stop)
    {
        if (Place.Of(order.Path, WorkspaceKinds.Worktree, order.Common) is not { } found)
            return new Looked(null, facts with { Impossible = $"{order.Path} is no longer a worktree of its repository." });
        var place = found with { FiltersOff = await LocalFilters.Find(git, found.GitFolder, found.CommonFolder, stop) };
        var asked = await git.Run(Status.Ask(place), stop);
        if (!asked.Succeeded)
            return new Looked(null, facts with { Impossible = $"git could not look at the work: {Git.Why(asked)}" });
        var status = Status.Read(asked.Stdout);
        if (status.Branch != order.Branch)
            return new Looked(status.Head, facts with
            {
                Impossible = $"The worktree is on {status.Branch ?? "no branch"}, not on {order.Branch}.",
            });
        facts = facts with
        {
            HasDiff = true,
            NeedsCommit = true,
            Uncommitted = [.. status.Entries.Select(entry => entry.Path)],
        };
        if (status.Head is null || order.Base is null || status.Head == order.Base)
            return new Looked(status.Head, facts);
        var patch = Path.Combine(reportFolder, "diff.patch");
        if (order.Base is { } from && Captured(order.RunId, place, from, status.Head) is { } captured)
        {
            File.Copy(captured.Patch, patch, overwrite: true);
            return new Looked(status.Head, With(facts, captured.Files, patch));
        }
        var difference = await diffs.Write(place, order.Base, status.Head, patch, DiffLimit, stop);
        return difference is { Files.Count: 0, Notes.Count: > 0 }
            ? new Looked(status.Head, facts with { Impossible = difference.Notes[0] })
            : new Looked(status.Head, With(facts, difference.Files, difference.Path));
    }

    /// <summary>
    /// The daemon's own comparison of the same two commits at the run's end, which is not made twice; null when it made another. A run that
    /// left something uncommitted was compared up to its snapshot, which is then no commit of the branch.
    /// </summary>
    (IReadOnlyList<FileChange> Files, string Patch)? Captured(string? run, Place place, string from, string head)
    {
        var patch = Path.Combine(dataFolder, "runs", run ?? "", "diff.patch");
        var row = store.Read(db => db.Query("select base, files_changed, commits, snapshot_ref from runs where id = @id",
            row => (Base: row.TextOrNull(0), Files: row.TextOrNull(1), Commits: row.TextOrNull(2), Snapshot: row.TextOrNull(3)),
            ("@id", run))).FirstOrDefault();
        if (row.Base != from || row.Files is null || row.Commits is null || !File.Exists(patch))
            return null;
        var commits = JsonSerializer.Deserialize(row.Commits, CheckJson.Default.IReadOnlyListCommitLine) ?? [];
        if (commits.Count == 0 || commits[0].Sha != head
            || (row.Snapshot is { } name && RefFiles.Read(place.CommonFolder, place.CommonFolder, name) != head))
            return null;
        var files = JsonSerializer.Deserialize(row.Files, CheckJson.Default.IReadOnlyListFileChange) ?? [];
        return files.Count == 0 ? null : (files, patch);
    }

    /// <summary>In a folder others use too, only what was captured at the run's end tells its work from theirs.</summary>
    Looked Recorded(CheckOrder order, GateFacts facts)
    {
        var files = store.Read(db => db.Text("select files_changed from runs where id = @id", ("@id", order.RunId)));
        var changed = files is null ? [] : JsonSerializer.Deserialize(files, CheckJson.Default.IReadOnlyListFileChange) ?? [];
        var patch = Path.Combine(dataFolder, "runs", order.RunId ?? "", "diff.patch");
        return new Looked(null, With(facts with { HasDiff = true }, changed, File.Exists(patch) ? patch : null));
    }

    static GateFacts With(GateFacts facts, IReadOnlyList<FileChange> files, string? patch) => facts with
    {
        Changed = files,
        RemovedTests = [.. TestMarks.Removed(files), .. patch is null ? [] : TestMarks.TakenOut(File.ReadLines(patch))],
        SkippedTests = patch is null ? [] : TestMarks.Skipped(File.ReadLines(patch)),
        ConflictMarks = patch is null ? [] : Gates.ConflictMarks.Left(File.ReadLines(patch)),
    };
}
