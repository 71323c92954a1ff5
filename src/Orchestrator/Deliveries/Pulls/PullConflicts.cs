using Orchestrator.GitHub;
using Orchestrator.Workspaces;

namespace Orchestrator.Deliveries;

/// <summary>What a pull request meets in its base.</summary>
/// <param name="Base">The commit its base is on; the repository here has it.</param>
/// <param name="Conflict">Both sides.</param>
sealed record PullConflict(string Base, Conflict Conflict);

/// <summary>
/// Finds out what a pull request collides with: takes the base's new commits over and puts both together, in no worktree and on no
/// branch. Null where that shows nothing: then it is a person's to look.
/// </summary>
sealed class PullConflicts(PullNeeds needs, PullPublisher publisher)
{
    readonly Integrator integrator = new(needs.Git);

    public async Task<PullConflict?> Of(Delivery delivery, string into, CancellationToken stop)
    {
        try
        {
            var (_, address) = await publisher.Target(delivery, needs.Settings(delivery.Project), stop);
            var token = await needs.Token.Get(stop);
            var onto = await needs.Pusher.Fetch(
                new PushOrder(delivery.Common, address, delivery.SourceCommit, into, _ => false, token), stop);
            if (onto is null || await Collide(delivery, onto, stop) is not { Count: > 0 } files)
                return null;
            return new PullConflict(onto,
                await new Intents(needs.Store, needs.Git, integrator).Of(delivery with { Into = into }, onto, files, stop));
        }
        catch (Exception e) when (e is Fault or PullProblem or GitHubFailure)
        {
            return null;
        }
    }

    // 5f1c0d2ab0…␀src/sum.js␀README.md␀
    /// <summary>Files that do not go together.</summary>
    async Task<IReadOnlyList<string>> Collide(Delivery delivery, string onto, CancellationToken stop)
    {
        var drivers = await MergeDrivers.Off(needs.Git, delivery.Common, stop);
        var merged = await needs.Git.Run(Integrator.InRepository(delivery.Common,
            [.. drivers, "merge-tree", "--write-tree", "--no-messages", "--name-only", "-z", delivery.SourceCommit, onto]) with
        {
            Changes = true,
        }, stop);
        return merged.ExitCode == 1 ? [.. merged.Stdout.Split('\0', StringSplitOptions.RemoveEmptyEntries).Skip(1).Distinct()] : [];
    }
}
