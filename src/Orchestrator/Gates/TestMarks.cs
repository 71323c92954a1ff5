using System.Text.RegularExpressions;
using Orchestrator.Workspaces;

namespace Orchestrator.Gates;

/// <summary>How one family of test frameworks names its files and its tests, and says "not this one".</summary>
/// <param name="Frameworks">Their names, for people.</param>
/// <param name="Endings">Ends of file names it is about.</param>
/// <param name="IsTest">Whether a path of such a file is a test's: its folders and its name without the ending, in lower case.</param>
/// <param name="Name">The line that begins a test, with its <c>name</c>.</param>
/// <param name="Marks">What makes a test of such a line when it stands before it; none where the line alone says it.</param>
/// <param name="Skips">Beginnings of what switches a test off, or all others ("only").</param>
sealed record TestStyle(
    string Frameworks, string[] Endings, Func<string[], string, bool> IsTest, Regex Name, string[] Marks, string[] Skips);

/// <summary>
/// Tests that are gone, or newly switched off, as far as a diff shows. Tables of names and marks, no parser: what other frameworks say is
/// not seen.
/// </summary>
static class TestMarks
{
    static readonly string[] Folders = ["test", "tests", "spec", "specs", "__tests__", "e2e"];

    /// <summary>Every style there is; docs/delivery.md shows it.</summary>
    public static readonly IReadOnlyList<TestStyle> All =
    [
        new("xUnit, NUnit, MSTest", [".cs", ".fs", ".vb"], (folders, name) => In(folders) || Ends(name, "Test", "Tests", "Spec", "Specs")
                || folders.Any(folder => Ends(folder, ".tests", ".test", ".specs")),
            Line(@"(?:public|internal)\s+(?:static\s+)?(?:async\s+)?(?:void|\w*Task)\s+(?<name>\w+)\s*\("),
            ["[Fact", "[Theory", "[Test", "[SkippableFact", "[SkippableTheory", "[DataTestMethod"],
            ["Skip = ", "Skip=", "[Ignore", ", Ignore(", "Ignore = ", "[Explicit", ", Explicit", "Assert.Skip", "Assert.Ignore",
                "Assert.Inconclusive", "Skip.If", "#if false"]),
        new("Jest, Vitest, Mocha, Jasmine, Playwright, node:test", [".js", ".jsx", ".ts", ".tsx", ".mjs", ".cjs", ".mts", ".cts"],
            (folders, name) => In(folders) || Ends(name, ".test", ".spec", "-test", "_test"),
            Line(@"(?:[xf]?it|x?test|specify|Deno\.test)\b[^'""`]*(['""`])(?<name>.+?)\1"), [],
            ["it.skip", "test.skip", "describe.skip", "suite.skip", "context.skip", "concurrent.skip", "it.todo", "test.todo", "test.fixme",
                "it.fail", "test.fail", "xit(", "xtest(", "xdescribe(", "xcontext(", "it.only", "test.only", "describe.only", "fit(",
                "fdescribe(", "this.skip(", "t.skip(", "t.todo(", "skip: true", "skip: '", "skip: \"", "todo: true", ".test.ignore("]),
        new("pytest, unittest", [".py"], (folders, name) => In(folders) || name.StartsWith("test_", StringComparison.Ordinal)
                || Ends(name, "_test", "tests"),
            Line(@"(?:async\s+)?def\s+(?<name>test\w*)"), [],
            ["pytest.mark.skip", "pytest.mark.xfail", "pytest.skip(", "pytest.xfail(", "@unittest.skip", "@skip", ".skipTest(", "SkipTest",
                "unittest.expectedFailure", "__test__ = False"]),
        new("Go", [".go"], (_, name) => Ends(name, "_test"), Line(@"func\s+(?:\([^)]*\)\s*)?(?<name>(?:Test|Fuzz|Example)\w*)\s*\("), [],
            ["t.Skip", "b.Skip", "testing.Short(", "//go:build ignore"]),
        new("Rust", [".rs"], (folders, _) => In(folders), Line(@"(?:pub\s+)?(?:async\s+)?fn\s+(?<name>\w+)"),
            ["#[test", "::test", "#[rstest"], ["#[ignore", ", ignore)]"]),
        new("JUnit, TestNG, Kotest", [".java", ".kt", ".groovy"],
            (folders, name) => In(folders) || Ends(name, "Test", "Tests", "IT", "Spec"),
            Line(@"(?:\w+\s+)*(?:void|fun)\s+`?(?<name>\w[^`(]*)`?\s*\("),
            ["@Test", "@ParameterizedTest", "@RepeatedTest", "@TestFactory"],
            ["@Disabled", "@Ignore", "enabled = false", "enabled=false"]),
        new("RSpec, Minitest", [".rb"], (folders, name) => In(folders) || Ends(name, "_spec", "_test"),
            Line(@"(?:(?:x?it|x?specify|scenario|test)[\s(]+(['""])(?<name>.+?)\1|def\s+(?<name>test_\w+))"), [],
            ["xit ", "xdescribe ", "xcontext ", "pending ", "skip ", "skip("]),
        new("PHPUnit, Pest", [".php"], (folders, name) => In(folders) || Ends(name, "Test"),
            Line(@"(?:(?:\w+\s+)*function\s+(?<name>test\w*)|(?:it|test)\s*\(\s*(['""])(?<name>.+?)\1)"), [],
            ["markTestSkipped(", "markTestIncomplete(", "->skip(", "->todo("]),
        new("XCTest, Swift Testing", [".swift"], (folders, name) => In(folders) || Ends(name, "Test", "Tests"),
            Line(@"(?:(?:\w+\s+)*func\s+(?<name>test\w*)|@Test\b.*\bfunc\s+(?<name>\w+))"), [],
            ["XCTSkip", ".disabled("]),
        new("ExUnit", [".exs"], (folders, name) => In(folders) || Ends(name, "_test"), Line(@"test\s+""(?<name>.+?)"""), [],
            ["@tag :skip", "@moduletag :skip", "@tag skip:"]),
    ];

