using System.Globalization;
using System.Text;
using Orchestrator.Items;
using Orchestrator.Plans.Kiro.Lines;

namespace Orchestrator.Plans.Kiro;

/// <summary>
/// Writes a plan of any origin as a tasks.md. Read again it gives the same units, steps, states, dependencies and phases; written again,
/// the
/// same text. Numbers stay when all units have plain ones; else they are given anew.
/// </summary>
sealed class TasksMarkdown
{
    readonly StringBuilder text = new();
    readonly PlanDraft plan;
    readonly Func<string, BoxState?> stateOf;
    readonly Dictionary<string, string> numbers = [];
    readonly HashSet<string> parallel = [];

    TasksMarkdown(PlanDraft plan, Func<string, BoxState?> stateOf) => (this.plan, this.stateOf) = (plan, stateOf);

    /// <param name="stateOf">What the box of a unit or step says, by its foreign id; null leaves it as it was imported.</param>
    public static string Of(PlanDraft plan, Func<string, BoxState?>? stateOf = null)
    {
        var writer = new TasksMarkdown(plan, stateOf ?? (_ => null));
        writer.Number();
        writer.Write();
        return writer.text.ToString();
    }

    static bool IsCriteria(ItemDraft unit) => unit.ForeignId.StartsWith("criteria-", StringComparison.Ordinal) && unit.Kind == "checkpoint";

    static bool IsPlain(ItemDraft unit) => unit.ForeignId.StartsWith("box-", StringComparison.Ordinal) || IsCriteria(unit)
        || (TaskNumber.Whole(unit.ForeignId) is { Depth: 1, Prefix: "", Suffix: "" } number && number.Text == unit.ForeignId
            && unit.Steps.All(step =>
            step.ForeignId.StartsWith(unit.ForeignId + "~", StringComparison.Ordinal)
            || (TaskNumber.Whole(step.ForeignId) is { Depth: > 1, Prefix: "" } below && below.First == number.First
                && below.Text == step.ForeignId)));

    /// <summary>New numbers for all, when one unit has none that could stay.</summary>
    void Number()
    {
        var keeps = plan.SourceKind == SourceKinds.Kiro && plan.Items.All(IsPlain);
        var next = 0;
        foreach (var unit in Ordered().Where(unit => !IsCriteria(unit)))
        {
            if (keeps)
                numbers[unit.ForeignId] = TaskNumber.Whole(unit.ForeignId) is { } own ? own.Text : "";
            else
                numbers[unit.ForeignId] = (++next).ToString(CultureInfo.InvariantCulture);
            foreach (var (at, step) in unit.Steps.Index())
                numbers[step.ForeignId] = keeps ? (TaskNumber.Whole(step.ForeignId) is { Depth: > 1 } of ? of.Text : "")
                    : string.Create(CultureInfo.InvariantCulture, $"{next}.{at + 1}");
        }

        if (!IsWaves)
            Parallel();
    }

    /// <summary>Those that do not wait for the unit before them although nothing else is said of them, and that unit, when it waits for the
    /// same ones.</summary>
    void Parallel()
    {
        ItemDraft? before = null;
        foreach (var unit in Ordered().Where(unit => !IsCriteria(unit)))
        {
            if (before is not null && IsFree(unit) && unit.After.All(one => one.ForeignId != before.ForeignId))
            {
                parallel.Add(unit.ForeignId);
                if (IsFree(before) && before.After.Select(one => one.ForeignId).SequenceEqual(unit.After.Select(one => one.ForeignId)))
                    parallel.Add(before.ForeignId);
            }
            before = unit.Optional ? before : unit;
        }
    }

    static bool IsFree(ItemDraft unit) => unit.DependsOn.Count == 0 && unit.Writes.Count == 0 && unit.Kind != "checkpoint"
        && unit.Steps.All(step => step.DependsOn.Count == 0 && step.Writes.Count == 0);

    /// <summary>The phases are waves of a dependency graph, which is written again.</summary>
    bool IsWaves => plan.SourceKind == SourceKinds.Kiro && plan.Phases.Count > 0 && plan.Phases.Any(phase => phase.Name == "Wave 1")
        && plan.Phases.All(phase => phase.Name == $"Wave {phase.Id.Split('-')[^1]}" || phase.Name == UnitPhases.Criteria);

