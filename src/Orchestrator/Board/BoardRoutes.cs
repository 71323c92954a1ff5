using Orchestrator.Http;
using Orchestrator.Items;
using Orchestrator.Store;

namespace Orchestrator.Board;

/// <summary>Every route of what is seen at a glance: cards, what needs a person, timelines.</summary>
static class BoardRoutes
{
    /// <param name="routes">Where they are mapped.</param>
    /// <param name="store">Read by all of them, written by none.</param>
    /// <param name="rules">What a project says of the start of its items.</param>
    /// <param name="slots">How many runs may be at work at once.</param>
    /// <param name="clock">For what only time ends.</param>
    public static void Map(Routes routes, Database store, Func<string?, ProjectRule> rules, Func<int> slots, TimeProvider clock)
    {
        new ListCards(store, rules, slots, clock).Map(routes);
        ListNeeds.Map(routes, store, clock);
        ShowTimeline.Map(routes, store, clock);
    }
}
