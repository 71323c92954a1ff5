using Orchestrator.Plans.Kiro.Lines;

namespace Orchestrator.Plans.Kiro;

/// <summary>One requirement of requirements.md, or one section of bugfix.md.</summary>
/// <param name="Id">Its number, like 3 or FR-1.</param>
/// <param name="Story">The user story, or what else stands before the criteria.</param>
sealed record Requirement(string Id, string Title, string Story, int Line, IReadOnlyList<Criterion> Criteria);

/// <summary>One acceptance criterion.</summary>
/// <param name="Id">Requirement and number: 3.2.</param>
/// <param name="Text">In one line, without markup at its beginning.</param>
sealed record Criterion(string Id, string Text, int Line);

/// <summary>All requirements of a spec, found by their ids.</summary>
sealed class RequirementSet
{
    readonly Dictionary<string, Criterion> criteria = new(StringComparer.OrdinalIgnoreCase);
    readonly Dictionary<string, Requirement> requirements = new(StringComparer.OrdinalIgnoreCase);
    readonly List<string> order = [];
    readonly Dictionary<string, int> places = new(StringComparer.OrdinalIgnoreCase);

    public RequirementSet(IReadOnlyList<Requirement> all)
    {
        All = all;
        foreach (var requirement in all)
        {
            requirements.TryAdd(requirement.Id, requirement);
            foreach (var criterion in requirement.Criteria)
            {
                if (criteria.TryAdd(criterion.Id, criterion))
                    places[criterion.Id] = order.Count;
                order.Add(criterion.Id);
            }
        }
    }

    public IReadOnlyList<Requirement> All { get; }

    /// <summary>True when this is the id of a requirement or a criterion.</summary>
    public bool Has(string id) => criteria.ContainsKey(id) || requirements.ContainsKey(id);

    /// <summary>The criteria an id stands for: itself, or all of its requirement.</summary>
    public IReadOnlyList<Criterion> CriteriaOf(string id) =>
        criteria.TryGetValue(id, out var one) ? [one] : requirements.TryGetValue(id, out var whole) ? whole.Criteria : [];

    /// <summary>A range as single ids. Without knowledge of both ends: counted up at the last number, or the ends alone.</summary>
    public IReadOnlyList<string> Expand(string range)
    {
        if (range.Split('–') is not [var from, var to])
            return [range];
        if (places.TryGetValue(from, out var first) && places.TryGetValue(to, out var last) && first <= last && last - first < 200)
            return [.. order.GetRange(first, last - first + 1).Distinct()];
        if (TaskNumber.Whole(from) is not { } low)
            return [from, to];
        // 1.1-4 is 1.1 to 1.4
        var high = TaskNumber.Whole(to) is { Depth: 1 } short_ && low.Parent is { } above && short_.First >= low.Last ? short_.Below(above)
            : TaskNumber.Whole(to);
        if (high is null || high.Depth != low.Depth || high.Parent?.Text != low.Parent?.Text || high.Last < low.Last
            || high.Last - low.Last >= 200)
            return [from, to];
        return [.. Enumerable.Range(low.Last, high.Last - low.Last + 1).Select(n => low.WithLast(n).Text)];
    }

    /// <summary>The known id most like this one, or null: the last of its requirement when the number is beyond it.</summary>
    public string? Nearest(string id) => TaskNumber.Whole(id)?.Parent is { } above && requirements.TryGetValue(above.Text, out var owner)
        && owner.Criteria.Count > 0 ? owner.Criteria[^1].Id : NearestId.Of(id, requirements.Keys.Concat(criteria.Keys));
}

/// <summary>Which of several ids somebody may have meant.</summary>
static class NearestId
{
    const int MostCompared = 500;

    /// <summary>The one with the fewest changed characters; of equals the first. Null when half of it would have to change.</summary>
    public static string? Of(string id, IEnumerable<string> known)
    {
        var (best, least) = ((string?)null, int.MaxValue);
        foreach (var one in known.Take(MostCompared))
        {
            if (one.Length > 40)
                continue;
            var distance = Distance(id.Length > 40 ? id[..40] : id, one);
            if (distance < least)
                (best, least) = (one, distance);
        }
        return least <= Math.Max(1, Math.Max(id.Length, best?.Length ?? 0) / 2) ? best : null;
    }

    static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var corner = row[0];
            row[0] = i;
            for (var k = 1; k <= other.Length; k++)
            {
                var above = row[k];
                row[k] = Math.Min(Math.Min(row[k], row[k - 1]) + 1, corner + (one[i - 1] == other[k - 1] ? 0 : 1));
                corner = above;
            }
        }
        return row[^1];
    }
}
