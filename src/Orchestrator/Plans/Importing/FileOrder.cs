using Orchestrator.Items;

namespace Orchestrator.Plans;

/// <summary>
/// Puts items of one phase that write the same file into an order, where the source states none: two agents must not change one file at
/// once, and the second builds on what the first did. Pure; the number of steps grows with the claims, not with the pairs of items.
/// </summary>
static class FileOrder
{
    /// <param name="items">Without a cycle and without unknown dependencies, in the order of their phases.</param>
    /// <param name="findings">Each order that was added is told here.</param>
    public static IReadOnlyList<ItemDraft> Apply(IReadOnlyList<ItemDraft> items, List<ImportFinding> findings)
    {
        var at = items.Index().ToDictionary(pair => pair.Item.ForeignId, pair => pair.Index);
        var before = new Ancestors(items.Count);
        var claims = new Dictionary<string, PhaseClaims>();
        var result = items.ToArray();
        foreach (var index in TopologicalOrder.Of(items, at))
        {
            var item = items[index];
            foreach (var on in item.DependsOn)
                before.Add(at[on], index);
            if (item.Status is ItemStatus.Done or ItemStatus.Skipped or ItemStatus.Canceled || item.Optional)
                continue;
            if (!claims.TryGetValue(item.Phase ?? "", out var taken))
                claims[item.Phase ?? ""] = taken = new PhaseClaims();
            foreach (var (other, path, theirs) in taken.Meeting(item.Writes).Where(found => !before.Has(found.Index, index)))
            {
                if (before.Has(other, index))
                    continue;
                before.Add(other, index);
                var first = items[other].ForeignId;
                var shared = path == theirs ? path : $"{path} and {theirs}";
                result[index] = result[index] with
                {
                    After = [.. result[index].After, new AddedOrder(first, $"both write {shared}")],
                };
                findings.Add(ImportFinding.Of(FindingWeight.Warning, "file_order", item.Place,
                    $"{first} and {item.ForeignId} both write {shared} in one phase, and neither waits for the other.",
                    $"{item.ForeignId} was put after {first}.",
                        $"Say it in the source: let {item.ForeignId} depend on {first}, or make them "
                    + "one task.", item.Line));
            }

            taken.Add(index, item.Writes);
        }

        return result;
    }

    /// <summary>Who comes before whom, directly or through others.</summary>
    sealed class Ancestors(int count)
    {
        readonly System.Collections.BitArray?[] of = new System.Collections.BitArray?[count];

        public bool Has(int ancestor, int item) => of[item]?[ancestor] == true;

        /// <summary>Items are given in an order in which everything that comes before one is complete.</summary>
        public void Add(int ancestor, int item)
        {
            var mine = of[item] ??= new System.Collections.BitArray(count);
            mine[ancestor] = true;
            if (of[ancestor] is { } theirs)
                mine.Or(theirs);
        }
    }

    /// <summary>The files that items of a phase write, found by path, by the folders above, and below.</summary>
    sealed class PhaseClaims
    {
        readonly Dictionary<string, List<(int Index, string Path)>> exact = [], below = [];
        readonly List<(int Index, string Path)> globs = [], all = [];

        public IEnumerable<(int Index, string Path, string Theirs)> Meeting(IReadOnlyList<string> paths)
        {
            foreach (var path in paths)
            {
                IEnumerable<(int Index, string Path)> found = IsGlob(path) ? all.Where(claim => FileClaims.Meet(path, claim.Path))
                    : Above(path).SelectMany(folder => exact.GetValueOrDefault(folder) ?? [])
                        .Concat(below.GetValueOrDefault(path) ?? [])
                        .Concat(globs.Where(claim => FileClaims.Meet(path, claim.Path)));
                // Once each: the nearest first keeps the chain short, and the earlier ones are before it already.
                foreach (var claim in found.OrderByDescending(claim => claim.Index).ToList())
                    yield return (claim.Index, path, claim.Path);
            }
        }

        public void Add(int index, IReadOnlyList<string> paths)
        {
            foreach (var path in paths)
            {
                all.Add((index, path));
                if (IsGlob(path))
                {
                    globs.Add((index, path));
                    continue;
                }

                List(exact, path).Add((index, path));
                foreach (var folder in Above(path).Where(folder => folder != path))
                    List(below, folder).Add((index, path));
            }
        }

        /// <summary>The path itself and every folder above it.</summary>
        static IEnumerable<string> Above(string path)
        {
            for (var end = path.Length; end > 0; end = path.LastIndexOf('/', end - 1))
                yield return path[..end];
        }

        static List<(int, string)> List(Dictionary<string, List<(int, string)>> of, string key) =>
            of.TryGetValue(key, out var list) ? list : of[key] = [];

        static bool IsGlob(string path) => path.AsSpan().ContainsAny('*', '?');
    }
}

/// <summary>Items in an order in which each comes after what it depends on; among those that could come, the source's order holds. Pure.
/// </summary>
static class TopologicalOrder
{
    /// <summary>Indices of items; those of a cycle, and what waits for them, are missing.</summary>
    public static IReadOnlyList<int> Of(IReadOnlyList<ItemDraft> items, IReadOnlyDictionary<string, int> at)
    {
        var open = new int[items.Count];
        var waiting = new List<int>?[items.Count];
        foreach (var (index, item) in items.Index())
            foreach (var on in item.DependsOn.Concat(item.After.Select(after => after.ForeignId)).Distinct())
            {
                open[index]++;
                (waiting[at[on]] ??= []).Add(index);
            }

        var free = new PriorityQueue<int, int>(items.Index().Where(pair => open[pair.Index] == 0).Select(pair => (pair.Index, pair.Index)));
        var order = new List<int>(items.Count);
        while (free.TryDequeue(out var next, out _))
        {
            order.Add(next);
            foreach (var index in waiting[next] ?? [])
                if (--open[index] == 0)
                    free.Enqueue(index, index);
        }

        return order;
    }
}
