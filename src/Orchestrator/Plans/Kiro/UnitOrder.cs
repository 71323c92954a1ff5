namespace Orchestrator.Plans.Kiro;

/// <summary>
/// Which unit waits for which: what the file says between any of their tasks, and the order of the file where it says nothing.
/// </summary>
sealed class UnitOrder
{
    /// <summary>More than this a unit does not wait for one by one.</summary>
    const int MostAdded = 150;

    readonly Dictionary<string, int> unitOf = new(StringComparer.Ordinal);
    readonly List<int>[] needs;
    readonly List<AddedOrder>[] added;
    readonly TasksDocument tasks;
    readonly FindingList findings;
    readonly HashSet<int> declared = [];

    public UnitOrder(TasksDocument tasks, FindingList findings)
    {
        (this.tasks, this.findings) = (tasks, findings);
        needs = [.. tasks.Tasks.Select(_ => new List<int>())];
        added = [.. tasks.Tasks.Select(_ => new List<AddedOrder>())];
        for (var i = 0; i < tasks.Tasks.Count; i++)
            foreach (var task in tasks.Tasks[i].WithAll())
                unitOf[task.Id] = i;
        for (var i = 0; i < tasks.Tasks.Count; i++)
            Say(i);
        WithoutCycles();
        Sequence = Sorted();
        if (tasks.Waves.Count == 0)
            AddOrder();
        else
            AddOrderOfOthers();
    }

    /// <summary>Places of units in an order in which each stands behind all it waits for: the order of the file, as far as that is
    /// one.</summary>
    public IReadOnlyList<int> Sequence { get; }

    /// <summary>Ids of units that this one waits for because the file says so.</summary>
    public IReadOnlyList<string> Explicit(SpecTask unit) => [.. needs[unitOf[unit.Id]].Select(i => tasks.Tasks[i].Id)];

    /// <summary>Ids of other tasks of its unit that a step waits for. Steps are done in their order, so one that stands behind is
    /// told.</summary>
    public IReadOnlyList<string> Inside(SpecTask step, SpecTask unit)
    {
        var ids = step.Fields.Depends.SelectMany(one => Ids(one.Id)).Where(id => id != step.Id && unitOf.TryGetValue(id, out var i)
            && tasks.Tasks[i] == unit)
            .Distinct().ToList();
        if (ids.Count > 0)
        {
            var leaves = unit.Leaves().Select(leaf => leaf.Id).ToList();
            foreach (var id in ids.Where(id => leaves.IndexOf(id) > leaves.IndexOf(step.Id)))
                findings.Add(KiroCode.OwnOrder, step.Line, $"Step {step.Id} depends on {id}, which stands behind it.",
                    "The order of the file counts.");
        }
        return ids;
    }

    /// <summary>And those that it waits for because they stand before it.</summary>
    public IReadOnlyList<AddedOrder> Added(SpecTask unit) => added[unitOf[unit.Id]];

    /// <summary>Places of all units a unit waits for because the file says so.</summary>
    public IReadOnlyList<int> Needs(int unit) => needs[unit];

    public int PlaceOf(string task) => unitOf[task];

    void Say(int i)
    {
        var unit = tasks.Tasks[i];
        var scope = unit.Id.LastIndexOf('/') is >= 0 and var end ? unit.Id[..(end + 1)] : "";
        foreach (var task in unit.WithAll())
        {
            if (task == unit && task.Fields.DependsOnNothing)
                declared.Add(i);
            foreach (var (said, line) in task.Fields.Depends)
            {
                foreach (var id in Ids(said))
                {
                    if (!unitOf.TryGetValue(scope + id, out var other) && !unitOf.TryGetValue(id, out other))
                        findings.Add(KiroCode.UnknownDependency, line,
                            $"Task {task.Id} depends on {Texts.Short(id)}, and there is none such.", "It was left out.",
                            NearestId.Of(id, unitOf.Keys) is { } near ? $"Is {near} meant?" : null);
                    else
                    {
                        // Who names nobody that is there waits as if nothing was said.
                        declared.Add(i);
                        if (other != i && !needs[i].Contains(other))
                            needs[i].Add(other);
                    }
                }
            }
            if (task.Fields.Writes.Count > 0)
                declared.Add(i);
        }
    }

    /// <summary>3.2–3.4 as the tasks there are from the one to the other.</summary>
    static IReadOnlyList<string> Ids(string said) =>
        said.Contains('–', StringComparison.Ordinal) ? new RequirementSet([]).Expand(said) : [said];

    /// <summary>Units that wait for each other, directly or through others, lose what goes against the order of the file.</summary>
    void WithoutCycles()
    {
        var ring = Rings.Of(needs);
        for (var i = 0; i < needs.Length; i++)
        {
            foreach (var other in needs[i].Where(other => other > i && ring[other] == ring[i]).ToList())
            {
                needs[i].Remove(other);
                findings.Add(KiroCode.DependencyCycle, tasks.Tasks[i].Line,
                    $"Tasks {tasks.Tasks[i].Id} and {tasks.Tasks[other].Id} wait for each other, directly or through others.",
                    $"{tasks.Tasks[i].Id} does not wait for {tasks.Tasks[other].Id}.", "Take one of the dependencies away.");
            }
        }
    }