    /// <summary>The phases are what stands between checkpoints, which are found again.</summary>
    bool IsCheckpoints => plan.SourceKind == SourceKinds.Kiro
        && plan.Phases.All(phase => phase.Name is UnitPhases.Last or UnitPhases.Criteria
            || phase.Name.StartsWith("To ", StringComparison.Ordinal)
            && plan.Items.LastOrDefault(unit => unit.Phase == phase.Id) is { Kind: "checkpoint" } last
                && phase.Name == UnitPhases.To(last.ForeignId, last.Title));

    /// <summary>Units phase by phase.</summary>
    IEnumerable<ItemDraft> Ordered() => plan.Items.OrderBy(unit =>
        Math.Max(0, plan.Phases.ToList().FindIndex(phase => phase.Id == unit.Phase)));

    void Write()
    {
        text.Append($"# Implementation Plan: {Line(plan.Title)}\n");
        var overview = WithoutSpec(plan.Description);
        if (overview.Length > 0)
        {
            text.Append("\n## Overview\n\n");
            Block(overview, "");
        }
        var phased = IsWaves || IsCheckpoints ? []
            : plan.Phases.Where(phase => plan.Items.Any(unit => unit.Phase == phase.Id && !IsCriteria(unit))).ToList();
        if (phased.Count < 2)
            text.Append("\n## Tasks\n");
        var phases = plan.Phases.Select(phase => phase.Id).ToList();
        string? open = null;
        foreach (var unit in Ordered().Where(unit => !IsCriteria(unit)))
        {
            var phase = unit.Phase ?? phases.FirstOrDefault() ?? "";
            if (phased.Count > 1 && phase != open)
            {
                var at = phased.FindIndex(one => one.Id == phase);
                text.Append($"\n## {Heading(at, Line(phased[at].Name))}\n");
                open = phase;
            }
            Unit(unit);
        }
        foreach (var list in plan.Items.Where(IsCriteria))
        {
            text.Append($"\n## {Line(list.Title)}\n\n");
            foreach (var step in list.Steps)
                Step(step, "");
        }
        if (IsWaves)
            Graph();
    }

    /// <summary>A phase's name such that it is read as one; "Tasks" at the beginning is what stands in none.</summary>
    static string Heading(int at, string name) => (at == 0 && name == "Tasks")
        || SpecHeading.PhaseNumber(MarkdownText.Bare(name)) is not null ? name
        : string.Create(CultureInfo.InvariantCulture, $"Phase {at + 1}: {name}");

    void Graph()
    {
        string IdOf(ItemDraft unit) => unit.Steps.Select(step => numbers[step.ForeignId]).Prepend(numbers[unit.ForeignId])
            .FirstOrDefault(id => id.Length > 0) ?? unit.ForeignId;
        bool IsNamed(ItemDraft unit, PhaseDraft phase) => unit.Phase == phase.Id && unit.After.Count == 0 && !IsCriteria(unit);
        var waves = plan.Phases.Select(phase => plan.Items.Where(unit => IsNamed(unit, phase)).Select(IdOf).ToList())
            .Where(wave => wave.Count > 0).ToList();
        text.Append("\n## Task Dependency Graph\n\n```json\n{\n  \"waves\": [\n");
        foreach (var (at, wave) in waves.Index())
        {
            var ids = string.Join(", ", wave.Select(id => $"\"{id}\""));
            text.Append(CultureInfo.InvariantCulture, $"    {{ \"id\": {at}, \"tasks\": [{ids}] }}")
                .Append(at + 1 < waves.Count ? ",\n" : "\n");
        }
        text.Append("  ]\n}\n```\n");
    }

