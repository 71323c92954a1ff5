namespace Orchestrator.Workspaces;

/// <summary>What speaks against removing a worktree.</summary>
/// <param name="Never">No order removes it with these.</param>
/// <param name="UnlessForced">A person's explicit yes overrides these.</param>
sealed record CleanupDoubts(IReadOnlyList<string> Never, IReadOnlyList<string> UnlessForced)
{
    // Ignored files are in no snapshot. These are made again by a build or an install; anything else may be somebody's only copy.
    static readonly HashSet<string> MadeAgain = new(StringComparer.Ordinal)
    {
        "node_modules", "bin", "obj", "target", "dist", "build", ".venv", "venv", "__pycache__", ".pytest_cache", ".mypy_cache",
        ".ruff_cache", ".tox", ".gradle", ".next", ".nuxt", ".turbo", ".cache", "coverage", ".nyc_output", "TestResults", ".vs",
        ".DS_Store",
    };

    static readonly string[] MadeAgainEndings = [".pyc", ".o", ".class", ".tsbuildinfo"];

    /// <summary>Looks at a worktree's state as git told it and at who is in it.</summary>
    public static CleanupDoubts Of(string path, Place place, Status status)
    {
        var (never, unlessForced) = (new List<string>(), new List<string>());
        if (File.Exists(Path.Combine(place.GitFolder, "locked")))
            never.Add("It is locked (git worktree lock).");
        never.AddRange(FolderUsers.Of(path, most: 3).Select(user => $"Process {user.Pid} ({user.Command}) {user.How}."));
        var nested = status.Entries.Where(entry => entry.IsNestedRepository).Select(entry => entry.Path)
            .Concat(status.Entries.Where(entry => entry.Kind == '!').SelectMany(entry => RepositoriesBelow(path, entry.Path))).ToList();
        if (nested.Count > 0)
            never.Add($"It holds repositories of their own: {Snapshots.Named(nested)}");
        if (place.Submodules() is { Count: > 0 } submodules)
            never.Add($"Submodules are checked out in it: {Snapshots.Named(submodules)}");
        if (place.Unfinished() is { } doing)
            unlessForced.Add($"A {doing} is unfinished.");
        var unsaved = status.Entries.Where(entry => entry.Kind != '!' && !entry.IsNestedRepository).Select(entry => entry.Path).ToList();
        if (unsaved.Count > 0)
            unlessForced.Add($"Work is uncommitted: {Snapshots.Named(unsaved)}");
        var ignored = status.Entries.Where(entry => entry.Kind == '!' && !IsMadeAgain(entry.Path)
            && !IncludedFiles.AreCopies(place.GitFolder, path, entry.Path)).Select(entry => entry.Path).ToList();
        if (ignored.Count > 0)
            unlessForced.Add($"Ignored files may be the only copy: {Snapshots.Named(ignored)}");
        return new CleanupDoubts(never, unlessForced);
    }

    static bool IsMadeAgain(string path) =>
        path.Split('/', StringSplitOptions.RemoveEmptyEntries).Any(MadeAgain.Contains)
        || MadeAgainEndings.Any(ending => path.EndsWith(ending, StringComparison.Ordinal));

    /// <summary>Ignored folders are shown as one entry; a repository in one would go with it.</summary>
    static IEnumerable<string> RepositoriesBelow(string top, string ignored)
    {
        var folder = Path.Combine(top, ignored);
        if (!ignored.EndsWith('/') || !Directory.Exists(folder))
            return [];
        var deep = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            AttributesToSkip = FileAttributes.ReparsePoint,
            MaxRecursionDepth = 64,
            ReturnSpecialDirectories = false,
        };
        return Directory.EnumerateFileSystemEntries(folder, ".git", deep)
            .Select(found => Path.GetRelativePath(top, Path.GetDirectoryName(found)!));
    }
}
