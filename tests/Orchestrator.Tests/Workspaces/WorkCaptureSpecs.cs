using Orchestrator.Tests.Support;
using Orchestrator.Workspaces;

namespace Orchestrator.Tests.Workspaces;

public sealed class WorkCaptureSpecs : IDisposable
{
    const string RunId = "0123456789abcdef";

    readonly TempRepository repository = new();
    readonly CancellationToken stop = TestContext.Current.CancellationToken;

    public void Dispose() => repository.Dispose();

    WorkCapture Captures => new(repository.Distrusting, TimeProvider.System);

    async Task<(string Path, CaptureOrder Order)> Worktree(string? message = "Do the work")
    {
        var made = await new Worktrees(repository.Distrusting).Create(new WorkspaceOrder
        {
            RunId = RunId,
            SessionId = RunId,
            Title = "t",
            ProjectPath = repository.Path,
            Folder = repository.At("work", "w"),
            Branch = "agent/t",
        }, stop);
        return (made.Path, new CaptureOrder
        {
            Path = made.Path,
            Kind = made.Kind,
            BaseCommit = made.BaseCommit,
            RunId = RunId,
            CommitMessage = message,
            ReportFolder = repository.Report,
            Branch = made.Branch,
            CommonFolder = made.CommonFolder,
        });
    }

    CaptureOrder Shared(string? folder = null) => new()
    {
        Path = folder ?? repository.Path,
        Kind = WorkspaceKinds.Shared,
        BaseCommit = repository.Run("rev-parse", "HEAD"),
        RunId = RunId,
        CommitMessage = "Never used",
        ReportFolder = repository.Report,
    };

    [Fact]
    public async Task Nothing_changed_is_said_and_nothing_is_made()
    {
        var (_, order) = await Worktree();
        var report = await Captures.Capture(order, stop);
        Assert.Equal(order.BaseCommit, report.HeadCommit);
        Assert.Equal("agent/t", report.Branch);
        Assert.False(report.Dirty);
        Assert.Empty(report.Commits);
        Assert.Empty(report.FilesChanged);
        Assert.Empty(report.Notes);
        Assert.Empty(report.DiffStat);
        Assert.Null(report.SnapshotRef ?? report.DiffPath ?? report.CommittedByDaemon);
    }

    [Fact]
    public async Task What_a_sandboxed_agent_left_is_committed_on_its_branch()
    {
        var (path, order) = await Worktree("Add a greeting\n\nIt says hello.");
        TempRepository.WriteIn(path, "a.txt", "one\nTWO\nthree\n");
        TempRepository.WriteIn(path, "new/hello.txt", "hello\n");
        TempRepository.WriteIn(path, "ignored/x", "not taken");
        var report = await Captures.Capture(order, stop);
        Assert.Empty(report.Notes);
        Assert.False(report.Dirty);
        Assert.Equal(repository.Run("rev-parse", "agent/t"), report.CommittedByDaemon);
        Assert.Equal(report.CommittedByDaemon, report.HeadCommit);
        Assert.Equal(new CommitLine(report.HeadCommit!, "Add a greeting"), Assert.Single(report.Commits));
        Assert.Equal("Una User <una@example.com>", repository.Run("log", "-1", "--format=%an <%ae>", "agent/t"));
        Assert.Equal("", repository.RunIn(path, "status", "--porcelain"));
        Assert.Equal(
            [new FileChange("a.txt", 1, 1, "modified", false), new FileChange("new/hello.txt", 1, 0, "added", false)], report.FilesChanged);
        Assert.Contains("2 files changed, 2 insertions(+), 1 deletion(-)", report.DiffStat, StringComparison.Ordinal);
        Assert.Contains("+TWO\n", await File.ReadAllTextAsync(report.DiffPath!, stop), StringComparison.Ordinal);
        Assert.Equal([report.DiffPath!], Directory.GetFileSystemEntries(repository.Report));
    }

    [Fact]
    public async Task Commits_of_the_agent_and_what_it_left_both_count()
    {
        var (path, order) = await Worktree(null);
        TempRepository.WriteIn(path, "b.txt", "b\n");
        var own = repository.Commit("Mine \u001f odd", path);
        TempRepository.WriteIn(path, "c.txt", "c\n");
        var report = await Captures.Capture(order, stop);
        Assert.Equal(own, report.HeadCommit);
        Assert.Equal(own, Assert.Single(report.Commits).Sha);
        Assert.Null(report.CommittedByDaemon);
        Assert.True(report.Dirty);
        Assert.Equal(["b.txt", "c.txt"], report.FilesChanged.Select(file => file.Path));
        Assert.Equal("c", repository.Run("show", report.SnapshotRef + ":c.txt"));
        Assert.Equal("?? c.txt", repository.RunIn(path, "status", "--porcelain"));
    }

