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

    [Theory]
    [InlineData("a.test.js", "-it('adds', () => {", "adds")]
    [InlineData("a.test.ts", "-  test.each([1])(`adds %i`, n => {", "adds %i")]
    [InlineData("test_a.py", "-    async def test_adds(self):", "test_adds")]
    [InlineData("a_test.go", "-func TestAdds(t *testing.T) {", "TestAdds")]
    [InlineData("src/lib.rs", "-    #[test]|-    fn adds() {", "adds")]
    [InlineData("ATests.cs", "-    [Fact]|-    public async Task Adds()", "Adds")]
    [InlineData("ATest.java", "-    @Test|-    void adds() {", "adds")]
    [InlineData("ATest.kt", "-    @Test|-    fun `adds two`() {", "adds two")]
    [InlineData("a_spec.rb", "-  it 'adds' do", "adds")]
    [InlineData("a_test.rb", "-  def test_adds", "test_adds")]
    [InlineData("ATest.php", "-    public function testAdds(): void", "testAdds")]
    [InlineData("ATests.swift", "-    func testAdds() throws {", "testAdds")]
    [InlineData("a_test.exs", "-  test \"adds\" do", "adds")]
    public void A_test_is_gone_when_its_lines_are(string path, string lines, string name)
    {
        var diff = Diff(path, lines.Split('|'));
        Assert.Equal([$"{path}: {name}"], TestMarks.TakenOut(diff));
        Assert.Empty(TestMarks.TakenOut([.. diff.Select(line => line is ['-', not '-', ..] ? "+" + line[1..] : line)]));
    }

    [Theory]
    [InlineData("-it('adds', () => {", "+it.skip('adds', () => {", "")]
    [InlineData("-it('adds', () => {", "+it('adds two numbers', () => {", "")]
    [InlineData("-it('adds', () => {", "+// it('adds', () => {", "adds")]
    [InlineData("-it('adds', () => {|-it('halves', () => {", "+it('adds and halves', () => {", "adds")]
    public void A_test_that_comes_again_or_instead_is_not(string gone, string come, string expected) =>
        Assert.Equal(expected.Length == 0 ? [] : [$"a.test.js: {expected}"],
            TestMarks.TakenOut(Diff("a.test.js", [.. gone.Split('|'), come])));

    [Fact]
    public void A_test_may_move_to_another_file_and_what_is_no_test_may_go()
    {
        Assert.Empty(TestMarks.TakenOut(
            [.. Diff("a.test.js", "-it('adds', () => {"), .. Diff("b.test.js", "+  it('adds', () => {", "+  it('halves', () => {")]));
        // New ones elsewhere do not make up for it.
        Assert.Equal(["a.test.js: adds"], TestMarks.TakenOut(
            [.. Diff("a.test.js", "-it('adds', () => {"), .. Diff("b.test.js", "+  it('halves', () => {")]));
        Assert.Empty(TestMarks.TakenOut(Diff("ATests.cs", "-    public void Dispose()", "-    internal static Task Helps(int many)")));
        Assert.Empty(TestMarks.TakenOut(Diff("src/a.js", "-it('adds', () => {")));
        // A file that is gone as a whole is told once.
        Assert.Empty(TestMarks.TakenOut(["diff --git a/a.test.js b/a.test.js", "--- a/a.test.js", "+++ /dev/null", "-it('adds', () => {"]));
    }

    [Theory]
    [InlineData("ATests.cs", "+    [Test, Ignore(\"later\")]")]
    [InlineData("ATests.cs", "+    [TestCase(1, Ignore = \"later\")]")]
    [InlineData("a.test.js", "+  it.concurrent.skip('adds', () => {")]
    [InlineData("a.test.js", "+  test.fails('adds', () => {")]
    [InlineData("a.test.js", "+test('adds', { skip: 'later' }, () => {")]
    [InlineData("test_a.py", "+pytestmark = pytest.mark.skip(reason='later')")]
    [InlineData("test_a.py", "+        raise unittest.SkipTest('later')")]
    [InlineData("a_test.go", "+//go:build ignore")]
    [InlineData("src/lib.rs", "+    #[cfg_attr(miri, ignore)]")]
    public void Further_ways_to_switch_a_test_off_count(string path, string line) =>
        Assert.Single(TestMarks.Skipped(Diff(path, line)));

    static string[] Diff(string path, params string[] lines) =>
        [$"diff --git a/{path} b/{path}", $"--- a/{path}", $"+++ b/{path}", "@@ -1,3 +1,3 @@", .. lines];
}
