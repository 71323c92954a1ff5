using Orchestrator.Http;
using Orchestrator.Sessions;
using Orchestrator.Store;
using Orchestrator.Tokens;

namespace Orchestrator.Families;

/// <summary>
/// POST /sessions/{id}/token: a token that reaches this session and all below it, and nothing else: for an agent that a person starts
/// themselves and that is to hand out work. It lasts until it is revoked or its time is over.
/// </summary>
static class GiveSessionToken
{
    /// <summary>POST /sessions/{id}/token. Without <c>expires_in_s</c> it lasts a day.</summary>
    public sealed record Request(long? ExpiresInS);

    const long Day = 24 * 3600, MostSeconds = 30 * Day;

    public static void Map(Routes routes, SessionStore sessions, TokenStore tokens) =>
        routes.Post("/sessions/{id}/token", nameof(GiveSessionToken), async call =>
        {
            var request = await call.Body(FamilyJson.Default.GiveSessionTokenRequest);
            var session = sessions.Get(call.Part("id"));
            if (request.ExpiresInS is < 1 or > MostSeconds)
                throw Fault.Unprocessable("expires_in_s", $"must be a whole number of seconds from 1 to {MostSeconds}.");
            var secret = Secret.New();
            var made = await tokens.Store.Write(transaction =>
            {
                var at = Times.From(transaction.Now);
                var token = new Token
                {
                    Id = Ids.New(),
                    Name = $"session:{session.Id}",
                    Kind = TokenKinds.Session,
                    Scopes = [],
                    SessionId = session.Id,
                    CreatedAt = at,
                    CreatedBy = call.Principal.Name,
                    ExpiresAt = at.AddSeconds(request.ExpiresInS ?? Day),
                    Hash = Secret.Hash(secret),
                };
                tokens.Insert(transaction, token);
                return token;
            });
            var answer = Reply.Created(json =>
            {
                json.Member("token", made, TokenJson.Default.Token);
                json.WriteString("secret", secret);
            });
            return answer with { Headers = new Dictionary<string, string> { ["Cache-Control"] = "no-store" } };
        }, Scope.Admin, doc: () => RouteDoc
            .Of("A token that reaches this session and those below it only; its secret is in this answer and nowhere else.")
            .Takes(FamilyJson.Default.GiveSessionTokenRequest).Creates()
            .Gives("token", TokenJson.Default.Token).Gives("secret", Shape.Text));
}
