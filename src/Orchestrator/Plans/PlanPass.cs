using Orchestrator.Items;

namespace Orchestrator.Plans;

/// <summary>A unit as a pass sees it.</summary>
/// <param name="Status">Null when the item is gone from the queue.</param>
/// <param name="Wanted">It counts: it is not optional, or optional ones are wanted.</param>
/// <param name="Asks">Only a person can say how it goes on.</param>
/// <param name="Merged">Its work is on its branch, or there is none to be put there.</param>
/// <param name="Waits">Something it depends on is not decided yet.</param>
/// <param name="Free">It is in review only because there is nothing to verify it with, and its plan takes such work as it is.</param>
readonly record struct UnitFact(string ItemId, int Phase, ItemStatus? Status, bool Wanted, bool Asks, bool Merged, bool Free = false,
    bool Waits = false);

/// <summary>A phase as a pass sees it.</summary>
readonly record struct PhaseFact(int No, PhaseGate Gate, string State, bool Passed);

/// <summary>An open decision as a pass sees it.</summary>
readonly record struct AskedFact(string Id, string Kind, string? ItemId, int? Phase);

/// <summary>Everything that is looked at.</summary>
sealed record PlanFacts(PlanStatus Status, IReadOnlyList<PhaseFact> Phases, IReadOnlyList<UnitFact> Units, IReadOnlyList<AskedFact> Asked)
{
    public Admitting Admitting { get; init; }

    /// <summary>Units of it that may be at work at once.</summary>
    public int Slots { get; init; } = int.MaxValue;
    public ConsultFacts Consults { get; init; } = ConsultFacts.None;
}

/// <summary>A decision that came up.</summary>
readonly record struct NewAsk(string Kind, string? ItemId, int? Phase);

/// <summary>What a pass comes to; nothing of it may be done twice, so it is decided anew in the transaction that does it.</summary>
sealed record PlanMoves
{
    public IReadOnlyList<int> Done { get; init; } = [];
    public IReadOnlyList<int> Open { get; init; } = [];
    public IReadOnlyList<string> Admit { get; init; } = [];

    /// <summary>Work that is taken as it is, unchecked.</summary>
    public IReadOnlyList<string> Accept { get; init; } = [];

    /// <summary>Optional items that nobody asked for, at the end.</summary>
    public IReadOnlyList<string> LeaveOut { get; init; } = [];

    /// <summary>Items of a plan that is not wanted any more.</summary>
    public IReadOnlyList<string> Cancel { get; init; } = [];
    public IReadOnlyList<NewAsk> Ask { get; init; } = [];

    /// <summary>Ready units of which fewer may start: a controller is asked, and how many may.</summary>
    public IReadOnlyList<string> Choose { get; init; } = [];
    public int Free { get; init; }

    /// <summary>Items about whose open decision a controller is asked.</summary>
    public IReadOnlyList<string> Consult { get; init; } = [];
    public IReadOnlyList<string> Withdraw { get; init; } = [];
    public PlanAct? Step { get; init; }
    public string? Reason { get; init; }

    public bool IsNothing => Step is null && Done.Count + Open.Count + Admit.Count + Accept.Count + LeaveOut.Count + Cancel.Count
        + Ask.Count + Withdraw.Count + Choose.Count + Consult.Count == 0;
}

