using Orchestrator.Cli;

namespace Orchestrator.Tests.Verbs;

/// <summary>What an agent prints cannot steer the terminal of whoever watches.</summary>
public class SafeTextSpecs
{
    [Theory]
    [InlineData("plain text", "plain text")]
    [InlineData("\u001b[31mred\u001b[0m", "red")]
    [InlineData("\u001b]0;title\u0007after", "after")]
    [InlineData("\u001b]52;c;ZXZpbA==\u001b\\after", "after")]
    [InlineData("\u009b2Jafter", "after")]
    [InlineData("\u009d0;t\u009cafter", "after")]
    [InlineData("\u001bPq#0\u001b\\after", "after")]
    [InlineData("\u001bcafter", "after")]
    [InlineData("\u001b(0after", "after")]
    [InlineData("\u001b]0;no end", "0;no end")]
    [InlineData("\u001b[31", "31")]
    [InlineData("\u001b", "")]
    [InlineData("\u001b\u001b[2Jx", "x")]
    [InlineData("a\rb\bc\u0000d\u007f", "a b c d ")]
    [InlineData("a\tb", "a    b")]
    [InlineData("user\u202etxt.exe\u2066", "usertxt.exe")]
    [InlineData("a\u200bb\ufeff", "ab")]
    [InlineData("Grüße 漢字 👍", "Grüße 漢字 👍")]
    public void A_line_is_harmless(string raw, string safe) => Assert.Equal(safe, SafeText.Line(raw));

    [Fact]
    public void No_text_leaves_a_control_character()
    {
        var random = new Random(20261128);
        const string parts = "\u001b[]P^_X\\\u0007\u009b\u009d\u009c;m0?( \r\n\t\u0000ab\u202e\ud83d\udc4d漢";
        for (var round = 0; round < 20_000; round++)
        {
            var raw = string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => parts[random.Next(parts.Length)]));
            foreach (var line in SafeText.Lines(raw))
                Assert.False(line.Any(c => char.IsControl(c) || c == '\u202e'), string.Join(' ', raw.Select(c => $"{(int)c:x4}")));
        }
    }

    [Theory]
    [InlineData("abc", 3)]
    [InlineData("漢字", 4)]
    [InlineData("e\u0301", 1)]
    [InlineData("👍", 2)]
    public void Columns_are_those_of_a_terminal(string text, int columns) => Assert.Equal(columns, SafeText.Columns(text));

    [Theory]
    [InlineData("one two three", 8, "one two|three")]
    [InlineData("abcdefghij", 4, "abcd|efgh|ij")]
    [InlineData("漢字漢字漢", 5, "漢字|漢字|漢")]
    [InlineData("", 10, "")]
    public void Lines_are_cut_into_rows_at_blanks(string line, int columns, string rows) =>
        Assert.Equal(rows.Split('|'), SafeText.Wrap(line, columns));

    [Fact]
    public void The_end_of_a_typed_line_is_shown() => Assert.Equal("字ef", SafeText.Tail("abc漢字ef", 4));
}
