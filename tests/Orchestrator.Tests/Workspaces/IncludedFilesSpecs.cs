using Orchestrator.Tests.Support;
using Orchestrator.Workspaces;

namespace Orchestrator.Tests.Workspaces;

/// <summary>Which ignored files a new worktree gets from the checkout, on real git.</summary>
public sealed class IncludedFilesSpecs : IDisposable
{
    readonly TempRepository repository = new();
    readonly string folder;
    readonly CancellationToken stop = TestContext.Current.CancellationToken;

    public IncludedFilesSpecs() => folder = repository.At("work", "w");

    public void Dispose() => repository.Dispose();

    string Common => Path.Combine(repository.Path, ".git");

    async Task<IReadOnlyList<string>> Copy()
    {
        repository.Run("worktree", "add", "--quiet", "-b", "agent/t", folder);
        return await new IncludedFiles(repository.Distrusting).Copy(repository.Path, folder, Common, stop);
    }

    [Fact]
    public async Task Ignored_files_that_match_are_copied_and_nothing_else()
    {
        repository.Write(".gitignore", ".env*\n*.secret\nignored/\n");
        repository.Commit("Ignore");
        repository.Write(".env", "KEY=1\n");
        repository.Write("deep/down/.env.local", "KEY=2\n");
        repository.Write("a.secret", "not named");
        repository.Write("ignored/keep.txt", "k");
        repository.Write("ignored/drop.txt", "d");
        repository.Write("untracked.txt", "matches but is not ignored");
        repository.Write(".worktreeinclude", "# what a run needs\n.env*\n/ignored/*\n!/ignored/drop.txt\nuntracked.txt\na.txt\n");
        File.SetUnixFileMode(Path.Combine(repository.Path, ".env"), UnixFileMode.UserRead | UnixFileMode.UserWrite);

        Assert.Empty(await Copy());

        Assert.Equal("KEY=1\n", await File.ReadAllTextAsync(Path.Combine(folder, ".env"), stop));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder, ".env")));
        Assert.Equal("KEY=2\n", await File.ReadAllTextAsync(Path.Combine(folder, "deep/down/.env.local"), stop));
        Assert.True(File.Exists(Path.Combine(folder, "ignored/keep.txt")));
        foreach (var not in new[] { "ignored/drop.txt", "untracked.txt", "a.secret" })
            Assert.False(File.Exists(Path.Combine(folder, not)), not);
        Assert.Equal("", repository.RunIn(folder, "status", "--porcelain"));
    }

    [Fact]
    public async Task What_an_older_commit_does_not_ignore_is_kept_out_of_git_all_the_same()
    {
        repository.Run("checkout", "--quiet", "-b", "ahead");
        repository.Write(".gitignore", ".env\n\\[odd\\] name#1\n");
        repository.Commit("Ignore");
        repository.Write(".env", "KEY=1\n");
        repository.Write("[odd] name#1", "x");
        repository.Write(".worktreeinclude", ".env\n\\[odd\\]*\n");
        repository.Run("branch", "agent/old", "main");
        repository.Run("worktree", "add", "--quiet", folder, "agent/old");
        File.WriteAllText(Path.Combine(Common, "info", "exclude"), "mine");

        Assert.Empty(await new IncludedFiles(repository.Distrusting).Copy(repository.Path, folder, Common, stop));
        Assert.Empty(await new IncludedFiles(repository.Distrusting).Copy(repository.Path, folder, Common, stop));

        Assert.True(File.Exists(Path.Combine(folder, "[odd] name#1")));
        Assert.Equal("", repository.RunIn(folder, "status", "--porcelain"));
        var exclude = await File.ReadAllLinesAsync(Path.Combine(Common, "info", "exclude"), stop);
        Assert.Equal("mine", exclude[0]);
        Assert.Equal(4, exclude.Length);
    }

    [Fact]
    public async Task Links_are_not_followed_and_nothing_is_written_over_or_outside()
    {
        var outside = Directory.CreateDirectory(repository.At("outside")).FullName;
        File.WriteAllText(Path.Combine(outside, "passwd"), "secret");
        repository.Write(".gitignore", "*.secret\n.env\nlinked\n");
        repository.Write("tracked.txt", "t");
        // In the commit a link that leads out stands where the checkout has a folder.
        File.CreateSymbolicLink(Path.Combine(repository.Path, "config"), outside);
        repository.Commit("Base");
        File.Delete(Path.Combine(repository.Path, "config"));
        repository.Write("config/app.secret", "s");
        File.CreateSymbolicLink(Path.Combine(repository.Path, "x.secret"), Path.Combine(outside, "passwd"));
        File.CreateSymbolicLink(Path.Combine(repository.Path, "linked"), outside);
        repository.Write(".env", "of the checkout");
        repository.Write(".worktreeinclude", "*.secret\n.env\nlinked\n");
        repository.Run("worktree", "add", "--quiet", "-b", "agent/t", folder);
        TempRepository.WriteIn(folder, ".env", "already here");

        var notes = await new IncludedFiles(repository.Distrusting).Copy(repository.Path, folder, Common, stop);

        Assert.Contains("x.secret", Assert.Single(notes), StringComparison.Ordinal);
        Assert.Equal("already here", await File.ReadAllTextAsync(Path.Combine(folder, ".env"), stop));
        Assert.Equal(["passwd"], Directory.GetFileSystemEntries(outside).Select(Path.GetFileName));
        Assert.False(Path.Exists(Path.Combine(folder, "x.secret")));
        Assert.False(Path.Exists(Path.Combine(folder, "linked")));
    }

    [Fact]
    public async Task A_copy_does_not_keep_a_worktree_and_a_changed_one_does()
    {
        repository.Write(".env.secret", "KEY=1\n");
        repository.Write("ignored/one", "1");
        repository.Write(".worktreeinclude", "*.secret\nignored/\n");
        await Copy();
        async Task<CleanupVerdict> Judge() => Assert.Single(await new Cleanup(repository.Distrusting).Judge([new CleanupOrder
        {
            Path = folder, CommonFolder = Common, RunId = "0123456789abcdef", ReportFolder = repository.Report,
        }], stop));

        Assert.Equal("removable", (await Judge()).Decision);
        File.WriteAllText(Path.Combine(folder, "ignored/two"), "only here");
        Assert.Contains("ignored/", Assert.Single((await Judge()).Reasons), StringComparison.Ordinal);
        File.Delete(Path.Combine(folder, "ignored/two"));
        File.WriteAllText(Path.Combine(folder, ".env.secret"), "KEY=2\n");
        Assert.Contains(".env.secret", Assert.Single((await Judge()).Reasons), StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(folder, ".env.secret"), "KEY=1\n");
        // The original is gone: what was a copy is the only one now.
        File.Delete(Path.Combine(repository.Path, ".env.secret"));
        Assert.Equal("kept", (await Judge()).Decision);
    }

    [Fact]
    public async Task Too_much_is_cut_off_with_a_warning()
    {
        repository.Write(".worktreeinclude", "*.secret\n");
        using (var large = File.Create(Path.Combine(repository.Path, "b.secret")))
            large.SetLength(300L << 20);
        repository.Write("a.secret", "fits");
        Assert.Contains("256 MiB: from b.secret on", Assert.Single(await Copy()), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(folder, "a.secret")));
        Assert.False(File.Exists(Path.Combine(folder, "b.secret")));
    }

    [Fact]
    public async Task Without_the_file_no_command_runs()
    {
        repository.Run("worktree", "add", "--quiet", "-b", "agent/t", folder);
        var (program, trace) = repository.Trap("git");
        Assert.Empty(await new IncludedFiles(new Git(repository.Surroundings, program)).Copy(repository.Path, folder, Common, stop));
        Assert.False(File.Exists(trace));
    }
}