/// <summary>
/// Decides what happens to a plan next: which phases open, which items become ready, what a person is asked, and when it is over. Pure: it
/// looks at each unit once, so 5,000 of them take about a millisecond.
/// </summary>
static class PlanPass
{
    public static PlanMoves Decide(PlanFacts facts)
    {
        if (facts.Status == PlanStatus.Canceled)
            return new PlanMoves { Cancel = [.. facts.Units.Where(IsOpen).Select(unit => unit.ItemId)] };
        if (!PlanLifecycle.Goes(facts.Status))
            return new PlanMoves();
        if (!facts.Units.Any(unit => unit.Status is not null))
            return new PlanMoves
            {
                Step = PlanAct.Fail,
                Reason = facts.Units.Count == 0 ? "There is no item in it." : "All of its items were taken out of the queue.",
                Withdraw = [.. facts.Asked.Select(asked => asked.Id)],
            };
        var (phases, asks) = Phases(facts);
        var wanted = Asks(facts, asks);
        var (admit, choose, free) = PlanChoice.Of(facts, phases.Where(phase => phase.Now != PhaseStates.Waiting)
            .Select(phase => phase.No).ToHashSet());
        var moves = new PlanMoves
        {
            Done = [.. phases.Where(phase => phase is { Now: PhaseStates.Done, Before: not PhaseStates.Done }).Select(phase => phase.No)],
            Open = [.. phases.Where(phase => phase is { Now: not PhaseStates.Waiting, Before: PhaseStates.Waiting }).Select(phase =>
                phase.No)],
            Admit = admit,
            Choose = choose,
            Free = free,
            Consult = PlanChoice.Doubtful(facts),
            Accept = [.. facts.Units.Where(unit => unit.Free).Select(unit => unit.ItemId)],
            Ask = [.. wanted.Except(facts.Asked.Select(Same))],
            Withdraw = [.. facts.Asked.Where(asked => !wanted.Contains(Same(asked))).Select(asked => asked.Id)],
        };
        if (phases.TrueForAll(phase => phase.Now == PhaseStates.Done) && wanted.Count == 0)
            // One step at a time: a plan that waited for a person runs before it is over.
            return facts.Status == PlanStatus.Running
                ? moves with { Step = PlanAct.Complete, LeaveOut = [.. facts.Units.Where(IsLeftOver).Select(unit => unit.ItemId)] }
                : moves with { Step = PlanAct.Settle };
        return moves with
        {
            Step = wanted.Count > 0 && facts.Status == PlanStatus.Running ? PlanAct.Ask
                : wanted.Count == 0 && facts.Status == PlanStatus.NeedsDecision ? PlanAct.Settle : null,
        };
    }

    /// <summary>A phase before the pass and after it.</summary>
    readonly record struct PhaseNow(int No, string Before, string Now);

    /// <summary>Each phase as it is from now on, and the gates at which a person must speak.</summary>
    static (List<PhaseNow> Phases, List<NewAsk> Gates) Phases(PlanFacts facts)
    {
        var (left, unmerged) = (new Dictionary<int, int>(), new Dictionary<int, int>());
        foreach (var unit in facts.Units)
        {
            if (!unit.Wanted)
                continue;
            if (!IsDecided(unit))
                left[unit.Phase] = left.GetValueOrDefault(unit.Phase) + 1;
            else if (unit is { Status: ItemStatus.Done, Merged: false })
                unmerged[unit.Phase] = unmerged.GetValueOrDefault(unit.Phase) + 1;
        }

        var (phases, gates, opens) = (new List<PhaseNow>(), new List<NewAsk>(), true);
        foreach (var phase in facts.Phases)
        {
            var isOver = !left.ContainsKey(phase.No);
            var passes = phase.State == PhaseStates.Done || phase.Gate switch
            {
                PhaseGate.AllMerged => phase.Passed || !unmerged.ContainsKey(phase.No),
                PhaseGate.Person => phase.Passed,
                _ => true,
            };
            var now = phase.State == PhaseStates.Waiting && !opens ? PhaseStates.Waiting
                : isOver && passes && opens ? PhaseStates.Done
                : PhaseStates.Open;
            if (now == PhaseStates.Open && isOver && !passes && opens)
                gates.Add(new NewAsk("gate", null, phase.No));
            phases.Add(new PhaseNow(phase.No, phase.State, now));
            opens &= now == PhaseStates.Done;
        }

        return (phases, gates);
    }

    /// <summary>Everything that only a person can say now.</summary>
    static HashSet<NewAsk> Asks(PlanFacts facts, List<NewAsk> gates)
    {
        var asks = gates.ToHashSet();
        foreach (var unit in facts.Units)
            if (unit.Wanted && KindOf(unit) is { } kind)
                asks.Add(new NewAsk(kind, unit.ItemId, null));
        return asks;
    }

    static string? KindOf(UnitFact unit) => unit switch
    {
        { Status: null } => "lost",
        { Asks: false } or { Free: true } => null,
        { Status: ItemStatus.Blocked or ItemStatus.Failed or ItemStatus.Canceled } => "item",
        { Status: ItemStatus.Review } => "review",
        _ => null,
    };

    static NewAsk Same(AskedFact asked) => new(asked.Kind, asked.ItemId, asked.Phase);

    static bool IsDecided(UnitFact unit) => unit.Status is ItemStatus.Done or ItemStatus.Skipped;

    static bool IsLeftOver(UnitFact unit) =>
        !unit.Wanted && unit.Status is ItemStatus.Inbox or ItemStatus.Planning or ItemStatus.Ready;

    static bool IsOpen(UnitFact unit) =>
        unit.Status is not (null or ItemStatus.Done or ItemStatus.Skipped or ItemStatus.Canceled);
}
