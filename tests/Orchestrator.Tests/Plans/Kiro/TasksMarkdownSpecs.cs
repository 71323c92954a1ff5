using Orchestrator.Items;
using Orchestrator.Plans;
using Orchestrator.Plans.Kiro;
using Orchestrator.Plans.Kiro.Lines;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Plans.Kiro;

/// <summary>A plan as tasks.md: read again it is the same plan, written again the same text.</summary>
public class TasksMarkdownSpecs
{
    static string Show(PlanDraft plan) => $"{Specs.Phases(plan)}\n{Specs.Outline(plan)}\n{Specs.Order(plan)}\n"
        + string.Join('\n', plan.Items.Select(unit =>
            $"{string.Join(',', unit.Requirements)} {string.Join(',', unit.Writes)} {unit.Kind}"));

    [Theory]
    [InlineData("- [x] 1. A\n  text\n  - [x] 1.1 B\n    - _Requirements: 1.1_\n  - [ ]* 1.2 C\n- [ ] 2. D\n")]
    [InlineData("- [ ] 1. A\n- [ ] 2. (P) B\n- [ ] 3. (P) C\n- [ ] 4. D\n")]
    [InlineData("- [ ] 1. A\n- [ ] 2. Checkpoint\n- [ ] 3. B\n  - _Depends: 1_\n")]
    [InlineData("## Phase 1: X\n- [ ] 1. A\n## Phase 2: Y\n- [-] 2. B\n  - _Writes: a/b_\n")]
    [InlineData("- [ ] 1. A\n  - [ ] 1.1 a\n- [ ] 2. B\n- [ ] 3. C\n```json\n"
        + "{\"waves\": [{\"id\": 0, \"tasks\": [\"2\"]}, {\"id\": 1, \"tasks\": [\"1.1\", \"3\"]}]}\n```\n")]
    [InlineData("- [ ] Without number\n  - [ ] small\n- [ ] ~~dropped~~\n")]
    [InlineData("## Success Criteria\n- [ ] holds\n## Tasks\n- [ ] 1. A\n")]
    [InlineData("### Task 1: A\n#### Why\ntext\n```sh\n- [ ] not a task\n```\n- [ ] a\n### Task 2: B\nmore\n")]
    [InlineData("- [ ] 1. A\n  - [ ] 1.1 B\n    - [ ] 1.1.1 C\n  - [ ] 1.2 D\n    - [ ] small\n")]
    public void What_is_exported_is_imported_as_the_same(string tasks)
    {
        var plan = Specs.Plan(tasks);
        var text = TasksMarkdown.Of(plan);
        var again = Specs.Plan(text);
        Assert.Equal(Show(plan), Show(again));
        Assert.Equal(text, TasksMarkdown.Of(again));
    }

    [Theory]
    [MemberData(nameof(Drawn.Seeds), 11, 2, MemberType = typeof(Drawn))]
    public void Any_file_comes_to_rest_when_it_is_exported(int seed) =>
        Drawn.Rounds(seed, 150, random => string.Concat(RandomFile.Blocks(random)), (file, _) =>
        {
            var plan = Specs.Plan(file);
            var text = TasksMarkdown.Of(plan);
            var again = Specs.Plan(text);
            Assert.Equal(Show(plan), Show(again));
            Assert.Equal(text, TasksMarkdown.Of(again));
        });

    [Fact]
    public void States_are_those_of_the_work()
    {
        var text = TasksMarkdown.Of(Specs.Plan("- [ ] 1. A\n  - [ ] 1.1 B\n- [ ] 2. C\n"), id => id switch
        {
            "1.1" => BoxState.Done,
            "1" => BoxState.InProgress,
            _ => null,
        });
        Assert.Contains("- [-] 1. A\n  - [x] 1.1 B\n\n- [ ] 2. C\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_plan_of_another_origin_gets_numbers()
    {
        var plan = new PlanDraft
        {
            Title = "Security", SourceKind = SourceKinds.Manifest,
            Phases = [new() { Id = "a", Name = "Critical" }, new() { Id = "b", Name = "Rest" }],
            Items =
            [
                new() { ForeignId = "t1", Title = "Fix it", Phase = "a", Writes = ["src/a.cs"], Criteria = ["it holds"],
                    Requirements = ["1.2"] },
                new() { ForeignId = "t2", Title = "Check it", Phase = "b", DependsOn = ["t1"], Status = ItemStatus.Done,
                    Steps = [new() { ForeignId = "t2a", Title = "Look", Done = true, Details = "# closely" }] },
            ],
        };
        const string Expected = """
            # Implementation Plan: Security

            ## Phase 1: Critical

            - [ ] 1. Fix it
              - it holds
              - _Requirements: 1.2_
              - _Writes: src/a.cs_

            ## Phase 2: Rest

            - [x] 2. Check it
              - _Depends: 1_
              - [x] 2.1 Look
                **closely**

            """;
        Assert.Equal(Expected, TasksMarkdown.Of(plan));
        Assert.Equal("Phase 1: Critical: 1 | Phase 2: Rest: 2", Specs.Phases(Specs.Plan(Expected)));
    }
}
