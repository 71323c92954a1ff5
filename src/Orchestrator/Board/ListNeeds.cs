using Orchestrator.Http;
using Orchestrator.Store;

namespace Orchestrator.Board;

/// <summary>What needs a person now, the most urgent first.</summary>
static class ListNeeds
{
    public static void Map(Routes routes, Database store, TimeProvider clock) => routes.Get("/board/needs", nameof(ListNeeds), call =>
    {
        var project = call.Query("project");
        var needs = NeedList.Of(store.Read(db => NeedRows.Read(db, clock)));
        // A limit of all runs together concerns every project.
        IReadOnlyList<Need> shown = project is null ? needs : [.. needs.Where(need => need.Project == project || need.ItemId is null
            && need is { Kind: NeedKinds.Budget, Project: null })];
        return Task.FromResult(Reply.Ok(json => json.Member("needs", shown, BoardJson.Default.IReadOnlyListNeed)));
    }, doc: () => RouteDoc.Of("What only a person can do now, one entry for each trouble, the most urgent first: requests, decisions of "
        + "plans, work to be looked at, items that do not go on, budgets that are spent.")
        .Asks("project", "Only those of this project.").Gives("needs", BoardJson.Default.IReadOnlyListNeed));
}
