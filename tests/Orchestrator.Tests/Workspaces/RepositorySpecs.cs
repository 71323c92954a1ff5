using Orchestrator.Tests.Support;
using Orchestrator.Workspaces;

namespace Orchestrator.Tests.Workspaces;

public sealed class RepositorySpecs : IDisposable
{
    readonly TempRepository repository = new();

    public void Dispose() => repository.Dispose();

    [Fact]
    public void Branch_and_commit_are_read_from_files()
    {
        var info = Repository.Look(repository.Path)!;
        Assert.Equal(repository.Path, info.Top);
        Assert.Equal("main", info.Branch);
        Assert.Equal(repository.Run("rev-parse", "HEAD"), info.HeadCommit);
        Assert.False(info.IsUnborn || info.IsBare || info.IsLinked || info.IsDetached || info.HeadUnknown);
    }

    [Fact]
    public void A_folder_inside_finds_the_top()
    {
        repository.Write("deep/er/x.txt", "x");
        Assert.Equal(repository.Path, Repository.Look(Path.Combine(repository.Path, "deep", "er"))!.Top);
    }

    [Fact]
    public void Packed_branches_are_found()
    {
        repository.Run("branch", "other/main");
        repository.Run("pack-refs", "--all");
        var info = Repository.Look(repository.Path)!;
        Assert.Equal(repository.Run("rev-parse", "HEAD"), info.HeadCommit);
        Assert.True(RefFiles.Taken(info.CommonFolder, "refs/heads/other/main"));
        Assert.False(RefFiles.Taken(info.CommonFolder, "refs/heads/er/main"));
    }

    [Fact]
    public void A_detached_head_has_a_commit_and_no_branch()
    {
        repository.Run("checkout", "--quiet", "--detach");
        var info = Repository.Look(repository.Path)!;
        Assert.True(info.IsDetached);
        Assert.Equal(repository.Run("rev-parse", "HEAD"), info.HeadCommit);
    }

    [Fact]
    public void A_repository_without_a_commit_is_unborn()
    {
        using var empty = new TempRepository(commit: false);
        var info = Repository.Look(empty.Path)!;
        Assert.True(info.IsUnborn);
        Assert.Equal("main", info.Branch);
    }

    [Fact]
    public void A_linked_worktree_knows_its_repository()
    {
        var folder = repository.At("linked");
        repository.Run("worktree", "add", "--quiet", "-b", "side", folder);
        var info = Repository.Look(folder)!;
        Assert.True(info.IsLinked);
        Assert.Equal("side", info.Branch);
        Assert.Equal(Path.Combine(repository.Path, ".git"), info.CommonFolder);
        Assert.Equal(info.GitFolder, Repository.GitFolderOf(info.CommonFolder, folder));
    }

    [Fact]
    public void A_bare_repository_is_recognized()
    {
        var bare = repository.At("bare.git");
        repository.Run("clone", "--quiet", "--bare", ".", bare);
        var info = Repository.Look(bare)!;
        Assert.True(info.IsBare);
        Assert.NotNull(info.HeadCommit);
    }

    [Fact]
    public void Plain_folders_and_broken_markers_are_no_repository()
    {
        Assert.Null(Repository.Look(repository.Report));
        File.WriteAllText(Path.Combine(repository.Report, ".git"), "gitdir: /nowhere/at/all\n");
        Assert.Null(Repository.Look(repository.Report));
        Assert.Null(Repository.Look("relative"));
        Assert.Null(Repository.Look("/nowhere/at/all"));
    }

    [Fact]
    public void A_head_that_leads_out_of_the_repository_is_not_followed()
    {
        File.WriteAllText(repository.At("commit"), repository.Run("rev-parse", "HEAD") + "\n");
        File.WriteAllText(Path.Combine(repository.Path, ".git", "HEAD"), "ref: refs/heads/../../../commit\n");
        var info = Repository.Look(repository.Path)!;
        Assert.True(info.HeadUnknown);
        Assert.Null(info.HeadCommit);
    }
}