    // A test that is commented out begins with something else.
    static Regex Line(string begins) => new(@"^\s*" + begins, RegexOptions.CultureInvariant);

    /// <summary>True for the path of a file with tests.</summary>
    public static bool IsTest(string path) => StyleOf(path) is { } style && Fits(style, path);

    /// <summary>Test files that are gone, or are tests no longer after a rename.</summary>
    public static IReadOnlyList<string> Removed(IEnumerable<FileChange> files) =>
    [
        .. files.Where(file => file.Status == "deleted" && IsTest(file.Path)).Select(file => file.Path),
        .. files.Where(file => file is { Status: "renamed", OldPath: not null } && IsTest(file.OldPath) && !IsTest(file.Path))
            .Select(file => $"{file.OldPath} (now {file.Path})"),
    ];

    /// <summary>Marks that a unified diff adds and does not take away elsewhere in the same file: path and line.</summary>
    public static IReadOnlyList<string> Skipped(IEnumerable<string> diff)
    {
        var found = new List<string>();
        foreach (var file in Lines(diff).Where(line => Array.Exists(line.Style.Skips, line.Has)).GroupBy(line => line.Path))
            found.AddRange(file.Where(line => line.Added).Skip(file.Count(line => !line.Added))
                .Select(line => $"{line.Path}: {Short(line.Text.Trim())}"));
        return found;
    }

    /// <summary>
    /// Tests that a unified diff takes out of files that stay: path and name. One that comes again somewhere in the diff was moved, and as
    /// many as are new in its file were only called something else.
    /// </summary>
    public static IReadOnlyList<string> TakenOut(IEnumerable<string> diff)
    {
        var lines = Lines(diff).ToList();
        var named = lines.Select(line => (Line: line, line.Name)).Where(one => one.Name is not null).ToList();
        var come = named.Where(one => one.Line.Added).Select(one => one.Name!).ToHashSet(StringComparer.Ordinal);
        var went = named.Where(one => !one.Line.Added).Select(one => one.Name!).ToHashSet(StringComparer.Ordinal);
        var found = new List<string>();
        var files = lines.ToLookup(line => line.Path);
        foreach (var file in named.GroupBy(one => one.Line.Path))
        {
            var gone = file.Where(one => !one.Line.Added && !come.Contains(one.Name!)).Select(one => one.Name!).ToList();
            var most = gone.Count - file.Count(one => one.Line.Added && !went.Contains(one.Name!));
            if (file.First().Line.Style.Marks is { Length: > 0 } marks)
                // Not every function in a file of tests is one.
                most = Math.Min(most, files[file.Key].Where(line => Array.Exists(marks, line.Has))
                    .Sum(line => line.Added ? -1 : 1));
            found.AddRange(gone.Take(most).Select(name => $"{file.Key}: {Short(name)}"));
        }
        return found;
    }

    /// <summary>One line that a diff adds to a file of tests, or takes out of it.</summary>
    readonly record struct Changed(string Path, TestStyle Style, bool Added, string Text)
    {
        public string? Name => Style.Name.Match(Text) is { Success: true } match ? match.Groups["name"].Value : null;

        public bool Has(string mark) => Text.Contains(mark, StringComparison.Ordinal);
    }

    // diff --git a/tests/sum.test.js b/tests/sum.test.js
    // --- a/tests/sum.test.js
    // +++ b/tests/sum.test.js
    // @@ -1,3 +1,3 @@
    // -test('adds', () => {
    // +test.skip('adds', () => {
    static IEnumerable<Changed> Lines(IEnumerable<string> diff)
    {
        var (path, isHead) = ("", false);
        TestStyle? style = null;
        foreach (var line in diff)
        {
            if (line.StartsWith("diff --git ", StringComparison.Ordinal))
                (isHead, style) = (true, null);
            else if (isHead && line.StartsWith("+++ ", StringComparison.Ordinal))
            {
                path = line[4..].Trim('"');
                path = path.StartsWith("b/", StringComparison.Ordinal) ? path[2..] : path;
                // In Rust tests stand beside what they test; elsewhere such words mean something else outside tests.
                style = StyleOf(path) is { } fitting && (IsTest(path) || fitting.Frameworks == "Rust") ? fitting : null;
                isHead = false;
            }
            else if (!isHead && style is not null && line.Length > 1 && line[0] is '+' or '-')
                yield return new Changed(path, style!, line[0] == '+', line[1..]);
        }
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
