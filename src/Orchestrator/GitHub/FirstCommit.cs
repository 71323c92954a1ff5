using System.Globalization;
using Orchestrator.Workspaces;

namespace Orchestrator.GitHub;

/// <summary>
/// Makes a repository of ours with one commit of some files. The same files, message and time make the same commit, so that what was pushed
/// by a daemon that died is known again.
/// </summary>
sealed class FirstCommit(Git git)
{
    const long MostBytes = 200L << 20;
    const int MostFiles = 20_000;

    /// <summary>Copies plain files, folders included. Links could lead anywhere and stay behind, and so does anybody's .git.</summary>
    /// <param name="leave">Names at the top that are left out.</param>
    /// <exception cref="Fault">It is more than a first commit should be.</exception>
    public static void Copy(string from, string into, params ReadOnlySpan<string> leave)
    {
        var left = leave.ToArray();
        var (bytes, files) = (0L, 0);
        foreach (var file in Plain(new DirectoryInfo(from)))
        {
            var name = Path.GetRelativePath(from, file.FullName);
            if (left.Contains(name))
                continue;
            if ((bytes += file.Length) > MostBytes || ++files > MostFiles)
                throw new Fault(FaultCode.TooLarge, $"{from} holds more than {MostBytes >> 20} MiB or {MostFiles} files: this is no "
                    + "first commit.");
            One(file.FullName, into, name);
        }
    }

    /// <summary>Copies one file, over one that is there.</summary>
    public static void One(string file, string into, string name)
    {
        var target = Path.Combine(into, name);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.Copy(file, target, overwrite: true);
    }

    /// <summary>Commits everything in the folder, as the branch main; the commit and the repository's git folder.</summary>
    public async Task<(string Commit, string Common)> Make(string folder, string message, DateTimeOffset at, CancellationToken stop)
    {
        var common = folder + ".git";
        var made = await git.Run(new GitCall
        {
            Arguments = ["init", "--quiet", "--bare", "--template=", "--initial-branch=main", common], Folder = folder, Changes = true,
        }, stop);
        var place = new GitCall
        {
            Arguments = [], Folder = folder, GitFolder = common, Top = folder, Changes = true, Variables = Author(at),
        };
        if (made.Succeeded)
            made = await git.Run(place with { Arguments = ["add", "--all", "--force", "."] }, stop);
        if (made.Succeeded)
            made = await git.Run(
                place with { Arguments = ["commit", "--quiet", "--no-verify", "--allow-empty", "-F", "-"], Stdin = message }, stop);
        if (!made.Succeeded)
            throw new Fault(FaultCode.Unavailable, $"git could not make the first commit: {Git.Why(made)}");
        return RefFiles.Read(common, common, "refs/heads/main") is { } commit ? (commit, common)
            : throw new Fault(FaultCode.Unavailable, "The first commit that was made cannot be read.");
    }

    static IEnumerable<FileInfo> Plain(DirectoryInfo folder)
    {
        foreach (var entry in folder.EnumerateFileSystemInfos().OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            if (entry.LinkTarget is not null || entry.Name == ".git")
                continue;
            if (entry is FileInfo file)
                yield return file;
            else
                foreach (var inner in Plain((DirectoryInfo)entry))
                    yield return inner;
        }
    }

    static Dictionary<string, string> Author(DateTimeOffset at)
    {
        var when = $"{at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)} +0000";
        return new()
        {
            ["GIT_AUTHOR_NAME"] = "Agent Orchestrator",
            ["GIT_AUTHOR_EMAIL"] = "agent-orchestrator@localhost",
            ["GIT_AUTHOR_DATE"] = when,
            ["GIT_COMMITTER_NAME"] = "Agent Orchestrator",
            ["GIT_COMMITTER_EMAIL"] = "agent-orchestrator@localhost",
            ["GIT_COMMITTER_DATE"] = when,
        };
    }
}
