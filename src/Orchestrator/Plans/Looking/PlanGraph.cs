using Orchestrator.Items;

namespace Orchestrator.Plans;

/// <summary>A unit as a graph sees it.</summary>
/// <param name="Weight">How much work it is, against an ordinary one.</param>
sealed record GraphNode(string Id, string Title, int Phase, string? Status, double Weight)
{
    public IReadOnlyList<string> On { get; init; } = [];

    /// <summary>Those among them that are only there because two write the same file.</summary>
    public IReadOnlyList<string> Added { get; init; } = [];
    public IReadOnlyList<string> Writes { get; init; } = [];
    public IReadOnlyList<string> Reads { get; init; } = [];
    public bool IsOver => Status is "done" or "skipped" or "canceled";
}

/// <summary>What waits for what, and the longest way through what is left: nothing shortens the plan that does not shorten that.</summary>
/// <param name="CriticalPath">Ids of the source, in order.</param>
/// <param name="CriticalWeight">What they weigh together; an ordinary unit weighs 1.</param>
/// <param name="TotalWeight">What everything that is left weighs.</param>
sealed record PlanGraph(IReadOnlyList<PlanEdge> Edges, IReadOnlyList<string> CriticalPath, double CriticalWeight, double TotalWeight)
{
    static readonly Dictionary<string, double> Weights = new() { ["xs"] = 0.25, ["s"] = 0.5, ["m"] = 1, ["l"] = 2, ["xl"] = 4 };

    /// <summary>The units of a plan as nodes; optional ones only where they are wanted.</summary>
    public static IReadOnlyList<GraphNode> Nodes(IEnumerable<PlanItem> units, bool withOptional)
    {
        var wanted = units.Where(unit => withOptional || !unit.Optional).ToList();
        var ids = wanted.Select(unit => unit.Draft.ForeignId).ToHashSet();
        return [.. wanted.Select(unit => new GraphNode(unit.Draft.ForeignId, unit.Draft.Title, unit.PhaseNo, unit.Item?.Status,
            Weights.GetValueOrDefault(unit.Draft.Effort?.ToLowerInvariant() ?? "m", 1))
        {
            On = [.. unit.Draft.DependsOn.Concat(unit.Draft.After.Select(after => after.ForeignId)).Where(ids.Contains).Distinct()],
            Added = [.. unit.Draft.After.Select(after => after.ForeignId)],
            Writes = unit.Draft.Writes,
            Reads = unit.Draft.Reads,
        })];
    }

    /// <summary>Pure. Nodes wait for what they depend on and for every node of an earlier phase.</summary>
    public static PlanGraph Of(IReadOnlyList<GraphNode> nodes)
    {
        var ends = new Dictionary<string, (double End, string? From)>();
        var byId = nodes.ToDictionary(node => node.Id);
        var (phaseEnd, last) = (0d, (string?)null);
        foreach (var phase in nodes.GroupBy(node => node.Phase).OrderBy(group => group.Key))
        {
            var (start, before) = (phaseEnd, last);
            foreach (var node in InOrder(phase.ToList(), byId))
            {
                var (at, from) = (start, before);
                foreach (var on in node.On.Where(ends.ContainsKey))
                    if (ends[on].End > at)
                        (at, from) = (ends[on].End, on);
                var end = at + (node.IsOver ? 0 : node.Weight);
                ends[node.Id] = (end, from);
                if (end > phaseEnd)
                    (phaseEnd, last) = (end, node.Id);
            }
        }

        var path = new List<string>();
        for (var at = last; at is not null; at = ends[at].From)
            if (!byId[at].IsOver)
                path.Insert(0, at);
        return new PlanGraph([.. from node in nodes from first in node.On select new PlanEdge(first, node.Id,
            node.Added.Contains(first))], path,
            phaseEnd, nodes.Where(node => !node.IsOver).Sum(node => node.Weight));
    }