    void Unit(ItemDraft unit)
    {
        var title = unit.Status is ItemStatus.Skipped or ItemStatus.Canceled ? $"~~{Line(unit.Title)}~~" : Line(unit.Title);
        var number = numbers[unit.ForeignId];
        var state = stateOf(unit.ForeignId) ?? (unit.Status == ItemStatus.Done ? BoxState.Done : StateOf(unit.ForeignStatus));
        text.Append('\n').Append($"- [{BoxLine.MarkOf(state)}]{(unit.Optional ? "*" : "")} {(number.Length > 0 ? $"{number}. " : "")}"
            + $"{(parallel.Contains(unit.ForeignId) ? "(P) " : "")}{title}\n");
        Block(WithoutSpec(unit.Description), "  ");
        Field("Depends", unit.DependsOn.Select(id => numbers.GetValueOrDefault(id, "")).Where(id => id.Length > 0), "  ");
        if (plan.SourceKind != SourceKinds.Kiro)
        {
            foreach (var criterion in unit.Criteria)
                text.Append($"  - {Line(criterion)}\n");
            Field("Requirements", unit.Requirements, "  ");
            Field("Writes", unit.Writes, "  ");
            Field("Reads", unit.Reads, "  ");
            Field("Priority", unit.Priority is { } priority ? [priority] : [], "  ");
            Field("Effort", unit.Effort is { } effort ? [Line(effort)] : [], "  ");
        }
        foreach (var step in unit.Steps)
            Step(step, "  ");
    }

    void Step(StepDraft step, string indent)
    {
        var number = numbers.GetValueOrDefault(step.ForeignId, "");
        var state = stateOf(step.ForeignId) ?? (step.Done ? BoxState.Done : StateOf(step.ForeignStatus));
        text.Append($"{indent}- [{BoxLine.MarkOf(state)}]{(step.Optional ? "*" : "")} {(number.Length > 0 ? number + " " : "")}")
            .Append(Line(step.Title)).Append('\n');
        Block(step.Details, indent + "  ");
        Field("Depends", step.DependsOn.Select(id => numbers.GetValueOrDefault(id, "")).Where(id => id.Length > 0), indent + "  ");
        if (plan.SourceKind != SourceKinds.Kiro)
        {
            Field("Requirements", step.Requirements, indent + "  ");
            Field("Writes", step.Writes, indent + "  ");
            Field("Reads", step.Reads, indent + "  ");
        }
    }

    static BoxState StateOf(string? word) => word == "in_progress" ? BoxState.InProgress : BoxState.Open;

    void Field(string name, IEnumerable<string> values, string indent)
    {
        var list = values.ToList();
        if (list.Count > 0)
            text.Append($"{indent}- _{name}: {string.Join(", ", list)}_\n");
    }

    /// <summary>
    /// Lines below a task. Headings become bold lines, since one would end the task; what says dependencies goes, since they are written
    /// anew; a fence that nothing closes, and a line that would make the one before it a heading, are made text.
    /// </summary>
    void Block(string block, string indent)
    {
        Fence? inside = null;
        var (blank, begun) = (false, false);
        var lines = block.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].TrimEnd();
            if (inside is not null)
                inside = inside.IsClosedBy(line) ? null : inside;
            else if (Fence.Open(line) is { } fence)
            {
                if (lines.Skip(i + 1).Any(fence.IsClosedBy))
                    inside = fence;
                else
                    line = line.Replace(fence.Mark.ToString(), "\\" + fence.Mark, StringComparison.Ordinal);
            }
            else if (MarkdownText.Heading(line) is { } heading)
                line = heading.Text.Length == 0 ? "" : $"**{heading.Text.Replace("**", "", StringComparison.Ordinal)}**";
            else if (indent.Length > 0 && FieldLine.Read(line).Any(field => field.Kind == FieldKind.Depends))
                continue;
            else if (line.Trim() is { Length: > 2 } rule && rule.All(c => c == '='))
                continue;
            // One blank line at most, and none at the end.
            if (line.Length == 0)
                blank = true;
            else
            {
                text.Append(blank && begun ? "\n" : "").Append(indent).Append(line).Append('\n');
                (blank, begun) = (false, true);
            }
        }
    }

    static string WithoutSpec(string description)
    {
        var lines = description.Split('\n').ToList();
        lines.RemoveAll(line => line.StartsWith("Spec: ", StringComparison.Ordinal) && line.Length < 1000);
        return string.Join('\n', lines).Trim('\n', ' ');
    }

    static string Line(string line) => string.Concat(line.Select(c => char.IsControl(c) ? ' ' : c)).Trim();
}
