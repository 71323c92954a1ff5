using Orchestrator.Http;

namespace Orchestrator.Tokens;

/// <summary>Every token, also those that no longer count, oldest first. Neither secrets nor their hashes.</summary>
static class ListTokens
{
    public static void Map(Routes routes, TokenStore tokens) =>
        routes.Get("/tokens", nameof(ListTokens), _ =>
        {
            var found = tokens.List();
            return Task.FromResult(Reply.Ok(json => json.Member("tokens", found, TokenJson.Default.IReadOnlyListToken)));
        }, Scope.Admin, doc: () => RouteDoc.Of("Every token, oldest first, without secrets.")
            .Gives("tokens", TokenJson.Default.IReadOnlyListToken));
}
