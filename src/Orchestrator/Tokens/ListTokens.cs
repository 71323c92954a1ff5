using Orchestrator.Http;

namespace Orchestrator.Tokens;

/// <summary>Every token, also those that no longer count, oldest first. Neither secrets nor their hashes.</summary>
static class ListTokens
{
    public static void Map(Routes routes, TokenStore tokens) =>
        routes.Get("/tokens", nameof(ListTokens), call =>
        {
            var found = tokens.List();
            return Task.FromResult(Reply.Ok(json =>
            {
                json.Member("tokens", found, TokenJson.Default.IReadOnlyListToken);
                json.WriteString("you", call.Principal.Name);
            }));
        }, Scope.Admin, doc: () => RouteDoc.Of("Every token, oldest first, without secrets; you is the name of the caller's own.")
            .Gives("tokens", TokenJson.Default.IReadOnlyListToken).Gives("you", Shape.Text));
}
