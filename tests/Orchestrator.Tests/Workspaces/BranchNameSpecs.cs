using Orchestrator.Tests.Support;
using Orchestrator.Workspaces;

namespace Orchestrator.Tests.Workspaces;

public class BranchNameSpecs
{
    [Theory]
    [InlineData("Fix the parser", "agent/01234567-fix-the-parser")]
    [InlineData("\"; rm -rf ~", "agent/01234567-rm-rf")]
    [InlineData("--upload-pack=x", "agent/01234567-upload-pack-x")]
    [InlineData("../../etc/passwd", "agent/01234567-etc-passwd")]
    [InlineData("a.lock", "agent/01234567-a-lock")]
    [InlineData("x@{-1}~^:?*[\\", "agent/01234567-x-1")]
    [InlineData("Größe ändern", "agent/01234567-gr-e-ndern")]
    [InlineData("日本語", "agent/01234567")]
    [InlineData("", "agent/01234567")]
    [InlineData("\u001b[31m\n\0", "agent/01234567-31m")]
    public void A_title_becomes_a_harmless_name(string title, string branch)
    {
        Assert.Equal(branch, BranchName.For("0123456789abcdef", title));
        Assert.True(BranchName.IsPlain(branch));
    }

    [Fact]
    public void A_long_title_is_cut_without_a_dash_at_the_end()
    {
        var name = BranchName.For("0123456789abcdef", new string('x', 39) + " " + new string('y', 9_999));
        Assert.Equal("agent/01234567-" + new string('x', 39), name);
    }

    [Fact]
    public void Git_accepts_the_name_of_any_random_title()
    {
        using var repository = new TempRepository();
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var i = 0; i < 20; i++)
        {
            var title = string.Concat(Enumerable.Range(0, random.Next(60)).Select(_ => (char)random.Next(0, 0x2FF)));
            var name = BranchName.For("0123456789abcdef", title);
            Assert.True(repository.Run("check-ref-format", "--branch", name) == name, $"seed {seed}: {name}");
        }
    }

    [Theory]
    [InlineData("-x")]
    [InlineData("a/-x")]
    [InlineData("a..b")]
    [InlineData("a/.b")]
    [InlineData("a//b")]
    [InlineData("a/")]
    [InlineData("a.lock")]
    [InlineData("a b")]
    [InlineData("a@{1}")]
    [InlineData("")]
    public void Names_that_mean_something_to_git_or_a_shell_are_not_plain(string name) => Assert.False(BranchName.IsPlain(name));
}
