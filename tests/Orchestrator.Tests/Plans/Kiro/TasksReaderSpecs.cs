namespace Orchestrator.Tests.Plans.Kiro;

/// <summary>Whole tasks.md files of the shapes people and agents write.</summary>
public class TasksReaderSpecs
{
    [Theory]
    [InlineData("- [ ] T001 A\n- [ ] T002 [P] B\n- [X] T010 C\n", "T001 A | T002 B | T010x C")]
    [InlineData("- [ ] T1 A\n- [ ] T2 B\n- [ ] C\n", "T1 A | T2 B | box-*")]
    [InlineData("- [ ] S3 bucket\n- [ ] S3 policy\n- [ ] done\n", "box-* | box-* | box-*")]
    [InlineData("- [ ] 1. A\n=======\n- [ ] 2. B\n", "1 A | 2 B")]
    public void Letters_before_numbers_and_lines_below_boxes(string text, string outline) =>
        Assert.Equal(outline, string.Join(" | ", Specs.Plan(text).Items.Select(unit =>
            unit.ForeignId.StartsWith("box-", StringComparison.Ordinal) ? "box-*"
                : $"{unit.ForeignId}{(unit.Status == Orchestrator.Items.ItemStatus.Done ? "x" : "")} {unit.Title}")));

    [Theory]
    // Two levels, as Kiro writes it.
    [InlineData("# Plan\n\n- [x] 1. A\n  - [x] 1.1 B\n  - [ ] 1.2 C\n- [ ] 2. D\n", "1 A(1.1x B, 1.2 C) | 2 D")]
    // Steps beside their parent: the numbers count, not the indentation.
    [InlineData("- [ ] 1. A\n- [ ] 1.1 B\n- [x] 1.2 C\n- [ ] 2. D\n- [ ] 2.1 E\n", "1 A(1.1 B, 1.2x C) | 2 D(2.1 E)")]
    // Three levels: the leaves are the steps.
    [InlineData("- [ ] 1. A\n  - [ ] 1.1 B\n    - [ ] 1.1.1 C\n    - [ ] 1.1.2 D\n  - [ ] 1.2 E\n", "1 A(1.1.1 C, 1.1.2 D, 1.2 E)")]
    // Parents that are headings, as cc-sdd writes it.
    [InlineData("## 1. Setup\n\n- [ ] 1.1 (P) A\n- [ ] 1.2 (P) B\n\n## 2. Rest\n- [x] 2.1* C\n",
        "1 Setup(1.1 A, 1.2 B) | 2x* Rest(2.1x* C)")]
    [InlineData("## Phase 1: Base\n- [ ] 1.1 A\n## Phase 2: More\n- [ ] 2.1 B\n", "1 Phase 1: Base(1.1 A) | 2 Phase 2: More(2.1 B)")]
    [InlineData("- [ ] 1.1 A\n- [ ] 1.2 B\n", "1 Tasks 1(1.1 A, 1.2 B)")]
    [InlineData("### Feature work\n- [ ] 3.1.2 A\n", "3 Feature work(3.1.2 A)")]
    // Headings that are tasks, with and without boxes.
    [InlineData("### Task 1: A\n- [x] a\n- [x] b\n### Task 2: B\n- [ ] c\n", "1x A(1~a1x a, 1~b2x b) | 2 B(2~c3 c)")]
    [InlineData("### Task 1: A\n\ntext\n\n### Task 2: B ✅ COMPLETED\ntext\n", "1 A | 2x B ✅ COMPLETED")]
    [InlineData("## Phase 1\n### Task 1.1 — A\ntext\n### Task 1.2 — B\n", "1.1 A | 1.2 B")]
    [InlineData("## Major Task 1: A\n### Sub-task 1.1: B\n**Acceptance criteria:**\n- [ ] c\n", "1 A(1.1 B)")]
    // Gaps, wrong order, twice the same.
    [InlineData("- [ ] 1. A\n- [ ] 5. B\n- [ ] 9. C\n", "1 A | 5 B | 9 C")]
    [InlineData("- [ ] 2. B\n- [ ] 1. A\n  - [ ] 1.10 D\n  - [ ] 1.2 C\n", "1 A(1.2 C, 1.10 D) | 2 B")]
    [InlineData("- [ ] 1. A\n- [ ] 1. B\n  - [ ] 1.1 C\n", "1 A | 1#2 B(1#2/1.1 C)")]
    [InlineData("## Alpha\n- [ ] 1. A\n- [ ] 1.1 B\n## Beta\n- [ ] 1. C\n- [ ] 1.1 D\n", "1 A(1.1 B) | beta/1 C(beta/1.1 D)")]
    [InlineData("- [ ] 1. A\n  - [ ] 1.1 B\n  - [ ] 1.1 C\n", "1 A(1.1 B, 1.1#2 C)")]
    [InlineData("- [ ] 1. A\n  - [ ] 1. B\n  - [ ] 2. C\n- [ ] 2. D\n", "1 A(1.1 B, 1.2 C) | 2 D")]
    [InlineData("- [ ] 1. A\n  - [ ] 2. B\n  - [ ] 3. C\n", "1 A | 2 B | 3 C")]
    [InlineData("- [ ] 1. A\n- [ ] 1.2 B\n- [ ] 1.2a C\n- [ ] 1.3 D\n", "1 A(1.2 B, 1.2a C, 1.3 D)")]
    // Optional.
    [InlineData("- [ ] 1. A\n  - [ ]* 1.1 B\n- [ ]* 2. C\n", "1 A(1.1* B) | 2* C")]
    // Bare numbers are numbers only where one is expected.
    [InlineData("- [ ] 1 A\n  - [ ] 3 retries\n- [ ] 2 B\n- [ ] 100 users\n", "1 A(1~a1 3 retries) | 2 B | box-a1 100 users")]
    public void The_hierarchy_comes_from_the_numbers(string tasks, string outline)
    {
        var read = Specs.Outline(Specs.Plan(tasks));
        // Ids made of titles are shown once, where they matter; here their form counts.
        Assert.Equal(Normal(outline), Normal(read));
    }

