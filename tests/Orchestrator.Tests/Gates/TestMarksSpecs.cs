using Orchestrator.Gates;
using Orchestrator.Workspaces;

namespace Orchestrator.Tests.Gates;

/// <summary>Which paths are tests, and which added lines switch one off.</summary>
public class TestMarksSpecs
{
    [Theory]
    [InlineData("tests/Orchestrator.Tests/RunSpecs.cs")]
    [InlineData("src/Acme.Tests/Money.cs")]
    [InlineData("src/MoneyTests.cs")]
    [InlineData("web/sum.test.ts")]
    [InlineData("web/__tests__/sum.js")]
    [InlineData("app/test_money.py")]
    [InlineData("app/money_test.py")]
    [InlineData("app/tests.py")]
    [InlineData("pkg/money_test.go")]
    [InlineData("tests/api.rs")]
    [InlineData("src/test/java/MoneyIT.java")]
    [InlineData("src/MoneyTest.java")]
    [InlineData("spec/money_spec.rb")]
    [InlineData("MoneyTest.php")]
    [InlineData("AppTests/MoneyTests.swift")]
    [InlineData("test/money_test.exs")]
    public void A_test_is_known_by_its_path(string path) => Assert.True(TestMarks.IsTest(path));

    [Theory]
    [InlineData("src/Latest.cs")]
    [InlineData("src/Contest.java")]
    [InlineData("src/Unit.java")]
    [InlineData("web/sum.ts")]
    [InlineData("app/attest.py")]
    [InlineData("pkg/money.go")]
    [InlineData("src/lib.rs")]
    [InlineData("tests/readme.md")]
    public void What_only_sounds_like_one_is_none(string path) => Assert.False(TestMarks.IsTest(path));

    [Fact]
    public void A_test_is_gone_when_its_file_is_deleted_or_no_test_any_more()
    {
        FileChange[] files =
        [
            new("tests/a.test.js", 0, 9, "deleted", false),
            new("src/a.js", 0, 9, "deleted", false),
            new("tests/b.test.js", 1, 1, "renamed", false, "tests/old.test.js"),
            new("attic/c.js", 0, 0, "renamed", false, "web/c.test.js"),
        ];

        Assert.Equal(["tests/a.test.js", "web/c.test.js (now attic/c.js)"], TestMarks.Removed(files));
    }

    [Theory]
    [InlineData("a.test.js", "+test.skip('adds', () => {", 1)]
    [InlineData("a.test.js", "+  it.only('adds', () => {", 1)]
    [InlineData("a.test.js", "-test.skip('adds', () => {", 0)]
    [InlineData("a.test.js", " test.skip('adds', () => {", 0)]
    [InlineData("a.js", "+test.skip('adds', () => {", 0)]
    [InlineData("test_a.py", "+@pytest.mark.skip(reason='later')", 1)]
    [InlineData("a_test.go", "+\tt.Skip(\"later\")", 1)]
    [InlineData("src/lib.rs", "+    #[ignore]", 1)]
    [InlineData("ATests.cs", "+    [Fact(Skip = \"later\")]", 1)]
    [InlineData("ATest.java", "+    @Disabled", 1)]
    [InlineData("a_spec.rb", "+  xit 'adds' do", 1)]
    [InlineData("ATest.php", "+        $this->markTestSkipped('later');", 1)]
    public void A_mark_counts_where_it_is_added(string path, string line, int count) =>
        Assert.Equal(count, TestMarks.Skipped(Diff(path, line)).Count);

    [Fact]
    public void A_mark_that_only_moves_within_its_file_is_not_new()
    {
        Assert.Empty(TestMarks.Skipped(Diff("a.test.js", "-test.skip('adds', () => {", "+  test.skip('adds well', () => {")));
        Assert.Equal(["b.test.js: test.skip('adds', () => {"], TestMarks.Skipped(
            [.. Diff("a.test.js", "-test.skip('adds', () => {"), .. Diff("b.test.js", "+test.skip('adds', () => {")]));
    }

    static string[] Diff(string path, params string[] lines) =>
        [$"diff --git a/{path} b/{path}", $"--- a/{path}", $"+++ b/{path}", "@@ -1,3 +1,3 @@", .. lines];
}
