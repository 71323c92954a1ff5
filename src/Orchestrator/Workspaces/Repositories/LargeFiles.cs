namespace Orchestrator.Workspaces;

/// <summary>
/// Files of Git LFS in a new worktree. Their content is there when the user's own git has LFS set up; else git leaves the small text files
/// that only point to it, without a word.
/// </summary>
static class LargeFiles
{
    const int LargestScanned = 1 << 20;

    /// <summary>What a person should know; null for nothing. One look at a file in the usual case that there is no LFS.</summary>
    /// <param name="git">Runs git.</param>
    /// <param name="folder">Top folder of the worktree.</param>
    /// <param name="commonFolder">The repository's common folder.</param>
    /// <param name="stop">Ends it.</param>
    public static async Task<string?> Note(Git git, string folder, string commonFolder, CancellationToken stop)
    {
        // *.psd filter=lfs diff=lfs merge=lfs -text
        var attributes = new FileInfo(Path.Combine(folder, ".gitattributes"));
        if (attributes is not { Exists: true, LinkTarget: null, Length: > 0 and < LargestScanned }
            || !(await File.ReadAllTextAsync(attributes.FullName, stop)).Contains("filter=lfs", StringComparison.Ordinal))
            return null;
        var asked = await git.Run(new GitCall
        {
            Arguments = ["config", "--get-regexp", @"^filter\.lfs\.(process|smudge)$"], Folder = commonFolder, GitFolder = commonFolder,
        }, stop);
        return asked.Succeeded ? null
            : "Files of Git LFS are only pointers here: Git LFS is not set up for this user. 'git lfs install', then 'git lfs pull' in the "
            + "worktree; what is written over a pointer is committed as it is.";
    }

    /// <summary>What helps when git says that it could not fetch such a file; null when it is about something else.</summary>
    public static string? Hint(string stderr) => !stderr.Contains("git-lfs", StringComparison.Ordinal)
        && !stderr.Contains("smudge filter lfs", StringComparison.Ordinal) ? null
        : "Git LFS is set up for this user and failed: git-lfs must be on the daemon's PATH, and the files here ('git lfs fetch').";
}
