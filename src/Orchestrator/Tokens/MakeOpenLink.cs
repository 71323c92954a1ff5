using System.Text.Json.Nodes;
using Orchestrator.Events;
using Orchestrator.Http;

namespace Orchestrator.Tokens;

/// <summary>
/// Makes the one-time link that lets a browser in. Only for callers with every scope: the browser stays in for weeks, also when the token
/// that let it in is revoked meanwhile.
/// </summary>
static class MakeOpenLink
{
    /// <summary>POST /open. Nothing is asked for.</summary>
    public sealed record Request;

    /// <param name="address">Where the daemon answers: http://127.0.0.1:8765.</param>
    public static void Map(Routes routes, TokenStore tokens, OpenLinks links, Func<string> address) =>
        routes.Post("/open", nameof(MakeOpenLink), async call =>
        {
            await call.Body(TokenJson.Default.LinkRequest);
            var (code, until) = links.Make(call.Principal with { Scopes = Principal.Everything });
            await tokens.Store.Write(transaction =>
            {
                tokens.Events.Append(transaction, new NewEvent(TokenEvents.LinkMade, call.Principal.Name,
                    new JsonObject { ["expires_at"] = until.UtcDateTime }));
            });
            return Reply.Ok(new JsonObject { ["url"] = $"{address()}/open?code={code}", ["expires_at"] = until.UtcDateTime }) with
            {
                Headers = new Dictionary<string, string> { ["Cache-Control"] = "no-store" },
            };
        }, Scope.Admin, doc: () => RouteDoc.Of("Makes the one-time link that lets a browser in.")
            .Gives("url", Shape.Text).Gives("expires_at", Shape.Time));
}
