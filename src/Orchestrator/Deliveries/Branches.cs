using Orchestrator.Workspaces;

namespace Orchestrator.Deliveries;

/// <summary>How moving a branch went.</summary>
/// <param name="Reason">One of <see cref="DeliveryReasons"/>; null when it moved or was not where it was expected.</param>
/// <param name="Why">The same in a sentence.</param>
/// <param name="Moved">The branch is on the new commit.</param>
sealed record BranchMove(bool Moved, string? Reason = null, string? Why = null);

/// <summary>
/// Reads branches and moves them on, from exactly the commit they are expected on. A branch that somebody has checked out is moved only
/// when that was said, by a fast-forward in that checkout, and only when it is clean.
/// </summary>
sealed class Branches(Git git)
{
    /// <summary>The commit a branch is on; null when there is no such branch.</summary>
    public async Task<string?> Read(string common, string branch, CancellationToken stop)
    {
        if (RefFiles.Read(common, common, "refs/heads/" + branch) is { } known)
            return known;
        var asked = await git.Run(
            Integrator.InRepository(common, "rev-parse", "--verify", "--quiet", $"refs/heads/{branch}^{{commit}}"), stop);
        return asked.Succeeded && RefFiles.IsObjectName(asked.Stdout.Trim()) ? asked.Stdout.Trim() : null;
    }

    // worktree /repo
    // HEAD 890520a5d6e0c1f0f2b3f0b8a7e61d0f5c2a9e11
    // branch refs/heads/main                          (or: detached, or: bare)
    //                                                  an empty line after each
    /// <summary>The folder in which the branch is checked out; null for nowhere.</summary>
    public async Task<string?> CheckedOutAt(string common, string branch, CancellationToken stop)
    {
        var listed = await git.Run(Integrator.InRepository(common, "worktree", "list", "--porcelain"), stop);
        var (folder, wanted) = ("", $"branch refs/heads/{branch}");
        foreach (var line in listed.Stdout.Split('\n'))
        {
            if (line.StartsWith("worktree ", StringComparison.Ordinal))
                folder = line["worktree ".Length..];
            else if (line == wanted)
                return folder;
        }
        return null;
    }

    /// <summary>Moves it from one commit to another that comes after it.</summary>
    public async Task<BranchMove> Move(Delivery delivery, string expected, string commit, CancellationToken stop)
    {
        using var alone = await Git.Alone(delivery.Common, stop);
        if (await CheckedOutAt(delivery.Common, delivery.Into, stop) is { } checkout)
            return await Follow(delivery, checkout, expected, commit, stop);
        var moved = await git.Run(Integrator.InRepository(delivery.Common, "update-ref", "-m",
            $"agent-orchestrator: delivery {delivery.Id} of run {delivery.RunId}", $"refs/heads/{delivery.Into}", commit, expected) with
        {
            Changes = true,
            Durable = true,
        }, stop);
        return moved.Succeeded ? new BranchMove(true)
            : await Read(delivery.Common, delivery.Into, stop) != expected ? new BranchMove(false)
            : new BranchMove(false, DeliveryReasons.GitRefused, $"git did not move {delivery.Into}: {Git.Why(moved)}");
    }

    /// <summary>How to bring a checkout to a branch oneself.</summary>
    public static string Hint(string checkout, string branch) =>
        $"{branch} is checked out in {checkout}, whose files would not follow it. Say --update-checkout to let them (by a fast-forward, "
        + "when nothing is uncommitted there), or --into another branch.";

    async Task<BranchMove> Follow(Delivery delivery, string checkout, string expected, string commit, CancellationToken stop)
    {
        if (!delivery.UpdateCheckout)
            return new BranchMove(false, DeliveryReasons.CheckedOut, Hint(checkout, delivery.Into));
        if (Repository.Look(checkout) is not { IsBare: false } found || RealPath.Of(found.CommonFolder) != RealPath.Of(delivery.Common))
            return new BranchMove(false, DeliveryReasons.CheckedOut, $"{checkout} cannot be looked at: git knows it, and it is not there.");
        var place = new Place(found.Top, found.GitFolder, found.CommonFolder);
        if (await LocalFilters.Find(git, place.GitFolder, place.CommonFolder, stop) is { Count: > 0 } filters)
            return new BranchMove(false, DeliveryReasons.CheckedOut,
                $"The repository has filter programs ({Snapshots.Named(filters)}), which the daemon does not run, so it does not write "
                + $"the files of {checkout}: switch that checkout to another branch, or deliver --into another one.");
        if (place.Unfinished() is { } doing)
            return new BranchMove(false, DeliveryReasons.CheckoutDirty, $"A {doing} is unfinished in {checkout}.");
        var asked = await git.Run(Status.Ask(place), stop);
        var dirty = asked.Succeeded ? [.. Status.Read(asked.Stdout).Entries.Where(entry => entry.Kind != '?').Select(entry => entry.Path)]
            : (List<string>)[Git.Why(asked)];
        if (dirty.Count > 0)
            return new BranchMove(false, DeliveryReasons.CheckoutDirty, $"{checkout} has uncommitted changes ({Snapshots.Named(dirty)}).");
        if (await Read(delivery.Common, delivery.Into, stop) != expected)
            return new BranchMove(false);
        var moved = await git.Run(place.Call("-c", "merge.autoStash=false", "-c", "merge.verifySignatures=false", "merge", "--ff-only",
            "--quiet", "--no-stat", commit) with
        {
            Changes = true,
            Durable = true,
            Limit = TimeSpan.FromMinutes(10),
        }, stop);
        return moved.Succeeded ? new BranchMove(true)
            : await Read(delivery.Common, delivery.Into, stop) != expected ? new BranchMove(false)
            : new BranchMove(false, DeliveryReasons.CheckoutDirty, $"git did not bring {checkout} along: {Git.Why(moved)}");
    }
}
