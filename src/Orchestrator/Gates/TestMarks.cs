using Orchestrator.Workspaces;

namespace Orchestrator.Gates;

/// <summary>How one family of test frameworks names its files and says "not this one".</summary>
/// <param name="Frameworks">Their names, for people.</param>
/// <param name="Endings">Ends of file names it is about.</param>
/// <param name="IsTest">Whether a path of such a file is a test's: its folders and its name without the ending, in lower case.</param>
/// <param name="Skips">Beginnings of what switches a test off, or all others ("only").</param>
sealed record TestStyle(string Frameworks, string[] Endings, Func<string[], string, bool> IsTest, string[] Skips);

/// <summary>
/// Tests that are gone, or newly switched off, as far as a diff shows. A table of marks, no parser: a test taken out of a file that stays,
/// and marks of other frameworks, are not seen.
/// </summary>
static class TestMarks
{
    static readonly string[] Folders = ["test", "tests", "spec", "specs", "__tests__", "e2e"];

    /// <summary>Every style there is; docs/delivery.md shows it.</summary>
    public static readonly IReadOnlyList<TestStyle> All =
    [
        new("xUnit, NUnit, MSTest", [".cs", ".fs", ".vb"], (folders, name) => In(folders) || Ends(name, "Test", "Tests", "Spec", "Specs")
                || folders.Any(folder => Ends(folder, ".tests", ".test", ".specs")),
            ["Skip = ", "Skip=", "[Ignore", "[Explicit", "Assert.Skip", "Assert.Ignore", "Assert.Inconclusive", "#if false"]),
        new("Jest, Vitest, Mocha, Jasmine, Playwright, node:test", [".js", ".jsx", ".ts", ".tsx", ".mjs", ".cjs", ".mts"],
            (folders, name) => In(folders) || Ends(name, ".test", ".spec", "-test", "_test"),
            ["it.skip", "test.skip", "describe.skip", "suite.skip", "it.todo", "test.todo", "test.fixme", "xit(", "xtest(", "xdescribe(",
                "it.only", "test.only", "describe.only", "fit(", "fdescribe(", "this.skip(", "skip: true"]),
        new("pytest, unittest", [".py"], (folders, name) => In(folders) || name.StartsWith("test_", StringComparison.Ordinal)
                || Ends(name, "_test", "tests"),
            ["@pytest.mark.skip", "@pytest.mark.xfail", "pytest.skip(", "pytest.xfail(", "@unittest.skip", "@skip", ".skipTest(",
                "unittest.expectedFailure"]),
        new("Go", [".go"], (_, name) => Ends(name, "_test"), ["t.Skip", "b.Skip", "testing.Short("]),
        new("Rust", [".rs"], (folders, _) => In(folders), ["#[ignore"]),
        new("JUnit, TestNG, Kotest", [".java", ".kt", ".groovy"],
            (folders, name) => In(folders) || Ends(name, "Test", "Tests", "IT", "Spec"),
            ["@Disabled", "@Ignore", "enabled = false", "enabled=false"]),
        new("RSpec, Minitest", [".rb"], (folders, name) => In(folders) || Ends(name, "_spec", "_test"),
            ["xit ", "xdescribe ", "xcontext ", "pending ", "skip ", "skip("]),
        new("PHPUnit, Pest", [".php"], (folders, name) => In(folders) || Ends(name, "Test"),
            ["markTestSkipped(", "markTestIncomplete(", "->skip(", "->todo("]),
        new("XCTest, Swift Testing", [".swift"], (folders, name) => In(folders) || Ends(name, "Test", "Tests"),
            ["XCTSkip", ".disabled("]),
        new("ExUnit", [".exs"], (folders, name) => In(folders) || Ends(name, "_test"), ["@tag :skip", "@moduletag :skip", "@tag skip:"]),
    ];

    /// <summary>True for the path of a file with tests.</summary>
    public static bool IsTest(string path) => StyleOf(path) is { } style && Fits(style, path);

    /// <summary>Test files that are gone, or are tests no longer after a rename.</summary>
    public static IReadOnlyList<string> Removed(IEnumerable<FileChange> files) =>
    [
        .. files.Where(file => file.Status == "deleted" && IsTest(file.Path)).Select(file => file.Path),
        .. files.Where(file => file is { Status: "renamed", OldPath: not null } && IsTest(file.OldPath) && !IsTest(file.Path))
            .Select(file => $"{file.OldPath} (now {file.Path})"),
    ];

    // diff --git a/tests/sum.test.js b/tests/sum.test.js
    // --- a/tests/sum.test.js
    // +++ b/tests/sum.test.js
    // @@ -1,3 +1,3 @@
    // -test('adds', () => {
    // +test.skip('adds', () => {
    /// <summary>Marks that a unified diff adds and does not take away elsewhere in the same file: path and line.</summary>
    public static IReadOnlyList<string> Skipped(IEnumerable<string> diff)
    {
        var found = new List<string>();
        TestStyle? style = null;
        var path = "";
        var (added, gone) = (new List<string>(), 0);
        void Close()
        {
            found.AddRange(added.Skip(gone).Select(line => $"{path}: {line}"));
            (added, gone) = ([], 0);
        }

        foreach (var line in diff)
        {
            if (line.StartsWith("diff --git ", StringComparison.Ordinal))
            {
                Close();
                style = null;
            }
            else if (line.StartsWith("+++ ", StringComparison.Ordinal) && style is null)
            {
                path = line[4..].Trim('"');
                path = path.StartsWith("b/", StringComparison.Ordinal) ? path[2..] : path;
                // In Rust tests stand beside what they test; elsewhere such words mean something else outside tests.
                style = StyleOf(path) is { } fitting && (IsTest(path) || fitting.Frameworks == "Rust") ? fitting : null;
            }
            else if (style is not null && line.Length > 1 && line[0] is '+' or '-'
                && Array.Exists(style!.Skips, mark => line.Contains(mark, StringComparison.Ordinal)))
            {
                if (line[0] == '+')
                    added.Add(Short(line[1..].Trim()));
                else
                    gone++;
            }
        }

        Close();
        return found;
    }

    static TestStyle? StyleOf(string path) => All.FirstOrDefault(style => Array.Exists(style.Endings, ending =>
        path.EndsWith(ending, StringComparison.OrdinalIgnoreCase)));

    static bool Fits(TestStyle style, string path)
    {
        var parts = path.Split('/');
        var ending = style.Endings.First(one => path.EndsWith(one, StringComparison.OrdinalIgnoreCase));
        return style.IsTest([.. parts[..^1].Select(folder => folder.ToLowerInvariant())], parts[^1][..^ending.Length]);
    }

    static bool In(string[] folders) => folders.Any(Folders.Contains);

    // Words as they are written: with a capital or a sign before them, or alone.
    static bool Ends(string name, params string[] words) => words.Any(word =>
        name.Equals(word, StringComparison.OrdinalIgnoreCase) || name.EndsWith(word, StringComparison.Ordinal));

    static string Short(string line) => line.Length > 160 ? line[..160] + "…" : line;
}
