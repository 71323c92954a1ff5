using Orchestrator.Terminals;
using Orchestrator.Workspaces;

namespace Orchestrator.Deliveries;

/// <summary>What is to be put together, and where.</summary>
/// <param name="Common">The repository's common folder.</param>
/// <param name="Folder">Absolute folder of the scratch worktree; whatever is there is ours and goes.</param>
/// <param name="Onto">The commit the branch is on.</param>
/// <param name="Source">The commit that is delivered.</param>
/// <param name="Strategy">merge, squash or rebase.</param>
/// <param name="Message">Of the commit that is made.</param>
sealed record IntegrationOrder(string Common, string Folder, string Onto, string Source, string Strategy, string Message);

/// <summary>What came of it.</summary>
/// <param name="Commit">The commit that has both; <c>Onto</c> itself when there is nothing to add; null when it did not work.</param>
/// <param name="Conflicts">Files that both sides changed.</param>
/// <param name="Problem">Why it did not work, when it was no conflict.</param>
sealed record Integration(string? Commit, IReadOnlyList<string> Conflicts, string? Problem);

/// <summary>A git command with its arguments, ready to be run.</summary>
delegate GitCall QuietCall(params string[] arguments);

/// <summary>
/// Puts work together with a branch in a worktree of its own, on no branch, so that neither the branch nor anybody's checkout is touched.
/// No hook, no signing program, no editor and no merge driver of the repository's own configuration runs.
/// </summary>
sealed class Integrator(Git git)
{
    static readonly Dictionary<string, string> OwnName = new()
    {
        ["GIT_AUTHOR_NAME"] = "Agent Orchestrator",
        ["GIT_AUTHOR_EMAIL"] = "agent-orchestrator@localhost",
        ["GIT_COMMITTER_NAME"] = "Agent Orchestrator",
        ["GIT_COMMITTER_EMAIL"] = "agent-orchestrator@localhost",
    };

    // Nothing of the user's taste may open an editor, remember a resolution, stash, or move other branches.
    static readonly string[] Plain =
    [
        "-c", "rerere.enabled=false", "-c", "merge.autoStash=false", "-c", "merge.verifySignatures=false", "-c", "rebase.autoStash=false",
        "-c", "rebase.autoSquash=false", "-c", "rebase.updateRefs=false", "-c", "merge.ff=true", "-c", "commit.cleanup=whitespace",
    ];

    static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <summary>Does it from the beginning. The scratch worktree stays, for the verification.</summary>
    public async Task<Integration> Integrate(IntegrationOrder order, CancellationToken stop)
    {
        using var alone = await Git.Alone(order.Common, stop);
        if (await Contains(order.Common, order.Onto, order.Source, stop))
            return new Integration(order.Onto, [], null);
        await Remove(order.Common, order.Folder, stop);
        var filters = await LocalFilters.Find(git, order.Common, order.Common, stop);
        var rebases = order.Strategy == "rebase";
        var added = await git.Run(InRepository(order.Common, "worktree", "add", "--quiet", "--detach", order.Folder,
            rebases ? order.Source : order.Onto) with
        {
            Changes = true,
            FiltersOff = filters,
            Limit = Limit,
        }, stop);
        if (!added.Succeeded)
            return Failed($"git could not make a worktree: {Git.Why(added)}");
        if (Place.Of(order.Folder, WorkspaceKinds.Worktree, order.Common) is not { } found)
            return Failed($"{order.Folder} is no worktree of the repository.");
        var place = found with { FiltersOff = filters };
        var call = await Quietly(place, stop);
        var done = order.Strategy switch
        {
            "rebase" => await git.Run(call("rebase", "--quiet", order.Onto), stop),
            "squash" => await git.Run(call("merge", "--squash", "--quiet", "--no-stat", order.Source), stop),
            _ => await git.Run(call("merge", "--no-ff", "--quiet", "--no-stat", "-m", order.Message, order.Source), stop),
        };
        if (!done.Succeeded)
            return await Collided(place, done, stop);
        if (order.Strategy == "squash" && !(await git.Run(place.Call("diff", "--cached", "--quiet", "HEAD"), stop)).Succeeded)
        {
            var committed = await git.Run(call("commit", "--quiet", "--no-verify", "-F", "-") with { Stdin = order.Message }, stop);
            if (!committed.Succeeded)
                return Failed($"git could not commit: {Git.Why(committed)}");
        }
        return Repository.Describe(place.Top, place.GitFolder, place.CommonFolder, bare: false).HeadCommit is { } head
            ? new Integration(head, [], null) : Failed("The commit that was made cannot be read.");
    }

    /// <summary>How commands that make commits are called: nothing of the user's or the repository's runs, and there is an author.
    /// </summary>
    public async Task<QuietCall> Quietly(Place place, CancellationToken stop)
    {
        var identity = await HasIdentity(place, stop) ? [] : OwnName;
        var drivers = await MergeDrivers.Off(git, place.CommonFolder, stop);
        return arguments => place.Call([.. Plain, .. drivers, .. arguments]) with
        {
            Changes = true,
            Variables = identity,
            Limit = Limit,
        };
    }

    /// <summary>True when the branch's commit has the other one in its history.</summary>
    public async Task<bool> Contains(string common, string commit, string other, CancellationToken stop) =>
        commit == other || (await git.Run(InRepository(common, "merge-base", "--is-ancestor", other, commit), stop)).Succeeded;

    /// <summary>The commit both began with; null when there is none.</summary>
    public async Task<string?> MergeBase(string common, string one, string other, CancellationToken stop) =>
        await git.Run(InRepository(common, "merge-base", one, other), stop) is { Succeeded: true } found ? found.Stdout.Trim() : null;

    /// <summary>Takes the scratch worktree away, whatever state it is in. Only ever called for folders of our own making.</summary>
    public async Task Remove(string common, string folder, CancellationToken stop)
    {
        if (Repository.GitFolderOf(common, folder) is not null)
            await git.Run(InRepository(common, "worktree", "remove", "--force", "--force", folder) with
            {
                Changes = true,
                Limit = Limit,
            }, stop);
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    /// <summary>A command about the repository as a whole.</summary>
    public static GitCall InRepository(string common, params string[] arguments) =>
        new() { Arguments = arguments, Folder = common, GitFolder = common };

    async Task<Integration> Collided(Place place, ShortResult done, CancellationToken stop)
    {
        var listed = await git.Run(place.Call("diff", "--name-only", "--diff-filter=U", "-z"), stop);
        var files = listed.Stdout.Split('\0', StringSplitOptions.RemoveEmptyEntries).Distinct().ToList();
        return files.Count > 0 ? new Integration(null, files, null) : Failed($"git could not put it together: {Git.Why(done)}");
    }

    async Task<bool> HasIdentity(Place place, CancellationToken stop) =>
        (await git.Run(place.Call("-c", "user.useConfigOnly=true", "var", "GIT_COMMITTER_IDENT"), stop)).Succeeded
        && (await git.Run(place.Call("-c", "user.useConfigOnly=true", "var", "GIT_AUTHOR_IDENT"), stop)).Succeeded;

    static Integration Failed(string problem) => new(null, [], problem);
}
