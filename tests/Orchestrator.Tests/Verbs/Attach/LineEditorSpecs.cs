using System.Text;
using Orchestrator.Verbs;

namespace Orchestrator.Tests.Verbs;

/// <summary>Keys in, the line out.</summary>
public class LineEditorSpecs
{
    [Theory]
    [InlineData("hello", "hello", 5)]
    [InlineData("helo\u001b[Dl", "hello", 4)]
    [InlineData("ab\u007f\u007f\u007fc", "c", 1)]
    [InlineData("one two\u0017x", "one x", 5)]
    [InlineData("gone\u0015new", "new", 3)]
    [InlineData("bc\u0001a", "abc", 1)]
    [InlineData("ab\u001b[H\u001b[3~", "b", 0)]
    [InlineData("ab\u001bOH\u001bOFc", "abc", 3)]
    [InlineData("Grüße 漢👍\u007f", "Grüße 漢", 7)]
    [InlineData("👍\u001b[Dx", "x👍", 1)]
    [InlineData("a\u001b[1;5Cb\u001b[99~c", "abc", 3)]
    [InlineData("\u001b[200~one\rtwo\u001b[201~", "one\ntwo", 7)]
    public void A_line_is_edited(string keys, string text, int cursor)
    {
        var line = new LineEditor();
        foreach (var key in Encoding.UTF8.GetBytes(keys)) Assert.Equal(Typed.Edit, line.Take(key));
        Assert.Equal((text, cursor), (line.Text, line.Cursor));
    }

    [Fact]
    public void Enter_sends_the_line_and_arrows_bring_back_what_was_sent()
    {
        var line = new LineEditor();
        foreach (var word in new[] { "first", "second" })
        {
            foreach (var key in Encoding.UTF8.GetBytes(word)) line.Take(key);
            Assert.Equal(Typed.Line, line.Take(13));
            Assert.Equal((word, ""), (line.Taken, line.Text));
        }
        void Keys(string keys)
        {
            foreach (var key in Encoding.UTF8.GetBytes(keys)) line.Take(key);
        }

        Keys("\u001b[A\u001b[A\u001b[A");
        Assert.Equal("first", line.Text);
        Keys("\u001b[B");
        Assert.Equal("second", line.Text);
        Keys("\u001b[B");
        Assert.Equal("", line.Text);
    }

    [Fact]
    public void Ctrl_C_leaves_and_ctrl_D_only_with_nothing_typed()
    {
        var line = new LineEditor();
        Assert.Equal(Typed.Leave, line.Take(3));
        Assert.Equal(Typed.Leave, line.Take(4));
        line.Take((byte)'x');
        Assert.Equal(Typed.Edit, line.Take(4));
        Assert.Equal("x", line.Text);
    }

    [Fact]
    public void Any_bytes_are_survived()
    {
        var (line, random) = (new LineEditor(), new Random(4711));
        for (var i = 0; i < 200_000; i++)
        {
            line.Take((byte)random.Next(256));
            Assert.InRange(line.Cursor, 0, line.Text.Length);
        }
    }
}
