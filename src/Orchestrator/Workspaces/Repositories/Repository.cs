namespace Orchestrator.Workspaces;

/// <summary>What a repository's files say about it.</summary>
sealed record RepositoryInfo
{
    /// <summary>Top folder of the checked-out files; for a bare repository its own folder.</summary>
    public required string Top { get; init; }

    /// <summary>The folder with this worktree's HEAD and index.</summary>
    public required string GitFolder { get; init; }

    /// <summary>The folder with objects, branches and configuration, shared by all worktrees.</summary>
    public required string CommonFolder { get; init; }

    /// <summary>Short name of the current branch, also of one that has no commit yet; null when detached or unknown.</summary>
    public string? Branch { get; init; }

    /// <summary>The current commit, when files tell it.</summary>
    public string? HeadCommit { get; init; }

    /// <summary>True when there is no commit yet on the current branch.</summary>
    public bool IsUnborn { get; init; }

    /// <summary>True when files cannot tell the head (reftable format, odd contents): ask git.</summary>
    public bool HeadUnknown { get; init; }

    /// <summary>True when there are no checked-out files.</summary>
    public bool IsBare { get; init; }

    /// <summary>True for a linked worktree.</summary>
    public bool IsLinked => !string.Equals(GitFolder, CommonFolder, StringComparison.Ordinal);

    /// <summary>True when no branch is checked out but a commit is.</summary>
    public bool IsDetached => Branch is null && HeadCommit is not null;
}

/// <summary>Recognizes repositories by their files; starts no process, so it may be used inside a request.</summary>
static class Repository
{
    /// <summary>The repository the path is in (itself or a folder above it), or null.</summary>
    public static RepositoryInfo? Look(string path)
    {
        if (!Path.IsPathFullyQualified(path))
            return null;
        for (var folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)); folder is { Length: > 0 };
             folder = Path.GetDirectoryName(folder))
        {
            var marker = Path.Combine(folder, ".git");
            if (Directory.Exists(marker) && IsGitFolder(marker, marker))
                return Describe(folder, marker, marker, bare: false);
            if (File.Exists(marker) && Linked(folder, marker) is { } linked)
                return linked;
            if (IsGitFolder(folder, folder) && File.Exists(Path.Combine(folder, "config")))
                return Describe(folder, folder, folder, bare: true);
        }
        return null;
    }

    /// <summary>Describes a worktree whose git folders are already known, whatever its own `.git` says.</summary>
    public static RepositoryInfo Describe(string top, string gitFolder, string commonFolder, bool bare)
    {
        var info = new RepositoryInfo { Top = top, GitFolder = gitFolder, CommonFolder = commonFolder, IsBare = bare };
        // ref: refs/heads/main            on a branch (in reftable repositories: refs/heads/.invalid)
        // 890520a5d6e0c1f0f2b3f0b8...     detached
        var head = RefFiles.FirstLine(Path.Combine(gitFolder, "HEAD"));
        if (head is null || Directory.Exists(Path.Combine(commonFolder, "reftable")))
            return info with { HeadUnknown = true };
        if (RefFiles.IsObjectName(head))
            return info with { HeadCommit = head };
        var name = head.StartsWith("ref:", StringComparison.Ordinal) ? head[4..].Trim() : "";
        if (!RefFiles.IsSafe(name))
            return info with { HeadUnknown = true };
        var commit = RefFiles.Read(gitFolder, commonFolder, name);
        return info with
        {
            Branch = name.StartsWith("refs/heads/", StringComparison.Ordinal) ? name["refs/heads/".Length..] : null,
            HeadCommit = commit,
            IsUnborn = commit is null,
        };
    }

    /// <summary>
    /// The git folder inside <paramref name="commonFolder"/> that belongs to the worktree at <paramref name="top"/>, or null. It is
    /// found from the trusted side: an agent can rewrite the `.git` file in its folder, but not what the repository says about it.
    /// </summary>
    public static string? GitFolderOf(string commonFolder, string top)
    {
        var admin = Path.Combine(commonFolder, "worktrees");
        if (!Directory.Exists(admin))
            return null;
        var names = new[] { Path.Combine(top, ".git"), Path.Combine(RealPath.Of(top), ".git") };
        // The name git gives it is usually that of the folder: look there first.
        var usual = Path.Combine(admin, Path.GetFileName(top));
        return PointsTo(usual, names) ? usual : Directory.EnumerateDirectories(admin).FirstOrDefault(entry => PointsTo(entry, names));
    }

    static bool PointsTo(string entry, string[] names) =>
        RefFiles.FirstLine(Path.Combine(entry, "gitdir")) is { } target && names.Contains(target, StringComparer.Ordinal);

    static RepositoryInfo? Linked(string top, string marker)
    {
        // gitdir: /home/me/repo/.git/worktrees/name      (relative for a submodule: gitdir: ../.git/modules/lib)
        if (RefFiles.FirstLine(marker) is not { } line || !line.StartsWith("gitdir:", StringComparison.Ordinal))
            return null;
        var gitFolder = Path.GetFullPath(line[7..].Trim(), top);
        var common = RefFiles.FirstLine(Path.Combine(gitFolder, "commondir")) is { } relative
            ? Path.TrimEndingDirectorySeparator(Path.GetFullPath(relative, gitFolder)) : gitFolder;
        return IsGitFolder(gitFolder, common) ? Describe(top, gitFolder, common, bare: false) : null;
    }

    static bool IsGitFolder(string gitFolder, string commonFolder) =>
        File.Exists(Path.Combine(gitFolder, "HEAD")) && Directory.Exists(Path.Combine(commonFolder, "objects"))
        && (Directory.Exists(Path.Combine(commonFolder, "refs")) || Directory.Exists(Path.Combine(commonFolder, "reftable")));
}

/// <summary>Paths with symbolic links resolved, as git records them (macOS: /tmp is /private/tmp).</summary>
static class RealPath
{
    /// <summary>The resolved path; parts that do not exist stay as they are.</summary>
    public static string Of(string path)
    {
        var full = Path.GetFullPath(path);
        var root = Path.GetPathRoot(full)!;
        var result = root;
        foreach (var part in full[root.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            var next = Path.Combine(result, part);
            result = Resolved(next) ?? next;
        }
        return result;
    }

    static string? Resolved(string path)
    {
        try
        {
            return Directory.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
