using System.Globalization;
using Orchestrator.Items;

namespace Orchestrator.Plans;

/// <summary>What a plan has to say in each section of PROJECT_PULSE.md. Pure.</summary>
static class PulseExport
{
    const int MostDone = 5, MostActive = 5, MostTitle = 50, MostPathsShown = 200;
    static readonly TimeSpan LongOpen = TimeSpan.FromHours(24), LongBlocked = TimeSpan.FromHours(48);

    /// <param name="facts">The plan.</param>
    /// <param name="current">The file as it is; null for none.</param>
    public static string Of(ExportFacts facts, string? current)
    {
        if (current is not null && PulseDocument.Missing(current) is { Count: > 0 } missing)
            throw Fault.Unprocessable("current", $"lacks the sections {string.Join(", ", missing)}: it is no PROJECT_PULSE.md, "
                + "and is left as it is.");
        var parts = new Dictionary<string, IReadOnlyList<string>>
        {
            [PulseDocument.Narrative] = Narrative(facts),
            [PulseDocument.Warnings] = Warnings(facts),
            [PulseDocument.Debt] = Debt(facts),
            [PulseDocument.Decisions] = Decisions(facts),
            [PulseDocument.Anchors] = Anchors(facts),
        };
        if (current is null)
            parts[PulseDocument.MentalModel] = Model(facts);
        return PulseDocument.Sync(current ?? PulseDocument.New("PROJECT_PULSE"), parts);
    }

    static IReadOnlyList<string> Model(ExportFacts facts) =>
    [
        $"{facts.Plan.Title}: {facts.Plan.Phases.Count} phases, {facts.Plan.Total} items, from {facts.Plan.SourceKind}.",
        .. facts.Plan.Phases.Select(phase => string.Create(CultureInfo.InvariantCulture,
            $"{phase.No}. {Inline(phase.Name)} ({PlanWords.Counted(phase.Total, "item", "items")}, then {phase.Gate})")),
    ];

    static List<string> Narrative(ExportFacts facts)
    {
        var units = facts.Units.Where(unit => unit.Item is not null).ToList();
        int Count(params ItemStatus[] states) => units.Count(unit => states.Contains(unit.Item!.State));
        var lines = new List<string>
        {
            $"**Plan:** {Inline(facts.Plan.Title)} ({facts.Plan.Status})",
            string.Create(CultureInfo.InvariantCulture, $"**Progress:** {facts.Plan.Decided} of {facts.Plan.Total} done, "
                + $"{Count(ItemStatus.InFlight)} at work, {Count(ItemStatus.Review)} in review, "
                    + $"{Count(ItemStatus.Blocked, ItemStatus.Failed)} blocked"),
        };
        lines.AddRange(units.Where(unit => unit.Item!.State == ItemStatus.Done).OrderByDescending(unit => unit.Item!.UpdatedAt)
            .ThenByDescending(unit => unit.Item!.Number).Take(MostDone).Select(unit => $"- done: {Named(unit)}"));
        lines.AddRange(units.Where(unit => unit.Item!.State is ItemStatus.InFlight or ItemStatus.Review).Take(MostActive)
            .Select(unit => $"- at work: {Named(unit)}{(facts.Runs.TryGetValue(unit.ItemId, out var run) ? $" ({run.Profile})" : "")}"));
        return lines;
    }

    static List<string> Warnings(ExportFacts facts) =>
    [
        .. from unit in facts.Units
           where unit.Item is { State: ItemStatus.Blocked or ItemStatus.Failed }
           let long48 = facts.Now - unit.Item!.UpdatedAt > LongBlocked
           orderby long48 descending, unit.Item!.Number
           select $"- {(long48 ? "[blocked for more than 48 h] " : "")}{Named(unit)}: "
               + $"{Inline(ExportFacts.Why(unit.Item!))}",
    ];

    static List<string> Debt(ExportFacts facts) =>
    [
        .. from unit in facts.Units
           from one in facts.Findings[unit.ItemId]
           where one.State == Reviews.FindingState.Deferred && one.SameAs is null
           select $"- {unit.Draft.ForeignId}: {Inline(one.Title)} ({one.Severity})",
    ];

    static List<string> Decisions(ExportFacts facts) =>
    [
        .. facts.Plan.Decisions.Select(one => $"- {(facts.Now - one.CreatedAt > LongOpen ? "[escalated: open for more than 24 h] " : "")}"
            + $"{one.Id[..8]} {Inline(one.Text)} ({string.Join(", ", one.Options.Take(3))})"),
    ];

    static List<string> Anchors(ExportFacts facts) =>
    [
        .. from unit in facts.Units
           where unit.Item?.State == ItemStatus.Done
           from path in facts.Files(unit)
           group unit by path into file
           orderby file.Key
           select $"- [{Module(file.Key)}] {Inline(file.Key)} -> {string.Join(", ", file.Select(unit => unit.Draft.ForeignId).Distinct())}"
               into line
           select line,
    ];

    static string Module(string path) => path.Contains('/', StringComparison.Ordinal) ? Inline(path[..path.IndexOf('/',
        StringComparison.Ordinal)])
        : "top";

    static string Named(PlanItem unit)
    {
        var title = unit.Draft.Title.Length <= MostTitle ? unit.Draft.Title : unit.Draft.Title[..MostTitle].TrimEnd() + "…";
        return $"{Inline(unit.Draft.ForeignId)} {Inline(title)}";
    }

    /// <summary>One line that opens no remark and ends none: a title could close our part.</summary>
    static string Inline(string text)
    {
        var line = string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)).Replace("<!--", "<! --", StringComparison.Ordinal)
            .Replace("-->", "-- >", StringComparison.Ordinal);
        return line.Length <= MostPathsShown * 2 ? line : line[..(MostPathsShown * 2)] + "…";
    }
}
