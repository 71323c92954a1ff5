using Orchestrator.Tests.Support;
using Orchestrator.Workspaces;

namespace Orchestrator.Tests.Workspaces;

/// <summary>Nothing an agent plants in a repository runs when the daemon looks at it.</summary>
public sealed class DistrustSpecs : IDisposable
{
    const string RunId = "0123456789abcdef";

    readonly TempRepository repository = new();
    readonly CancellationToken stop = TestContext.Current.CancellationToken;

    public void Dispose() => repository.Dispose();

    async Task<(Prepared Made, WorkReport Report)> WholeLife(Action<string>? between = null)
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
        TempRepository.WriteIn(made.Path, "a.txt", "changed by the agent\n");
        TempRepository.WriteIn(made.Path, "b.txt", "b\n");
        between?.Invoke(made.Path);
        var report = await new WorkCapture(repository.Distrusting, TimeProvider.System).Capture(new CaptureOrder
        {
            Path = made.Path,
            Kind = made.Kind,
            BaseCommit = made.BaseCommit,
            RunId = RunId,
            CommitMessage = "Work",
            ReportFolder = repository.Report,
            Branch = made.Branch,
            CommonFolder = made.CommonFolder,
        }, stop);
        await new Cleanup(repository.Distrusting).Run([new CleanupOrder
        {
            Path = made.Path,
            CommonFolder = made.CommonFolder!,
            RunId = RunId,
            ReportFolder = repository.Report,
        }], stop);
        return (made, report);
    }

    [Fact]
    public async Task Hooks_do_not_run()
    {
        var (program, trace) = repository.Trap("hook");
        var hooks = Directory.CreateDirectory(Path.Combine(repository.Path, ".git", "hooks")).FullName;
        string[] names = ["pre-commit", "commit-msg", "prepare-commit-msg", "post-commit", "post-checkout", "reference-transaction",
            "post-index-change", "pre-auto-gc", "fsmonitor-watchman"];
        foreach (var name in names)
            File.Copy(program, Path.Combine(hooks, name), overwrite: true);
        repository.Run("branch", "probe");
        Assert.True(File.Exists(trace), "the trap itself must work");
        File.Delete(trace);
        repository.Run("config", "core.hooksPath", hooks);
        var (_, report) = await WholeLife();
        Assert.NotNull(report.CommittedByDaemon);
        Assert.False(File.Exists(trace));
    }

    [Theory]
    [InlineData("core.fsmonitor")]
    [InlineData("core.sshCommand")]
    [InlineData("core.pager")]
    [InlineData("core.editor")]
    [InlineData("core.askPass")]
    [InlineData("diff.external")]
    [InlineData("diff.planted.command")]
    [InlineData("diff.planted.textconv")]
    [InlineData("filter.planted.clean")]
    [InlineData("filter.planted.smudge")]
    [InlineData("filter.planted.process")]
    [InlineData("merge.planted.driver")]
    [InlineData("gpg.program")]
    [InlineData("credential.helper")]
    [InlineData("pager.status")]
    [InlineData("pager.diff-tree")]
    [InlineData("alias.status")]
    public async Task A_planted_program_does_not_run(string setting)
    {
        var (program, trace) = repository.Trap("planted");
        repository.Write(".gitattributes", "*.txt filter=planted diff=planted merge=planted\n");
        repository.Commit("Attributes");
        repository.Run("config", setting, setting is "core.pager" or "pager.status" or "alias.status" ? $"!{program}" : program);
        repository.Run("config", "commit.gpgSign", "true");
        repository.Run("config", "log.showSignature", "true");
        var isFilter = setting.StartsWith("filter.", StringComparison.Ordinal);
        if (isFilter)
            repository.Run("config", "filter.planted.required", "true");
        var (_, report) = await WholeLife();
        Assert.False(File.Exists(trace));
        Assert.Equal(["a.txt", "b.txt"], report.FilesChanged.Select(file => file.Path));
        Assert.NotNull(report.SnapshotRef);
        Assert.Equal(isFilter, report.CommittedByDaemon is null);
    }

    [Fact]
    public async Task A_filter_of_the_repository_neither_runs_nor_is_its_work_committed_in_clear()
    {
        var (program, _) = repository.Trap("crypt");
        repository.Write(".gitattributes", "*.txt filter=cry=pt.x\n");
        repository.Commit("Attributes");
        var (_, report) = await WholeLife(_ => repository.Run("config", "filter.cry=pt.x.clean", program));
        Assert.Null(report.CommittedByDaemon);
        Assert.Equal("changed by the agent", repository.Run("show", report.SnapshotRef + ":a.txt"));
        Assert.Contains(report.Notes, note => note.Contains("cry=pt.x", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_filter_that_hides_behind_an_include_is_found()
    {
        var (program, trace) = repository.Trap("included");
        File.WriteAllText(repository.At("more"), $"[filter \"far\"]\n\tclean = {program}\n");
        repository.Write(".gitattributes", "*.txt filter=far\n");
        repository.Commit("Attributes");
        repository.Run("config", "include.path", repository.At("more"));
        await WholeLife();
        Assert.False(File.Exists(trace));
    }

    [Fact]
    public void The_users_own_filters_and_LFS_are_trusted()
    {
        const string Listed = "global\0filter.mine.clean\nmine %f\0local\0filter.mine.clean\nmine %f\0"
            + "local\0filter.lfs.process\ngit-lfs filter-process\0local\0filter.lfs.required\ntrue\0"
            + "local\0filter.alone.required\ntrue\0local\0filter.evil.smudge\nevil\0"
            + "worktree\0filter.a.b.clean\nx\ny\0local\0core.bare\nfalse\0";
        Assert.Equal(["alone", "evil", "a.b"], LocalFilters.Read(Listed));
    }

    [Fact]
    public async Task A_rewritten_git_file_does_not_lead_the_daemon_elsewhere()
    {
        var (program, trace) = repository.Trap("elsewhere");
        var fake = repository.At("fake");
        repository.Run("clone", "--quiet", ".", fake);
        repository.RunIn(fake, "config", "core.fsmonitor", program);
        var (_, report) = await WholeLife(path => File.WriteAllText(Path.Combine(path, ".git"), $"gitdir: {fake}/.git\n"));
        Assert.Equal(repository.Run("rev-parse", "agent/t"), report.CommittedByDaemon);
        Assert.False(File.Exists(trace));
        Assert.Equal("", repository.RunIn(fake, "for-each-ref", Snapshots.Prefix));
    }

    [Fact]
    public async Task A_planted_work_tree_setting_does_not_move_the_daemons_view()
    {
        TempRepository.WriteIn(repository.At("other"), "private.txt", "not yours\n");
        repository.Write("b.txt", "b\n");
        repository.Run("config", "core.worktree", repository.At("other"));
        var report = await new WorkCapture(repository.Distrusting, TimeProvider.System).Capture(new CaptureOrder
        {
            Path = repository.Path,
            Kind = WorkspaceKinds.Shared,
            BaseCommit = (await new Worktrees(repository.Distrusting).HeadOf(repository.Path, stop))!,
            RunId = RunId,
            ReportFolder = repository.Report,
        }, stop);
        Assert.Equal("b.txt", Assert.Single(report.FilesChanged).Path);
    }

    [Theory]
    [InlineData(".git")]
    [InlineData(".gitmodules")]
    [InlineData("pipe")]
    public async Task A_pipe_where_a_file_is_expected_does_not_hold_the_daemon_up(string name)
    {
        var (_, report) = await WholeLife(path =>
        {
            File.Delete(Path.Combine(path, name));
            repository.Run("-c", "alias.pipe=!mkfifo", "pipe", Path.Combine(path, name));
            Assert.NotEqual("elsewhere", Repository.Look(path)?.Branch);
        });
        Assert.Contains("b.txt", report.FilesChanged.Select(file => file.Path));
    }

    [Fact]
    public async Task Replaced_objects_do_not_hide_a_change()
    {
        var (_, report) = await WholeLife(path =>
        {
            var before = repository.Run("rev-parse", "HEAD:a.txt");
            var after = repository.RunIn(path, "hash-object", "-w", "a.txt");
            repository.Run("replace", before, after);
        });
        Assert.Contains("-one\n", await File.ReadAllTextAsync(report.DiffPath!, stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Secrets_and_redirections_of_the_environment_stay_outside()
    {
        var surroundings = new Dictionary<string, string>(repository.Surroundings)
        {
            ["AGENTCTL_AUTH_TOKEN"] = "secret",
            ["GITHUB_TOKEN"] = "secret",
            ["GIT_DIR"] = "/nowhere",
            ["GIT_EXTERNAL_DIFF"] = "/nowhere",
            ["GIT_CONFIG_PARAMETERS"] = "'core.bare=true'",
        };
        var shown = await new Git(surroundings).Run(new GitCall
        {
            Arguments = ["-c", "alias.show-env=!env", "show-env"],
            Folder = repository.Path,
        }, stop);
        Assert.True(shown.Succeeded, shown.Stderr);
        Assert.Contains("GIT_TERMINAL_PROMPT=0", shown.Stdout, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", shown.Stdout, StringComparison.Ordinal);
        Assert.DoesNotContain("/nowhere", shown.Stdout, StringComparison.Ordinal);
    }
}
