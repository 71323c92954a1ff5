using Orchestrator.Plans.Kiro;

namespace Orchestrator.Tests.Plans.Kiro;

/// <summary>requirements.md, bugfix.md and design.md.</summary>
public class RequirementsSpecs
{
    static string Show(string text) => string.Join(" | ", RequirementsReader.Read(text, new("requirements.md")).Select(one =>
        $"{one.Id} {one.Title}[{string.Join("; ", one.Criteria.Select(criterion => $"{criterion.Id} {criterion.Text}"))}]"));

    [Theory]
    [InlineData("### Requirement 1: Log in\n\n**User Story:** As a user, I …\n\n#### Acceptance Criteria\n\n1. WHEN a THEN b\n2. IF c\n",
        "1 Log in[1.1 WHEN a THEN b; 1.2 IF c]")]
    [InlineData("### Requirement 1\n1. WHEN a\n   AND b\n2. c\n### Requirement 2\n1. d\n", "1 [1.1 WHEN a AND b; 1.2 c] | 2 [2.1 d]")]
    [InlineData("## Requirement 3: X\n### Acceptance criteria\n3.1. The a\n3.2. The b\n", "3 X[3.1 The a; 3.2 The b]")]
    [InlineData("### R1 — X\n- **R1.1** a\n- **R1.2**: b\n", "1 X[1.1 a; 1.2 b]")]
    [InlineData("### Requirement 1: X\n- **AC1.1**: a\n**1.2.** When b\n", "1 X[1.1 a; 1.2 When b]")]
    [InlineData("### 要件 1: 設定\n#### 受け入れ基準\n1. When x、the y\n", "1 設定[1.1 When x、the y]")]
    [InlineData("### 需求 2：记录\n#### 验收标准\n1. WHEN x\n", "2 记录[2.1 WHEN x]")]
    [InlineData("### المتطلب 1: إعداد\n1. عندما x\n", "1 إعداد[1.1 عندما x]")]
    [InlineData("### 1. X\n1. a\n### 2. Y\n1. b\n", "1 X[1.1 a] | 2 Y[2.1 b]")]
    [InlineData("## Decision log\n### 1. Names\n1. not this\n## Requirements\n### Requirement 1: X\n1. a\n", "1 X[1.1 a]")]
    [InlineData("**Requirement 1: X**\n\n1. a\n\n**Requirement 2: Y**\n1. b\n", "1 X[1.1 a] | 2 Y[2.1 b]")]
    [InlineData("### Requirement 1: X\n#### Acceptance Criteria\n- WHEN a\n- WHEN b\n", "1 X[1.1 WHEN a; 1.2 WHEN b]")]
    [InlineData("- **FR-LIST-01**: A list\n## Requirements\n### Requirement 1: X\n1. a\n", "1 X[1.1 a] | FR-LIST-01 A list[]")]
    [InlineData("### Requirement 1: X\n1. a\n```\n2. not this\n```\n## Notes\n3. nor this\n", "1 X[1.1 a]")]
    [InlineData("## Introduction\n1. one\n2. two\n", "")]
    [InlineData("# Requirements: X\n## Introduction\n1. not this\n## Requirements\n\n1. a\n2. b\n\n## Non-Requirements\n1. nor this\n",
        "1 a[1 a] | 2 b[2 b]")]
    [InlineData("## Acceptance Criteria\n1. WHEN a\n2. IF b\n", "1 WHEN a[1 WHEN a] | 2 IF b[2 IF b]")]
    public void Requirements_have_numbered_criteria(string text, string expected) => Assert.Equal(expected, Show(text));

    [Fact]
    public void The_sections_of_a_bug_fix_are_requirements()
    {
        const string Text = """
            # Bugfix Requirements Document

            ## Introduction

            1. **First**: two bugs.

            ## Bug Analysis

            ### Current Behavior (Defect)

            1.1 WHEN a THEN the system crashes

            1.2 WHEN b

            ### Expected Behavior (Correct)

            2.1 WHEN a THEN the system SHALL answer

            ### Unchanged Behavior (Regression Prevention)

            3.1 WHEN c THEN the system SHALL CONTINUE TO work
            """;
        Assert.Equal("1 Current Behavior (Defect)[1.1 WHEN a THEN the system crashes; 1.2 WHEN b] | "
            + "2 Expected Behavior (Correct)[2.1 WHEN a THEN the system SHALL answer] | "
            + "3 Unchanged Behavior (Regression Prevention)[3.1 WHEN c THEN the system SHALL CONTINUE TO work]", Show(Text));
    }

