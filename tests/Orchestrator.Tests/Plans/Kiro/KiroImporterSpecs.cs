using Orchestrator.Items;
using Orchestrator.Plans;
using Orchestrator.Plans.Kiro;

namespace Orchestrator.Tests.Plans.Kiro;

/// <summary>What becomes of a spec as a plan: order, phases, claims, and what is no plan at all.</summary>
public class KiroImporterSpecs
{
    [Theory]
    // Nothing said: one after the other.
    [InlineData("- [ ] 1. A\n- [ ] 2. B\n- [ ] 3. C\n", "1: 2:+1 3:+2")]
    // Nobody waits for what is optional.
    [InlineData("- [ ] 1. A\n- [ ]* 2. B\n- [ ] 3. C\n", "1: 2:+1 3:+1")]
    // (P) waits for the last that is not (P); the next that is not waits for all of them.
    [InlineData("- [ ] 1. A\n- [ ] 2. (P) B\n- [ ] 3. (P) C\n- [ ] 4. D\n", "1: 2:+1 3:+1 4:+2,3")]
    [InlineData("- [ ] 1. (P) A\n- [ ] 2. (P) B\n- [ ] 3. C\n", "1: 2: 3:+1,2")]
    // Dependencies, on units and on steps of others; in a unit of its own.
    [InlineData("- [ ] 1. A\n- [ ] 2. B\n- [ ] 3. C\n  - _Depends: 1_\n", "1: 2:+1 3:1")]
    [InlineData("- [ ] 1. A\n  - [ ] 1.1 a\n- [ ] 2. B\n  - [ ] 2.1 b\n    - _Depends: 1.1_\n", "1: 2:1")]
    [InlineData("- [ ] 1. A\n- [ ] 2. B\n- [ ] 3. C\n- [ ] 4. D\n  - dependencies: 1-3\n", "1: 2:+1 3:+2 4:1,2,3")]
    [InlineData("- [ ] 1. A\n  - depends on 3 services\n- [ ] 2. B\n- [ ] 3. C\n", "1: 2:+1 3:+2")]
    // Who says that it waits for nobody does not; who names nobody that is there said nothing.
    [InlineData("- [ ] 1. A\n- [ ] 2. B\n  - **Dependencies:** None\n- [ ] 3. C\n", "1: 2: 3:+1,2")]
    [InlineData("- [ ] 1. A\n- [ ] 2. B\n  - _Depends: 9.9_\n- [ ] 3. C\n", "1: 2:+1 3:+2")]
    // On a later one: then that one goes first.
    [InlineData("- [ ] 1. A\n  - _Depends: 2_\n- [ ] 2. B\n- [ ] 3. C\n", "1:2 2: 3:+2,1")]
    // A ring is broken where it goes against the file.
    [InlineData("- [ ] 1. A\n  - _Depends: 3_\n- [ ] 2. B\n  - _Depends: 1_\n- [ ] 3. C\n  - _Depends: 2_\n", "1: 2:1 3:2")]
    // Declared files decide instead of the order.
    [InlineData("- [ ] 1. A\n  - _Writes: a_\n- [ ] 2. B\n  - _Writes: b_\n- [ ] 3. C\n", "1: 2: 3:+1,2")]
    // A checkpoint waits for all since the last one, and all behind it for it.
    [InlineData("- [ ] 1. A\n  - _Writes: a_\n- [ ] 2. B\n  - _Writes: b_\n- [ ] 3. Checkpoint\n- [ ] 4. C\n", "1: 2: 3:+1,2 4:+3")]
    public void Units_wait_for_what_the_file_says_and_else_for_the_one_before(string tasks, string order) =>
        Assert.Equal(order, Specs.Order(Specs.Plan(tasks)));

    [Theory]
    [InlineData("- [ ] 1. A\n  - _Requirements: 1.1; Property 2, 3; Design 4_\n", "1.1")]
    [InlineData("- [ ] 1. A\n  - _Requirements: Property 2, 1.2, Requirement 3_\n", "1.2 3")]
    [InlineData("- [ ] 1. A\n  - _Requirements: 1.1, 1.2, Requirement 3_\n", "1.1 1.2 3")]
    [InlineData("- [ ] 1. A\n  - **Validates: Property 3, Requirements 1.2 and 1.3**\n", "1.2 1.3")]
    [InlineData("- [ ] 1. A\n  - Validates: Properties 1, 2\n", "")]
    [InlineData("- [ ] 1. A\n  - _Requirements: 4.7 / steering: 7_\n", "4.7")]
    [InlineData("- [ ] 1. A — _Requirements: 2.1, 2.2_\n", "2.1 2.2")]
    [InlineData("- [ ] 1. A (Req 1.6, 2.6)\n", "1.6 2.6")]
    [InlineData("- [ ] 1. A (see 1.6)\n", "")]
    [InlineData("- [ ] 1. A\n  - _要件: R-001, US1-1_\n", "R-001 US1-1")]
    [InlineData("- [ ] 1. A\n  - _Requirements: REQ-001, FR-002_\n", "1 FR-002")]
    public void Requirements_are_found_wherever_a_task_names_them(string tasks, string ids)
    {
        var unit = Specs.Plan(tasks).Items[0];
        Assert.Equal(("A", ids), (unit.Title.Split(" (")[0], string.Join(' ', unit.Requirements)));
    }

