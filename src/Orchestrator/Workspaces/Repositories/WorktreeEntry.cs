namespace Orchestrator.Workspaces;

/// <summary>One linked worktree as a repository notes it; from files, so that nothing is started.</summary>
/// <param name="Name">The name git gave it.</param>
/// <param name="GitFolder">Its folder inside the repository, with HEAD and index.</param>
/// <param name="Path">Where the repository says it is.</param>
/// <param name="Branch">Its branch; null for a detached head or one that files do not tell.</param>
/// <param name="Locked">Why it is locked (may be empty); null when it is not.</param>
sealed record WorktreeEntry(string Name, string GitFolder, string Path, string? Branch, string? Locked)
{
    /// <summary>All of a repository, by name. Entries that cannot be read are left out: nothing is known of them.</summary>
    public static IReadOnlyList<WorktreeEntry> All(string commonFolder)
    {
        var folder = System.IO.Path.Combine(commonFolder, "worktrees");
        if (!Directory.Exists(folder))
            return [];
        var found = new List<WorktreeEntry>();
        foreach (var entry in Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal))
        {
            // /home/me/w/c0ffee/.git
            if (RefFiles.FirstLine(System.IO.Path.Combine(entry, "gitdir")) is not { Length: > 0 } marker
                || System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(marker, entry)) is not { } path)
                continue;
            var locked = System.IO.Path.Combine(entry, "locked");
            found.Add(new WorktreeEntry(System.IO.Path.GetFileName(entry), entry, path,
                Repository.Describe(path, entry, commonFolder, bare: false).Branch,
                File.Exists(locked) ? RefFiles.FirstLine(locked) ?? "" : null));
        }
        return found;
    }
}
