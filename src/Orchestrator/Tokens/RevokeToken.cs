using Orchestrator.Http;

namespace Orchestrator.Tokens;

/// <summary>Ends a token, and at once every stream and wait that is open with it. Repeating it is no error and no event.</summary>
static class RevokeToken
{
    /// <summary>POST /tokens/{id}/revoke.</summary>
    public sealed record Request(string? Reason);

    public static void Map(Routes routes, TokenStore tokens) =>
        routes.Post("/tokens/{id}/revoke", nameof(RevokeToken), async call =>
        {
            var request = await call.Body(TokenJson.Default.RevokeRequest);
            Texts.Line("reason", request.Reason, 2000);
            var id = tokens.Store.Read(db => TokenStore.Resolve(db, call.Part("id")));
            var token = await tokens.Store.Write(transaction => tokens.Revoke(transaction, id, call.Principal.Name, request.Reason));
            return Reply.Ok(json => json.Member("token", token, TokenJson.Default.Token));
        }, Scope.Admin, doc: () => RouteDoc.Of("Ends a token, and every stream and wait that is open with it.")
            .Takes(TokenJson.Default.RevokeRequest).Gives("token", TokenJson.Default.Token));
}