    [Theory]
    [InlineData("## Phase I: X\n- [ ] 1. A\n## Phase II: Y\n- [ ] 2. B\n", "Phase I: X: 1 | Phase II: Y: 2")]
    [InlineData("## Phase One\n- [ ] 1. A\n## Phase Two\n- [ ] 2. B\n", "Phase One: 1 | Phase Two: 2")]
    [InlineData("## 第一阶段：X\n- [ ] 1. A\n## 第二阶段：Y\n- [ ] 2. B\n", "第一阶段：X: 1 | 第二阶段：Y: 2")]
    [InlineData("## 第1フェーズ\n- [ ] 1. A\n## 1단계: Y\n- [ ] 2. B\n", "第1フェーズ: 1 | 1단계: Y: 2")]
    [InlineData("## Phase in progress\n- [ ] 1. A\n", "Tasks: 1")]
    [InlineData("- [ ] 1. A\n- [ ] 2. B\n", "Tasks: 1 2")]
    [InlineData("- [ ] 1. A\n- [ ] 2. Checkpoint - all green\n- [ ] 3. B\n- [ ] 4. Final checkpoint\n",
        "To 2: Checkpoint - all green: 1 2 | To 4: Final checkpoint: 3 4")]
    [InlineData("- [ ] 1. A\n- [ ] 2. Checkpoint\n- [ ] 3. Implement checkpoint store\n",
        "To 2: Checkpoint: 1 2 | After the last checkpoint: 3")]
    [InlineData("- [ ] 1. A\n- [ ] 2. Ensure all tests pass, ask the user if questions arise.\n- [ ] 3. B\n",
        "To 2: Ensure all tests pass, ask the user if questions arise.: 1 2 | After the last checkpoint: 3")]
    [InlineData("## Phase 1: Base\n- [ ] 1. A\n### Bits\n- [ ] 2. B\n## Phase 2: More\n- [ ] 3. C\n",
        "Phase 1: Base: 1 2 | Phase 2: More: 3")]
    [InlineData("- [ ] 1. A\n**Wave 1:**\n- [ ] 2. B\n## Wave 2\n- [ ] 3. C\n", "Tasks: 1 | Wave 1: 2 | Wave 2: 3")]
    [InlineData("## フェーズ1: 基盤\n- [ ] 1. A\n## フェーズ2: UI\n- [ ] 2. B\n", "フェーズ1: 基盤: 1 | フェーズ2: UI: 2")]
    // Who waits for something of a later phase belongs to that one.
    [InlineData("## Phase 1\n- [ ] 1. A\n  - _Depends: 2_\n## Phase 2\n- [ ] 2. B\n", "Phase 2: 1 2")]
    [InlineData("- [ ] 1. A\n  - [ ] 1.1 a\n- [ ] 2. B\n  - [ ] 2.1 b\n- [ ] 3. Checkpoint\n- [ ] 4. C\n## Task Dependency Graph\n```json\n"
        + "{\"waves\": [{\"id\": 0, \"tasks\": [\"1.1\", \"2.1\"]}, {\"id\": 1, \"tasks\": [\"4\"]}]}\n```\n", "Wave 1: 1 2 3 | Wave 2: 4")]
    [InlineData("- [ ] 1. A\n- [ ] 2. B\n```json\n"
        + "{\"waves\": [{\"wave\": 1, \"tasks\": [1]}, {\"wave\": 2, \"tasks\": [2.0, \"2\"]}]}\n```\n",
        "Wave 1: 1 | Wave 2: 2")]
    [InlineData("- [ ] 1. A\n- [ ] 2. B\n## Task Dependency Graph\n```\n[[\"2\"], [\"1\"]]\n```\n", "Wave 1: 2 | Wave 2: 1")]
    [InlineData("- [ ] 1. A\n- [ ] 2. B\n- [ ] 3. C\n## Execution waves\n- **Wave 1**: 1, 2\n- **Wave 2**: 3\n", "Wave 1: 1 2 | Wave 2: 3")]
    [InlineData("## Success Criteria\n- [ ] it works\n## Tasks\n- [ ] 1. A\n", "Tasks: 1 | Criteria: criteria-0af28a51")]
    public void Phases_are_waves_or_headings_or_what_stands_between_checkpoints(string tasks, string phases) =>
        Assert.Equal(System.Text.RegularExpressions.Regex.Replace(phases, "criteria-[0-9a-f]+", "criteria-"),
            System.Text.RegularExpressions.Regex.Replace(Specs.Phases(Specs.Plan(tasks)), "criteria-[0-9a-f]+", "criteria-"));

