using Orchestrator.Http;
using Orchestrator.Runs;

namespace Orchestrator.Requests;

/// <summary>Every route of rules for requests.</summary>
static class RuleRoutes
{
    public static void Map(Routes routes, RuleBook book, RuleStore store, RunStore runs)
    {
        ListRules.Map(routes, book, runs);
        AddRule.Map(routes, book, store);
        RemoveRule.Map(routes, store);
    }
}
