using Orchestrator.Tests.Support;
using Orchestrator.Workspaces;

namespace Orchestrator.Tests.Workspaces;

/// <summary>Files no list of lines survives: odd names, huge, binary, repositories inside.</summary>
public sealed class OddFilesSpecs : IDisposable
{
    readonly TempRepository repository = new();
    readonly CancellationToken stop = TestContext.Current.CancellationToken;

    public void Dispose() => repository.Dispose();

    Task<WorkReport> Capture(Func<CaptureOrder, CaptureOrder>? change = null)
    {
        var order = new CaptureOrder
        {
            Path = repository.Path,
            Kind = WorkspaceKinds.Shared,
            BaseCommit = repository.Run("rev-parse", "HEAD"),
            RunId = "0123456789abcdef",
            ReportFolder = repository.Report,
        };
        return new WorkCapture(repository.Distrusting, TimeProvider.System).Capture(change?.Invoke(order) ?? order, stop);
    }

    [Fact]
    public async Task Names_with_line_ends_quotes_and_options_are_names()
    {
        string[] names = ["-rf", "a\nb", "c\td", "e\"f'g", ":(top)h", "i j", "k*", "ü"];
        foreach (var name in names)
            repository.Write(name, "x\n");
        var report = await Capture();
        Assert.Empty(report.Notes);
        Assert.Equal(names.Order(StringComparer.Ordinal), report.FilesChanged.Select(file => file.Path).Order(StringComparer.Ordinal));
        Assert.All(report.FilesChanged, file => Assert.Equal(1, file.Added));
        Assert.Equal(names.Length + 1, report.DiffStat.TrimEnd('\n').Split('\n').Length);
    }

