using Orchestrator.Http;

namespace Orchestrator.Tokens;

/// <summary>Every route of tokens and of the board's one-time links.</summary>
static class TokenRoutes
{
    /// <param name="routes">Where they are mapped.</param>
    /// <param name="tokens">The tokens.</param>
    /// <param name="clock">Ends links.</param>
    /// <param name="url">The address that links begin with.</param>
    public static void Map(Routes routes, TokenStore tokens, TimeProvider clock, Func<string> url)
    {
        CreateToken.Map(routes, tokens);
        ListTokens.Map(routes, tokens);
        RevokeToken.Map(routes, tokens);
        var links = new OpenLinks(clock);
        MakeOpenLink.Map(routes, tokens, links, url);
        EnterByLink.Map(routes, tokens, links);
    }
}
