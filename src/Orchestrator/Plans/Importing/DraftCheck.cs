using Orchestrator.Items;
using Orchestrator.Plans.Assigning;

namespace Orchestrator.Plans;

/// <summary>
/// What every importer's plan goes through: it is cut to what can be stored, and what cannot run is named with its place and what to do.
/// Pure.
/// </summary>
static class DraftCheck
{
    /// <summary>Most units of one plan, and most steps of one unit.</summary>
    public const int MostItems = 5000, MostSteps = 500;

    const int TitleLength = 500, LineLength = 2000, DescriptionLength = 200_000, MostLines = 200, MostGuesses = 50;

    public static Imported Finish(Imported read)
    {
        if (read.Plan is not { } plan)
            return read;
        var findings = read.Findings.ToList();
        if (plan.Items.Count is 0 or > MostItems)
        {
            findings.Add(plan.Items.Count == 0
                ? ImportFinding.Of(FindingWeight.Error, "no_items", null, "There is no task in it.", null, "Write one task at least.")
                : ImportFinding.Of(FindingWeight.Error, "too_many_items", null,
                    $"There are {plan.Items.Count} tasks, and {MostItems} are the most.", null, "Make several plans of it."));
            return Imported.Refused(findings);
        }

        plan = plan with
        {
            Title = Line(plan.Title, TitleLength),
            Description = Body(plan.Description),
            Project = plan.Project is null ? null : Line(plan.Project, LineLength),
            Phases = plan.Phases.Count == 0 ? [new PhaseDraft { Id = "tasks", Name = "Tasks" }] : [.. plan.Phases.Select(Clean)],
        };
        plan = plan with { Items = [.. plan.Items.Select(item => Clean(item, plan.Phases, findings))] };
        Doubles(plan, findings);
        Dependencies(plan, findings);
        if (!findings.Any(one => one.IsError))
            plan = plan with { Items = FileOrder.Apply(plan.Items, findings) };
        return Imported.Of(plan, findings);
    }

    static PhaseDraft Clean(PhaseDraft phase) =>
        phase with { Id = Line(phase.Id, LineLength), Name = Line(phase.Name, LineLength) };

    static ItemDraft Clean(ItemDraft item, IReadOnlyList<PhaseDraft> phases, List<ImportFinding> findings)
    {
        void Say(string code, string text, string done) =>
            findings.Add(ImportFinding.Of(FindingWeight.Warning, code, item.Place, $"{item.ForeignId}: {text}", done, null, item.Line));
        var phase = item.Phase is null ? phases[0].Id : Line(item.Phase, LineLength);
        if (phases.All(one => one.Id != phase))
        {
            Say("unknown_phase", $"there is no phase '{Texts.Short(phase)}'.", $"It was put into {phases[0].Name}.");
            phase = phases[0].Id;
        }

        var title = Line(item.Title, TitleLength);
        if (item.Title.Trim().Length > TitleLength)
            Say("title_cut", $"its title is longer than {TitleLength} characters.", "It was cut; the whole is in the description.");
        if (item.Description.Length > DescriptionLength)
            Say("description_cut", $"its description is longer than {DescriptionLength} characters.", "It was cut.");
        if (item.Steps.Count > MostSteps)
            Say("steps_cut", $"it has {item.Steps.Count} steps, and {MostSteps} are the most.", "The rest was left out.");
        return item with
        {
            ForeignId = Line(item.ForeignId, LineLength),
            Title = title.Length > 0 ? title : $"Task {Line(item.ForeignId, LineLength)}",
            Description = Body(item.Title.Trim().Length > TitleLength ? $"{item.Title}\n\n{item.Description}" : item.Description),
            Phase = phase,
            Kind = item.Kind is null ? null : Line(item.Kind, LineLength),
            Criteria = Lines(item.Criteria),
            DependsOn = [.. item.DependsOn.Select(on => Line(on, LineLength)).Distinct()],
            Writes = Paths(item.Writes, "writes", Say),
            Reads = Paths(item.Reads, "reads", Say),
            Priority = Known(item.Priority, ItemWords.Priorities),
            Criticality = Known(item.Criticality, ItemWords.Criticalities),
            Care = Known(item.Care, CareWords.All),
            Type = Known(item.Type, WorkTypes.All) ?? WorkTypes.Code,
            Steps = [.. item.Steps.Take(MostSteps).Select(Clean)],
        };
    }

    static StepDraft Clean(StepDraft step) => step with
    {
        ForeignId = Line(step.ForeignId, LineLength),
        Title = Line(step.Title, TitleLength),
        Details = Body(step.Details),
    };

    static string? Known(string? word, IReadOnlyList<string> words) => word is not null && words.Contains(word) ? word : null;

    static string Line(string text, int most)
    {
        var whole = Whole(text);
        // Most lines are clean, and a large plan has very many.
        var line = (whole.Any(char.IsControl) ? string.Concat(whole.Select(c => char.IsControl(c) ? ' ' : c)) : whole).Trim();
        return line.Length <= most ? line : Cut(line, most - 1).TrimEnd() + "…";
    }

    static string Body(string text)
    {
        var body = Whole(text).Replace('\0', ' ');
        return body.Length <= DescriptionLength ? body : Cut(body, DescriptionLength - 1) + "…";
    }

    /// <summary>Never through the middle of a pair.</summary>
    static string Cut(string text, int at) => char.IsHighSurrogate(text[at - 1]) ? text[..(at - 1)] : text[..at];

