namespace Orchestrator.Workspaces;

/// <summary>
/// Makes the places agents work in. In the start path there is one git command at most in the usual case (facts come from files),
/// and nothing is ever removed there: `git worktree add` right after a removal takes many times as long on ext4.
/// </summary>
sealed class Worktrees(Git git)
{
    const int MostNames = 20;

    // Beside HEAD in the worktree's folder of the repository, where a sandboxed agent cannot write.
    const string BaseFile = "agent-orchestrator-base";

    /// <summary>
    /// A worktree on a new branch, or the one an earlier attempt of the same order made (same folder, same branch, same repository);
    /// when folder or branch belong to something else, both get a suffix. The project's folder itself when it is no repository.
    /// </summary>
    /// <exception cref="Fault">No such folder, no commit yet, a branch name that is none, git missing or refusing.</exception>
    public async Task<Prepared> Create(WorkspaceOrder order, CancellationToken stop)
    {
        if (!BranchName.IsPlain(order.Branch))
            throw Fault.Unprocessable("branch", "letters, digits, '-', '_', '.' and inner '/' only");
        if (!Path.IsPathFullyQualified(order.Folder))
            throw Fault.Unprocessable("folder", "must be an absolute path");
        if (Repository.Look(Existing(order.ProjectPath)) is not { } repository)
            return Plain(order.ProjectPath);
        var start = order.BaseCommit ?? await Head(repository, stop) ?? throw NoCommit(repository);
        if (!RefFiles.IsObjectName(start))
            throw Fault.Unprocessable("base", "must be a full commit name");

        Directory.CreateDirectory(Path.GetDirectoryName(order.Folder)!);
        using var alone = await Git.Alone(repository.CommonFolder, stop);
        var filters = order.TrustFilters ? [] : await LocalFilters.Find(git, repository.GitFolder, repository.CommonFolder, stop);
        for (var number = 1; number <= MostNames; number++)
        {
            var suffix = number == 1 ? "" : $"-{number}";
            var (folder, branch) = (order.Folder + suffix, order.Branch + suffix);
            if (PickUp(repository, folder, branch) is { } found)
                return Describe(order, repository, found with { Notes = FilterNotes(filters) });
            if (!IsFree(repository, folder) || Choose(repository, branch, start) is not { } target)
                continue;
            if (!await Add(repository, folder, target, filters, stop))
                continue;
            var gitFolder = Repository.GitFolderOf(repository.CommonFolder, folder);
            if (gitFolder is not null)
                await File.WriteAllTextAsync(Path.Combine(gitFolder, BaseFile), start, stop);
            string?[] lfs = [await LargeFiles.Note(git, folder, repository.CommonFolder, stop)];
            return Describe(order, repository, new Prepared(folder, branch, start, WorkspaceKinds.Worktree)
            {
                StartFolder = folder,
                Notes = [.. FilterNotes(filters), .. lfs.OfType<string>()],
            });
        }
        throw new Fault(FaultCode.Conflict, $"{order.Folder} and {MostNames - 1} more names for it are taken by something else.",
            "agentctl worktree cleanup removes worktrees that hold nothing unsaved.");
    }

    /// <summary>An existing folder as it is: shared when it is in a repository, else a plain folder. Usually without any command.</summary>
    /// <exception cref="Fault">No such folder, or a bare repository.</exception>
    public async Task<Prepared> Use(string folder, CancellationToken stop)
    {
        if (Repository.Look(Existing(folder)) is not { } repository)
            return Plain(folder);
        if (repository.IsBare)
            throw new Fault(FaultCode.Unprocessable, $"{folder} is a bare repository: there are no files to work on.",
                "Register it as a project; each run then gets a worktree of its own.");
        return new Prepared(folder, repository.Branch, await Head(repository, stop), WorkspaceKinds.Shared)
        {
            StartFolder = folder,
            CommonFolder = repository.CommonFolder,
        };
    }

    /// <summary>The commit a workspace stands on, by files where they tell it; null without a repository or commit.</summary>
    public async Task<string?> HeadOf(string path, CancellationToken stop) =>
        Repository.Look(path) is { } repository ? await Head(repository, stop) : null;

    async Task<string?> Head(RepositoryInfo repository, CancellationToken stop)
    {
        if (repository.HeadCommit is not null || repository.IsUnborn)
            return repository.HeadCommit;
        var asked = await git.Run(new GitCall
        {
            Arguments = ["rev-parse", "--verify", "--quiet", "HEAD^{commit}"],
            Folder = repository.CommonFolder,
            GitFolder = repository.GitFolder,
        }, stop);
        return asked.Succeeded && RefFiles.IsObjectName(asked.Stdout.Trim()) ? asked.Stdout.Trim() : null;
    }

