namespace Orchestrator.Plans.Kiro;

/// <summary>
/// The phases of a plan: the waves of the dependency graph, else headings that are phases, else what stands between checkpoints.
/// </summary>
static class UnitPhases
{
    /// <summary>Names of phases that are made here.</summary>
    public const string Criteria = "Criteria", Last = "After the last checkpoint";

    /// <summary>An id that was made of the title says nothing to people.</summary>
    public static string To(string id, string title) =>
        UnitText.Line(id.StartsWith("box-", StringComparison.Ordinal) ? $"To {title}" : $"To {id}: {title}");

    /// <summary>The phases in their order, and of every unit the id of its one.</summary>
    public static (IReadOnlyList<PhaseDraft> Phases, IReadOnlyDictionary<SpecTask, string> Of) Of(TasksDocument tasks, UnitOrder order)
    {
        var (names, place) = tasks.Waves.Count > 0 ? Waves(tasks, order) : tasks.Phases.Count > 0 ? Headings(tasks)
            : Checkpoints(tasks, order);
        var units = tasks.Tasks;
        if (units.Any(IsCriteria) && !units.All(IsCriteria))
        {
            names.Add(Criteria);
            for (var i = 0; i < units.Count; i++)
                place[i] = IsCriteria(units[i]) ? names.Count - 1 : place[i];
        }

        // Nobody can wait for a later phase: who does belongs to it.
        foreach (var i in order.Sequence)
            place[i] = order.Needs(i).Select(other => place[other])
                .Concat(order.Added(units[i]).Select(one => place[order.PlaceOf(one.ForeignId)])).Append(place[i]).Max();

        var used = place.Distinct().Order().ToList();
        var phases = used.Select((old, at) => new PhaseDraft
        {
            Id = $"phase-{at + 1}", Name = tasks.Waves.Count > 0
            && names[old] != Criteria ? $"Wave {at + 1}" : UnitText.Line(names[old])
        });
        return ([.. phases], units.Index().ToDictionary(one => one.Item, one => $"phase-{used.IndexOf(place[one.Index]) + 1}"));
    }

    static bool IsCriteria(SpecTask unit) => unit is { Origin: TaskOrigin.Made, IsCheckpoint: true };

    /// <summary>A unit belongs to the first wave that any of its tasks is in; one in none belongs to that of the unit before it.</summary>
    static (List<string> Names, int[] Place) Waves(TasksDocument tasks, UnitOrder order)
    {
        var place = new int[tasks.Tasks.Count];
        Array.Fill(place, -1);
        for (var wave = 0; wave < tasks.Waves.Count; wave++)
            foreach (var id in tasks.Waves[wave])
                if (place[order.PlaceOf(id)] < 0)
                    place[order.PlaceOf(id)] = wave;
        var last = 0;
        foreach (var i in order.Sequence)
            last = place[i] = place[i] < 0 ? last : place[i];
        return ([.. tasks.Waves.Select((_, at) => $"Wave {at + 1}")], place);
    }

    static (List<string> Names, int[] Place) Headings(TasksDocument tasks)
    {
        var names = new List<string> { "Tasks" };
        var places = new Dictionary<int, int> { [0] = 0 };
        foreach (var phase in tasks.Phases)
        {
            places[phase.Line] = names.Count;
            names.Add(phase.Name);
        }
        return (names, [.. tasks.Tasks.Select(unit => places.GetValueOrDefault(unit.PhaseLine))]);
    }

    static (List<string> Names, int[] Place) Checkpoints(TasksDocument tasks, UnitOrder order)
    {
        var place = new int[tasks.Tasks.Count];
        var names = new List<string>();
        foreach (var i in order.Sequence)
        {
            place[i] = names.Count;
            if (tasks.Tasks[i].IsCheckpoint && !IsCriteria(tasks.Tasks[i]))
                names.Add(To(tasks.Tasks[i].Id, tasks.Tasks[i].Title));
        }
        names.Add(names.Count == 0 ? "Tasks" : Last);
        return (names, place);
    }
}