    [Fact]
    public void Claims_fields_and_text_come_with_the_unit()
    {
        const string Tasks = """
            - [-] 1. Build the page
              First line.
              - _Priority: P0_
              - _Effort: 2h_
              - _Boundary: Page_
              - [ ] 1.1 Markup
                - a detail
                - _Writes: `src/page.tsx` (new), ./src/page.css_
                - _Reads: docs/_
              - [x] 1.2 Tests
                - **Writes:**
                  - `tests/page.ts`
                  - tests/more.ts

            ---

            ## Notes
            - Nothing.
            """;
        var unit = Assert.Single(Specs.Plan(Tasks).Items);
        Assert.Equal(["src/page.tsx", "src/page.css", "tests/page.ts", "tests/more.ts"], unit.Writes);
        Assert.Equal(["docs/"], unit.Reads);
        Assert.Equal(("urgent", "2h", "in_progress"), (unit.Priority, unit.Effort, unit.ForeignStatus));
        Assert.Equal("""{"Boundary":"Page"}""", unit.Unknown);
        Assert.StartsWith("First line.\n- _Priority: P0_", unit.Description, StringComparison.Ordinal);
        Assert.EndsWith("Spec: .kiro/specs/demo", unit.Description, StringComparison.Ordinal);
        Assert.DoesNotContain("Notes", unit.Description, StringComparison.Ordinal);
        Assert.StartsWith("- a detail\n", unit.Steps[0].Details, StringComparison.Ordinal);
        Assert.Equal(("tasks.md:6", 6), (unit.Steps[0].Place, unit.Steps[0].Line));
    }

    [Fact]
    public void A_task_between_a_unit_and_its_steps_is_told_to_the_first_step()
    {
        var steps = Specs.Plan("- [ ] 1. A\n  - [ ] 1.1 B\n    why\n    - [ ] 1.1.1 C\n    - [ ] 1.1.2 D\n").Items[0].Steps;
        Assert.Equal(["Part of 1.1 B\n\nwhy", "Part of 1.1 B"], steps.Select(step => step.Details));
    }

    [Fact]
    public void Criteria_of_a_task_are_no_steps()
    {
        const string Tasks = "## Task 1: A\n**Steps:**\n- [x] do\n\n**Acceptance criteria:**\n- [ ] holds\n"
            + "## Task 2: B\n### Acceptance Criteria\n- [x] fine\n";
        var plan = Specs.Plan(Tasks);
        Assert.Equal(["do"], plan.Items[0].Steps.Select(step => step.Title));
        Assert.Equal(["holds", "fine"], plan.Items.SelectMany(unit => unit.Criteria));
        Assert.Equal([ItemStatus.Inbox, ItemStatus.Done], plan.Items.Select(unit => unit.Status));
        Assert.Empty(plan.Items[1].Steps);
    }

    [Theory]
    [InlineData("- [x] 1. A\n", "Done")]
    [InlineData("- [ ] 1. A\n", "Inbox")]
    [InlineData("- [-] 1. A\n", "Inbox")]
    [InlineData("- [-] 1. A\n  - [x] 1.1 B\n  - [ ]* 1.2 C\n", "Done")]
    [InlineData("- [x] 1. A\n  - [ ] 1.1 B\n", "Inbox")]
    [InlineData("- [ ] 1. A\n  - [ ]* 1.1 B\n", "Inbox")]
    [InlineData("- [x] 1. A\n  - [ ]* 1.1 B\n", "Done")]
    [InlineData("- [ ] ~~1. A~~\n", "Skipped")]
    public void A_unit_is_done_when_all_of_it_is_ticked_that_is_not_optional(string tasks, string status) =>
        Assert.Equal(status, Specs.Plan(tasks).Items[0].Status.ToString());

