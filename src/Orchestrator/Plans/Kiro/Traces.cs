namespace Orchestrator.Plans.Kiro;

/// <summary>Who fulfils a criterion: a requirement's own line when it has none.</summary>
/// <param name="Id">Of the criterion, or of a requirement without criteria.</param>
/// <param name="Units">Foreign ids of units that name it, or its whole requirement, themselves or by a step.</param>
/// <param name="Steps">Foreign ids of those steps.</param>
sealed record Trace(string Id, string Requirement, string Text, IReadOnlyList<string> Units, IReadOnlyList<string> Steps);

/// <summary>From every criterion of a spec to the work that is to fulfil it. Pure.</summary>
static class Traces
{
    /// <summary>In the order of the requirements; a criterion that nobody names has no units.</summary>
    public static IReadOnlyList<Trace> Of(PlanDraft plan, RequirementSet requirements)
    {
        var units = Naming(plan.Items.SelectMany(unit => unit.Requirements.Select(id => (id, unit.ForeignId))));
        var steps = Naming(plan.Items.SelectMany(unit => unit.Steps)
            .SelectMany(step => step.Requirements.Select(id => (id, step.ForeignId))));
        return
        [
            .. from requirement in requirements.All
               from one in requirement.Criteria.Count == 0
                   ? [new Criterion(requirement.Id, requirement.Title, requirement.Line)] : requirement.Criteria
               let ids = new[] { one.Id, requirement.Id }.Distinct(StringComparer.OrdinalIgnoreCase).ToList()
               select new Trace(one.Id, requirement.Id, one.Text, [.. ids.SelectMany(id => units[id]).Distinct()],
                   [.. ids.SelectMany(id => steps[id]).Distinct()]),
        ];
    }

    static ILookup<string, string> Naming(IEnumerable<(string Id, string By)> pairs) =>
        pairs.ToLookup(pair => pair.Id, pair => pair.By, StringComparer.OrdinalIgnoreCase);
}
