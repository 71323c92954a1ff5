using System.Text;

namespace Orchestrator.Workspaces;

/// <summary>
/// Ignored files of the project's checkout that a new worktree needs (.env), as its <c>.worktreeinclude</c> names them in the syntax of
/// .gitignore. Git itself says what matches: only what is ignored and not tracked is copied, nothing is written over, no symbolic link is
/// followed. What was copied is noted where an agent in a sandbox cannot write, so that a clean-up knows a copy from somebody's only one.
/// </summary>
sealed class IncludedFiles(Git git)
{
    /// <summary>Its name in the top folder of the checkout.</summary>
    public const string FileName = ".worktreeinclude";

    // Beside HEAD in the worktree's folder of the repository: the checkout's top, then the paths, each ended by a NUL.
    const string NoteFile = "agent-orchestrator-included";

    const int MostFiles = 5000;
    const long MostBytes = 256L << 20;
    const long LargestPatterns = 1 << 20;

    /// <summary>Copies them; what a person should know comes back.</summary>
    /// <param name="project">The project's folder: the top of its checkout, or below it.</param>
    /// <param name="worktree">Top folder of the worktree.</param>
    /// <param name="commonFolder">The repository's common folder.</param>
    /// <param name="stop">Ends it.</param>
    public async Task<IReadOnlyList<string>> Copy(string project, string worktree, string commonFolder, CancellationToken stop)
    {
        if (Repository.Look(project) is not { IsBare: false } source)
            return [];
        var (checkout, patterns) = (source.Top, Path.Combine(source.Top, FileName));
        if (!File.Exists(patterns))
            return [];
        if (new FileInfo(patterns) is not { LinkTarget: null, Length: > 0 and <= LargestPatterns })
            return [$"{FileName} is a link, or larger than 1 MiB, or empty: nothing was copied."];
        if (Repository.GitFolderOf(commonFolder, worktree) is not { } gitFolder)
            return [];
        var wanted = await Ask(source, ["ls-files", "--others", "--ignored", "-z", "--exclude-from=" + patterns], "", stop);
        if (wanted is null)
            return [$"git could not read {FileName}, or it names too much: nothing was copied."];
        // Untracked and not ignored would be committed with the run's work one day: a secret must not.
        var ignored = wanted.Count == 0 ? []
            : await Ask(source, ["check-ignore", "--stdin", "-z"], string.Concat(wanted.Select(path => path + "\0")), stop);
        var (copied, notes) = CopyAll(ignored ?? [], checkout, worktree);
        if (copied.Count == 0)
            return notes;
        await File.WriteAllTextAsync(Path.Combine(gitFolder, NoteFile), string.Concat(copied.Prepend(checkout).Select(path => path + "\0")),
            stop);
        // The commit it starts from may ignore less than the checkout does.
        await new ExcludedFiles(git).Add(worktree, commonFolder, copied, stop);
        return notes;
    }