    [Theory]
    [InlineData("", "no_tasks")]
    [InlineData("  \n\n", "no_tasks")]
    [InlineData("# Plan\n\nNothing to do.\n", "no_unit")]
    [InlineData("| [ ] | 1 |\n", "no_unit")]
    [InlineData("```\n- [ ] 1. A\n```\n", "no_unit")]
    public void A_file_without_a_task_is_no_plan(string tasks, string code)
    {
        var read = Specs.Import(tasks);
        Assert.Null(read.Plan);
        Assert.Contains(read.Findings, finding => finding.IsError && finding.Code == code);
    }

    [Theory]
    [InlineData(".kiro/specs/demo/tasks.md", "", true)]
    [InlineData("a/.config.kiro", "{}", true)]
    [InlineData("", "- [ ] 1. A", true)]
    [InlineData("plan.md", "### Task 1: A", true)]
    [InlineData("", "---TASK---\nid: 1\n---CONTENT---\ndo", false)]
    [InlineData("manifest.json", "{\"phases\": []}", false)]
    [InlineData("README.md", "# Hello", false)]
    public void Files_of_a_spec_are_known(string name, string text, bool fits) => Assert.Equal(fits, KiroImporter.Fits(new(name, text)));

    [Fact]
    public void What_is_made_of_a_spec_passes_the_check_of_all_plans()
    {
        const string Tasks = "## Phase 1\n- [x] 1. A\n  - [x] 1.1 B\n- [ ] 1. C\n  - _Depends: 2_\n## Phase 2\n"
            + "- [ ] 2. D\n  - _Writes: a, b_\n- [ ] 3. E\n  - _Writes: b_\n## Success criteria\n- [ ] all\n";
        var plan = DraftCheck.Finish(Specs.Import(Tasks)).Plan!;
        Assert.Equal($"Phase 1: 1 | Phase 2: 1#2 2 3 | Criteria: {plan.Items[^1].ForeignId}", Specs.Phases(plan));
        Assert.Contains(plan.Items[3].After, one => one.ForeignId == "2");
    }

    [Fact]
    public void Two_specs_at_once_are_refused_and_other_files_left_alone()
    {
        var both = KiroImporter.Import([new("a/tasks.md", "- [ ] 1. A"), new("b/tasks.md", "- [ ] 1. B")]);
        Assert.Null(both.Plan);
        Assert.Contains(both.Findings, finding => finding is { Code: "several_specs", IsError: true });
        var one = KiroImporter.Import([new("README.md", "- [ ] 9. no"), new("./.kiro/specs/demo/TASKS.md", "- [ ] 1. A"),
            new("x/design.md", "# No")]);
        Assert.Equal(("demo", ".kiro/specs/demo", "1 A"), (one.Plan!.Title, one.Plan.SourceKey, Specs.Outline(one.Plan)));
        Assert.Equal("1 A", Specs.Outline(KiroImporter.Import([new("", "- [ ] 1. A")]).Plan!));
    }

    [Fact]
    public void Settings_come_with_the_plan_and_bad_ones_do_not_matter()
    {
        var read = KiroImporter.Import([
            new("s/tasks.md", "- [ ] 1. A"), new("s/.config.kiro",
                """{"specId": "7", "workflowType": "design-first", "specType": "bugfix"}"""),
            new("s/spec.json",
                """{"feature_name": "f", "language": "ja", "phase": "tasks", "approvals": {"tasks": {"approved": false}}}"""),
        ]);
        Assert.Equal("""{"spec_path":"s","specId":"7","specType":"bugfix","workflowType":"design-first","language":"ja"}""",
            read.Plan!.Unknown);
        Assert.Contains(read.Findings, finding => finding.Code == "not_approved");
        foreach (var bad in new[] { "", "{", "[]", "null", "\"\\ud800\"", """{"specId": "\ud800"}""", "\ud800", """{"specId": 7}""" })
            Assert.NotNull(KiroImporter.Import([new("s/tasks.md", "- [ ] 1. A"), new("s/.config.kiro", bad),
                new("s/spec.json", bad)]).Plan);
    }

    [Fact]
    public void All_sorts_of_findings_are_in_the_documentation()
    {
        var page = File.ReadAllText(Path.Combine(Support.TestPrograms.RepositoryRoot, "docs", "specs.md"));
        Assert.All(KiroCode.All, code => Assert.Contains($"`{code.Word}`", page, StringComparison.Ordinal));
        Assert.Equal(KiroCode.All.Count, KiroCode.All.Select(code => code.Word).Distinct().Count());
    }
}
