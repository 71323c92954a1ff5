using Orchestrator.Store;

namespace Orchestrator.Items;

/// <summary>What plans say about the start of their items: which run by themselves, and which of their phases let nothing start, and why.
/// </summary>
sealed class PlanHolds
{
    /// <summary>SQL: the item <c>i</c> is of a plan that runs by itself.</summary>
    public const string OfGoingPlan = "i.plan_id in (select p.id from plans p where p.status in ('running', 'needs_decision'))";

    readonly IReadOnlySet<string> going;
    readonly IReadOnlyDictionary<(string Plan, long Phase), string> held;

    PlanHolds(IReadOnlySet<string> going, IReadOnlyDictionary<(string Plan, long Phase), string> held) =>
        (this.going, this.held) = (going, held);

    public static PlanHolds Read(Connection db) => new(
        db.Query("select id from plans where status in ('running', 'needs_decision')", row => row.GetString(0)).ToHashSet(),
        db.Query("select plan_id, no, held from plan_phases where held is not null",
            row => (Key: (row.GetString(0), row.GetInt64(1)), Why: row.GetString(2))).ToDictionary(row => row.Key, row => row.Why));

    /// <summary>Some plan runs by itself.</summary>
    public bool Any => going.Count > 0;

    /// <summary>Its plan runs by itself.</summary>
    public bool Goes(Item item) => item.Plan is { } plan && going.Contains(plan);

    /// <summary>Why the phase of its plan lets nothing start; null when it does, or when there is none.</summary>
    public string? Held(Item item) => item.Plan is { } plan ? held.GetValueOrDefault((plan, item.PhaseNo)) : null;
}
