using System.IO.Enumeration;
using Orchestrator.Workspaces;

namespace Orchestrator.AgentLoop.Tools;

/// <summary>The files below a folder of the workspace: in a repository those git knows or would add, else all but git's own.</summary>
static class FileWalk
{
    /// <summary>More are not looked at.</summary>
    const int MostFiles = 50_000;

    static readonly TimeSpan GitLimit = TimeSpan.FromSeconds(10);

    /// <summary>Paths relative to the folder, sorted.</summary>
    /// <param name="folder">Real path.</param>
    /// <param name="glob">Only these: a pattern for the name, or for the whole path when it holds a slash; null for all.</param>
    /// <param name="stop">Gives up.</param>
    public static async Task<IReadOnlyList<string>> Below(string folder, string? glob, CancellationToken stop)
    {
        var all = await ByGit(folder, stop) ?? ByHand(folder, stop);
        return [.. all.Where(path => glob is null || Matches(glob, path)).Order(StringComparer.Ordinal)];
    }

    /// <summary><c>*.cs</c> for a name anywhere, <c>src/**/*.cs</c> for a path.</summary>
    public static bool Matches(string glob, string path)
    {
        var pattern = glob.Replace("**/", "*", StringComparison.Ordinal).Replace("**", "*", StringComparison.Ordinal);
        return glob.Contains('/', StringComparison.Ordinal)
            ? FileSystemName.MatchesSimpleExpression(pattern.TrimStart('/'), path, ignoreCase: false)
            : FileSystemName.MatchesSimpleExpression(pattern, Path.GetFileName(path), ignoreCase: false);
    }

    static async Task<IEnumerable<string>?> ByGit(string folder, CancellationToken stop)
    {
        try
        {
            var call = new GitCall
            {
                Arguments = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                Folder = folder,
                Limit = GitLimit,
            };
            var listed = await new Git().Run(call, stop);
            // Nothing at all: the folder is one that a repository above it ignores.
            return listed.Succeeded && !listed.Truncated && listed.Stdout.Length > 0
                ? listed.Stdout.Split('\0', StringSplitOptions.RemoveEmptyEntries).Distinct()
                    .Where(path => File.Exists(Path.Combine(folder, path))).Take(MostFiles)
                : null;
        }
        catch (Fault)
        {
            return null;
        }
    }

    static IEnumerable<string> ByHand(string folder, CancellationToken stop)
    {
        var found = 0;
        var folders = new Stack<string>([""]);
        while (folders.TryPop(out var here))
        {
            stop.ThrowIfCancellationRequested();
            foreach (var entry in Entries(Path.Combine(folder, here)))
            {
                var path = Path.Combine(here, entry.Name);
                // Links are named, not followed: they may lead round or out.
                if (entry is DirectoryInfo && entry.LinkTarget is null)
                {
                    if (entry.Name != ".git")
                        folders.Push(path);
                }
                else if (++found <= MostFiles)
                    yield return path;
                else
                    yield break;
            }
        }
    }

    static FileSystemInfo[] Entries(string folder)
    {
        try
        {
            return new DirectoryInfo(folder).GetFileSystemInfos();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