    [Fact]
    public async Task A_name_that_is_no_UTF8_is_taken_all_the_same()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Skip("Only Linux has file names that are no UTF-8.");
        var script = repository.At("make.sh");
        await File.WriteAllTextAsync(script, "touch \"$(printf 'caf\\351.txt')\"\n", stop);
        repository.Run("-c", $"alias.make=!sh '{script}'", "make");
        var report = await Capture();
        // .NET cannot delete such a name.
        repository.Run("clean", "--quiet", "--force");
        Assert.Equal("caf\uFFFD.txt", Assert.Single(report.FilesChanged).Path);
        Assert.Equal("\"caf\\351.txt\"", repository.Run("diff-tree", "-r", "--name-only", "HEAD", report.SnapshotRef!));
    }

    [Fact]
    public async Task A_rename_is_one_change_with_both_names()
    {
        repository.Write("long.txt", string.Concat(Enumerable.Range(0, 50).Select(i => $"line {i}\n")));
        repository.Commit("Long");
        File.Move(Path.Combine(repository.Path, "long.txt"), Path.Combine(repository.Path, "moved to.txt"));
        var file = Assert.Single((await Capture()).FilesChanged);
        Assert.Equal(("moved to.txt", "long.txt", "renamed", 0), (file.Path, file.OldPath, file.Status, file.Added));
    }

    [Fact]
    public async Task Binary_files_have_no_lines()
    {
        await File.WriteAllBytesAsync(Path.Combine(repository.Path, "x.bin"), [0, 1, 2, 0, 255], stop);
        var report = await Capture();
        Assert.Equal(new FileChange("x.bin", 0, 0, "added", true), Assert.Single(report.FilesChanged));
        Assert.Contains("x.bin | Bin", report.DiffStat, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_over_the_limit_are_left_out_and_named()
    {
        repository.Write("small.txt", "s\n");
        repository.Write("big.txt", new string('x', 2000));
        var report = await Capture(order => order with { FileLimit = 1000 });
        Assert.Equal("small.txt", Assert.Single(report.FilesChanged).Path);
        Assert.Contains("big.txt", Assert.Single(report.Notes), StringComparison.Ordinal);
        Assert.True(report.Dirty);
        report = await Capture(order => order with { RunId = "ff", TotalLimit = 1500 });
        Assert.Contains("big.txt", Assert.Single(report.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_left_out_files_make_no_snapshot()
    {
        repository.Write("big.txt", new string('x', 2000));
        var report = await Capture(order => order with { FileLimit = 1000 });
        Assert.Null(report.SnapshotRef);
        Assert.True(report.Dirty);
    }

    [Fact]
    public async Task A_long_diff_is_cut_at_a_line_and_says_so()
    {
        repository.Write("many.txt", string.Concat(Enumerable.Range(0, 5000).Select(i => $"line {i}\n")));
        var report = await Capture(order => order with { DiffLimit = 10_000 });
        var text = await File.ReadAllTextAsync(report.DiffPath!, stop);
        Assert.InRange(text.Length, 9_900, 10_000);
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        Assert.Contains("are kept", Assert.Single(report.Notes), StringComparison.Ordinal);
        Assert.Equal(5000, Assert.Single(report.FilesChanged).Added);
    }

    [Fact]
    public async Task Repositories_inside_are_named_and_not_swallowed()
    {
        var inner = Directory.CreateDirectory(Path.Combine(repository.Path, "inner")).FullName;
        repository.RunIn(inner, "init", "--quiet");
        TempRepository.WriteIn(inner, "x.txt", "x");
        repository.Commit("Inner", inner);
        var unborn = Directory.CreateDirectory(Path.Combine(repository.Path, "unborn")).FullName;
        repository.RunIn(unborn, "init", "--quiet");
        TempRepository.WriteIn(unborn, "y.txt", "y");
        repository.Write("b.txt", "b\n");
        var report = await Capture();
        Assert.Equal("b.txt", Assert.Single(report.FilesChanged).Path);
        Assert.Contains("inner, unborn", Assert.Single(report.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_submodule_is_compared_by_its_commit_and_not_entered()
    {
        var library = repository.At("library");
        Directory.CreateDirectory(library);
        repository.RunIn(library, "init", "--quiet");
        TempRepository.WriteIn(library, "l.txt", "l\n");
        repository.Commit("Library", library);
        repository.Run("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", library, "lib");
        repository.Commit("Use it");
        var inside = Path.Combine(repository.Path, "lib");
        var (program, trace) = repository.Trap("submodule-monitor");
        repository.RunIn(inside, "config", "core.fsmonitor", program);
        TempRepository.WriteIn(inside, "l.txt", "changed\n");
        var report = await Capture();
        Assert.Empty(report.FilesChanged);
        Assert.Contains("lib", Assert.Single(report.Notes), StringComparison.Ordinal);
        Assert.False(File.Exists(trace));
        repository.RunIn(inside, "config", "--unset", "core.fsmonitor");
        repository.Commit("In the library", inside);
        Assert.Equal("lib", Assert.Single((await Capture()).FilesChanged).Path);
    }

    [Fact]
    public void Lists_that_end_in_the_middle_are_read_as_far_as_they_go()
    {
        const string Whole = ":100644 100644 e69de29 587be6b R100\0old\0new\0:000000 100644 0 1 A\0b\01\t0\t\0old\0new\0-\t-\tb\0";
        for (var length = 0; length <= Whole.Length; length++)
            Assert.InRange(TreeDiff.Read(Whole[..length]).Count, 0, 2);
        Assert.Equal(
            [new FileChange("new", 1, 0, "renamed", false, "old"), new FileChange("b", 0, 0, "added", true)], TreeDiff.Read(Whole));
        const string Lines = "# branch.oid (initial)\0# branch.head main\01 .M N... 1 1 1 a a x y\0? z\0u UU N... 1 1 1 1 a a a q\0";
        for (var length = 0; length <= Lines.Length; length++)
            Assert.InRange(Status.Read(Lines[..length]).Entries.Count, 0, 3);
        Assert.Equal(["x y", "z", "q"], Status.Read(Lines).Entries.Select(entry => entry.Path));
    }
}
