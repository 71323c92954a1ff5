namespace Orchestrator.Workspaces;

/// <summary>
/// Merge programs of the repository's own configuration (`[merge "x"] driver = …`), which an agent may have written. They are made to
/// fail, so that what they would have merged is a conflict.
/// </summary>
static class MergeDrivers
{
    // merge.mine.driver␀
    /// <summary>Arguments before a merging subcommand that switch them off.</summary>
    public static async Task<string[]> Off(Git git, string commonFolder, CancellationToken stop)
    {
        var listed = await git.Run(new GitCall
        {
            Arguments = ["config", "--local", "--includes", "--name-only", "-z", "--get-regexp", @"^merge\..*\.driver$"],
            Folder = commonFolder,
            GitFolder = commonFolder,
        }, stop);
        var names = listed.Stdout.Split('\0', StringSplitOptions.RemoveEmptyEntries);
        if (names.FirstOrDefault(name => name.Contains('=', StringComparison.Ordinal)) is { } odd)
            throw new Fault(FaultCode.Conflict, $"The repository's configuration has a merge driver with an odd name: {odd}.");
        return [.. names.SelectMany(name => new[] { "-c", $"{name}=false" })];
    }
}
