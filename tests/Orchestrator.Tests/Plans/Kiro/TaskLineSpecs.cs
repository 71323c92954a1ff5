using Orchestrator.Plans.Kiro.Lines;

namespace Orchestrator.Tests.Plans.Kiro;

/// <summary>One line of tasks.md: the box, the number, the title.</summary>
public class TaskLineSpecs
{
    [Theory]
    [InlineData("- [ ] 1. Title", 3, " ", "Open")]
    [InlineData("- [x] 1. Title", 3, "x", "Done")]
    [InlineData("* [X] Title", 3, "X", "Done")]
    [InlineData("+ [-] Title", 3, "-", "InProgress")]
    [InlineData("- [/] Title", 3, "/", "InProgress")]
    [InlineData("- [~] Title", 3, "~", "Queued")]
    [InlineData("- [>] Title", 3, ">", "Deferred")]
    [InlineData("- [!] Title", 3, "!", "Blocked")]
    [InlineData("- [✓] Title", 3, "✓", "Done")]
    [InlineData("- [✅] Title", 3, "✅", "Done")]
    [InlineData("- [w] Title", 3, "w", "Unknown")]
    [InlineData("- [ x ] Title", 4, "x", "Done")]
    [InlineData("- [  ] Title", 3, " ", "Open")]
    [InlineData("- [\u00A0] Title", 3, " ", "Open")]
    [InlineData("- [] Title", 3, " ", "Open")]
    [InlineData("-[ ] Title", 2, " ", "Open")]
    [InlineData("\t- [x] Title", 4, "x", "Done")]
    [InlineData("- \\[ \\] Title", 4, " ", "Open")]
    [InlineData("1. [x] Title", 4, "x", "Done")]
    [InlineData("[ ] Title", 1, " ", "Open")]
    [InlineData("- [x]", 3, "x", "Done")]
    public void A_box_is_found_with_its_place(string line, int at, string mark, string state)
    {
        var box = BoxLine.Read(line);
        Assert.NotNull(box);
        Assert.Equal((at, mark, state), (box.At, box.Mark, box.State.ToString()));
    }

    [Theory]
    [InlineData("- [x](https://example.org) link")]
    [InlineData("- [x]: https://example.org")]
    [InlineData("- [1] a footnote")]
    [InlineData("- [ab] two letters")]
    [InlineData("- `[ ]` says open")]
    [InlineData("text [ ] in the middle")]
    [InlineData("| [ ] | table |")]
    [InlineData("[y] no bullet")]
    [InlineData("- [")]
    [InlineData("")]
    public void Other_brackets_are_none(string line) => Assert.Null(BoxLine.Read(line));

    [Theory]
    [InlineData(" 1. Title", "1", "Title", "")]
    [InlineData(" 1 Title", "1", "Title", "")]
    [InlineData(" 1) Title", "1", "Title", "")]
    [InlineData(" 1.2 Title", "1.2", "Title", "")]
    [InlineData(" 1.2. Title", "1.2", "Title", "")]
    [InlineData(" 1.2.3 Title", "1.2.3", "Title", "")]
    [InlineData(" 1.2a Title", "1.2a", "Title", "")]
    [InlineData(" 01.02 Title", "1.2", "Title", "")]
    [InlineData("* 2.1 Title", "2.1", "Title", "optional")]
    [InlineData(" * 2.1 Title", "2.1", "Title", "optional")]
    [InlineData(" *2.1 Title", "2.1", "Title", "optional")]
    [InlineData("\\* 2.1 Title", "2.1", "Title", "optional")]
    [InlineData(" 7.9* (P) Title", "7.9", "Title", "optional parallel")]
    [InlineData(" 2.1 Title (optional)", "2.1", "Title", "optional")]
    [InlineData(" 2.1 (Optional) Title", "2.1", "Title", "optional")]
    [InlineData(" 2.1 编写测试（可选）", "2.1", "编写测试", "optional")]
    [InlineData(" 1.1 (P) Title", "1.1", "Title", "parallel")]
    [InlineData(" 1.3 제목 구현 (P)", "1.3", "제목 구현", "parallel")]
    [InlineData(" **1.1** (P) Title", "1.1", "Title", "parallel")]
    [InlineData(" **1.** Title", "1", "Title", "")]
    [InlineData(" **Task 1.1: Title**", "1.1", "Title", "")]
    [InlineData(" Task 3 - Title", "3", "Title", "")]
    [InlineData(" Sub-task 1.1: 標題", "1.1", "標題", "")]
    [InlineData(" タスク1-1: 初期設定", "1.1", "初期設定", "")]
    [InlineData(" 任務 2.3 標題", "2.3", "標題", "")]
    [InlineData(" T0.1 Title", "T0.1", "Title", "")]
    [InlineData(" **FOUNDATION-1: Core Data Models**", "FOUNDATION-1", "Core Data Models", "")]
    [InlineData(" README Title", null, "README Title", "")]
    [InlineData(" RELEASE2: Title", null, "RELEASE2: Title", "")]
    [InlineData(" T01: Title", "T01", "Title", "")]
    [InlineData(" T007 Title", "T007", "Title", "")]
    [InlineData(" **T002** `[P]` `a.ts` Title", "T002", "`a.ts` Title", "parallel")]
    [InlineData(" **P1.1** Title", "P1.1", "Title", "")]
    [InlineData(" FIX-2.1 Title", "FIX-2.1", "Title", "")]
    [InlineData(" 1．标题", "1", "标题", "")]
    [InlineData(" ١.٢ عنوان", "1.2", "عنوان", "")]
    [InlineData("   3. Title", "3", "Title", "")]
    [InlineData(" ~~1.2 Title~~", "1.2", "Title", "struck")]
    [InlineData(" 1. [The title](docs/a.md) of it", "1", "The title of it", "")]
    [InlineData(" 1.1 Add `a_b` and **bold**", "1.1", "Add `a_b` and bold", "")]
    public void Number_and_title_are_told_apart(string rest, string? number, string title, string marks)
    {
        var label = TaskLabel.Read(rest);
        var read = string.Join(' ', new[] { label.Optional ? "optional" : "", label.Parallel ? "parallel" : "", label.Struck ? "struck"
            : "" }
            .Where(mark => mark.Length > 0));
        Assert.Equal((number, title, marks), (label.Number?.Text, label.Title, read));
    }

