using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Workspaces;

/// <summary>Store, folders, git's notes, branches and snapshots through a real daemon: what is repaired, and what is kept.</summary>
public sealed class ReconcileSpecs : IDisposable
{
    const string NoGrace = "worktrees: {grace_s: 0.001}";

    readonly TempRepository repository = new();

    public void Dispose() => repository.Dispose();

    [Fact]
    public async Task Folders_nobody_knows_go_only_when_they_hold_nothing_unsaved()
    {
        await using var daemon = await TestDaemon.Start($"{NoGrace}\nprojects: {{demo: {{path: {repository.Path}}}}}");
        var home = Directory.CreateDirectory(Path.Combine(daemon.Data, "worktrees")).FullName;
        var commit = Strays(home);
        var (used, open) = (Add(home, "used"), Add(home, "open"));
        using var inside = new Stranger(used, "exec sleep 60");
        using var holding = new Stranger("/", $"exec sleep 60 3<'{open}/a.txt'");
        var told = await Findings(daemon);
        Assert.Equal(12, told.Count(one => (string?)one!["kind"] == "folder_without_row"));
        Assert.Equal(12, Directory.GetDirectories(home).Length);

        var repaired = await Repair(daemon);
        string Of(string name) =>
            (string?)repaired.Single(one => (string?)one!["subject"] == Path.Combine(home, name))!["what"] ?? "(only told)";
        Assert.Contains("empty folder is gone", Of("empty"), StringComparison.Ordinal);
        Assert.Contains("stray/clean stays", Of("clean"), StringComparison.Ordinal);
        Assert.Contains("new.txt", Of("dirty"), StringComparison.Ordinal);
        Assert.Contains("b.bin", Of("binary"), StringComparison.Ordinal);
        Assert.Contains("Left out for their size", Of("huge"), StringComparison.Ordinal);
        Assert.Contains("locked", Of("locked"), StringComparison.Ordinal);
        Assert.Contains("repositories of their own: inner", Of("nested"), StringComparison.Ordinal);
        Assert.Contains("Submodules", Of("submodule"), StringComparison.Ordinal);
        Assert.Contains("detached head", Of("detached"), StringComparison.Ordinal);
        Assert.Contains($"Process {inside.Id} (sleep 60) works in it", Of("used"), StringComparison.Ordinal);
        Assert.Contains($"Process {holding.Id} (sleep 60) has a file of it open", Of("open"), StringComparison.Ordinal);
        Assert.Equal("(only told)", Of("foreign"));
        Assert.Equal(["binary", "detached", "dirty", "foreign", "huge", "locked", "nested", "open", "submodule", "used"],
            Directory.GetDirectories(home).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        // Nothing changed in what was kept, and what was nowhere else has a ref.
        Assert.Equal("only here", Read(Path.Combine(home, "dirty", "new.txt")));
        Assert.Contains(commit, repository.Run("for-each-ref", "--format=%(objectname)", "refs/agent-orchestrator/"),
            StringComparison.Ordinal);
        repository.Run("rev-parse", "--verify", "stray/clean");
    }

    string Add(string home, string name)
    {
        var folder = Path.Combine(home, name);
        repository.Run("worktree", "add", "--quiet", "-b", "stray/" + name, folder);
        return folder;
    }

    /// <summary>Worktrees that no row knows, each with something else in it; the commit that is on no branch.</summary>
    string Strays(string home)
    {
        Directory.CreateDirectory(Path.Combine(home, "empty"));
        Add(home, "clean");
        TempRepository.WriteIn(Add(home, "dirty"), "new.txt", "only here");
        File.WriteAllBytes(Path.Combine(Add(home, "binary"), "b.bin"), [0, 1, 2, 255]);
        using (var huge = File.Create(Path.Combine(Add(home, "huge"), "huge.bin")))
            huge.SetLength(2L << 30);
        repository.Run("worktree", "lock", Add(home, "locked"));
        var nested = Directory.CreateDirectory(Path.Combine(Add(home, "nested"), "inner")).FullName;
        repository.RunIn(nested, "init", "--quiet");
        TempRepository.WriteIn(nested, "x.txt", "x");
        repository.Commit("Inner", nested);
        var sub = Add(home, "submodule");
        repository.RunIn(sub, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", nested, "lib");
        repository.Commit("With a submodule", sub);
        var loose = Add(home, "detached");
        repository.RunIn(loose, "checkout", "--quiet", "--detach");
        TempRepository.WriteIn(loose, "b.txt", "b");
        TempRepository.WriteIn(Path.Combine(home, "foreign"), "notes.txt", "mine");
        return repository.Commit("Loose", loose);
    }

    [Fact]
    public async Task Rows_entries_branches_and_snapshots_are_brought_together_and_what_nobody_can_know_is_kept()
    {
        await using var daemon = await TestDaemon.Start($"{NoGrace}\nprojects: {{demo: {{path: {repository.Path}}}}}");
        var common = Path.Combine(repository.Path, ".git");
        // Deleted through git: nothing is there, and git knows of nothing.
        var gone = await Worktree(daemon, "write a.txt changed");
        repository.Run("worktree", "remove", "--force", gone.Path);
        // Deleted (or moved?) by hand: git still notes it.
        var lost = await Worktree(daemon, "write a.txt changed");
        Directory.Delete(lost.Path, recursive: true);
        var moved = await Worktree(daemon, "write a.txt changed");
        var elsewhere = repository.At("elsewhere");
        repository.Run("worktree", "move", moved.Path, elsewhere);
        TempRepository.WriteIn(elsewhere, "new.txt", "work in the moved one");
        var locked = await Worktree(daemon, "write a.txt changed");
        repository.Run("worktree", "lock", "--reason", "on a stick", locked.Path);
        Directory.Move(locked.Path, repository.At("stick"));
        // Removed by us, with nothing ever committed; and git's note is there again, as after a crash in the middle.
        var empty = await Worktree(daemon, "print nothing changes");
        await daemon.Post("/worktrees/cleanup", new JsonObject { ["run"] = empty.Run });
        repository.Run("worktree", "add", "--quiet", "--detach", empty.Path);
        Directory.Delete(empty.Path, recursive: true);
        // Snapshots of runs that this store does not know.
        repository.Run("update-ref", "refs/agent-orchestrator/snapshots/ffffffffffffffff", "main");
        var loose = repository.Run("commit-tree", "-p", "main", "-m", "only here", "main^{tree}");
        repository.Run("update-ref", "refs/agent-orchestrator/snapshots/eeeeeeeeeeeeeeee-2", loose);
        repository.Run("branch", "agent/stranger", "main");

        var repaired = await Repair(daemon);
        (bool Done, string Kind) Of(string subject)
        {
            var one = repaired.Single(one => (string?)one!["subject"] == subject)!;
            return ((bool)one["done"]!, (string)one["kind"]!);
        }
        Assert.Equal((true, "row_without_folder"), Of(gone.Id));
        Assert.Equal((false, "row_without_folder"), Of(lost.Id));
        Assert.Equal((false, "moved"), Of(moved.Id));
        Assert.Equal((false, "locked"), Of(locked.Id));
        Assert.Equal((true, "entry_without_folder"), Of(empty.Id));
        Assert.Equal((true, "branch_without_workspace"), Of("refs/heads/" + empty.Branch));
        Assert.Equal((true, "snapshot_without_run"), Of("refs/agent-orchestrator/snapshots/ffffffffffffffff"));
        Assert.Equal((false, "snapshot_without_run"), Of("refs/agent-orchestrator/snapshots/eeeeeeeeeeeeeeee-2"));
        Assert.Equal((false, "branch_without_workspace"), Of(common));

        var states = (await daemon.Get("/worktrees"))["worktrees"]!.AsArray()
            .ToDictionary(one => (string)one!["id"]!, one => (string?)one!["state"]);
        Assert.All(new[] { lost, moved, locked }, place => Assert.Equal("missing", states[place.Id]));
        Assert.False(states.ContainsKey(gone.Id));
        Assert.Equal("work in the moved one", Read(Path.Combine(elsewhere, "new.txt")));
        Assert.Equal("changed", repository.Run("show", gone.Branch + ":a.txt"));
        repository.Run("rev-parse", "--verify", "agent/stranger");
        Assert.Equal(loose, repository.Run("rev-parse", "refs/agent-orchestrator/snapshots/eeeeeeeeeeeeeeee-2"));
        Assert.DoesNotContain(empty.Path, repository.Run("worktree", "list"), StringComparison.Ordinal);
        Assert.Contains(elsewhere, repository.Run("worktree", "list"), StringComparison.Ordinal);
        // A second repair finds nothing more to do.
        Assert.DoesNotContain(await Repair(daemon), one => (bool)one!["done"]!);

        await KeptByAll(daemon, [(moved.Run, "moved to " + elsewhere), (locked.Run, "locked")], lost.Id);
    }

    /// <summary>A clean-up, which a person orders, keeps them too; while the disk with all of them is gone, nothing is forgotten.</summary>
    static async Task KeptByAll(TestDaemon daemon, (string Run, string Why)[] places, string lost)
    {
        foreach (var (run, why) in places)
        {
            var kept = (await daemon.Post("/worktrees/cleanup", new JsonObject { ["run"] = run }))["worktrees"]![0]!;
            Assert.Equal("kept", (string?)kept["decision"]);
            Assert.Contains(why, (string?)kept["reasons"]![0], StringComparison.Ordinal);
        }
        Directory.Move(Path.Combine(daemon.Data, "worktrees"), Path.Combine(daemon.Data, "unmounted"));
        Assert.DoesNotContain(await Repair(daemon), one => (bool)one!["done"]!);
        Assert.Contains(await Findings(daemon), one => (string?)one!["kind"] == "disk_missing" && (string?)one["subject"] == lost);
    }

    [Fact]
    public async Task Nothing_is_repaired_within_a_day_unless_somebody_says_otherwise()
    {
        await using var daemon = await TestDaemon.Start();
        var folder = Directory.CreateDirectory(Path.Combine(daemon.Data, "worktrees", "empty")).FullName;
        var told = Assert.Single(await Repair(daemon))!;
        Assert.Equal((false, true), ((bool)told["done"]!, (bool)told["repairable"]!));
        Directory.SetLastWriteTimeUtc(folder, TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-2));
        Assert.True((bool)Assert.Single(await Findings(daemon))!["due"]!);
        Assert.True(Directory.Exists(folder));
        Assert.True((bool)Assert.Single(await Repair(daemon))!["done"]!);
        Assert.False(Directory.Exists(folder));
        Assert.Contains(await daemon.Events(), one => (string?)one["event_type"] == "workspace.repaired");
    }

    static async Task<JsonArray> Findings(TestDaemon daemon) => (await daemon.Get("/worktrees/findings"))["findings"]!.AsArray();

    static async Task<JsonArray> Repair(TestDaemon daemon) =>
        (await daemon.Post("/worktrees/repair", new JsonObject()))["findings"]!.AsArray();

    static string Read(string path) => File.ReadAllText(path);

    static async Task<(string Id, string Run, string Path, string Branch)> Worktree(TestDaemon daemon, string step)
    {
        var order = TestDaemon.Order(step);
        order["project"] = "demo";
        var run = await daemon.Ended((string)(await daemon.Post("/runs", order))["run"]!["id"]!);
        var id = (string)(await daemon.Get($"/worktrees/{run["id"]}"))["worktree"]!["id"]!;
        return (id, (string)run["id"]!, (string)run["workspace"]!["path"]!, (string)run["workspace"]!["branch"]!);
    }
}
