using System.Globalization;

namespace Orchestrator.Plans;

/// <summary>A plan's state in sentences. Pure.</summary>
static class PlanSummary
{
    /// <param name="plan">Which.</param>
    /// <param name="asked">What controllers were asked about it, the newest first.</param>
    public static IReadOnlyList<string> Why(Plan plan, IReadOnlyList<Consult>? asked = null)
    {
        var lines = new List<string>
        {
            plan.State switch
            {
                PlanStatus.Draft => $"Nobody has said that it may run: agentctl plan start {plan.Id}",
                PlanStatus.Running => "It runs.",
                PlanStatus.Paused => $"It is paused; what is at work goes on. agentctl plan resume {plan.Id}",
                PlanStatus.NeedsDecision => "A person must decide; what this does not touch goes on.",
                PlanStatus.Completed => "It is done.",
                PlanStatus.Canceled => "It was canceled.",
                _ => "It has failed.",
            },
        };
        if (plan.Reason is { } reason)
            lines.Add(reason);
        if (plan.ByHand)
            lines.Add("It goes by hand: units start when they are dispatched (agentctl spec dispatch); agentctl spec run lets it go on.");
        foreach (var one in (asked ?? []).Where(one => one.State == ConsultState.Asked))
            lines.Add($"Run {one.RunId} is asked {What(one.Kind)}; from {one.LateAt.UtcDateTime:HH:mm:ss} UTC on the rules decide.");
        if (asked?.FirstOrDefault(one => one.State == ConsultState.Overruled) is { } last)
            lines.Add($"What was last asked of a controller ({What(last.Kind)}) is as the rules say: {last.Problem}");
        foreach (var decision in plan.Decisions)
            lines.Add($"{decision.Text} {HowToDecide(plan, decision)}");
        if (plan.State is PlanStatus.Running or PlanStatus.NeedsDecision or PlanStatus.Paused)
            foreach (var phase in plan.Phases.Where(phase => phase.State != PhaseStates.Done))
                lines.Add(string.Create(CultureInfo.InvariantCulture,
                    $"{phase.Name}: {phase.State}, {phase.Decided} of {phase.Total} done{(phase.Held is null ? "." : $". {phase.Held}")}"));
        return lines;
    }

    static string What(string kind) => kind switch
    {
        ConsultKinds.Order => "what starts first",
        ConsultKinds.Decide => "how a unit goes on",
        _ => "who does what",
    };

    /// <summary>The command that decides it.</summary>
    public static string HowToDecide(Plan plan, PlanDecision decision) => decision.Kind switch
    {
        "review" => $"agentctl review {decision.ItemId}",
        "gate" => string.Create(CultureInfo.InvariantCulture,
            $"agentctl plan decide {plan.Id} --phase {decision.Phase} --option {string.Join('|', decision.Options)}"),
        _ => $"agentctl plan decide {plan.Id} --item {decision.ForeignId ?? decision.ItemId} --option {string.Join('|', decision.Options)}",
    };
}
