namespace Orchestrator.Workspaces;

/// <summary>Where git is told to look, so that it need not believe what a folder's `.git` says.</summary>
/// <param name="Top">Top of the checked-out files.</param>
/// <param name="GitFolder">The folder with HEAD and index.</param>
/// <param name="CommonFolder">The folder with objects and refs.</param>
sealed record Place(string Top, string GitFolder, string CommonFolder)
{
    /// <summary>The part below <see cref="Top"/> that is looked at, with '/'; null for all of it.</summary>
    public string? Scope { get; init; }

    /// <summary>Filter drivers that must not run.</summary>
    public IReadOnlyList<string> FiltersOff { get; init; } = [];

    /// <summary>The pathspec of <see cref="Scope"/>: always one, so that no file name can pass for another argument.</summary>
    public string Spec => Scope is null ? ":(top)" : $":(top,literal){Scope}";

    /// <summary>A command in this place.</summary>
    public GitCall Call(params string[] arguments) => new()
    {
        Arguments = arguments,
        Folder = Directory.Exists(Top) ? Top : CommonFolder,
        GitFolder = GitFolder,
        Top = Top,
        FiltersOff = FiltersOff,
    };

    /// <summary>
    /// The place of a workspace; null when it is none any more. A worktree is looked up from the repository's side when its common
    /// folder is known; a shared folder is limited to what is below it (a home folder under version control is not all our business).
    /// </summary>
    public static Place? Of(string path, string kind, string? commonFolder)
    {
        if (kind == WorkspaceKinds.Worktree)
        {
            var common = commonFolder ?? Repository.Look(path)?.CommonFolder;
            return common is not null && Repository.GitFolderOf(common, path) is { } gitFolder ? new Place(path, gitFolder, common) : null;
        }
        if (Repository.Look(path) is not { IsBare: false } found)
            return null;
        var inside = Path.GetRelativePath(found.Top, Path.GetFullPath(path)).Replace(Path.DirectorySeparatorChar, '/');
        return new Place(found.Top, found.GitFolder, found.CommonFolder) { Scope = inside == "." ? null : inside };
    }

    /// <summary>What git is in the middle of here ("merge", "rebase"); null for nothing.</summary>
    public string? Unfinished()
    {
        foreach (var (file, name) in new[]
        {
            ("rebase-merge", "rebase"), ("rebase-apply", "rebase"), ("MERGE_HEAD", "merge"),
            ("CHERRY_PICK_HEAD", "cherry-pick"), ("REVERT_HEAD", "revert"),
        })
            if (Path.Exists(Path.Combine(GitFolder, file)))
                return name;
        return null;
    }

    /// <summary>Submodules that are checked out here: changes inside them are outside our view.</summary>
    public IReadOnlyList<string> Submodules()
    {
        var found = new List<string>();
        var list = Path.Combine(Top, ".gitmodules");
        if (!RefFiles.HasContent(list, 1 << 20))
            return found;
        //     path = libs/one
        foreach (var line in File.ReadLines(list))
        {
            var parts = line.Split('=', 2, StringSplitOptions.TrimEntries);
            if (parts.Length == 2 && parts[0] == "path" && !Path.IsPathRooted(parts[1])
                && !parts[1].Contains("..", StringComparison.Ordinal) && Path.Exists(Path.Combine(Top, parts[1], ".git")))
                found.Add(parts[1]);
        }
        return found;
    }
}
