using System.Globalization;
using System.Text;
using Orchestrator.Items;
using Orchestrator.Store;

namespace Orchestrator.Plans;

/// <summary>What people and agents are told about a plan's parts.</summary>
static class PlanWords
{
    const int MostNamed = 5;

    /// <summary>The text of a decision, and what may be chosen.</summary>
    public static (string Text, IReadOnlyList<string> Options) Question(Connection db, Plan plan, NewAsk ask)
    {
        if (ask.Kind == "gate")
            return (Gate(db, plan, plan.Phases.First(phase => phase.No == ask.Phase)), [Options.GoOn, Options.Abort]);
        var foreign = db.Text("select foreign_id from plan_items where item_id = @id", ("@id", ask.ItemId)) ?? ask.ItemId;
        if (ItemRows.Find(db, ask.ItemId!) is not { } item)
            return ($"{foreign} was taken out of the queue: leave it out, or call the plan off.", [Options.Skip, Options.Abort]);
        var why = string.Join(' ', item.Causes.Select(cause => cause.Text).DefaultIfEmpty(item.Report?.Split('\n')[0] ?? "")
            .Take(2)).Trim();
        if (ask.Kind == "review")
            return ($"The work on {foreign} ('{item.Title}') waits for a person: agentctl review {item.Id}. {why}".TrimEnd(),
                [Options.Accept, Options.Abort]);
        var waiting = item.Blocks.Count > 0 ? $" {Counted(item.Blocks.Count, "other waits", "others wait")} for it." : "";
        return (Clip($"{foreign} ('{item.Title}') is {item.Status} after {Counted(item.Attempts, "attempt", "attempts")}."
            + $"{waiting} {why}".TrimEnd()), [Options.Retry, Options.Skip, Options.Abort]);
    }

    static string Gate(Connection db, Plan plan, PlanPhase phase)
    {
        if (phase.Gate == PhaseGates.Word(PhaseGate.Person))
            return $"'{phase.Name}' is done. Does the plan go on?";
        var open = PlanRows.Facts(db, plan.Id).Units
            .Where(unit => unit.Phase == phase.No && unit is { Wanted: true, Status: ItemStatus.Done, Merged: false })
            .Select(unit => ItemRows.Get(db, unit.ItemId)).ToList();
        var named = string.Join(", ", open.Take(MostNamed).Select(item => $"'{item.Title}' (agentctl merge {item.RunId})"));
        return Clip($"'{phase.Name}' is done, and the work of {open.Count.ToString(CultureInfo.InvariantCulture)} items is not merged yet: "
            + $"{named}{(open.Count > MostNamed ? ", …" : "")}. Merge it, or let the plan go on without.");
    }

    /// <summary><c>1 item</c>, <c>2 items</c>.</summary>
    public static string Counted(long count, string one, string more) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? one : more)}");

    static string Clip(string text) => text.Length <= 1500 ? text : text[..1500] + "…";

    /// <summary>What stands below an item's own text when it has steps: an agent gets them all, in order.</summary>
    public static string WithSteps(ItemDraft item)
    {
        if (item.Steps.Count == 0)
            return item.Description;
        var text = new StringBuilder(item.Description.TrimEnd());
        text.Append(text.Length > 0 ? "\n\n" : "").Append("Steps, to be done in this order:\n");
        foreach (var step in item.Steps)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"\n- {step.ForeignId} {step.Title}{(step.Optional ? " (optional: may be left out)" : "")}\n");
            foreach (var line in step.Details.Split('\n').Where(line => line.Trim().Length > 0))
                text.Append(CultureInfo.InvariantCulture, $"  {line.TrimEnd()}\n");
        }

        return text.ToString();
    }

    /// <summary>Where an agent begins with an item that has steps, and how it reports; null for one without.</summary>
    public static string? Brief(IReadOnlyList<PlanStepRow> steps)
    {
        if (steps.Count == 0)
            return null;
        var text = new StringBuilder("## How to report steps\n\n");
        text.Append("Do the steps in order and stop at the first that fails. In the notes of your result write one line for each step "
            + "that you "
            + "did: `step ID: done`, or `step ID: failed: why`.\n");
        return text.Append('\n').Append(WhereToBegin(steps) is { } begin ? begin + "\n\n" : "").ToString();
    }

    /// <summary>Which steps are done, and which is next; null when none was begun.</summary>
    public static string? WhereToBegin(IReadOnlyList<PlanStepRow> steps)
    {
        if (steps.All(step => step.State == StepReports.Open))
            return null;
        var done = steps.Where(step => step.State == StepReports.Done).Select(step => step.StepId).DefaultIfEmpty("none");
        var text = $"Done already: {string.Join(", ", done)}.";
        return steps.FirstOrDefault(step => step.State != StepReports.Done) is not { } next ? text
            : $"{text} Begin with step {next.StepId}{(next.Note is { } note ? $"; last time: {note}" : ".")}";
    }
}