    /// <summary>True when that ignored path of a worktree holds nothing but copies that are still as in the checkout.</summary>
    public static bool AreCopies(string gitFolder, string worktree, string path)
    {
        var note = Path.Combine(gitFolder, NoteFile);
        if (!RefFiles.HasContent(note, 64 << 20))
            return false;
        var parts = File.ReadAllText(note).Split('\0', StringSplitOptions.RemoveEmptyEntries);
        var copied = parts.Skip(1).ToHashSet(StringComparer.Ordinal);
        var whole = Path.Combine(worktree, path);
        if (!path.EndsWith('/'))
            return copied.Contains(path) && IsSame(Path.Combine(parts[0], path), whole);
        // A link is no copy of ours; it is not followed either.
        var inside = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0, MaxRecursionDepth = 64 };
        return Directory.Exists(whole) && Directory.EnumerateFileSystemEntries(whole, "*", inside).All(entry =>
        {
            var name = Path.GetRelativePath(worktree, entry);
            return (Directory.Exists(entry) && new DirectoryInfo(entry).LinkTarget is null)
                || (copied.Contains(name) && IsSame(Path.Combine(parts[0], name), entry));
        });
    }

    static (List<string> Copied, List<string> Notes) CopyAll(IReadOnlyList<string> paths, string checkout, string worktree)
    {
        var (copied, notes) = (new List<string>(), new List<string>());
        var (from, to) = (new RealPlaces(checkout), new RealPlaces(worktree));
        var (links, failed, total) = (new List<string>(), new List<string>(), 0L);
        foreach (var path in paths.Order(StringComparer.Ordinal))
        {
            var (source, target) = (new FileInfo(Path.Combine(checkout, path)), Path.Combine(worktree, path));
            if (Path.Exists(target) || new FileInfo(target).LinkTarget is not null)
            {
                // Also after a crash in between: what was copied then is a copy still.
                if (IsSame(source.FullName, target))
                    copied.Add(path);
                continue;
            }
            if (source.LinkTarget is not null || !source.Exists || from.Inside(RealPlaces.Real(source.FullName)) is null
                || to.Inside(RealPlaces.Real(target)) is null)
            {
                links.Add(path);
                continue;
            }
            // What has no length may be a pipe, and opening one would wait for ever.
            if (copied.Count >= MostFiles || total + source.Length > MostBytes)
            {
                notes.Add($"{FileName} names more than {MostFiles} files or {MostBytes >> 20} MiB: from {path} on nothing was copied.");
                break;
            }
            total += source.Length;
            (TryCopy(source, target) ? copied : failed).Add(path);
        }
        if (links.Count > 0)
            notes.Add($"Symbolic links of {FileName} are not followed and not copied: {Snapshots.Named(links)}");
        if (failed.Count > 0)
            notes.Add($"Files of {FileName} could not be copied: {Snapshots.Named(failed)}");
        return (copied, notes);
    }

    static bool TryCopy(FileInfo source, string target)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            if (source.Length == 0)
                File.WriteAllBytes(target, []);
            else
                File.Copy(source.FullName, target, overwrite: false);
            File.SetUnixFileMode(target, source.UnixFileMode);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    static bool IsSame(string one, string other)
    {
        try
        {
            var (a, b) = (new FileInfo(one), new FileInfo(other));
            if (!a.Exists || !b.Exists || a.LinkTarget is not null || b.LinkTarget is not null || a.Length != b.Length)
                return false;
            return a.Length == 0 || (a.Length <= MostBytes && File.ReadAllBytes(one).AsSpan().SequenceEqual(File.ReadAllBytes(other)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Paths git answers, or null when it could not or there were too many.</summary>
    async Task<IReadOnlyList<string>?> Ask(RepositoryInfo source, string[] arguments, string stdin, CancellationToken stop)
    {
        var asked = await git.Run(new GitCall
        {
            Arguments = arguments, Folder = source.Top, GitFolder = source.GitFolder, Top = source.Top, Stdin = stdin,
        }, stop);
        // check-ignore ends with 1 when none of them is ignored.
        if (asked.TimedOut || asked.Truncated || asked.ExitCode is not (0 or 1))
            return null;
        return [.. asked.Stdout.Split('\0', StringSplitOptions.RemoveEmptyEntries)];
    }
}

/// <summary>
/// Paths that git is told to leave alone, because we put them into a worktree and they are nobody's work. Git reads one such file for all
/// worktrees of a repository (info/exclude); it never hides a tracked file, and what the user wrote there stays.
/// </summary>
sealed class ExcludedFiles(Git git)
{
    const string Heading = "# Put into worktrees by Agent Orchestrator, and nobody's work:";

    /// <summary>Adds those of the paths that git does not ignore in the worktree already.</summary>
    /// <param name="worktree">Top folder.</param>
    /// <param name="commonFolder">The repository's common folder.</param>
    /// <param name="paths">From the worktree's top, with '/'.</param>
    /// <param name="stop">Ends it.</param>
    public async Task Add(string worktree, string commonFolder, IReadOnlyList<string> paths, CancellationToken stop)
    {
        if (paths.Count == 0 || Repository.GitFolderOf(commonFolder, worktree) is not { } gitFolder)
            return;
        using var alone = await Git.Alone(commonFolder, stop);
        var asked = await git.Run(new GitCall
        {
            Arguments = ["check-ignore", "--stdin", "-z"], Folder = worktree, GitFolder = gitFolder, Top = worktree,
            Stdin = string.Concat(paths.Select(path => path + "\0")),
        }, stop);
        var ignored = asked.Stdout.Split('\0').ToHashSet(StringComparer.Ordinal);
        var lines = paths.Where(path => !ignored.Contains(path) && !path.Contains('\n', StringComparison.Ordinal)).Select(Line).ToList();
        if (lines.Count == 0)
            return;
        var file = Path.Combine(Directory.CreateDirectory(Path.Combine(commonFolder, "info")).FullName, "exclude");
        var text = RefFiles.HasContent(file, 16 << 20) ? await File.ReadAllTextAsync(file, stop) : "";
        var known = text.Split('\n').ToHashSet(StringComparer.Ordinal);
        var more = lines.Where(line => !known.Contains(line)).ToList();
        if (more.Count == 0)
            return;
        var added = new StringBuilder(text.Length == 0 || text.EndsWith('\n') ? "" : "\n");
        if (!known.Contains(Heading))
            added.Append(Heading).Append('\n');
        added.AppendJoin('\n', more).Append('\n');
        await File.AppendAllTextAsync(file, added.ToString(), stop);
    }

    // One exact path from the top; signs that mean something to git are taken literally.
    static string Line(string path) =>
        "/" + string.Concat(path.Select(letter => letter is '*' or '?' or '[' or '\\' or '!' or '#' ? "\\" + letter : letter.ToString()))
            .Replace(" ", "\\ ", StringComparison.Ordinal);
}
