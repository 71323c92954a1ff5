namespace Orchestrator.Tests.Tidy;

/// <summary>The tokenizer and the outline, on the texts that such readers get wrong.</summary>
public class CSharpTextSpecs
{
    [Fact]
    public void Strings_and_comments_are_no_code()
    {
        var (_, code) = CSharpText.Read("a(\"b //\", 'c', @\"d\"\"e\\\", $\"f{g}h{{i}}\", \"\"\"j \"k\" \"\"\"); // l\n/* m\nn */ o");
        Assert.Equal("abcdefghijklmno".Where(c => "ago".Contains(c)), code.Where(char.IsLetter));
    }

    [Fact]
    public void Lines_are_counted_through_strings_and_comments_of_several_lines()
    {
        var (tokens, _) = CSharpText.Read("\"\"\"\na\n\"\"\" /*\n\n*/ x\n$\"\"\"\n{y}\n\"\"\" z");
        Assert.Equal([("x", 5), ("y", 7), ("z", 8)], tokens.Where(t => t.Kind == TokenKind.Word).Select(t => (t.Value, t.Line)));
    }

    [Fact]
    public void A_comment_inside_a_string_inside_a_hole_is_a_string()
    {
        var (tokens, _) = CSharpText.Read("$\"{(x ? \"//}\" : \"b\")}\" + y");
        Assert.Equal(["x", "y"], tokens.Where(t => t.Kind == TokenKind.Word).Select(t => t.Value));
    }

    [Fact]
    public void Types_are_found_with_their_bases_and_comments()
    {
        var (tokens, _) = CSharpText.Read("""
            namespace A;
            /// <summary>x</summary>
            [Attribute(typeof(B))]
            public sealed record C<T>(int X, Func<int> Y) : D.E<T, F>(X), IG where T : class, new()
            { enum H { I, J } delegate void K(int l); }
            readonly record struct L(int M);
            """);
        var types = Outline.Read(tokens).Types;
        Assert.Equal(["C", "H", "K", "L"], types.Select(t => t.Name));
        Assert.Equal([true, false, false, false], types.Select(t => t.Documented));
        Assert.Equal(["E", "IG"], types[0].Bases);
        Assert.Equal("C", types[1].Outer);
    }

    [Fact]
    public void Functions_are_measured_from_the_signature_to_the_last_brace()
    {
        var (tokens, _) = CSharpText.Read("""
            class A(int x) : B(x)
            {
                static readonly Dictionary<int, int> Table = new()
                {
                    [1] = 2,
                };
                [Fact]
                async Task<(int, int)> One<T>(
                    int a)
                {
                    if (a > 1) { }
                }
                (int A, int B) Two() => (
                    1, 2);
                int Three { get; set; } = 3;
                public A() : this(1) { }
            }
            """);
        Assert.Equal([("One", 5), ("Two", 2), ("Three", 1), ("A", 1)], Outline.Read(tokens).Functions.Select(f => (f.Name, f.Length)));
    }
}