    [Theory]
    [InlineData(" Title")]
    [InlineData(" 3.11+ is needed")]
    [InlineData(" 2024-01-05 release")]
    [InlineData(" 10:30 stand-up")]
    [InlineData(" 50% done")]
    [InlineData(" 2nd attempt")]
    [InlineData(" S3 bucket")]
    [InlineData(" ES2015 support")]
    [InlineData(" 1234567 too long")]
    [InlineData(" **bold** start")]
    [InlineData(" *.md files")]
    public void Other_numbers_are_part_of_the_title(string rest)
    {
        var label = TaskLabel.Read(rest);
        Assert.Null(label.Number);
        Assert.False(label.Optional);
    }

    [Theory]
    [InlineData("- _Requirements: 1.1, 1.2_", "Requirements", "1.1, 1.2")]
    [InlineData("_Requirements:_ 1.1", "Requirements", "1.1")]
    [InlineData("- **Requirements**: 1.1", "Requirements", "1.1")]
    [InlineData("- **_Depends:_**: Task 1.2", "Depends", "Task 1.2")]
    [InlineData("--_Requirements: 3_", "Requirements", "3")]
    [InlineData("- _需求: 2.1_", "Requirements", "2.1")]
    [InlineData("- _المتطلبات: 2.1_", "Requirements", "2.1")]
    [InlineData("- _writes: a.txt_", "Writes", "a.txt")]
    [InlineData("- _Writes: src/my_file.py, b_c.py_", "Writes", "src/my_file.py, b_c.py")]
    [InlineData("**Validates: Requirements 4.1**", "Validates", "Requirements 4.1")]
    [InlineData("- Priority：P0", "Priority", "P0")]
    [InlineData("- _Boundary: Name Only_", "Other", "Name Only")]
    [InlineData("depends on 1, 2", "Depends", "1, 2")]
    public void Fields_are_found_with_and_without_markup(string line, string kind, string value)
    {
        var field = Assert.Single(FieldLine.Read(line));
        Assert.Equal((kind, value), (field.Kind.ToString(), field.Value));
    }

    [Theory]
    [InlineData("- depends on 3 services")]
    [InlineData("- _normalize_date: ISO dates")]
    [InlineData("- Note: something else")]
    [InlineData("- `_Requirements` is a name")]
    public void Sentences_are_no_fields(string line) => Assert.Empty(FieldLine.Read(line));

    [Fact]
    public void Two_fields_may_share_a_line() =>
        Assert.Equal(["1.1|Requirements", "1.2|Depends"],
            FieldLine.Read("- _Requirements: 1.1_ _Depends: 1.2_").Select(field => $"{field.Value}|{field.Kind}"));

    [Theory]
    [InlineData("1.1, 1.2", "1.1 1.2")]
    [InlineData("1.1-1.3", "1.1–1.3")]
    [InlineData("1.1–1.3, 2", "1.1–1.3 2")]
    [InlineData("1.1 – 1.3", "1.1–1.3")]
    [InlineData("1.1 to 1.3", "1.1–1.3")]
    [InlineData("[1.1, 1.2]", "1.1 1.2")]
    [InlineData("**R1**, **R2.3**", "1 2.3")]
    [InlineData("FR-LIST-1, NFR-2", "FR-LIST-1 NFR-2")]
    [InlineData("Requirement 3 and 4.1", "3 4.1")]
    [InlineData("User context for 1.1, 1.2", "1.1 1.2")]
    [InlineData("1.2 (snapshot of 9.9), 1.3", "1.2 1.3")]
    [InlineData("1.1；Design: Property 2、3.4", "1.1")]
    [InlineData("1.1、1.2", "1.1 1.2")]
    [InlineData("All requirements (foundational)", "*")]
    [InlineData("全般", "*")]
    [InlineData("None", "")]
    [InlineData("—", "")]
    [InlineData("Foundation", "")]
    public void Ids_of_requirements_are_read_out_of_prose(string value, string ids)
    {
        var read = References.Requirements(value);
        Assert.Equal(ids, read.All ? "*" : string.Join(' ', read.Ids));
    }

    [Theory]
    [InlineData("a\r\nb\nc\rd", "1:0 a|2:3 b|3:5 c|4:7 d")]
    [InlineData("\uFEFFa\n\nb", "1:1 a|2:3 |3:4 b")]
    [InlineData("a\r\n", "1:0 a")]
    [InlineData("", "")]
    public void Lines_know_where_they_stand(string text, string expected) =>
        Assert.Equal(expected, string.Join('|', SourceLines.Of(text).Select(line => $"{line.Number}:{line.Start} {line.Text}")));
}