    static List<GraphNode> InOrder(List<GraphNode> nodes, Dictionary<string, GraphNode> all)
    {
        var (done, order, left) = (new HashSet<string>(), new List<GraphNode>(), nodes);
        var here = nodes.Select(node => node.Id).ToHashSet();
        while (left.Count > 0)
        {
            var free = left.Where(node => node.On.All(on => !here.Contains(on) || done.Contains(on))).ToList();
            if (free.Count == 0)
                // Rows that somebody bent into a circle: the rest in its own order.
                free = left;
            order.AddRange(free);
            done.UnionWith(free.Select(node => node.Id));
            left = [.. left.Where(node => !done.Contains(node.Id))];
        }

        return order;
    }
}

/// <summary>One waits for another.</summary>
/// <param name="Added">It stands in no source: both write the same file.</param>
sealed record PlanEdge(string From, string To, bool Added);

/// <summary>What would run at the same time, and what each of the others would wait for.</summary>
sealed record PlanRound(int No, IReadOnlyList<string> Phases, IReadOnlyList<string> Items, IReadOnlyList<PlanWait> Waiting);

/// <summary>Why a unit whose phase is open would not run yet.</summary>
sealed record PlanWait(string Id, string Why);

/// <summary>Plays a plan through as if every unit took one round: what would run when. Pure.</summary>
static class PlanRehearsal
{
    /// <param name="phases">Number and name, in order.</param>
    /// <param name="most">Units at once.</param>
    /// <param name="ownPlaces">Each unit has a worktree of its own, so one that declares no files meets nobody.</param>
    public static IReadOnlyList<PlanRound> Play(IReadOnlyList<GraphNode> nodes, IReadOnlyList<(int No, string Name)> phases, int most,
        bool ownPlaces)
    {
        var done = nodes.Where(node => node.IsOver).Select(node => node.Id).ToHashSet();
        var left = nodes.Where(node => !node.IsOver).OrderBy(node => node.Phase).ToList();
        var rounds = new List<PlanRound>();
        while (left.Count > 0)
        {
            var phase = left[0].Phase;
            var (starts, waits) = (new List<GraphNode>(), new List<PlanWait>());
            foreach (var node in left.TakeWhile(node => node.Phase == phase))
                if (WhyNot(node, starts, done, most, ownPlaces) is { } why)
                    waits.Add(new PlanWait(node.Id, why));
                else
                    starts.Add(node);
            if (starts.Count == 0)
                // Only a circle does that, and an import refuses those.
                break;
            rounds.Add(new PlanRound(rounds.Count + 1, [.. phases.Where(one => one.No == phase).Select(one => one.Name)],
                [.. starts.Select(node => node.Id)], waits));
            done.UnionWith(starts.Select(node => node.Id));
            left = [.. left.Where(node => !done.Contains(node.Id))];
        }

        return rounds;
    }

    static string? WhyNot(GraphNode node, List<GraphNode> starts, HashSet<string> done, int most, bool ownPlaces)
    {
        if (node.On.Where(on => !done.Contains(on)).ToList() is { Count: > 0 } open)
            return $"waits for {string.Join(", ", open)}";
        if (starts.Count >= most)
            return $"{most} run at once";
        foreach (var other in starts)
        {
            if (!ownPlaces && (node.Writes.Count == 0 || other.Writes.Count == 0))
                return $"{(node.Writes.Count == 0 ? node.Id : other.Id)} declares no files, so it runs alone";
            if ((Meet(node.Writes, other.Writes) ?? Meet(node.Writes, other.Reads) ?? Meet(node.Reads, other.Writes)) is { } path)
                return $"{other.Id} uses {path}, too";
        }

        return null;
    }

    static string? Meet(IReadOnlyList<string> mine, IReadOnlyList<string> theirs) =>
        mine.FirstOrDefault(path => theirs.Any(other => FileClaims.Meet(path, other)));
}