    [Fact]
    public void The_story_stands_before_the_criteria()
    {
        var one = Assert.Single(RequirementsReader.Read(
            "### Requirement 1: X\n\n**User Story:** As a user, I want it.\n\n#### Acceptance Criteria\n\n1. a\n",
            new("requirements.md")));
        Assert.Equal("As a user, I want it.", one.Story);
    }

    [Fact]
    public void A_design_has_an_overview_and_properties()
    {
        const string Text = """
            # Design Document: Demo

            ## Overview

            It shows things.

            ## Correctness Properties

            ### Property 1: Round trip

            *For any* value, it comes back.

            **Validates: Requirements 1.2, 2.1**

            **Property 2: Order**
            It is kept.
            **Validates: Requirements 3**

            ## Error Handling
            Nothing.
            """;
        var design = DesignReader.Read(Text, new("design.md"));
        Assert.Equal(("Design Document: Demo", "It shows things."), (design.Title, design.Overview));
        Assert.Equal(["1 Round trip 1.2,2.1", "2 Order 3"],
            design.Properties.Select(one => $"{one.Number} {one.Title} {string.Join(',', one.Requirements)}"));
    }

    [Fact]
    public void Tasks_carry_the_text_of_the_criteria_they_name()
    {
        const string Requirements = "### Requirement 1: X\n1. WHEN a\n2. WHEN b\n3. WHEN c\n"
            + "### Requirement 2: Y\n1. WHEN d\n### Requirement 3: Z\n1. z\n";
        const string Design = "# D\n### Property 4: P\n**Validates: Requirements 3.1**\n";
        const string Tasks = """
            - [ ] 1. A
              - [ ] 1.1 B
                - _Requirements: 1.1-1.2_
              - [ ] 1.2 C
                - **Property 4: P**
            - [ ] 2. D
              - _Requirements: 2_
            - [ ] 3. E
              - _Requirements: 1.7, 9.1_
            """;
        var read = Specs.Import(Tasks, Requirements, Design);
        var plan = read.Plan!;
        Assert.Equal(["1.1", "1.2", "3.1"], plan.Items[0].Requirements);
        Assert.Equal(["1.1 WHEN a", "1.2 WHEN b", "3.1 z"], plan.Items[0].Criteria);
        Assert.Equal(["1.1", "1.2"], plan.Items[0].Steps[0].Requirements);
        Assert.Equal(["2.1 WHEN d"], plan.Items[1].Criteria);
        Assert.Equal(["unknown_requirement|Is 1.3 meant?", "unknown_requirement|Is 1.1 meant?"],
            read.Findings.Where(one => one.Code == "unknown_requirement").Select(one => $"{one.Code}|{one.Fix}"));
    }

    [Fact]
    public void Every_criterion_leads_to_the_work_that_names_it()
    {
        const string Requirements = "### Requirement 1: X\n1. a\n2. b\n### Requirement 2: Y\n1. c\n### Requirement 3: Z\n";
        const string Tasks = "- [ ] 1. A\n  - [ ] 1.1 B\n    - _Requirements: 1.1_\n- [ ] 2. C\n  - _Requirements: 1, 3_\n";
        var traces = Traces.Of(Specs.Plan(Tasks, Requirements), new(RequirementsReader.Read(Requirements, new("requirements.md"))));
        Assert.Equal(["1.1 a: 1 2/1.1", "1.2 b: 2/", "2.1 c: /", "3 Z: 2/"], traces.Select(one =>
            $"{one.Id} {one.Text}: {string.Join(' ', one.Units)}/{string.Join(' ', one.Steps)}"));
    }

    [Fact]
    public void Requirements_that_no_task_names_are_told()
    {
        var read = Specs.Import("- [ ] 1. A\n  - _Requirements: 1.1_\n", "### Requirement 1: X\n1. a\n### Requirement 2: Y\n1. b\n");
        Assert.Contains("Y", Assert.Single(read.Findings, one => one.Code == "uncovered_requirement").Text, StringComparison.Ordinal);
        Assert.DoesNotContain(Specs.Import("- [ ] 1. A\n  - _Requirements: All_\n", "### Requirement 1: X\n1. a\n").Findings,
            one => one.Code == "uncovered_requirement");
    }
}
