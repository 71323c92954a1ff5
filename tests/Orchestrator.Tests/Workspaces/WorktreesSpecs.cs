using Orchestrator.Tests.Support;
using Orchestrator.Workspaces;

namespace Orchestrator.Tests.Workspaces;

public sealed class WorktreesSpecs : IDisposable
{
    readonly TempRepository repository = new();
    readonly CancellationToken stop = TestContext.Current.CancellationToken;

    public void Dispose() => repository.Dispose();

    Worktrees Worktrees => new(repository.Distrusting);

    WorkspaceOrder Order(string name = "w1", string title = "Fix it", string run = "0123456789abcdef") => new()
    {
        RunId = run,
        SessionId = "fedcba9876543210",
        Title = title,
        ProjectPath = repository.Path,
        Folder = repository.At("work", name),
        Branch = BranchName.For(run, title),
    };

    [Fact]
    public async Task A_run_gets_a_worktree_on_a_branch_of_its_own()
    {
        var made = await Worktrees.Create(Order(), stop);
        Assert.Equal(WorkspaceKinds.Worktree, made.Kind);
        Assert.Equal("agent/01234567-fix-it", made.Branch);
        Assert.Equal(repository.Run("rev-parse", "HEAD"), made.BaseCommit);
        Assert.Equal(made.Branch, repository.RunIn(made.Path, "branch", "--show-current"));
        Assert.Equal("one\ntwo\nthree\n", await File.ReadAllTextAsync(Path.Combine(made.Path, "a.txt"), stop));
        Assert.Equal(made.BaseCommit, await Worktrees.HeadOf(made.Path, stop));
        Assert.Equal("", repository.Run("status", "--porcelain"));
    }

    [Fact]
    public async Task A_repeat_of_the_same_order_finds_the_same_worktree_with_its_base()
    {
        var first = await Worktrees.Create(Order(), stop);
        TempRepository.WriteIn(first.Path, "b.txt", "b");
        repository.Commit("Work", first.Path);
        var second = await Worktrees.Create(Order(), stop);
        Assert.True(second.PickedUp);
        Assert.Equal((first.Path, first.Branch, first.BaseCommit), (second.Path, second.Branch, second.BaseCommit));
        Assert.True(File.Exists(Path.Combine(second.Path, "b.txt")));
    }

    [Fact]
    public async Task A_folder_of_somebody_else_is_left_alone_and_a_suffix_taken()
    {
        TempRepository.WriteIn(Order().Folder, "theirs.txt", "keep");
        var made = await Worktrees.Create(Order(), stop);
        Assert.Equal(Order().Folder + "-2", made.Path);
        Assert.Equal("agent/01234567-fix-it-2", made.Branch);
        Assert.Equal("keep", await File.ReadAllTextAsync(Path.Combine(Order().Folder, "theirs.txt"), stop));
    }

    [Fact]
    public async Task A_branch_with_commits_of_somebody_else_is_left_alone()
    {
        repository.Run("checkout", "--quiet", "-b", Order().Branch);
        var theirs = repository.Commit("Theirs");
        repository.Run("checkout", "--quiet", "main");
        var made = await Worktrees.Create(Order(), stop);
        Assert.Equal(Order().Branch + "-2", made.Branch);
        Assert.Equal(theirs, repository.Run("rev-parse", Order().Branch));
    }

    [Fact]
    public async Task A_branch_that_an_attempt_left_without_a_worktree_is_used()
    {
        repository.Run("branch", Order().Branch);
        var made = await Worktrees.Create(Order(), stop);
        Assert.Equal(Order().Branch, made.Branch);
    }

    [Fact]
    public async Task A_worktree_whose_folder_was_deleted_is_not_mistaken_for_a_free_name()
    {
        var first = await Worktrees.Create(Order(), stop);
        Directory.Delete(first.Path, recursive: true);
        var second = await Worktrees.Create(Order(), stop);
        Assert.Equal(first.Path + "-2", second.Path);
    }

    [Theory]
    [InlineData("\"; rm -rf ~")]
    [InlineData("--upload-pack=x")]
    [InlineData("$(touch /tmp/x)`id`")]
    [InlineData("\n\0\u202E")]
    public async Task A_hostile_title_is_only_a_title(string title)
    {
        var made = await Worktrees.Create(Order(title: title), stop);
        Assert.StartsWith("agent/01234567", made.Branch, StringComparison.Ordinal);
        Assert.Equal(made.Branch, repository.RunIn(made.Path, "branch", "--show-current"));
    }

    [Fact]
    public async Task A_hostile_branch_is_refused()
    {
        var refusal = await Assert.ThrowsAsync<Fault>(() => Worktrees.Create(Order() with { Branch = "--orphan" }, stop));
        Assert.Equal(FaultCode.Unprocessable, refusal.Code);
    }