    [Fact]
    public async Task A_repeat_after_a_crash_finds_its_own_commit_and_snapshot()
    {
        var (path, order) = await Worktree();
        TempRepository.WriteIn(path, "b.txt", "b\n");
        var first = await Captures.Capture(order, stop);
        var second = await Captures.Capture(order, stop);
        Assert.Equal((first.CommittedByDaemon, first.SnapshotRef), (second.CommittedByDaemon, second.SnapshotRef));
        Assert.Equal(first.FilesChanged, second.FilesChanged);
        Assert.Single(second.Commits);
    }

    [Fact]
    public async Task A_second_snapshot_of_a_run_does_not_replace_the_first()
    {
        var (path, order) = await Worktree(null);
        TempRepository.WriteIn(path, "b.txt", "first\n");
        var first = await Captures.Capture(order, stop);
        TempRepository.WriteIn(path, "b.txt", "second\n");
        var second = await Captures.Capture(order, stop);
        Assert.Equal("first", repository.Run("show", first.SnapshotRef + ":b.txt"));
        Assert.Equal("second", repository.Run("show", second.SnapshotRef + ":b.txt"));
    }

    [Fact]
    public async Task A_shared_folder_is_never_committed_and_its_index_never_touched()
    {
        repository.Write("staged.txt", "staged\n");
        repository.Run("add", "staged.txt");
        repository.Write("a.txt", "changed\n");
        var index = await File.ReadAllBytesAsync(Path.Combine(repository.Path, ".git", "index"), stop);
        var order = Shared();
        var report = await Captures.Capture(order, stop);
        Assert.Equal(index, await File.ReadAllBytesAsync(Path.Combine(repository.Path, ".git", "index"), stop));
        Assert.Equal(order.BaseCommit, repository.Run("rev-parse", "HEAD"));
        Assert.Null(report.CommittedByDaemon);
        Assert.Empty(report.Notes);
        Assert.Equal("staged", repository.Run("show", report.SnapshotRef + ":staged.txt"));
        Assert.Equal(["a.txt", "staged.txt"], report.FilesChanged.Select(file => file.Path));
    }

    [Fact]
    public async Task A_session_in_a_folder_of_a_repository_sees_only_what_is_below_it()
    {
        repository.Write("inner/x.txt", "x\n");
        repository.Write("outer.txt", "o\n");
        var report = await Captures.Capture(Shared(Path.Combine(repository.Path, "inner")), stop);
        Assert.Equal("inner/x.txt", Assert.Single(report.FilesChanged).Path);
        Assert.Throws<InvalidOperationException>(() => repository.Run("show", report.SnapshotRef + ":outer.txt"));
    }

    [Fact]
    public async Task A_repository_without_a_commit_can_be_shared()
    {
        using var empty = new TempRepository(commit: false);
        TempRepository.WriteIn(empty.Path, "x.txt", "x\n");
        var order = Shared() with { Path = empty.Path, BaseCommit = null };
        var report = await new WorkCapture(empty.Distrusting, TimeProvider.System).Capture(order, stop);
        Assert.Equal("added", Assert.Single(report.FilesChanged).Status);
        Assert.Equal("x", empty.Run("show", report.SnapshotRef + ":x.txt"));
    }

