namespace Orchestrator.Workspaces;

/// <summary>Work that is to be in a worktree before an agent starts there.</summary>
/// <param name="Name">Whose it is, for a person: item 12 'Build the API'.</param>
/// <param name="Common">Its repository's common folder.</param>
/// <param name="Branch">The branch it was committed on.</param>
/// <param name="Landed">The commit by which it came to another branch, and the one that was delivered so; null when it did not.</param>
sealed record Origin(string Name, string Common, string Branch, (string Commit, string From)? Landed);

/// <summary>Where a worktree starts.</summary>
/// <param name="Commit">The commit; null leaves it to the project's current one.</param>
/// <param name="From">What is in it besides that, in words.</param>
/// <param name="Conflict">Why the results cannot be put together, for a person; the commit means nothing then.</param>
sealed record Start(string? Commit, IReadOnlyList<string> From, string? Conflict = null);

/// <summary>
/// Finds the commit that has all results a piece of work builds on: the project's own where they were delivered there, else that of their
/// branch; several are merged. A merge is made of objects only, so no worktree, branch or index is touched, and a crash leaves nothing.
/// </summary>
sealed class StartPoint(Git git)
{
    const int MostNamed = 20;

    static readonly Dictionary<string, string> OwnName = new()
    {
        ["GIT_AUTHOR_NAME"] = "Agent Orchestrator",
        ["GIT_AUTHOR_EMAIL"] = "agent-orchestrator@localhost",
        ["GIT_COMMITTER_NAME"] = "Agent Orchestrator",
        ["GIT_COMMITTER_EMAIL"] = "agent-orchestrator@localhost",
    };

    /// <summary>A result that is not in the project's commit.</summary>
    sealed record Head(string Name, string Commit);

    /// <param name="common">The repository's common folder.</param>
    /// <param name="current">The project's current commit.</param>
    /// <param name="origins">What is to be in it; of other repositories is left out.</param>
    /// <param name="runId">Stands in the message of a merge.</param>
    /// <param name="stop">Ends it.</param>
    public async Task<Start> Find(string common, string current, IReadOnlyList<Origin> origins, string runId, CancellationToken stop)
    {
        var (heads, from, delivered) = (new List<Head>(), new List<string>(), false);
        foreach (var origin in origins.Where(origin => RealPath.Of(origin.Common) == RealPath.Of(common)))
        {
            var tip = RefFiles.Read(common, common, "refs/heads/" + origin.Branch);
            if ((origin.Landed is { } landed && (tip is null || tip == landed.From) && await Contains(common, current, landed.Commit, stop))
                || (tip is not null && await Contains(common, current, tip, stop)))
                delivered = true;
            else if (tip is not null)
                heads.Add(new Head($"{origin.Name} on {origin.Branch}", tip));
            else
                from.Add($"Not in it: the branch {origin.Branch} of {origin.Name} is gone, and nothing says that it was delivered here.");
        }
        if (heads.Count == 0)
            return new Start(null, from);
        // What was delivered is only there.
        if (delivered)
            heads.Insert(0, new Head("the project as it is", current));
        heads = await Needed(common, heads, stop);
        from.AddRange(heads.Select(head => $"{head.Name} ({head.Commit[..12]})"));
        return heads.Count == 1 ? new Start(heads[0].Commit, from) : await Together(common, heads, from, runId, stop);
    }

    /// <summary>Without those that another one has in its history.</summary>
    async Task<List<Head>> Needed(string common, List<Head> heads, CancellationToken stop)
    {
        var needed = heads.DistinctBy(head => head.Commit).ToList();
        foreach (var head in needed.ToList())
            foreach (var other in needed.Where(other => other != head).ToList())
                if (needed.Contains(head) && await Contains(common, other.Commit, head.Commit, stop))
                    needed.Remove(head);
        return needed;
    }

    async Task<Start> Together(string common, List<Head> heads, List<string> from, string runId, CancellationToken stop)
    {
        var drivers = await MergeDrivers.Off(git, common, stop);
        var all = heads[0].Commit;
        foreach (var (number, head) in heads.Index().Skip(1))
        {
            var merged = await git.Run(In(common, [.. drivers, "merge-tree", "--write-tree", "--name-only", "--no-messages", "-z", all,
                head.Commit]), stop);
            var parts = merged.Stdout.Split('\0', StringSplitOptions.RemoveEmptyEntries);
            if (merged.ExitCode == 1 && parts.Length > 1 && RefFiles.IsObjectName(parts[0]))
                return new Start(null, from, Collision([.. heads.Take(number).Select(one => one.Name)], head.Name, parts[1..]));
            if (!merged.Succeeded || parts.Length != 1 || !RefFiles.IsObjectName(parts[0]))
                throw new Fault(FaultCode.Unavailable, $"git could not put the results together: {Git.Why(merged)}",
                    "It takes git 2.38 or newer; or deliver all but one of them first.");
            all = await Commit(common, parts[0], all, head, runId, stop);
        }
        return new Start(all, from);
    }

    async Task<string> Commit(string common, string tree, string onto, Head head, string runId, CancellationToken stop)
    {
        var order = In(common, "-c", "user.useConfigOnly=true", "commit-tree", tree, "-p", onto, "-p", head.Commit, "-F", "-") with
        {
            Stdin = $"Start with the result of {head.Name}\n\nAgent-Run: {runId}\n",
            Changes = true,
        };
        var made = await git.Run(order, stop);
        // The user's own name where there is one, ours where git knows none.
        if (!made.Succeeded)
            made = await git.Run(order with { Variables = OwnName }, stop);
        return made.Succeeded && RefFiles.IsObjectName(made.Stdout.Trim()) ? made.Stdout.Trim()
            : throw new Fault(FaultCode.Unavailable, $"git could not commit the results put together: {Git.Why(made)}");
    }

    static string Collision(IReadOnlyList<string> before, string name, string[] files) =>
        $"The results this work builds on do not fit together: {name} and {string.Join(", ", before)} both changed "
        + $"{string.Join(", ", files.Distinct().Take(MostNamed))}. Nothing was changed, and all are on their branches. Deliver one of "
        + "them, mend the other one on top of it, and ready this item again.";

    async Task<bool> Contains(string common, string commit, string other, CancellationToken stop) =>
        commit == other || (await git.Run(In(common, "merge-base", "--is-ancestor", other, commit), stop)).Succeeded;

    static GitCall In(string common, params string[] arguments) => new() { Arguments = arguments, Folder = common, GitFolder = common };
}