    [Fact]
    public async Task Twenty_at_once_each_get_their_own()
    {
        var made = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Worktrees.Create(Order($"w{i}", "Same", $"{i:x16}"), stop)));
        Assert.Equal(20, made.Select(one => one.Path).Distinct().Count());
        Assert.All(made, one => Assert.True(File.Exists(Path.Combine(one.Path, "a.txt"))));
    }

    [Fact]
    public async Task A_project_inside_a_repository_starts_in_its_folder()
    {
        repository.Write("apps/one/x.txt", "x");
        repository.Commit("Apps");
        var made = await Worktrees.Create(Order() with { ProjectPath = Path.Combine(repository.Path, "apps", "one") }, stop);
        Assert.Equal(Path.Combine(made.Path, "apps", "one"), made.StartFolder);
    }

    [Fact]
    public async Task A_repository_without_a_commit_is_refused_with_the_way_out()
    {
        using var empty = new TempRepository(commit: false);
        var order = Order() with { ProjectPath = empty.Path };
        var refusal = await Assert.ThrowsAsync<Fault>(() => new Worktrees(empty.Distrusting).Create(order, stop));
        Assert.Equal(FaultCode.Conflict, refusal.Code);
        Assert.Contains("no commit yet", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("--allow-empty", refusal.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bare_repository_gives_worktrees_but_no_place_to_work_in_itself()
    {
        var bare = repository.At("bare.git");
        repository.Run("clone", "--quiet", "--bare", ".", bare);
        var made = await Worktrees.Create(Order() with { ProjectPath = bare }, stop);
        Assert.True(File.Exists(Path.Combine(made.Path, "a.txt")));
        Assert.Equal(FaultCode.Unprocessable, (await Assert.ThrowsAsync<Fault>(() => Worktrees.Use(bare, stop))).Code);
    }

    [Fact]
    public async Task A_folder_that_is_no_repository_works_as_it_is()
    {
        var made = await Worktrees.Use(repository.Report, stop);
        Assert.Equal((WorkspaceKinds.Folder, null, null), (made.Kind, made.Branch, made.BaseCommit));
        Assert.Contains("no git repository", Assert.Single(made.Notes), StringComparison.Ordinal);
        var asProject = await Worktrees.Create(Order() with { ProjectPath = repository.Report }, stop);
        Assert.Equal(repository.Report, asProject.Path);
    }

    [Fact]
    public async Task A_session_in_a_repository_shares_its_folder()
    {
        var made = await Worktrees.Use(repository.Path, stop);
        Assert.Equal((WorkspaceKinds.Shared, "main"), (made.Kind, made.Branch));
        Assert.Equal(repository.Run("rev-parse", "HEAD"), made.BaseCommit);
    }

    [Fact]
    public async Task Without_git_the_refusal_says_what_to_install()
    {
        var worktrees = new Worktrees(new Git(repository.Surroundings, "git-that-is-not-here"));
        var refusal = await Assert.ThrowsAsync<Fault>(() => worktrees.Create(Order(), stop));
        Assert.Equal(FaultCode.Unavailable, refusal.Code);
        Assert.Contains("Install git", refusal.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_project_is_refused() =>
        Assert.Equal(FaultCode.Unprocessable,
            (await Assert.ThrowsAsync<Fault>(() => Worktrees.Create(Order() with { ProjectPath = repository.At("nowhere") }, stop))).Code);

    [Fact]
    public async Task The_start_path_costs_one_git_command_and_so_does_a_run_without_changes()
    {
        var counted = repository.At("commands");
        var shim = repository.At("counting-git.sh");
        await File.WriteAllTextAsync(shim, $"#!/bin/sh\necho x >> '{counted}'\nexec git \"$@\"\n", stop);
        File.SetUnixFileMode(shim, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var git = new Git(repository.Surroundings, shim);
        var made = await new Worktrees(git).Create(Order(), stop);
        Assert.Single(await File.ReadAllLinesAsync(counted, stop));
        await new WorkCapture(git, TimeProvider.System).Capture(new CaptureOrder
        {
            Path = made.Path,
            Kind = made.Kind,
            BaseCommit = made.BaseCommit,
            RunId = Order().RunId,
            CommitMessage = "Work",
            ReportFolder = repository.Report,
            CommonFolder = made.CommonFolder,
        }, stop);
        Assert.Equal(2, (await File.ReadAllLinesAsync(counted, stop)).Length);
        await new Worktrees(git).Use(repository.Path, stop);
        Assert.Equal(2, (await File.ReadAllLinesAsync(counted, stop)).Length);
    }
}
