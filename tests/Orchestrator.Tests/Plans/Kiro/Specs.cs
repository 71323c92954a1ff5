using Orchestrator.Items;
using Orchestrator.Plans;
using Orchestrator.Plans.Kiro;

namespace Orchestrator.Tests.Plans.Kiro;

/// <summary>Short ways to read a spec and to show what came of it.</summary>
static class Specs
{
    public static Imported Import(string tasks, string? requirements = null, string? design = null) =>
        KiroImporter.Import([
            new(".kiro/specs/demo/tasks.md", tasks),
            .. requirements is null ? (IEnumerable<SourceText>)[] : [new(".kiro/specs/demo/requirements.md", requirements)],
            .. design is null ? (IEnumerable<SourceText>)[] : [new(".kiro/specs/demo/design.md", design)],
        ]);

    public static PlanDraft Plan(string tasks, string? requirements = null, string? design = null)
    {
        var read = Import(tasks, requirements, design);
        var findings = read.Findings.Select(finding => $"{finding.Code} {finding.Place} {finding.Text}");
        Assert.True(read.Plan is not null, string.Join('\n', findings));
        return read.Plan;
    }

    public static TasksDocument Read(string tasks) => TasksReader.Read(tasks, new("tasks.md"));

    /// <summary>Units and steps in one line: <c>1x Title(1.1x A, 1.2* B)</c>; x is done, * optional.</summary>
    public static string Outline(PlanDraft plan) => string.Join(" | ", plan.Items.Select(unit =>
        $"{unit.ForeignId}{Marks(unit.Status == ItemStatus.Done, unit.Optional)} {unit.Title}"
        + (unit.Steps.Count == 0 ? "" : $"({string.Join(", ", unit.Steps.Select(Step))})")));

    static string Step(StepDraft step) => $"{step.ForeignId}{Marks(step.Done, step.Optional)} {step.Title}";

    /// <summary>Who waits for whom: <c>2:1 3:2+1</c>, first what the source says, behind the + what was added.</summary>
    public static string Order(PlanDraft plan) => string.Join(' ', plan.Items.Select(unit =>
        $"{unit.ForeignId}:{string.Join(',', unit.DependsOn)}"
        + (unit.After.Count == 0 ? "" : "+" + string.Join(',', unit.After.Select(one => one.ForeignId)))));

    public static string Phases(PlanDraft plan) => string.Join(" | ", plan.Phases.Select(phase =>
        $"{phase.Name}: {string.Join(' ', plan.Items.Where(unit => unit.Phase == phase.Id).Select(unit => unit.ForeignId))}"));

    public static string Codes(Imported read) => string.Join(' ', read.Findings.Where(one => one.Code != "no_requirements")
        .Select(one => $"{one.Code}:{one.Line}"));

    static string Marks(bool done, bool optional) => (done ? "x" : "") + (optional ? "*" : "");
}