    /// <summary>True when it was made; false when another name may work.</summary>
    async Task<bool> Add(
        RepositoryInfo repository, string folder, string[] target, IReadOnlyList<string> filters, CancellationToken stop)
    {
        var added = await git.Run(new GitCall
        {
            Arguments = ["worktree", "add", "--quiet", .. target[..^1], folder, target[^1]],
            Folder = repository.CommonFolder,
            GitFolder = repository.CommonFolder,
            Changes = true,
            FiltersOff = filters,
            Limit = TimeSpan.FromMinutes(10),
        }, stop);
        if (added.Succeeded)
            return true;
        var why = Git.Why(added);
        if (why.Contains("already exists", StringComparison.Ordinal) || why.Contains("already checked out", StringComparison.Ordinal)
            || why.Contains("already used by", StringComparison.Ordinal) || why.Contains("already registered", StringComparison.Ordinal))
            return false;
        throw new Fault(FaultCode.Unavailable, $"git could not make the worktree {folder}: {why.TrimEnd('.')}.",
            Hint(added.Stderr, repository));
    }

    static string? Hint(string stderr, RepositoryInfo repository) =>
        stderr.Contains("dubious ownership", StringComparison.Ordinal)
            ? $"The repository belongs to another user: git config --global --add safe.directory '{repository.Top}'"
        : stderr.Contains("not allowed", StringComparison.Ordinal)
            ? "It is a partial clone, and the daemon opens no connection for it: git fetch --refetch --no-filter gets the rest first."
        : LargeFiles.Hint(stderr);

    /// <summary>The worktree an earlier attempt made, when it stands there whole.</summary>
    static Prepared? PickUp(RepositoryInfo repository, string folder, string branch)
    {
        if (!Directory.Exists(folder) || Repository.GitFolderOf(repository.CommonFolder, folder) is not { } gitFolder)
            return null;
        // git leaves "initializing" here when it died before the files were all there.
        if (RefFiles.FirstLine(Path.Combine(gitFolder, "locked")) == "initializing")
            return null;
        var info = Repository.Describe(folder, gitFolder, repository.CommonFolder, bare: false);
        if (info.Branch != branch)
            return null;
        var noted = RefFiles.FirstLine(Path.Combine(gitFolder, BaseFile));
        var start = noted is not null && RefFiles.IsObjectName(noted) ? noted : info.HeadCommit;
        return new Prepared(folder, branch, start, WorkspaceKinds.Worktree) { StartFolder = folder, PickedUp = true };
    }

    static bool IsFree(RepositoryInfo repository, string folder) =>
        !File.Exists(folder) && (!Directory.Exists(folder) || !Directory.EnumerateFileSystemEntries(folder).Any())
        && Repository.GitFolderOf(repository.CommonFolder, folder) is null;

    /// <summary>Arguments that choose the branch, the start last; null when the branch is somebody else's.</summary>
    static string[]? Choose(RepositoryInfo repository, string branch, string start)
    {
        var name = "refs/heads/" + branch;
        if (!RefFiles.Taken(repository.CommonFolder, name))
            return ["--no-track", "-b", branch, start];
        // Left by an attempt that died in between: nothing is on it yet.
        return RefFiles.Read(repository.CommonFolder, repository.CommonFolder, name) == start ? [branch] : null;
    }

    static Prepared Describe(WorkspaceOrder order, RepositoryInfo repository, Prepared made)
    {
        var inside = repository.IsBare ? "." : Path.GetRelativePath(repository.Top, Path.GetFullPath(order.ProjectPath));
        var begin = inside == "." ? made.Path : Path.Combine(made.Path, inside);
        var notes = made.Notes.ToList();
        if (!Directory.Exists(begin))
        {
            notes.Add($"The project's folder {inside} is not in the commit the worktree starts from; the agent starts at its top.");
            begin = made.Path;
        }
        if (File.Exists(Path.Combine(made.Path, ".gitmodules")))
            notes.Add("Submodules are not checked out in the worktree.");
        return made with { StartFolder = begin, CommonFolder = repository.CommonFolder, Notes = notes };
    }

    static string[] FilterNotes(IReadOnlyList<string> filters) => filters.Count == 0 ? [] :
        [$"Filter programs of the repository's own configuration do not run ({string.Join(", ", filters.Take(5))}): files are as stored."];

    static string Existing(string path)
    {
        if (!Path.IsPathFullyQualified(path))
            throw Fault.Unprocessable("path", "must be an absolute path");
        return Directory.Exists(path) ? path : throw new Fault(FaultCode.Unprocessable, $"There is no folder {path}.");
    }

    static Prepared Plain(string folder) => new(folder, null, null, WorkspaceKinds.Folder)
    {
        StartFolder = folder,
        Notes = ["The folder is in no git repository: no branch, no diff, no snapshot."],
    };

    static Fault NoCommit(RepositoryInfo repository) =>
        new(FaultCode.Conflict, $"The repository {repository.Top} has no commit yet, so there is nothing to branch from.",
            $"git -C '{repository.Top}' commit --allow-empty -m 'Start'");
}
