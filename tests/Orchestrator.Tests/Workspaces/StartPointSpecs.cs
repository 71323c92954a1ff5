using Orchestrator.Tests.Support;
using Orchestrator.Workspaces;

namespace Orchestrator.Tests.Workspaces;

/// <summary>Where a worktree starts whose work builds on other results, with real git.</summary>
public sealed class StartPointSpecs : IDisposable
{
    readonly TempRepository repository = new();

    public void Dispose() => repository.Dispose();

    string Common => Path.Combine(repository.Path, ".git");

    string Main => repository.Run("rev-parse", "main");

    /// <summary>A branch from main with one file on it; its commit.</summary>
    string Branch(string name, string file, string text, string from = "main")
    {
        repository.Run("checkout", "--quiet", "-b", name, from);
        repository.Write(file, text);
        var commit = repository.Commit("Work on " + name);
        repository.Run("checkout", "--quiet", "main");
        return commit;
    }

    Origin Of(string branch, (string, string)? landed = null) => new("item " + branch, Common, branch, landed);

    Task<Start> Find(params Origin[] origins) => new StartPoint(repository.Distrusting).Find(Common, Main, origins, "0123456789abcdef",
        TestContext.Current.CancellationToken);

    [Fact]
    public async Task One_result_is_where_it_starts_and_what_is_in_the_project_already_is_not_looked_for()
    {
        var one = Branch("one", "one.txt", "1");
        var start = await Find(Of("one"));
        Assert.Equal(one, start.Commit);
        Assert.Contains("item one on one", Assert.Single(start.From), StringComparison.Ordinal);

        repository.Run("merge", "--quiet", "--no-ff", "-m", "Land it", "one");
        Assert.Null((await Find(Of("one"))).Commit);
        // Of another repository, or nothing at all.
        Assert.Null((await Find(Of("one") with { Common = repository.Root })).Commit);
    }

    [Fact]
    public async Task What_was_squashed_into_the_project_is_there_and_elsewhere_it_is_not()
    {
        var one = Branch("one", "one.txt", "1");
        repository.Run("merge", "--quiet", "--squash", "one");
        var landed = repository.Commit("All of it");
        Assert.Null((await Find(Of("one", (landed, one)))).Commit);
        // Its branch is gone since; and it was delivered to another branch; and work came to its branch after the delivery.
        repository.Run("branch", "--quiet", "-D", "one");
        Assert.Null((await Find(Of("one", (landed, one)))).Commit);
        var two = Branch("two", "two.txt", "2");
        var elsewhere = Branch("release", "two.txt", "2");
        Assert.Equal(two, (await Find(Of("two", (elsewhere, two)))).Commit);
        Assert.Equal(two, (await Find(Of("two", (landed, one)))).Commit);
        Assert.Contains("is gone", Assert.Single((await Find(Of("never"))).From), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_results_are_merged_without_a_worktree_and_what_was_delivered_is_there_too()
    {
        Branch("one", "one.txt", "1");
        Branch("two", "two.txt", "2");
        Branch("further", "further.txt", "3", from: "one");
        Branch("landed", "landed.txt", "4");
        repository.Run("merge", "--quiet", "--no-ff", "-m", "Land it", "landed");
        var (before, status) = (repository.Run("for-each-ref"), repository.Run("status", "--porcelain"));

        var start = await Find(Of("one"), Of("two"), Of("further"), Of("landed"));
        Assert.Null(start.Conflict);
        Assert.Equal(["a.txt", "further.txt", "landed.txt", "one.txt", "two.txt"],
            repository.Run("ls-tree", "--name-only", start.Commit!).Split('\n').Where(name => name != ".gitignore"));
        // One is in the history of further: two merges, not three.
        Assert.Equal("2", repository.Run("rev-list", "--count", "--merges", start.Commit!, "^main"));
        Assert.Equal("Una User", repository.Run("log", "-1", "--format=%an", start.Commit!));
        Assert.Contains("Agent-Run: 0123456789abcdef", repository.Run("log", "-1", "--format=%B", start.Commit!), StringComparison.Ordinal);
        Assert.Equal((before, status), (repository.Run("for-each-ref"), repository.Run("status", "--porcelain")));
    }

    [Fact]
    public async Task Results_that_collide_are_told_with_their_files_and_nothing_changes()
    {
        Branch("one", "a.txt", "1");
        Branch("two", "two.txt", "2");
        Branch("three", "a.txt", "3");
        // A merge program that the repository brings along decides nothing.
        repository.Run("config", "merge.mine.driver", $"touch '{repository.At("ran")}'");
        repository.Write(".git/info/attributes", "a.txt merge=mine\n");
        var before = repository.Run("for-each-ref");
        var start = await Find(Of("one"), Of("two"), Of("three"));
        Assert.Contains("item three on three and item one on one, item two on two both changed a.txt.", start.Conflict,
            StringComparison.Ordinal);
        Assert.Equal(before, repository.Run("for-each-ref"));
        Assert.False(File.Exists(repository.At("ran")));
    }
}
