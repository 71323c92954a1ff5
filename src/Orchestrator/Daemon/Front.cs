using System.Text;
using Orchestrator.Http;

namespace Orchestrator.Daemon;

/// <summary>The page at <c>/</c> until the board is there: says what answers here and what to do next.</summary>
static class Front
{
    const string Page = """
        <!doctype html>
        <html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Agent Orchestrator</title>
        <style>
        body { font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 3rem auto; padding: 0 1rem; color-scheme: light dark }
        code { font-size: .95em }
        </style>
        <h1>Agent Orchestrator</h1>
        <p>agentd answers here. The board comes with a later version; until then the command line shows everything:</p>
        <p><code>agentctl daemon status</code><br><code>agentctl runs</code><br><code>agentctl events tail --follow</code></p>
        </html>
        """;

    public static void Map(Routes routes) =>
        routes.Get("/", nameof(Front), _ => Task.FromResult(new Reply(StatusCodes.Status200OK, Encoding.UTF8.GetBytes(Page))
        {
            ContentType = "text/html; charset=utf-8",
            Headers = new Dictionary<string, string>
            {
                ["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
                ["X-Content-Type-Options"] = "nosniff",
            },
        }), Scope.Open, doc: () => RouteDoc.Of("A page for whoever opens the address in a browser.")
            .GivesRaw("text/html", "The page."));
}
