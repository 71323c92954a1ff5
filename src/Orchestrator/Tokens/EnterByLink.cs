using System.Globalization;
using Orchestrator.Http;
using Orchestrator.Store;

namespace Orchestrator.Tokens;

/// <summary>
/// Opens a one-time link: the browser gets a cookie and is sent to the board. Its session is a token like others (kind browser): listed,
/// revocable, and there after a restart.
/// </summary>
static class EnterByLink
{
    /// <summary>How long a browser stays in.</summary>
    static readonly TimeSpan Lasts = TimeSpan.FromDays(30);

    public static void Map(Routes routes, TokenStore tokens, OpenLinks links) =>
        routes.Get("/open", nameof(EnterByLink), async call =>
        {
            var code = call.Query("code") ?? throw Fault.Invalid("code", "is required.");
            // Only looking at a link must not use it up.
            if (HttpMethods.IsHead(call.Context.Request.Method))
                return new Reply(StatusCodes.Status204NoContent, default);
            var link = links.Take(code) ?? throw call.Context.Refuse(DoorRefusal.BadCode,
                new Fault(FaultCode.Gone, "This link was used already, or its two minutes are over.", "agentctl open makes another one."));
            var secret = Secret.New();
            await tokens.Store.Write(transaction =>
            {
                var (id, at) = (Ids.New(), Times.From(transaction.Now));
                tokens.Insert(transaction, new Token
                {
                    Id = id,
                    Name = "browser:" + id[..6],
                    Kind = TokenKinds.Browser,
                    Scopes = link.Scopes,
                    CreatedAt = at,
                    CreatedBy = link.Maker,
                    ExpiresAt = at + Lasts,
                    Hash = Secret.Hash(secret),
                });
            });
            return new Reply(StatusCodes.Status303SeeOther, default)
            {
                ContentType = "text/html; charset=utf-8",
                Headers = new Dictionary<string, string>
                {
                    ["Location"] = "/",
                    ["Set-Cookie"] = $"{CookieName(call.Context.Request)}={secret}; Path=/; {MaxAge}; HttpOnly; SameSite=Strict",
                    ["Cache-Control"] = "no-store",
                    ["Referrer-Policy"] = "no-referrer",
                },
            };
        }, Scope.Open, doc: () => RouteDoc.Of("Opens a one-time link: a cookie, and on to the board.")
            .Asks("code", "The code of the link.").Refuses(FaultCode.Gone)
            .GivesRaw("text/html", "Nothing but a cookie and a redirection (303) to /."));

    static string MaxAge => string.Create(CultureInfo.InvariantCulture, $"Max-Age={(long)Lasts.TotalSeconds}");

    /// <summary>Carries the port the browser asked: cookies belong to a host, whatever the port, and another daemon may have one
    /// too.</summary>
    public static string CookieName(HttpRequest request) =>
        string.Create(CultureInfo.InvariantCulture, $"agentd_{request.Host.Port ?? 80}");
}