    /// <summary>The first in the file of those that wait for nobody who is left, again and again.</summary>
    List<int> Sorted()
    {
        var open = needs.Select(of => of.Count).ToArray();
        var waiting = needs.Select(_ => new List<int>()).ToArray();
        for (var i = 0; i < needs.Length; i++)
            foreach (var other in needs[i])
                waiting[other].Add(i);
        var free = new PriorityQueue<int, int>(Enumerable.Range(0, needs.Length).Where(i => open[i] == 0).Select(i => (i, i)));
        var sorted = new List<int>();
        while (free.TryDequeue(out var next, out _))
        {
            sorted.Add(next);
            foreach (var behind in waiting[next])
                if (--open[behind] == 0)
                    free.Enqueue(behind, behind);
        }
        return sorted;
    }

    /// <summary>
    /// A unit waits for the one before it, unless the file says otherwise of it: by dependencies, by the files it writes, or by (P), which
    /// waits only for the last one before that is not (P). One of which nothing is said waits for those before it of which something is.
    /// Checkpoints wait for all since the last one. Nobody waits for an optional one.
    /// </summary>
    void AddOrder()
    {
        int? last = null;
        var beside = new List<int>();
        var sinceCheckpoint = new List<int>();
        foreach (var i in Sequence)
        {
            var unit = tasks.Tasks[i];
            if (unit.IsCheckpoint)
                Wait(i, sinceCheckpoint.Append(last ?? i), "a checkpoint waits for all before it");
            else if (unit.Parallel)
                Wait(i, last is { } barrier ? [barrier] : [], "it stands behind it");
            else if (!declared.Contains(i))
                // Those beside each other wait for the last one themselves, save those of which the file says for whom they wait.
                Wait(i, last is { } before && !beside.Exists(one => !declared.Contains(one)) ? [before, .. beside] : beside,
                    "it stands behind it");

            if (unit.Optional)
                continue;
            if (unit.IsCheckpoint)
                (last, beside, sinceCheckpoint) = (i, [], []);
            else if (unit.Parallel || declared.Contains(i))
                beside.Add(i);
            else
                (last, beside) = (i, []);
            if (!unit.IsCheckpoint)
                sinceCheckpoint.Add(i);
        }
    }

    /// <summary>With waves, those alone that no wave names: they stand where they stand.</summary>
    void AddOrderOfOthers()
    {
        var named = tasks.Waves.SelectMany(wave => wave).Select(id => unitOf[id]).ToHashSet();
        var before = new List<int>();
        foreach (var i in Sequence)
        {
            if (!named.Contains(i) && tasks.Tasks[i].IsCheckpoint)
                Wait(i, before, "a checkpoint waits for all before it");
            else if (!named.Contains(i) && !declared.Contains(i) && before.Count > 0)
                Wait(i, [before[^1]], "it stands behind it");
            if (tasks.Tasks[i].IsCheckpoint)
                before.Clear();
            if (!tasks.Tasks[i].Optional)
                before.Add(i);
        }
    }

    void Wait(int unit, IEnumerable<int> others, string why)
    {
        foreach (var other in others.Distinct().TakeLast(MostAdded))
            if (other != unit && !needs[unit].Contains(other))
                added[unit].Add(new(tasks.Tasks[other].Id, why));
    }
}

/// <summary>Sets of nodes of a graph that can reach each other.</summary>
static class Rings
{
    // Tarjan's algorithm with a stack of its own: a chain of 100,000 must not end the program.
    /// <summary>For every node the number of its ring; nodes with the same number reach each other.</summary>
    public static int[] Of(IReadOnlyList<IReadOnlyList<int>> next)
    {
        var (ring, index, low) = (new int[next.Count], new int[next.Count], new int[next.Count]);
        Array.Fill(ring, -1);
        var (counter, rings) = (0, 0);
        var path = new Stack<int>();
        var work = new Stack<(int Node, int At)>();
        for (var root = 0; root < next.Count; root++)
        {
            if (index[root] != 0)
                continue;
            work.Push((root, 0));
            while (work.TryPop(out var top))
            {
                var (node, at) = top;
                if (at == 0)
                {
                    index[node] = low[node] = ++counter;
                    path.Push(node);
                }
                else
                    low[node] = ring[next[node][at - 1]] < 0 ? Math.Min(low[node], low[next[node][at - 1]]) : low[node];
                if (at < next[node].Count)
                {
                    work.Push((node, at + 1));
                    if (index[next[node][at]] == 0)
                        work.Push((next[node][at], 0));
                    continue;
                }
                if (low[node] != index[node])
                    continue;
                int member;
                do
                    ring[member = path.Pop()] = rings;
                while (member != node);
                rings++;
            }
        }
        return ring;
    }
}
