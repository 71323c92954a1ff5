using Orchestrator.Workspaces;

namespace Orchestrator.Deliveries;

/// <summary>
/// Merges a branch into the worktree of work that does not fit it, conflict markers included, as a commit of the daemon's own: an agent in
/// a sandbox cannot run git there, but it can edit files. Nothing that is not committed is touched.
/// </summary>
sealed class CatchUp(Git git, Integrator integrator)
{
    /// <summary>Does it, or finds it done; the commit of the branch that the work has now.</summary>
    /// <param name="workspace">Where the work is.</param>
    /// <param name="into">The branch.</param>
    /// <param name="known">The commit it is on, where it is a branch of another repository; null for one here.</param>
    /// <param name="stop">Ends the wait for git.</param>
    /// <exception cref="Fault">The worktree is not as the work left it, or git refuses.</exception>
    public async Task<string> Bring(Workspace workspace, string into, string? known, CancellationToken stop)
    {
        var common = workspace.Common ?? throw new Fault(FaultCode.Gone, "Its repository is not known.");
        using var alone = await Git.Alone(common, stop);
        if (Place.Of(workspace.Path, WorkspaceKinds.Worktree, common) is not { } found)
            throw new Fault(FaultCode.Gone, $"{workspace.Path} is no longer a worktree of its repository.");
        var place = found with { FiltersOff = await LocalFilters.Find(git, found.GitFolder, found.CommonFolder, stop) };
        var asked = await git.Run(Status.Ask(place), stop);
        if (!asked.Succeeded)
            throw Refused("look at the work", asked);
        var status = Status.Read(asked.Stdout);
        if (status.Head is not { } head || status.Branch != workspace.Branch)
            throw new Fault(FaultCode.Conflict, $"The worktree {workspace.Path} is not on its branch {workspace.Branch}.");
        if (status.Entries.Count > 0)
            throw new Fault(FaultCode.Conflict, $"Somebody has changed {status.Entries[0].Path} in {workspace.Path} since.");
        var onto = known ?? await new Branches(git).Read(common, into, stop)
            ?? throw new Fault(FaultCode.Gone, $"There is no branch {into} (any more).");
        if (await integrator.Contains(common, head, onto, stop))
            return onto;
        await Merge(place, head, onto, $"Merge {into} into {workspace.Branch}, as far as it goes by itself", stop);
        return onto;
    }

    async Task Merge(Place place, string head, string onto, string message, CancellationToken stop)
    {
        var plain = await integrator.Quietly(place, stop);
        // Exit code 1 says that there are conflicts; the tree has their markers then.
        // 5f1c0d2ab0…␊
        var merged = await git.Run(plain("merge-tree", "--write-tree", "--no-messages", "--name-only", head, onto), stop);
        var tree = merged.Stdout.Split('\n')[0].Trim();
        if (merged.ExitCode is not (0 or 1) || !RefFiles.IsObjectName(tree))
            throw Refused("merge", merged);
        var made = await git.Run(plain("commit-tree", tree, "-p", head, "-p", onto, "-m", message), stop);
        if (!made.Succeeded)
            throw Refused("commit", made);
        var moved = await git.Run(plain("merge", "--ff-only", "--quiet", "--no-stat", made.Stdout.Trim()), stop);
        if (!moved.Succeeded)
            throw Refused("update the worktree", moved);
    }

    static Fault Refused(string what, Terminals.ShortResult result) =>
        new(FaultCode.Conflict, $"git could not {what}: {Git.Why(result)}");
}
