using Orchestrator.Items;

namespace Orchestrator.Plans;

/// <summary>Which units of open phases become ready by themselves.</summary>
enum Admitting
{
    /// <summary>All of them; the queue's order says which starts.</summary>
    All,
    /// <summary>Those that a controller puts first where several could start; all of them where that is no question.</summary>
    Chosen,
    /// <summary>None: somebody dispatches them.</summary>
    ByHand,
}

/// <summary>What was asked of controllers about a plan.</summary>
/// <param name="Order">The last order that holds, by item; null when none was ever asked for.</param>
/// <param name="IsOrderAsked">One is worked out.</param>
/// <param name="Decided">Items about whose decision one was asked, once each.</param>
sealed record ConsultFacts(IReadOnlyList<string>? Order, bool IsOrderAsked, IReadOnlySet<string> Decided)
{
    public static readonly ConsultFacts None = new(null, false, new HashSet<string>());
}

/// <summary>Decides which units become ready, and where that is a real choice for a controller. Pure.</summary>
static class PlanChoice
{
    /// <summary>Units that become ready, and those of which somebody must say which do, with how many may.</summary>
    /// <param name="open">Numbers of the phases that are open.</param>
    public static (IReadOnlyList<string> Admit, IReadOnlyList<string> Choose, int Free) Of(PlanFacts facts, IReadOnlySet<int> open)
    {
        if (facts.Admitting == Admitting.ByHand)
            return ([], [], 0);
        var can = facts.Units.Where(unit => IsToCome(unit) && open.Contains(unit.Phase));
        if (facts.Admitting == Admitting.All)
            return ([.. can.Select(unit => unit.ItemId)], [], 0);
        var may = can.Where(unit => !unit.Waits).Select(unit => unit.ItemId).ToList();
        var free = facts.Slots - facts.Units.Count(unit => unit.Status is ItemStatus.Ready or ItemStatus.InFlight);
        if (may.Count == 0 || free <= 0)
            return ([], [], 0);
        if (may.Count <= free)
            return (may, [], 0);
        // An order stays until a unit comes up that it does not name: nobody is asked for each slot anew.
        var named = facts.Consults.Order?.ToHashSet(StringComparer.Ordinal);
        if (named is not null && may.TrueForAll(named.Contains))
            return ([.. facts.Consults.Order!.Intersect(may).Take(free)], [], 0);
        return ([], facts.Consults.IsOrderAsked ? [] : may, free);
    }

    /// <summary>Units that somebody may dispatch: of open phases, with all they depend on decided.</summary>
    public static IReadOnlyList<string> Ready(PlanFacts facts) =>
    [
        .. from unit in facts.Units
           where (IsToCome(unit) || (unit.Wanted && unit.Status == ItemStatus.Ready)) && !unit.Waits
               && facts.Phases.Any(phase => phase.No == unit.Phase && phase.State != PhaseStates.Waiting)
           select unit.ItemId,
    ];

    /// <summary>Items whose decision a controller has not been asked about. It is once for each: who fails twice is a person's.
    /// </summary>
    public static IReadOnlyList<string> Doubtful(PlanFacts facts) => facts.Admitting != Admitting.Chosen ? []
        : [.. facts.Asked.Where(one => one is { Kind: "item", ItemId: not null } && !facts.Consults.Decided.Contains(one.ItemId))
            .Select(one => one.ItemId!)];

    static bool IsToCome(UnitFact unit) => unit.Wanted && unit.Status is ItemStatus.Inbox or ItemStatus.Planning;
}