    [Fact]
    public async Task A_plain_folder_has_no_diff_and_says_so()
    {
        var report = await Captures.Capture(Shared(repository.Report) with { Kind = WorkspaceKinds.Folder }, stop);
        Assert.Contains("no diff", Assert.Single(report.Notes), StringComparison.Ordinal);
        report = await Captures.Capture(Shared(repository.Report), stop);
        Assert.Contains("no diff", Assert.Single(report.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_without_a_name_gets_a_fallback_identity()
    {
        using var anonymous = new TempRepository(identity: false);
        anonymous.Write("b.txt", "b\n");
        var report = await new WorkCapture(anonymous.Distrusting, TimeProvider.System).Capture(Shared() with
        {
            Path = anonymous.Path,
            BaseCommit = anonymous.Run("rev-parse", "HEAD"),
        }, stop);
        Assert.Equal("Agent Orchestrator", anonymous.Run("log", "-1", "--format=%an", report.SnapshotRef!));
    }

    [Fact]
    public async Task A_detached_head_is_not_committed_to_and_its_commits_are_kept()
    {
        var (path, order) = await Worktree();
        repository.RunIn(path, "checkout", "--quiet", "--detach");
        TempRepository.WriteIn(path, "b.txt", "b\n");
        var loose = repository.Commit("Loose", path);
        var report = await Captures.Capture(order, stop);
        Assert.Equal(loose, repository.Run("rev-parse", report.SnapshotRef!));
        TempRepository.WriteIn(path, "c.txt", "c\n");
        report = await Captures.Capture(order, stop);
        Assert.Null(report.CommittedByDaemon);
        Assert.Equal(loose, repository.Run("rev-parse", report.SnapshotRef + "^"));
        Assert.Contains(report.Notes, note => note.Contains("detached", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_branch_that_is_not_ours_is_not_committed_to()
    {
        var (path, order) = await Worktree();
        repository.RunIn(path, "checkout", "--quiet", "-b", "elsewhere");
        TempRepository.WriteIn(path, "b.txt", "b\n");
        var report = await Captures.Capture(order, stop);
        Assert.Null(report.CommittedByDaemon);
        Assert.NotNull(report.SnapshotRef);
        Assert.Contains(report.Notes, note => note.Contains("elsewhere", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_unfinished_merge_is_copied_and_left_as_it_is()
    {
        var (path, order) = await Worktree();
        repository.Write("a.txt", "main side\n");
        repository.Commit("Main");
        TempRepository.WriteIn(path, "a.txt", "our side\n");
        repository.Commit("Ours", path);
        Assert.Throws<InvalidOperationException>(() => repository.RunIn(path, "merge", "main"));
        var report = await Captures.Capture(order, stop);
        Assert.Null(report.CommittedByDaemon);
        Assert.Contains(report.Notes, note => note.Contains("merge is unfinished", StringComparison.Ordinal));
        Assert.Contains("<<<<<<<", repository.Run("show", report.SnapshotRef + ":a.txt"), StringComparison.Ordinal);
        Assert.Equal("UU a.txt", repository.RunIn(path, "status", "--porcelain"));
    }

    [Fact]
    public async Task A_lock_that_a_killed_agent_left_does_not_stop_the_commit()
    {
        var (path, order) = await Worktree();
        var held = Path.Combine(repository.RunIn(path, "rev-parse", "--absolute-git-dir"), "index.lock");
        await File.WriteAllTextAsync(held, "", stop);
        File.SetLastWriteTimeUtc(held, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        TempRepository.WriteIn(path, "b.txt", "b\n");
        var report = await Captures.Capture(order, stop);
        Assert.NotNull(report.CommittedByDaemon);
        Assert.Contains(report.Notes, note => note.Contains("put aside", StringComparison.Ordinal));
        Assert.Equal("", repository.RunIn(path, "status", "--porcelain"));
    }

    [Fact]
    public async Task A_deleted_worktree_folder_still_shows_its_commits()
    {
        var (path, order) = await Worktree();
        TempRepository.WriteIn(path, "b.txt", "b\n");
        repository.Commit("Kept", path);
        Directory.Delete(path, recursive: true);
        var report = await Captures.Capture(order, stop);
        Assert.Equal("Kept", Assert.Single(report.Commits).Subject);
        Assert.Equal("b.txt", Assert.Single(report.FilesChanged).Path);
        Assert.Contains(report.Notes, note => note.Contains("is gone", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_pruned_worktree_is_a_note()
    {
        var (path, order) = await Worktree();
        Directory.Delete(path, recursive: true);
        repository.Run("worktree", "prune");
        Assert.Contains("no longer a worktree", Assert.Single((await Captures.Capture(order, stop)).Notes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_index_does_not_lose_the_work()
    {
        var (path, order) = await Worktree();
        TempRepository.WriteIn(path, "b.txt", "b\n");
        await File.WriteAllTextAsync(Path.Combine(repository.RunIn(path, "rev-parse", "--absolute-git-dir"), "index"), "garbage", stop);
        var report = await Captures.Capture(order, stop);
        Assert.Equal("b", repository.Run("show", report.SnapshotRef + ":b.txt"));
        Assert.Equal("b.txt", Assert.Single(report.FilesChanged).Path);
    }
}
