namespace Orchestrator.Workspaces;

/// <summary>
/// Filter programs that only the repository's own configuration defines (`[filter "x"] clean = …`). Git would run them for
/// `add`, `status` and checkout. They may be the user's (git-crypt) or planted by an agent that could write there; we cannot tell,
/// so they do not run, unless a person trusts them, and what they would have changed is not committed (a secret meant to be
/// encrypted must not land on a branch in clear). Git LFS' own commands are known and stay on.
/// </summary>
static class LocalFilters
{
    const int LargestScanned = 1 << 20;

    static readonly string[] KnownCommands =
    [
        "git-lfs clean -- %f", "git-lfs smudge -- %f", "git-lfs smudge --skip -- %f", "git-lfs filter-process",
        "git-lfs filter-process --skip",
    ];

    /// <summary>Names of the drivers that must not run; a look at two files in the usual case that there are none.</summary>
    public static async Task<IReadOnlyList<string>> Find(Git git, string gitFolder, string commonFolder, CancellationToken stop)
    {
        string[] files = [Path.Combine(commonFolder, "config"), Path.Combine(commonFolder, "config.worktree"),
            Path.Combine(gitFolder, "config.worktree")];
        if (!files.Any(MayDefineSome))
            return [];
        var listed = await git.Run(new GitCall
        {
            Arguments = ["config", "--list", "--includes", "--show-scope", "-z"],
            Folder = commonFolder,
            GitFolder = gitFolder,
        }, stop);
        if (!listed.Succeeded || listed.Truncated)
            throw new Fault(FaultCode.Conflict, $"The configuration of {commonFolder} cannot be read: {Git.Why(listed)}");
        return Read(listed.Stdout);
    }

    // Each setting is scope NUL name LF value NUL (a name without value has no LF):
    // global␀filter.lfs.clean␊git-lfs clean -- %f␀local␀filter.git-crypt.smudge␊"git-crypt" smudge␀
    internal static IReadOnlyList<string> Read(string listed)
    {
        var (trusted, found) = (new HashSet<string>(StringComparer.Ordinal), new List<(string Driver, string Setting)>());
        var parts = listed.Split('\0');
        for (var i = 0; i + 1 < parts.Length; i += 2)
        {
            var (scope, setting) = (parts[i], parts[i + 1]);
            var name = setting.Split('\n', 2)[0];
            var dot = name.LastIndexOf('.');
            if (!name.StartsWith("filter.", StringComparison.Ordinal) || dot <= 6)
                continue;
            if (scope is "global" or "system")
                trusted.Add(setting);
            else if (scope != "command" && name[(dot + 1)..] is "clean" or "smudge" or "process" or "required")
                found.Add((name[7..dot], setting));
        }
        var suspects = found
            .Where(one => !trusted.Contains(one.Setting) && !KnownCommands.Contains(one.Setting.Split('\n', 2)[^1])).ToList();
        // "required" alone makes git fail for want of a program; beside a trusted program it is harmless.
        var withProgram = found.Except(suspects).Select(one => one.Driver)
            .Concat(trusted.Select(setting => setting[7..setting.Split('\n', 2)[0].LastIndexOf('.')])).ToHashSet(StringComparer.Ordinal);
        return [.. suspects.Where(one => !IsRequired(one.Setting) || !withProgram.Contains(one.Driver))
            .Select(one => one.Driver).Distinct(StringComparer.Ordinal)];
    }

    static bool IsRequired(string setting) => setting.Split('\n', 2)[0].EndsWith(".required", StringComparison.Ordinal);

    static bool MayDefineSome(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists || (file.LinkTarget is null && file.Length == 0))
                return false;
            if (file.Length > LargestScanned)
                return true;
            var text = File.ReadAllText(path);
            return text.Contains("filter", StringComparison.OrdinalIgnoreCase)
                || text.Contains("include", StringComparison.OrdinalIgnoreCase);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }
}
