using Orchestrator.Items;
using Orchestrator.Plans.Kiro.Lines;

namespace Orchestrator.Plans.Kiro;

/// <summary>What the boxes of a unit are to say when its work is so far. Nothing is ever unticked. Pure.</summary>
static class BoxWishes
{
    /// <param name="unit">As it was imported.</param>
    /// <param name="state">Where its item is now.</param>
    /// <param name="stepsDone">Ids of steps that are done.</param>
    /// <param name="inProgress">Whether a unit at work is marked [-]; some programs take that mark for their own work.</param>
    public static IReadOnlyList<BoxWish> Of(ItemDraft unit, ItemStatus state, IReadOnlySet<string> stepsDone, bool inProgress = true)
    {
        var wishes = new List<BoxWish>();
        foreach (var step in unit.Steps)
            if (stepsDone.Contains(step.ForeignId) || (state == ItemStatus.Done && !step.Optional))
                wishes.Add(new(new(step.ForeignId, step.Title), BoxState.Done));
        if (state == ItemStatus.Done)
            wishes.Add(new(new(unit.ForeignId, unit.Title), BoxState.Done));
        else if (inProgress && state is ItemStatus.InFlight or ItemStatus.Review && unit.Status != ItemStatus.Done)
            wishes.Add(new(new(unit.ForeignId, unit.Title), BoxState.InProgress));
        return wishes;
    }
}
