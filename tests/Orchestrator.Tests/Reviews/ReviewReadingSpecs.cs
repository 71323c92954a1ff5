using Orchestrator.Reviews;

namespace Orchestrator.Tests.Reviews;

/// <summary>What a reviewer answers is not believed: it is read, made harmless, or refused with a reason.</summary>
public class ReviewReadingSpecs
{
    static readonly string[] Folders = ["/data/reviews/1/tree", "/data/worktrees/2"];

    static string Answer(string finding) => $$"""{"verdict":"changes","summary":"s","findings":[{{finding}}]}""";

    static SaidFinding Only(string finding)
    {
        var (read, problem) = ReviewReading.Read(Answer(finding), Folders);
        Assert.Null(problem);
        return Assert.Single(read!.Findings);
    }

    [Theory]
    [InlineData(null, "no JSON object")]
    [InlineData("[]", "object expected")]
    [InlineData("""{"verdict":"accept","summary":"s"}""", "'findings' is missing")]
    [InlineData("""{"verdict":"maybe","summary":"s","findings":[]}""", "$.verdict: must be one of")]
    [InlineData("""{"verdict":"accept","summary":"s","findings":{}}""", "$.findings: array expected")]
    [InlineData("""{"verdict":"accept","summary":"s","findings":[{"severity":"apocalyptic","title":"t","detail":"d"}]}""",
        "$.findings[0].severity: must be one of")]
    [InlineData("""{"verdict":"accept","summary":"s","findings":[{"severity":"low","title":7,"detail":"d"}]}""", "title: string expected")]
    [InlineData("""{"verdict":"accept","summary":"s","findings":[""", "cannot be read")]
    public void What_cannot_be_read_is_refused_with_the_place(string? json, string problem)
    {
        var (read, why) = ReviewReading.Read(json, Folders);
        Assert.Null(read);
        Assert.Contains(problem, why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("src/a.cs", "src/a.cs")]
    [InlineData("./src/a.cs", "src/a.cs")]
    [InlineData("/data/reviews/1/tree/src/a.cs", "src/a.cs")]
    [InlineData("/data/worktrees/2/a.cs", "a.cs")]
    [InlineData("", null)]
    [InlineData("   ", null)]
    [InlineData("/etc/passwd", null)]
    [InlineData("../../etc/passwd", null)]
    [InlineData("src/../../x", null)]
    [InlineData("..\\\\windows", null)]
    [InlineData("C:/windows", null)]
    [InlineData("~/.ssh/id", null)]
    [InlineData("/data/reviews/1/tree/../../x", null)]
    public void A_file_is_one_of_the_repository_or_none(string said, string? file)
    {
        var read = Only($$"""{"severity":"high","file":"{{said}}","line":3,"title":"t","detail":"d"}""");
        Assert.Equal((file, file is null ? null : 3), (read.File, read.Line));
        Assert.Equal(file is null && said.Trim().Length > 0, read.Detail.Contains("outside of the repository", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("12", "null", 12, null)]
    [InlineData("12", "20", 12, 20)]
    [InlineData("12", "3", 12, null)]
    [InlineData("0", "null", null, null)]
    [InlineData("-4", "9", null, null)]
    [InlineData("1e300", "null", null, null)]
    [InlineData("null", "4", null, null)]
    public void Lines_are_lines(string line, string end, int? first, int? last)
    {
        var read = Only($$"""{"severity":"low","file":"a","line":{{line}},"end_line":{{end}},"title":"t","detail":"d"}""");
        Assert.Equal((first, last), (read.Line, read.EndLine));
    }

    [Fact]
    public void Control_characters_and_turned_text_are_taken_out()
    {
        var read = Only("""
            {"severity":"low","file":"a\u0007b\u001b[2K.cs","title":"\u001b[31mred\u001b[0m \u202eevil\nsecond line",
            "detail":"x\u0000y\r\nz\tw"}
            """);
        Assert.Equal(("ab.cs", "red evil", "xy\nz\tw"), (read.File, read.Title, read.Detail));
    }

    [Fact]
    public void Long_texts_are_cut_and_a_missing_title_is_taken_from_the_detail()
    {
        var read = Only($$"""{"severity":"low","title":" ","detail":"{{new string('x', 100_000)}}"}""");
        Assert.InRange(read.Title.Length, 1, 201);
        Assert.InRange(read.Detail.Length, 1, 8001);
    }

    [Fact]
    public void Of_too_many_findings_the_mildest_are_left_out_and_counted()
    {
        var many = Enumerable.Repeat("""{"severity":"low","title":"t","detail":"d"}""", ReviewReading.Most + 5)
            .Append("""{"severity":"critical","title":"worst","detail":"d"}""");
        var (read, _) = ReviewReading.Read(Answer(string.Join(',', many)), Folders);
        Assert.Equal((ReviewReading.Most, 6, "worst"), (read!.Findings.Count, read.LeftOut, read.Findings[0].Title));
    }

    [Fact]
    public void Wanting_changes_without_saying_which_does_not_pass_silently()
    {
        var (read, _) = ReviewReading.Read("""{"verdict":"changes","summary":"I do not like it","findings":[]}""", Folders);
        var finding = Assert.Single(read!.Findings);
        Assert.Equal(("high", "I do not like it"), (finding.Severity, finding.Detail));
    }
}