    /// <summary>Half a surrogate pair cannot be stored.</summary>
    static string Whole(string text) => text.AsSpan().ContainsAnyInRange('\ud800', '\udfff')
        ? System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text)) : text;

    static IReadOnlyList<string> Lines(IReadOnlyList<string> texts) =>
        [.. texts.Select(text => Line(text, LineLength)).Where(text => text.Length > 0).Take(MostLines)];

    static IReadOnlyList<string> Paths(IReadOnlyList<string> paths, string what, Action<string, string, string> say)
    {
        var kept = new List<string>();
        foreach (var path in paths)
        {
            var steps = Line(path, LineLength).Replace('\\', '/').Split('/').Where(step => step is not "" and not ".").ToList();
            if (steps.Count == 0 || path.TrimStart().StartsWith('/') || steps.Contains("..") || steps[0].EndsWith(':') || steps[0] == "~")
                say("bad_path", $"{what} names '{Texts.Short(Line(path, LineLength))}', which is no path below the project's folder.",
                    "It was left out.");
            else if (kept.Count == MostLines)
                say("too_many_paths", $"{what} names more than {MostLines} paths.", "The rest was left out.");
            else if (kept.Count < MostLines)
                kept.Add(string.Join('/', steps));
        }

        return [.. kept.Distinct()];
    }

    static void Doubles(PlanDraft plan, List<ImportFinding> findings)
    {
        foreach (var phase in plan.Phases.GroupBy(phase => phase.Id).Where(group => group.Count() > 1))
            findings.Add(ImportFinding.Of(FindingWeight.Error, "duplicate_phase", null, $"Two phases have the id {phase.Key}.", null,
                "Give each phase an id of its own."));
        foreach (var id in plan.Items.GroupBy(item => item.ForeignId).Where(group => group.Count() > 1))
            findings.Add(ImportFinding.Of(FindingWeight.Error, "duplicate_id", id.Last().Place,
                $"{id.Count()} tasks have the id {id.Key}: {string.Join(" and ", id.Select(item => $"'{item.Title}'"))}.", null,
                $"Give each an id of its own, and say in dependsOn which is meant{Places(id)}.", id.Last().Line));
    }

    static string Places(IEnumerable<ItemDraft> items) =>
        items.Select(item => item.Place).OfType<string>().ToList() is { Count: > 0 } places ? $" ({string.Join(", ", places)})" : "";

    static void Dependencies(PlanDraft plan, List<ImportFinding> findings)
    {
        void Say(ItemDraft item, string code, string text, string fix) =>
            findings.Add(ImportFinding.Of(FindingWeight.Error, code, item.Place is { } place ? $"{place}" : null, text, null, fix,
                item.Line));
        // Of two that have one id, which is an error of its own, the first.
        var at = plan.Items.Index().GroupBy(pair => pair.Item.ForeignId).ToDictionary(group => group.Key, group => group.First().Index);
        var phaseAt = plan.Phases.Index().GroupBy(pair => pair.Item.Id).ToDictionary(group => group.Key, group => group.First().Index);
        var ids = at.Keys.Where(id => id.Length <= 40).Take(1000).ToList();
        foreach (var item in plan.Items)
            foreach (var on in item.DependsOn)
                if (!at.TryGetValue(on, out var index))
                    Say(item, "unknown_dependency", $"{item.ForeignId} depends on {Texts.Short(on)}, and no task has that id.",
                        on.Length <= 40 && findings.Count < MostGuesses && Profiles.NearestWord.To(on, ids) is { } near
                            && near != item.ForeignId ? $"Is {near} meant?" : "Correct the id, or take it away.");
                else if (phaseAt[plan.Items[index].Phase!] > phaseAt[item.Phase!])
                    Say(item, "later_phase", $"{item.ForeignId} in {Name(plan, item)} depends on {on}, which is in the later phase "
                        + $"{Name(plan, plan.Items[index])}: both would wait for ever.",
                            $"Move {on} to {Name(plan, item)} or {item.ForeignId} "
                        + $"to {Name(plan, plan.Items[index])}.");
        var known = plan.Items.Select(item => item with { DependsOn = [.. item.DependsOn.Where(at.ContainsKey)] }).ToList();
        if (TopologicalOrder.Of(known, at) is { } order && order.Count < known.Count)
            foreach (var cycle in Cycles.Of(known, at, order))
                Say(plan.Items[cycle[0]], "cycle", $"They wait for each other: {string.Join(" -> ",
                    cycle.Append(cycle[0]).Select(one => plan.Items[one].ForeignId))}.", "Take one of these dependencies away.");
    }

    static string Name(PlanDraft plan, ItemDraft item) => $"'{plan.Phases.First(phase => phase.Id == item.Phase).Name}'";
}

/// <summary>Names the circles among items that wait for each other. Pure.</summary>
static class Cycles
{
    const int Most = 20;

    /// <summary>Each circle as indices in the order in which they wait; one item is in one circle only.</summary>
    /// <param name="free">Items that are in none, nor wait for one.</param>
    public static IReadOnlyList<IReadOnlyList<int>> Of(IReadOnlyList<ItemDraft> items, IReadOnlyDictionary<string, int> at,
        IReadOnlyList<int> free)
    {
        var seen = free.ToHashSet();
        var found = new List<IReadOnlyList<int>>();
        for (var start = 0; start < items.Count && found.Count < Most; start++)
        {
            var path = new List<int>();
            var places = new Dictionary<int, int>();
            for (var now = start; !seen.Contains(now);)
            {
                if (places.TryGetValue(now, out var from))
                {
                    found.Add(path[from..]);
                    break;
                }

                places[now] = path.Count;
                path.Add(now);
                // Whatever is left waits for something that is left, or for a circle that is named already.
                var next = items[now].DependsOn.Concat(items[now].After.Select(after => after.ForeignId)).Select(on => at[on])
                    .FirstOrDefault(on => !seen.Contains(on), -1);
                if (next < 0)
                    break;
                now = next;
            }

            seen.UnionWith(path);
        }

        return found;
    }
}
