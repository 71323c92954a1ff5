using Orchestrator.Tests.Support;
using Orchestrator.Workspaces;

namespace Orchestrator.Tests.Workspaces;

public sealed class CleanupSpecs : IDisposable
{
    readonly TempRepository repository = new();
    readonly CancellationToken stop = TestContext.Current.CancellationToken;
    readonly string folder;

    public CleanupSpecs()
    {
        folder = repository.At("work", "w");
        repository.Run("worktree", "add", "--quiet", "-b", "agent/t", folder);
    }

    public void Dispose() => repository.Dispose();

    CleanupOrder Order(bool force = false) => new()
    {
        Path = folder,
        CommonFolder = Path.Combine(repository.Path, ".git"),
        RunId = "0123456789abcdef",
        Force = force,
        ReportFolder = repository.Report,
    };

    async Task<CleanupVerdict> Run(bool force = false) =>
        Assert.Single(await new Cleanup(repository.Distrusting).Run([Order(force)], stop));

    [Fact]
    public async Task A_clean_worktree_goes_and_its_branch_with_all_commits_stays()
    {
        TempRepository.WriteIn(folder, "b.txt", "b\n");
        TempRepository.WriteIn(folder, "bin/out.dll", "built");
        var commit = repository.Commit("Work", folder);
        Assert.Equal("removable", Assert.Single(await new Cleanup(repository.Distrusting).Judge([Order()], stop)).Decision);
        Assert.True(Directory.Exists(folder));
        var verdict = await Run();
        Assert.Equal(("removed", "agent/t"), (verdict.Decision, verdict.Branch));
        Assert.False(Directory.Exists(folder));
        Assert.Equal(commit, repository.Run("rev-parse", "agent/t"));
        Assert.Equal("gone", (await Run()).Decision);
    }

    [Fact]
    public async Task Uncommitted_work_is_kept_and_its_copy_named()
    {
        TempRepository.WriteIn(folder, "a.txt", "changed\n");
        TempRepository.WriteIn(folder, "new.txt", "new\n");
        Assert.Null(Assert.Single(await new Cleanup(repository.Distrusting).Judge([Order()], stop)).SnapshotRef);
        var verdict = await Run();
        Assert.Equal("kept", verdict.Decision);
        Assert.Contains("a.txt, new.txt", Assert.Single(verdict.Reasons), StringComparison.Ordinal);
        Assert.Equal("new", repository.Run("show", verdict.SnapshotRef + ":new.txt"));
        Assert.True(File.Exists(Path.Combine(folder, "new.txt")));
    }

    [Fact]
    public async Task A_forced_removal_copies_first_and_says_where()
    {
        TempRepository.WriteIn(folder, "new.txt", "new\n");
        var verdict = await Run(force: true);
        Assert.Equal("removed", verdict.Decision);
        Assert.Equal("new", repository.Run("show", verdict.SnapshotRef + ":new.txt"));
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public async Task Ignored_files_that_no_build_makes_again_keep_it()
    {
        TempRepository.WriteIn(folder, "keys.secret", "mine");
        var verdict = await Run();
        Assert.Equal("kept", verdict.Decision);
        Assert.Contains("keys.secret", Assert.Single(verdict.Reasons), StringComparison.Ordinal);
        Assert.Equal("removed", (await Run(force: true)).Decision);
    }

    [Theory]
    [InlineData("inner")]
    [InlineData("bin/checkout")]
    public async Task A_repository_inside_keeps_it_even_when_forced(string inner)
    {
        var path = Directory.CreateDirectory(Path.Combine(folder, inner)).FullName;
        repository.RunIn(path, "init", "--quiet");
        TempRepository.WriteIn(path, "x.txt", "x");
        repository.Commit("Inner", path);
        var verdict = await Run(force: true);
        Assert.Equal("kept", verdict.Decision);
        Assert.Contains(verdict.Reasons, reason => reason.Contains(inner, StringComparison.Ordinal));
        Assert.True(File.Exists(Path.Combine(path, "x.txt")));
    }

    [Fact]
    public async Task A_locked_worktree_is_kept_even_when_forced()
    {
        repository.Run("worktree", "lock", folder);
        Assert.Equal("kept", (await Run(force: true)).Decision);
        Assert.True(Directory.Exists(folder));
    }

    [Fact]
    public async Task Commits_on_no_branch_keep_it_and_get_a_ref()
    {
        repository.RunIn(folder, "checkout", "--quiet", "--detach");
        TempRepository.WriteIn(folder, "b.txt", "b\n");
        var loose = repository.Commit("Loose", folder);
        var verdict = await Run();
        Assert.Equal("kept", verdict.Decision);
        Assert.Equal(loose, repository.Run("rev-parse", verdict.SnapshotRef!));
        Assert.Equal("removed", (await Run()).Decision);
        Assert.Equal(loose, repository.Run("rev-parse", verdict.SnapshotRef!));
    }

    [Fact]
    public async Task A_folder_that_was_deleted_gives_its_loose_commits_a_ref_before_it_is_forgotten()
    {
        repository.RunIn(folder, "checkout", "--quiet", "--detach");
        TempRepository.WriteIn(folder, "b.txt", "b\n");
        var loose = repository.Commit("Loose", folder);
        Directory.Delete(folder, recursive: true);
        var verdict = await Run();
        Assert.Equal("gone", verdict.Decision);
        Assert.Equal(loose, repository.Run("rev-parse", verdict.SnapshotRef!));
        Assert.DoesNotContain("work/w", repository.Run("worktree", "list"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_a_worktree_of_the_repository_is_kept()
    {
        var other = Directory.CreateDirectory(repository.At("other")).FullName;
        TempRepository.WriteIn(other, "x.txt", "x");
        File.Copy(Path.Combine(folder, ".git"), Path.Combine(other, ".git"));
        var verdict = Assert.Single(await new Cleanup(repository.Distrusting).Run([Order(true) with { Path = other }], stop));
        Assert.Equal("kept", verdict.Decision);
        verdict = Assert.Single(await new Cleanup(repository.Distrusting).Run([Order(true) with { Path = repository.Path }], stop));
        Assert.Equal("kept", verdict.Decision);
        var orphan = Order(true) with { CommonFolder = repository.At("none") };
        verdict = Assert.Single(await new Cleanup(repository.Distrusting).Run([orphan], stop));
        Assert.Equal("kept", verdict.Decision);
        Assert.True(File.Exists(Path.Combine(other, "x.txt")));
    }

    [Fact]
    public async Task An_unfinished_merge_keeps_it()
    {
        repository.Write("a.txt", "main side\n");
        repository.Commit("Main");
        TempRepository.WriteIn(folder, "a.txt", "our side\n");
        repository.Commit("Ours", folder);
        Assert.Throws<InvalidOperationException>(() => repository.RunIn(folder, "merge", "main"));
        var verdict = await Run();
        Assert.Equal("kept", verdict.Decision);
        Assert.Contains(verdict.Reasons, reason => reason.Contains("merge", StringComparison.Ordinal));
    }
}
