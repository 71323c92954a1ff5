using Orchestrator.Items;
using Orchestrator.Routing;

namespace Orchestrator.Plans;

/// <summary>Which profile each unit of a plan gets now. Units of one sort are looked up once: it reads files.</summary>
sealed class UnitRoutes(Func<Item, Chosen?> routeOf)
{
    readonly Dictionary<(string?, string?, string?, string), Chosen?> known = [];

    /// <summary>The entry with its profile, and why it is that one.</summary>
    public PlanEntry On(PlanEntry entry, Item? item)
    {
        var chosen = item is null ? null : Of(item);
        return chosen is null ? entry : entry with
        {
            Assigned = entry.Assigned with { Profile = chosen.Profile.Name, Route = item!.Profile is null ? chosen.Why : null },
        };
    }

    /// <summary>The profile of an item; null when there is none.</summary>
    public Chosen? Of(Item item)
    {
        var sort = (item.Profile, item.Kind, item.Phase, string.Join(',', item.Labels));
        if (!known.TryGetValue(sort, out var chosen))
            known[sort] = chosen = routeOf(item);
        return chosen;
    }
}