    static string Normal(string outline) => System.Text.RegularExpressions.Regex.Replace(outline, "(~|box-)[0-9a-f]+", "$1");

    [Fact]
    public void Boxes_without_numbers_are_tasks_or_steps_with_ids_of_their_titles()
    {
        var plan = Specs.Plan("- [ ] Build it\n  - [x] first\n  - [ ] then\n- [x] Ship it\n- [ ] Ship it\n");
        Assert.Equal(["Build it", "Ship it", "Ship it"], plan.Items.Select(unit => unit.Title));
        Assert.Equal([("first", true), ("then", false)], plan.Items[0].Steps.Select(step => (step.Title, step.Done)));
        Assert.Equal(3, plan.Items.Select(unit => unit.ForeignId).Distinct().Count());
        var moved = Specs.Plan("- [ ] Something new\n- [x] Ship it\n- [ ] Build **it**!\n  - [ ] then\n");
        Assert.Equal(plan.Items[0].ForeignId, moved.Items[2].ForeignId);
        Assert.Equal(plan.Items[0].Steps[1].ForeignId, moved.Items[2].Steps[0].ForeignId);
    }

    [Fact]
    public void Boxes_below_a_step_belong_to_it()
    {
        var plan = Specs.Plan("- [ ] 1. A\n  - [x] 1.1 B\n    - [x] one\n    - [ ] two\n  - [x] 1.2 C\n    - [x] three\n");
        Assert.Equal("1 A(1.1 B, 1.2x C)", Specs.Outline(plan));
        Assert.Contains("- [ ] two", plan.Items[0].Steps[0].Details, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("- [ ] 1. A\n```\n- [ ] 2. B\n```\n- [ ] 3. C\n", "1 A | 3 C")]
    [InlineData("- [ ] 1. A\n  ~~~~md\n  ~~~\n- [ ] 2. B\n  ~~~~\n- [ ] 3. C\n", "1 A | 3 C")]
    [InlineData("````\n```\n- [ ] 1. A\n```\n````\n- [ ] 2. B\n", "2 B")]
    [InlineData("- [ ] 1. A\n```\n- [ ] 2. B\n", "1 A | 2 B")]
    [InlineData("- [ ] 1. A\n<!-- - [ ] 2. B\n- [ ] 3. C -->\n- [ ] 4. D <!-- id: 7 -->\n", "1 A | 4 D")]
    [InlineData("<!-- never closed\n- [ ] 1. A\n", "1 A")]
    [InlineData("---\ntitle: x\ntasks: 3\n---\n- [ ] 1. A\n", "1 A")]
    [InlineData("---\n\n- [ ] 1. A\n---\n- [ ] 2. B\n", "1 A | 2 B")]
    [InlineData("```markdown\n# Plan\n- [ ] 1. A\n```js\nx\n```\n- [ ] 2. B\n```\n", "1 A | 2 B")]
    [InlineData("<<<<<<< HEAD\n- [x] 1. A\n=======\n- [ ] 1. A\n- [ ] 2. B\n>>>>>>> other\n- [ ] 3. C\n", "1x A | 3 C")]
    [InlineData("<<<<<<< HEAD\n- [x] 1. A\n||||||| base\n- [-] 1. A\n=======\n- [ ] 1. A\n>>>>>>> other\n", "1x A")]
    [InlineData("- [ ] 1. A\n<<<<<<< HEAD\n- [ ] 2. B\n", "1 A | 2 B")]
    [InlineData("\uFEFF- [ ] 1. A\r\n  - [x] 1.1 B\r- [ ] 2. C\n", "1x A(1.1x B) | 2 C")]
    [InlineData("Plan\n====\n\n- [ ] 1. A\n", "1 A")]
    [InlineData("- [ ]\u00A01. A\n\u00A0\u00A0- [ ]\u00A01.1 B\n", "1 A(1.1 B)")]
    [InlineData("- [ ] 1. A\n\t- [ ] 1.1 B\n\t\t- _Requirements: 1_\n", "1 A(1.1 B)")]
    [InlineData("- [ ] 1. 実装する\n  - [ ] 1.1 設定\n- [ ] 2. إنشاء الملف\n", "1 実装する(1.1 設定) | 2 إنشاء الملف")]
    public void Code_comments_and_conflicts_are_told_from_text(string tasks, string outline) =>
        Assert.Equal(outline, Specs.Outline(Specs.Plan(tasks)));

    [Theory]
    [InlineData("- [?] 1. A\n- [@] 2. B\n", "at_work:1 odd_box:2")]
    [InlineData("- [ ] 1. A\n- [ ] 1. B\n", "duplicate_id:2")]
    [InlineData("- [ ] 2.1 A\n", "no_parent:1")]
    [InlineData("- [ ] A\n", "no_number:1")]
    [InlineData("- [ ] 2. B\n- [ ] 1. A\n", "wrong_order:2")]
    [InlineData("- [ ] 1. A\n| [ ] 2. B |\n", "box_in_table:2")]
    [InlineData("- [-] 1. A\n  - [x] 1.1 B\n", "at_work:1 parent_open:1")]
    [InlineData("- [x] 1. A\n  - [ ] 1.1 B\n", "parent_ticked:1")]
    [InlineData("- [ ] 1.\n", "no_title:1")]
    [InlineData("- [ ] ~~1. A~~\n- [ ] 2. B\n", "struck:1")]
    [InlineData("- [ ] 1. A\n  - [ ] 1. B\n", "own_numbers:1")]
    [InlineData("- [ ] 1. A\n```\n- [ ] 2. B\n", "open_fence:2")]
    [InlineData("<<<<<<< a\n- [ ] 1. A\n=======\n>>>>>>> b\n", "merge_conflict:1")]
    [InlineData("- [ ] 1. A\n  - _Depends: 9_\n", "unknown_dependency:2")]
    [InlineData("- [ ] 1. A\n  - _Depends: 2_\n- [ ] 2. B\n  - _Depends: 1_\n", "dependency_cycle:1")]
    [InlineData("- [ ] 1. A\n  - [ ] 1.1 B\n    - _Depends: 1.2_\n  - [ ] 1.2 C\n", "own_order:2")]
    [InlineData("- [ ] 1. A\n  - _Writes: /etc/passwd, ../x, ok.txt_\n", "bad_path:2 bad_path:2")]
    [InlineData("- [ ] 1. A\n## Task Dependency Graph\n```json\n{\"waves\": [\n```\n", "waves_unreadable:3")]
    [InlineData("- [ ] 1. A\n```json\n{\"waves\": [{\"id\": 0, \"tasks\": [\"1\", \"7\"]}]}\n```\n", "unknown_in_wave:2")]
    public void Every_odd_line_is_a_finding_with_its_place(string tasks, string codes)
    {
        var read = Specs.Import(tasks);
        Assert.NotNull(read.Plan);
        Assert.Equal(codes, Specs.Codes(read));
    }

    [Fact]
    public void A_thousand_odd_lines_are_not_a_thousand_sentences()
    {
        var read = Specs.Import(string.Concat(Enumerable.Range(1, 1000).Select(i => $"- [@] {i}. Task\n")));
        Assert.Equal(41, read.Findings.Count(finding => finding.Code == "odd_box"));
        Assert.Contains("960 more", read.Findings.Last(finding => finding.Code == "odd_box").Text, StringComparison.Ordinal);
    }
}
