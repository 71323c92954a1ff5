using System.Globalization;
using System.Text;
using Orchestrator.Items;

namespace Orchestrator.Plans;

/// <summary>The status of a plan, and what it came to, in Markdown. Pure.</summary>
static class PlanReport
{
    static readonly TimeSpan LongOpen = TimeSpan.FromHours(24);

    /// <summary>Counts, what is at work, what is blocked and since when, what a person must decide.</summary>
    public static string Status(ExportFacts facts)
    {
        var plan = facts.Plan;
        var text = new StringBuilder();
        Line(text, $"# {plan.Title}: {plan.Status}");
        Line(text, $"");
        var percent = plan.Total == 0 ? 0 : plan.Decided * 100 / plan.Total;
        Line(text, $"{plan.Decided} of {plan.Total} done ({percent} %). Health: {Health(facts)}.");
        Line(text, $"{string.Join(", ", plan.Counts.OrderBy(pair => pair.Key).Select(pair => $"{pair.Value} {pair.Key}"))}");
        foreach (var phase in plan.Phases)
            Line(text, $"- {phase.Name}: {phase.State}, {phase.Decided} of {phase.Total}");
        Section(text, "At work", facts.Units.Where(unit => unit.Item?.State is ItemStatus.InFlight or ItemStatus.Review)
            .Select(unit => $"{Named(unit)}, {unit.Item!.Status}{(facts.Runs.TryGetValue(unit.ItemId, out var run)
                ? $", {run.Profile} since {Time(run.StartedAt ?? run.CreatedAt)} (run {run.Id})" : "")}"));
        Section(text, "Blocked", facts.Units.Where(unit => unit.Item?.State is ItemStatus.Blocked or ItemStatus.Failed)
            .Select(unit => $"{Named(unit)}, since {Time(unit.Item!.UpdatedAt)}: "
                + $"{ExportFacts.Why(unit.Item)}"));
        Section(text, "To be decided", plan.Decisions.Select(one =>
            $"{one.Text} Since {Time(one.CreatedAt)}. {PlanSummary.HowToDecide(plan, one)}"));
        return text.ToString();
    }

    /// <summary>What was done, by whom, with which files, findings and evidence.</summary>
    public static string Summary(ExportFacts facts)
    {
        var plan = facts.Plan;
        var text = new StringBuilder();
        Line(text, $"# {plan.Title}: {plan.Status}");
        Line(text, $"");
        var done = facts.Units.Count(unit => unit.Item?.State == ItemStatus.Done);
        Line(text, $"Items done: {done} of {facts.Units.Count(unit => !unit.Optional || plan.WithOptional)}");
        if (plan.StartedAt is { } started)
            Line(text, $"Time: {((plan.EndedAt ?? facts.Now) - started).TotalMinutes:0.#} minutes");
        Result(text, facts);
        Section(text, "Items", facts.Units.Select(unit => $"{Named(unit)}: {unit.Item?.Status ?? "taken out of the queue"}"
            + (facts.Runs.TryGetValue(unit.ItemId, out var run)
                ? $" ({run.Profile}, {PlanWords.Counted(unit.Item!.Attempts, "attempt", "attempts")})"
                : "")
            + (unit.Item?.Unchecked == true ? ", unchecked" : "")));
        Section(text, "Files changed", facts.Units.SelectMany(facts.Files).Distinct().Order());
        Section(text, "Findings of reviews", facts.Units.SelectMany(unit => facts.Findings[unit.ItemId].Where(one => one.SameAs is null)
            .Select(one => $"{unit.Draft.ForeignId}: {one.Severity}, {one.State.ToString().ToLowerInvariant()}, {one.Place}: "
                + $"{one.Title}")));
        Section(text, "Evidence", facts.Units.Where(unit => facts.Evidence.ContainsKey(unit.ItemId))
            .Select(unit => $"{unit.Draft.ForeignId}: {facts.Evidence[unit.ItemId].Split('\n')[0]}"));
        Section(text, "Requirements", TraceExport.Lines(facts));
        Section(text, "Left out", facts.Units.Where(unit => unit.Item?.State is ItemStatus.Skipped or ItemStatus.Canceled or null)
            .Select(unit => $"{Named(unit)}{(unit.Optional ? " (optional)" : "")}"));
        return text.ToString();
    }

    /// <summary>What the last unit of a wish made of the parts: the result, before how it came about.</summary>
    static void Result(StringBuilder text, ExportFacts facts)
    {
        foreach (var unit in facts.Units.Where(unit => unit.Draft.Kind == WishImport.Synthesis && unit.Item?.State == ItemStatus.Done))
        {
            Line(text, $"");
            Line(text, $"## Result");
            Line(text, $"");
            Line(text, $"{unit.Item!.Report?.Trim() ?? "It said nothing."}");
            if (facts.Runs.TryGetValue(unit.ItemId, out var run) && run.Workspace is { } place)
                Line(text, $"\n{(place.Branch is { } branch ? $"Branch: {branch}" : $"Folder: {place.Path}")}");
        }
    }

    /// <summary>good, fair or critical, with why.</summary>
    static string Health(ExportFacts facts)
    {
        var blocked = facts.Units.Count(unit => unit.Item?.State is ItemStatus.Blocked or ItemStatus.Failed);
        var old = facts.Plan.Decisions.Count(one => facts.Now - one.CreatedAt > LongOpen);
        if (old > 0)
            return string.Create(CultureInfo.InvariantCulture, $"critical, {old} decisions wait for more than 24 h");
        if (blocked > 2)
            return string.Create(CultureInfo.InvariantCulture, $"critical, {blocked} items are blocked");
        return blocked > 0 ? string.Create(CultureInfo.InvariantCulture, $"fair, {blocked} items are blocked") : "good";
    }

    static void Section(StringBuilder text, string title, IEnumerable<string> lines)
    {
        var all = lines.ToList();
        if (all.Count == 0)
            return;
        Line(text, $"");
        Line(text, $"## {title}");
        Line(text, $"");
        foreach (var line in all)
            Line(text, $"- {line.Replace('\n', ' ')}");
    }

    static void Line(StringBuilder text, FormattableString line) => text.Append(FormattableString.Invariant(line)).Append('\n');

    static string Named(PlanItem unit) => $"{unit.Draft.ForeignId} {unit.Draft.Title}";

    static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) + " UTC";
}
