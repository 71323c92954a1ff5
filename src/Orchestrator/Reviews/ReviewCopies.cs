using System.Globalization;
using System.Text;
using Orchestrator.Deliveries;
using Orchestrator.Workspaces;

namespace Orchestrator.Reviews;

/// <summary>
/// Where reviewers look: each gets a copy of the work, a worktree on no branch at the very commit that was checked. What it writes there
/// goes with the copy; the author's workspace is compared before and after all the same.
/// </summary>
sealed class ReviewCopies(Git git, string folder)
{
    static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    readonly Integrator worktrees = new(git);

    /// <summary>The folder of a review's copy.</summary>
    public string Of(string reviewId) => Path.Combine(folder, reviewId, "tree");

    /// <summary>Makes the copy anew, whatever an earlier daemon left of it.</summary>
    /// <exception cref="Fault">git cannot make it.</exception>
    public async Task Make(string common, string reviewId, string commit, CancellationToken stop)
    {
        var tree = Of(reviewId);
        using var alone = await Git.Alone(common, stop);
        await worktrees.Remove(common, tree, stop);
        Directory.CreateDirectory(Path.GetDirectoryName(tree)!);
        var added = await git.Run(Integrator.InRepository(common, "worktree", "add", "--quiet", "--detach", tree, commit) with
        {
            Changes = true,
            FiltersOff = await LocalFilters.Find(git, common, common, stop),
            Limit = Limit,
        }, stop);
        if (!added.Succeeded)
            throw new Fault(FaultCode.Unavailable, $"git could not make a copy of the work: {Git.Why(added)}");
    }

    /// <summary>What a reviewer changed in its copy, which it was not to do; ignored files do not count.</summary>
    public async Task<IReadOnlyList<string>> Changed(string common, string reviewId, string commit, CancellationToken stop)
    {
        if (Place.Of(Of(reviewId), WorkspaceKinds.Worktree, common) is not { } place)
            return [];
        var asked = await git.Run(Status.Ask(await Careful(place, stop)), stop);
        if (!asked.Succeeded)
            return [];
        var status = Status.Read(asked.Stdout);
        string[] moved = status.Head == commit ? [] : ["(its commits)"];
        return [.. moved, .. status.Entries.Select(entry => entry.Path).Take(100)];
    }

    /// <summary>Takes the copy away.</summary>
    public async Task Remove(string common, string reviewId, CancellationToken stop)
    {
        using var alone = await Git.Alone(common, stop);
        await worktrees.Remove(common, Of(reviewId), stop);
        if (Directory.Exists(Path.Combine(folder, reviewId)))
            Directory.Delete(Path.Combine(folder, reviewId), recursive: true);
    }

    /// <summary>
    /// What the author's workspace looks like: branch, commit, and everything that is not committed with its size and time. Null where
    /// nobody can tell: a folder in no repository, or git that refuses.
    /// </summary>
    public async Task<string?> Print(Workspace workspace, CancellationToken stop)
    {
        if (workspace.Kind is not (WorkspaceKinds.Worktree or WorkspaceKinds.Shared)
            || Place.Of(workspace.Path, workspace.Kind, workspace.Common) is not { } place)
            return null;
        var asked = await git.Run(Status.Ask(await Careful(place, stop)), stop);
        if (!asked.Succeeded || asked.Truncated)
            return null;
        var status = Status.Read(asked.Stdout);
        var print = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"{status.Branch} {status.Head}"));
        foreach (var entry in status.Entries)
        {
            var file = new FileInfo(Path.Combine(place.Top, entry.Path));
            print.Append(CultureInfo.InvariantCulture, $"\n{entry.Kind} {entry.Path} ");
            if (file.Exists)
                print.Append(CultureInfo.InvariantCulture, $"{file.Length} {file.LastWriteTimeUtc.Ticks}");
        }
        return Tokens.Secret.Hash(print.ToString());
    }

    async Task<Place> Careful(Place place, CancellationToken stop) =>
        place with { FiltersOff = await LocalFilters.Find(git, place.GitFolder, place.CommonFolder, stop) };
}
